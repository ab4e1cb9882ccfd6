from __future__ import annotations

from datetime import timedelta

import pytest

from chat.models import Dialogue, DialogueVersion
from chat.services.dialogues import (
    DialogueInUse,
    DialogueNotPublishable,
    check_dialogue,
    delete_dialogue,
    publish_dialogue,
    unpublish_dialogue,
)
from chat.streams import StreamInvalid
from config.installation.models import Installation
from tests.factories import (
    NOW,
    AgentFactory,
    ConversationFactory,
    DialogueFactory,
    TeamFactory,
    UserFactory,
    live_chat_stream,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-02", "DG-13")]


def reload(dialogue: Dialogue) -> Dialogue:
    return Dialogue.objects.get(pk=dialogue.pk)


def publish(dialogue: Dialogue) -> DialogueVersion:
    return publish_dialogue(dialogue_id=dialogue.pk, user=None, now=NOW)


def edit(dialogue: Dialogue, text: str) -> None:
    dialogue.stream["cards"]["hello"]["text"] = text
    dialogue.save(update_fields=["stream"])


def ask(dialogue: Dialogue, **card: object) -> Dialogue:
    dialogue.stream["cards"]["human"] = {"type": "live_chat", **card}
    dialogue.save(update_fields=["stream"])
    return dialogue


def codes(error: DialogueNotPublishable) -> list[tuple[str | None, str]]:
    return [(fault.card_id, fault.code) for fault in error.faults if fault.severity == "error"]


def test_publishing_freezes_the_draft() -> None:
    ann = UserFactory.create()
    dialogue = DialogueFactory.create()
    version = publish_dialogue(dialogue_id=dialogue.pk, user=ann, now=NOW)
    assert (version.number, version.published_by, version.published_at) == (1, ann, NOW)
    assert version.stream == live_chat_stream()
    assert reload(dialogue).status == Dialogue.Status.PUBLISHED
    assert reload(dialogue).published_version == version


def test_editing_the_draft_leaves_the_version_as_it_was() -> None:
    dialogue = DialogueFactory.create()
    version = publish(dialogue)
    edit(reload(dialogue), "Changed")
    assert DialogueVersion.objects.get(pk=version.pk).stream == live_chat_stream()


def test_changed_draft_becomes_the_next_version() -> None:
    dialogue = DialogueFactory.create()
    publish(dialogue)
    edit(reload(dialogue), "Changed")
    second = publish(dialogue)
    assert second.number == 2
    assert reload(dialogue).published_version == second


def test_publishing_twice_makes_one_version() -> None:
    dialogue = DialogueFactory.create()
    first = publish(dialogue)
    assert publish_dialogue(dialogue_id=dialogue.pk, user=None, now=NOW + timedelta(hours=1)) == first
    assert dialogue.versions.count() == 1


def test_unpublished_and_published_again_is_the_same_version() -> None:
    dialogue = DialogueFactory.create()
    first = publish(dialogue)
    unpublish_dialogue(dialogue_id=dialogue.pk)
    assert reload(dialogue).status == Dialogue.Status.UNPUBLISHED
    assert publish(dialogue) == first
    assert reload(dialogue).status == Dialogue.Status.PUBLISHED


def test_unpublishing_a_draft_or_twice_changes_nothing() -> None:
    draft = DialogueFactory.create()
    unpublish_dialogue(dialogue_id=draft.pk)
    assert reload(draft).status == Dialogue.Status.DRAFT
    publish(draft)
    unpublish_dialogue(dialogue_id=draft.pk)
    unpublish_dialogue(dialogue_id=draft.pk)
    assert reload(draft).status == Dialogue.Status.UNPUBLISHED


@pytest.mark.req("LC-14")
def test_faulty_stream_is_refused_with_its_faults_and_stays_a_draft() -> None:
    dialogue = DialogueFactory.create()
    dialogue.stream["cards"]["human"]["next"] = "hello"
    dialogue.save(update_fields=["stream"])
    with pytest.raises(DialogueNotPublishable) as refused:
        publish(dialogue)
    assert ("human", "live_chat_not_last") in codes(refused.value)
    assert reload(dialogue).status == Dialogue.Status.DRAFT
    assert not dialogue.versions.exists()


def test_stream_that_cant_be_read_is_refused() -> None:
    dialogue = DialogueFactory.create(stream={"cards": {"hello": {"type": "nonsense"}}})
    with pytest.raises(StreamInvalid):
        publish(dialogue)


@pytest.mark.req("LC-14")
def test_advice_is_given_and_doesnt_refuse() -> None:
    dialogue = DialogueFactory.create()
    assert {fault.severity for fault in check_dialogue(dialogue=dialogue)} == {"advice"}
    publish(dialogue)


@pytest.mark.req("LC-15")
def test_references_must_exist() -> None:
    gone = AgentFactory.create(is_active=False)
    dialogue = ask(DialogueFactory.create(), option="agent", agent_id=gone.pk)
    with pytest.raises(DialogueNotPublishable) as refused:
        publish(dialogue)
    assert codes(refused.value) == [("human", "agent_unknown")]
    publish(ask(dialogue, option="agent", agent_id=AgentFactory.create().pk))


@pytest.mark.req("LC-15", "LC-09")
def test_team_needs_prime() -> None:
    dialogue = ask(DialogueFactory.create(), option="team", team_id=TeamFactory.create().pk)
    with pytest.raises(DialogueNotPublishable) as refused:
        publish(dialogue)
    assert codes(refused.value) == [("human", "prime_only")]
    Installation.objects.update_or_create(pk=1, defaults={"package": "prime"})
    publish(dialogue)


@pytest.mark.req("LC-15")
def test_custom_rules_must_exist() -> None:
    dialogue = ask(DialogueFactory.create(), option="rules")
    with pytest.raises(DialogueNotPublishable):
        publish_dialogue(dialogue_id=dialogue.pk, user=None, has_rules=False)
    publish_dialogue(dialogue_id=dialogue.pk, user=None, has_rules=True)


def test_dialogue_that_nobody_met_is_deleted_with_its_versions() -> None:
    dialogue = DialogueFactory.create()
    publish(dialogue)
    delete_dialogue(dialogue_id=dialogue.pk)
    assert not Dialogue.objects.exists()
    assert not DialogueVersion.objects.exists()


def test_dialogue_with_conversations_is_kept() -> None:
    dialogue = DialogueFactory.create()
    ConversationFactory.create(version=publish(dialogue))
    with pytest.raises(DialogueInUse):
        delete_dialogue(dialogue_id=dialogue.pk)
    assert reload(dialogue).status == Dialogue.Status.PUBLISHED
