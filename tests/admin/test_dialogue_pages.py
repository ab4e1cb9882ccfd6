"""What is done on the pages of dialogues."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.admin.stream_reference import get_stream_reference
from chat.models import Dialogue
from chat.services.dialogues import check_dialogue, publish_dialogue
from chat.streams import CARD_TYPES, card_form_schema, parse_stream
from tests.admin.conftest import SignIn
from tests.factories import (
    AgentFactory,
    ConversationFactory,
    DialogueFactory,
    TeamFactory,
    live_chat_stream,
)

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def dialogue_post(dialogue: Dialogue, **changes: Any) -> dict[str, Any]:
    return {
        "name": dialogue.name,
        "priority": "10",
        "language": "en",
        "stream": json.dumps(dialogue.stream),
        "versions-TOTAL_FORMS": "0",
        "versions-INITIAL_FORMS": "0",
        **changes,
    }


def dialogue_url(page: str, *args: object) -> str:
    return reverse(f"admin:chat_dialogue_{page}", args=args)


@pytest.mark.req("DG-01")
def test_stream_is_laid_out_for_reading_in_the_order_of_its_cards(client: Client) -> None:
    cards = {
        "end": {"option": "round_robin", "type": "live_chat"},
        "welcome": {"next": "end", "text": "Hi", "type": "message"},
    }
    dialogue = DialogueFactory.create(stream={"cards": cards, "start": "welcome"})
    form = client.get(dialogue_url("change", dialogue.pk)).context["adminform"].form
    shown = str(form["stream"])
    words = ["start", "cards", "welcome", "type", "message", "end", "type", "live_chat"]
    assert re.search(".*".join(f"&quot;{word}&quot;" for word in words), shown, re.DOTALL)
    assert "  &quot;start&quot;: &quot;welcome&quot;,\n" in shown
    assert json.loads(form["stream"].field.prepare_value(dialogue.stream)) == dialogue.stream


@pytest.mark.req("DG-01")
def test_new_dialogue_begins_without_cards(client: Client) -> None:
    assert "&quot;cards&quot;: {}" in text_of(client.get(dialogue_url("add")))


@pytest.mark.req("DG-01", "LC-51")
@pytest.mark.parametrize(
    ("stream", "words"),
    [
        ('{"start": "a",\n "cards": {]}', "line 2, column 12"),
        ('{"cards": {"a": {"type": "nonsense"}}}', "Card “a” can"),
        ('{"cards": {"A b": {"type": "message", "text": "x"}}}', "can&#x27;t be a card&#x27;s id"),
        ('"text"', "can&#x27;t be read"),
        ("[" * 5_000, "JSON"),
    ],
)
def test_stream_that_cant_be_read_is_refused_and_kept_as_typed(
    client: Client, stream: str, words: str
) -> None:
    dialogue = DialogueFactory.create()
    answer = client.post(dialogue_url("change", dialogue.pk), dialogue_post(dialogue, stream=stream))
    assert answer.status_code == 200
    assert words in str(answer.context["adminform"].form.errors["stream"])
    assert answer.context["adminform"].form["stream"].value() == stream
    assert Dialogue.objects.get().stream == live_chat_stream()


@pytest.mark.req("DG-13", "LC-14")
def test_draft_with_faults_is_saved_and_its_faults_are_listed_at_their_cards(client: Client) -> None:
    stream = live_chat_stream()
    stream["cards"]["human"]["next"] = "hello"
    dialogue = DialogueFactory.create()
    data = dialogue_post(dialogue, stream=json.dumps(stream), _continue="")
    page = text_of(client.post(dialogue_url("change", dialogue.pk), data, follow=True))
    assert "<b>human</b>" in page
    assert "Live chat must be the last card of its branch" in page
    assert "A question before live chat helps" in page


@pytest.mark.req("DG-02")
def test_saving_and_publishing_is_one_click(client: Client, boss: User) -> None:
    dialogue = DialogueFactory.create()
    data = dialogue_post(dialogue, name="Welcome", _publish="")
    page = text_of(client.post(dialogue_url("change", dialogue.pk), data, follow=True))
    assert "“Welcome” is published as version 1." in page
    saved = Dialogue.objects.get()
    assert (saved.status, saved.name) == ("published", "Welcome")
    assert saved.published_version is not None
    assert saved.published_version.published_by == boss


@pytest.mark.req("DG-13")
def test_publishing_with_faults_names_them_and_keeps_the_draft(client: Client) -> None:
    stream = live_chat_stream()
    stream["cards"]["human"]["next"] = "hello"
    dialogue = DialogueFactory.create(stream=stream)
    page = text_of(client.post(dialogue_url("publish", dialogue.pk), follow=True))
    assert "human: Live chat must be the last card" in page
    assert Dialogue.objects.get().status == "draft"


@pytest.mark.req("DG-02")
def test_list_publishes_and_unpublishes_and_shows_whether_the_draft_differs(client: Client) -> None:
    dialogue = DialogueFactory.create(name="Welcome")
    url = dialogue_url("changelist")
    page = text_of(client.post(url, {"action": "publish", "_selected_action": [dialogue.pk]}, follow=True))
    assert "as published" in page
    stream = live_chat_stream()
    stream["cards"]["hello"]["text"] = "Changed"
    Dialogue.objects.update(stream=stream)
    assert "has changes" in text_of(client.get(url))
    client.post(url, {"action": "unpublish", "_selected_action": [dialogue.pk]})
    assert Dialogue.objects.get().status == "unpublished"


@pytest.mark.req("LC-06")
@pytest.mark.parametrize("page", ["publish", "unpublish"])
def test_publishing_has_a_permission_of_its_own(enter: Enter, page: str) -> None:
    dialogue = DialogueFactory.create()
    if page == "unpublish":
        publish_dialogue(dialogue_id=dialogue.pk, user=None)
    before = Dialogue.objects.get().status
    url = dialogue_url(page, dialogue.pk)
    editor = enter("manage_dialogues")
    assert editor.post(url).status_code == 403
    assert editor.get(url).status_code == 405
    sneaky = editor.post(dialogue_url("change", dialogue.pk), dialogue_post(dialogue, _publish=""))
    assert sneaky.status_code == 403
    editor.post(dialogue_url("changelist"), {"action": page, "_selected_action": [dialogue.pk]})
    assert Dialogue.objects.get().status == before
    assert enter("publish_dialogues").post(url).status_code == 302
    assert Dialogue.objects.get().status != before


@pytest.mark.req("DG-02")
def test_dialogue_that_visitors_had_is_kept_and_another_deleted(client: Client) -> None:
    met, unmet = DialogueFactory.create(), DialogueFactory.create()
    for dialogue in (met, unmet):
        publish_dialogue(dialogue_id=dialogue.pk, user=None)
    version = met.versions.get()
    ConversationFactory.create(version=version)
    page = client.get(dialogue_url("delete", met.pk))
    assert "Unpublish it instead" in text_of(page)
    assert client.post(dialogue_url("delete", met.pk), {"post": "yes"}).status_code in (200, 403)
    assert client.post(dialogue_url("delete", unmet.pk), {"post": "yes"}).status_code == 302
    assert list(Dialogue.objects.all()) == [met]


@pytest.mark.req("DG-10", "LC-52")
@pytest.mark.parametrize("page", ["add", "change"])
def test_every_card_and_whom_it_can_ask_is_explained_beside_the_stream(client: Client, page: str) -> None:
    ann = AgentFactory.create(first_name="Ann", last_name="<Berg>")
    team = TeamFactory.create(name="North", members=[])
    args = [DialogueFactory.create().pk] if page == "change" else []
    shown = text_of(client.get(dialogue_url(page, *args)))
    for card in card_form_schema():
        assert f"<h3>{card['label']} <code>{card['type']}</code></h3>" in shown
        for field in card["fields"]:  # type: ignore[attr-defined]
            assert f"<dt><code>{field['name']}</code>" in shown
    assert f"<code>{ann.pk}</code> Ann &lt;Berg&gt;" in shown
    assert f"<code>{team.pk}</code> North" in shown


@pytest.mark.req("DG-10")
def test_snippets_can_be_pasted_as_they_are() -> None:
    snippets = [card["snippet"] for card in get_stream_reference()["cards"]]
    stream = parse_stream(f'{{"start": "message-1", "cards": {{{",".join(snippets)}}}}}')
    assert [type(card) for card in stream.cards.values()] == list(CARD_TYPES)


@pytest.mark.req("LC-14", "DG-13")
def test_example_to_begin_with_can_be_published_and_nothing_is_advised_against_it() -> None:
    dialogue = DialogueFactory.create(stream=json.loads(get_stream_reference()["example"]))
    assert check_dialogue(dialogue=dialogue) == []


@pytest.mark.req("LC-52")
def test_who_only_reads_dialogues_gets_no_help_with_writing(enter: Enter) -> None:
    dialogue = DialogueFactory.create()
    assert "stream-example" not in text_of(enter("view_dialogues").get(dialogue_url("change", dialogue.pk)))


def test_help_takes_as_many_queries_for_one_agent_as_for_many(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _n in range(2):
        AgentFactory.create_batch(3)
        TeamFactory.create()
        with django_assert_num_queries(2):
            get_stream_reference()
