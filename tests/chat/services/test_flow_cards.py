"""Dialogues that run flows inside: each as it was published when the dialogue was (DG-02, DG-20)."""

from __future__ import annotations

import pytest

from chat.models import Dialogue, GoalReached
from chat.services.dialogues import (
    DialogueNotPublishable,
    check_dialogue,
    is_draft_changed,
    publish_dialogue,
    unpublish_dialogue,
)
from tests.chat.services.talking import answer, greet, make_dialogue, republish, shown, texts
from tests.chat.streams.builders import capture, flow, goal, live_chat, message, stream_json
from tests.factories import DialogueFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-10", "DG-20")]

ASK = stream_json(capture("company", next="c2"), goal("Told us", next="c3"), message("{{company}}!"))


def make_flow(stream: dict[str, object] | None = None, slug: str = "ask") -> Dialogue:
    return make_dialogue(stream or ASK, kind="flow", slug=slug, start_on="call")


def test_visitor_is_led_through_the_flow_and_on() -> None:
    inner = make_flow()
    make_dialogue(stream_json(message("Hi", next="c2"), flow(inner.pk, next="c3"), message("Bye")))
    conversation = shown(greet())
    assert conversation.awaiting_card == "c2~c1"
    answer(conversation, "Acme", card="c2~c1")
    assert [text for _who, text in texts(conversation)] == ["Hi", "Your company?", "Acme", "Acme!", "Bye"]
    assert GoalReached.objects.get().card_id == "c2~c2"
    conversation.refresh_from_db()
    assert conversation.completed_at is not None


@pytest.mark.req("LC-14")
def test_live_chat_in_a_flow_asks_for_a_human() -> None:
    inner = make_flow(stream_json(capture("company", next="c2"), live_chat(option="round_robin")))
    make_dialogue(stream_json(flow(inner.pk)))
    conversation = shown(greet())
    assert answer(conversation, "Acme", card="c1~c1").live_chat_id is not None


@pytest.mark.req("DG-02")
def test_flow_that_changes_reaches_the_dialogue_when_that_is_published_again() -> None:
    inner = make_flow()
    dialogue = make_dialogue(stream_json(flow(inner.pk)))
    assert not is_draft_changed(dialogue)
    republish(inner, stream_json(message("New")))
    assert is_draft_changed(dialogue)
    assert texts(shown(greet(key="before"))) == [("bot", "Your company?")]
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    assert texts(shown(greet(key="after"))) == [("bot", "New")]
    dialogue.refresh_from_db()
    assert not is_draft_changed(dialogue)
    assert dialogue.stream == stream_json(flow(inner.pk)), "the draft stays as it was written"


@pytest.mark.req("DG-13")
def test_flow_that_is_not_published_keeps_a_dialogue_from_being_published() -> None:
    inner = make_flow()
    dialogue = make_dialogue(stream_json(flow(inner.pk)))
    unpublish_dialogue(dialogue_id=inner.pk)
    with pytest.raises(DialogueNotPublishable):
        publish_dialogue(dialogue_id=dialogue.pk, user=None)
    assert is_draft_changed(dialogue)
    # Who is in it goes on all the same.
    assert texts(shown(greet())) == [("bot", "Your company?")]


@pytest.mark.req("DG-13")
def test_dialogue_is_no_flow_to_run_and_a_flow_does_not_run_itself() -> None:
    dialogue = make_dialogue(stream_json(message("Hi")))
    other = DialogueFactory.create(stream=stream_json(flow(dialogue.pk)))
    assert [fault.code for fault in check_dialogue(dialogue=other)] == ["flow_unknown"]
    inner = make_flow()
    outer = make_flow(stream_json(flow(inner.pk)), slug="outer")
    Dialogue.objects.filter(pk=inner.pk).update(stream=stream_json(flow(outer.pk)))
    inner.refresh_from_db()
    assert [fault.code for fault in check_dialogue(dialogue=inner)] == ["flow_loop"]
