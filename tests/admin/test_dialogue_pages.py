"""What is done on the pages of dialogues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import User
from chat.designer.templates import TEMPLATES
from chat.models import Dialogue, Document, Flow
from chat.services.dialogues import check_dialogue, publish_dialogue
from chat.services.drafts import save_draft
from tests.admin.conftest import SignIn
from tests.factories import ConversationFactory, DialogueFactory, live_chat_stream

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
        "versions-TOTAL_FORMS": "0",
        "versions-INITIAL_FORMS": "0",
        **changes,
    }


def dialogue_url(page: str, *args: object) -> str:
    return reverse(f"admin:chat_dialogue_{page}", args=args)


def errors_of(answer: Any) -> Any:
    return answer.context["adminform"].form.errors


@pytest.mark.req("DG-14")
@pytest.mark.parametrize("template", TEMPLATES)
def test_new_dialogue_begins_with_a_template_in_the_designer(
    client: Client, boss: User, template: str
) -> None:
    answer = client.post(dialogue_url("add"), {"name": "Welcome", "template": template})
    dialogue = Dialogue.objects.get()
    assert answer.headers["Location"] == dialogue_url("designer", dialogue.pk)
    assert (dialogue.name, dialogue.kind, dialogue.changed_by) == ("Welcome", "dialogue", boss)
    faults = check_dialogue(dialogue=dialogue)
    assert [fault.code for fault in faults] == (["stream_empty"] if template == "empty" else [])


@pytest.mark.req("DG-14")
def test_content_is_handed_over_where_there_is_a_document(client: Client) -> None:
    document = Document.objects.create(name="Guide", file="documents/guide.pdf", size=9, pages=1)
    client.post(dialogue_url("add"), {"name": "Guide", "template": "content"})
    dialogue = Dialogue.objects.get()
    assert dialogue.stream["cards"]["here"]["document_id"] == document.pk
    assert check_dialogue(dialogue=dialogue) == []


@pytest.mark.req("DG-14")
def test_templates_speak_the_language_of_who_starts_from_them(client: Client) -> None:
    client.post(dialogue_url("add"), {"name": "Hej", "template": "demo"}, headers={"accept-language": "sv"})
    assert Dialogue.objects.get().stream["cards"]["interest"]["choices"][0]["id"] == "yes"


@pytest.mark.req("DG-01", "LC-51")
def test_name_that_is_taken_is_refused_at_its_field(client: Client) -> None:
    DialogueFactory.create(name="Welcome")
    page = client.post(dialogue_url("add"), {"name": "Welcome", "template": "demo"})
    assert "There is one of this name already" in text_of(page)
    assert Dialogue.objects.count() == 1


@pytest.mark.req("DG-20")
def test_new_flow_can_be_published_at_once_under_a_short_name_of_its_own(client: Client) -> None:
    for name in ("Book a demo", "Book a demo!"):
        client.post(reverse("admin:chat_flow_add"), {"name": name, "template": "demo"})
    flows = list(Flow.objects.order_by("pk"))
    assert [flow.slug for flow in flows] == ["book-a-demo", "book-a-demo-2"]
    assert {flow.kind for flow in flows} == {"flow"}
    assert [check_dialogue(dialogue=flow) for flow in flows] == [[], []]


@pytest.mark.req("DG-20")
def test_dialogues_and_flows_are_listed_apart(client: Client) -> None:
    DialogueFactory.create(name="First visit")
    flow = DialogueFactory.create(name="Book a demo", kind="flow", slug="demo")
    listed = text_of(client.get(dialogue_url("changelist")))
    assert "First visit" in listed
    assert "Book a demo" not in listed
    listed = text_of(client.get(reverse("admin:chat_flow_changelist")))
    assert "Book a demo" in listed
    assert "First visit" not in listed
    assert client.get(dialogue_url("change", flow.pk)).status_code == 302


@pytest.mark.req("DG-04")
def test_list_says_what_came_of_each(client: Client) -> None:
    version = publish_dialogue(dialogue_id=DialogueFactory.create().pk, user=None)
    for engaged_at in (None, timezone.now()):
        ConversationFactory.create(version=version, engaged_at=engaged_at)
    listed = text_of(client.get(dialogue_url("changelist")))
    assert "0 shown, 1 answered, 0 completed" in listed


@pytest.mark.req("DG-08", "LC-51")
def test_page_that_can_never_match_is_refused_at_its_field(client: Client) -> None:
    dialogue = DialogueFactory.create()
    data = dialogue_post(dialogue, target_include="https://a.example/\nnot an address")
    errors = errors_of(client.post(dialogue_url("change", dialogue.pk), data))
    assert "Line 2" in str(errors["target_include"])


@pytest.mark.req("DG-07", "LC-51")
def test_audience_is_read_as_conditions_and_wrong_ones_are_named(client: Client) -> None:
    dialogue = DialogueFactory.create()
    right = '{"match": "all", "items": [{"attribute": "email", "operator": "is_empty"}]}'
    url = dialogue_url("change", dialogue.pk)
    assert client.post(url, dialogue_post(dialogue, audience=right)).status_code == 302
    assert Dialogue.objects.get().audience["items"][0]["operator"] == "is_empty"
    wrong = '{"match": "all", "items": [{"attribute": "lists", "operator": "is", "value": "1"}]}'
    errors = errors_of(client.post(url, dialogue_post(dialogue, audience=wrong)))
    assert "part of Prime" in str(errors["audience"])


@pytest.mark.req("DG-15")
def test_saving_the_settings_leaves_the_stream_as_somebody_saved_it_meanwhile(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogue = DialogueFactory.create()
    changed = live_chat_stream()
    changed["cards"]["hello"]["text"] = "Saved meanwhile"
    kept = Dialogue.save

    def save_late(row: Dialogue, *args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(Dialogue, "save", kept)
        save_draft(dialogue_id=row.pk, stream=changed, revision=0, user=None)
        kept(row, *args, **kwargs)

    monkeypatch.setattr(Dialogue, "save", save_late)
    client.post(dialogue_url("change", dialogue.pk), dialogue_post(dialogue, name="Renamed"))
    saved = Dialogue.objects.get()
    assert (saved.name, saved.stream, saved.draft_revision) == ("Renamed", changed, 1)


@pytest.mark.req("DG-14")
def test_list_leads_to_the_designer_and_makes_copies(client: Client) -> None:
    dialogue = DialogueFactory.create(name="Welcome")
    url = dialogue_url("changelist")
    assert dialogue_url("designer", dialogue.pk) in text_of(client.get(url))
    data = {"action": "duplicate", "_selected_action": [dialogue.pk]}
    assert "Welcome (copy)" in text_of(client.post(url, data, follow=True))


@pytest.mark.req("DG-13", "LC-14")
def test_draft_with_faults_is_saved_and_its_faults_are_listed_at_their_cards(client: Client) -> None:
    stream = live_chat_stream()
    stream["cards"]["human"]["next"] = "hello"
    dialogue = DialogueFactory.create(stream=stream)
    data = dialogue_post(dialogue, _continue="")
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
