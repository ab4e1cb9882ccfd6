"""What the designer's page asks the server for: each as allowed, denied and outsider (DG-14, DG-15)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.designer import checks, views
from chat.models import Dialogue, DialogueVersion
from chat.services.dialogues import is_draft_changed, publish_dialogue
from chat.services.drafts import save_draft
from config.audit.models import Change
from config.installation.models import Installation
from tests.chat.streams.builders import flow, message, stream_json
from tests.designer.conftest import Enter, address, post, saying
from tests.factories import AgentFactory, DialogueFactory, TeamFactory, live_chat_stream

pytestmark = pytest.mark.req("DG-14")

LOOKING = ["check", "draft", "versions", "export", "designer", "preview"]
EDITING = ["save", "restore", "duplicate"]
PUBLISHING = ["designer_publish", "designer_unpublish"]
READ = {"draft", "versions", "export", "designer", "preview"}


def ask(client: Client, page: str, dialogue: Dialogue) -> Any:
    if page in READ:
        return client.get(address(page, dialogue))
    return post(client, page, dialogue, {"stream": dialogue.stream, "revision": 0, "number": 1})


@pytest.mark.req("LC-06")
@pytest.mark.parametrize(
    ("pages", "permission"),
    [(LOOKING, "view_dialogues"), (EDITING, "manage_dialogues"), (PUBLISHING, "publish_dialogues")],
)
def test_each_page_opens_to_its_permission_alone(
    enter: Enter, dialogue: Dialogue, pages: list[str], permission: str
) -> None:
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    others = {"view_dialogues", "manage_dialogues", "publish_dialogues"} - {permission}
    allowed = enter(permission)
    denied = enter("view_all_conversations") if permission == "view_dialogues" else enter(*others)
    for page in pages:
        assert ask(allowed, page, dialogue).status_code == 200, page
        assert ask(denied, page, dialogue).status_code in (403, 404), page
        assert ask(Client(), page, dialogue).status_code == 302, page


@pytest.mark.req("LC-06", "DG-20")
@pytest.mark.parametrize(
    ("pages", "permission"),
    [(LOOKING, "view_flows"), (EDITING, "manage_flows"), (PUBLISHING, "publish_flows")],
)
def test_flows_have_permissions_of_their_own_under_every_address(
    enter: Enter, pages: list[str], permission: str
) -> None:
    made = DialogueFactory.create(kind="flow", slug="demo", start_on=Dialogue.Start.CALL)
    publish_dialogue(dialogue_id=made.pk, user=None)
    of_dialogues = enter("view_dialogues", "manage_dialogues", "publish_dialogues")
    allowed = enter(permission)
    as_dialogue = Dialogue(pk=made.pk, kind="dialogue")
    for page in pages:
        assert ask(of_dialogues, page, made).status_code == 404, page
        assert ask(of_dialogues, page, as_dialogue).status_code == 404, page
        assert ask(allowed, page, made).status_code == 200, page


@pytest.mark.parametrize("page", [*LOOKING, *EDITING, *PUBLISHING])
def test_dialogue_that_is_gone_is_not_found(enter: Enter, page: str) -> None:
    gone = Dialogue(pk=99, kind="dialogue")
    client = enter("view_dialogues", "manage_dialogues", "publish_dialogues")
    assert ask(client, page, gone).status_code == 404


@pytest.mark.parametrize("page", ["check", "save", "restore", "duplicate"])
def test_what_changes_or_is_large_is_posted(enter: Enter, dialogue: Dialogue, page: str) -> None:
    assert enter("manage_dialogues").get(address(page, dialogue)).status_code == 405


@pytest.mark.parametrize("body", ["[]", "{", '{"stream": []}', "null", "[" * 5_000])
def test_nonsense_is_refused_and_nothing_saved(enter: Enter, dialogue: Dialogue, body: str) -> None:
    answer = post(enter("manage_dialogues"), "save", dialogue, body)
    assert answer.status_code in (400, 422)
    assert Dialogue.objects.get().stream == live_chat_stream()


@pytest.mark.req("DG-15")
def test_draft_is_saved_on_top_of_what_was_read(enter: Enter, dialogue: Dialogue) -> None:
    answer = post(enter("manage_dialogues"), "save", dialogue, {"stream": saying("Hej"), "revision": 0})
    assert answer.json()["draft"]["revision"] == 1
    assert {fault["severity"] for fault in answer.json()["faults"]} == {"advice"}
    saved = Dialogue.objects.get()
    assert saved.stream == saying("Hej")
    assert saved.changed_by is not None


@pytest.mark.req("DG-15")
def test_second_to_save_is_told_who_was_first_and_gets_that_draft(enter: Enter, dialogue: Dialogue) -> None:
    post(enter("manage_dialogues", name="Otto"), "save", dialogue, {"stream": saying("Otto"), "revision": 0})
    answer = post(enter("manage_dialogues"), "save", dialogue, {"stream": saying("Signe"), "revision": 0})
    assert answer.status_code == 409
    draft = answer.json()["draft"]
    assert (draft["changedBy"], draft["revision"], draft["stream"]) == ("Otto", 1, saying("Otto"))
    assert Dialogue.objects.get().stream == saying("Otto")


@pytest.mark.req("DG-15")
def test_save_whose_answer_was_lost_is_the_same_save_again(enter: Enter, dialogue: Dialogue) -> None:
    client, body = enter("manage_dialogues"), {"stream": saying("Hej"), "revision": 0}
    first, again = (post(client, "save", dialogue, body).json() for _n in range(2))
    assert first["draft"]["revision"] == again["draft"]["revision"] == 1


@pytest.mark.req("DG-13")
def test_stream_that_is_not_saved_is_checked_at_its_cards(enter: Enter, dialogue: Dialogue) -> None:
    stream = live_chat_stream()
    stream["cards"]["human"]["next"] = "hello"
    faults = post(enter("view_dialogues"), "check", dialogue, {"stream": stream}).json()["faults"]
    assert (faults[0]["card"], faults[0]["field"], faults[0]["severity"]) == ("human", "next", "error")
    assert [fault["severity"] for fault in faults] == sorted((f["severity"] for f in faults), reverse=True)
    assert Dialogue.objects.get().stream == live_chat_stream()


@pytest.mark.req("DG-13")
def test_what_cant_be_read_is_told_at_its_card(enter: Enter, dialogue: Dialogue) -> None:
    stream = {"start": "a", "cards": {"a": {"type": "message", "text": 3}}}
    client = enter("manage_dialogues")
    (fault,) = post(client, "check", dialogue, {"stream": stream}).json()["faults"]
    assert (fault["card"], fault["field"], fault["unreadable"]) == ("a", "text", True)
    answer = post(client, "save", dialogue, {"stream": stream, "revision": 0})
    assert (answer.status_code, answer.json()["faults"]) == (422, [fault])


@pytest.mark.req("DG-02")
def test_draft_that_is_shown_is_published_and_no_other(enter: Enter, dialogue: Dialogue) -> None:
    client = enter("publish_dialogues")
    assert post(client, "designer_publish", dialogue, {"revision": 7}).status_code == 409
    answer = post(client, "designer_publish", dialogue, {"revision": 0})
    draft = answer.json()["draft"]
    assert (draft["status"], draft["version"], draft["differs"]) == ("published", 1, False)
    answer = post(client, "designer_unpublish", dialogue, {})
    assert answer.json()["draft"]["status"] == "unpublished"


@pytest.mark.req("LC-60")
def test_what_the_page_does_is_in_the_audit_log(enter: Enter, dialogue: Dialogue) -> None:
    client = enter("publish_dialogues", "manage_dialogues")
    post(client, "designer_publish", dialogue, {"revision": 0})
    post(client, "designer_unpublish", dialogue, {})
    Dialogue.objects.update(target_include="https://a.example/*")
    post(client, "restore", dialogue, {"number": 1, "revision": 0})
    post(client, "duplicate", dialogue, {})
    post(client, "designer_publish", dialogue, {"revision": 99})
    kept = Change.objects.order_by("id")
    assert [(each.action, each.values.get("status")) for each in kept] == [
        ("changed", ["draft", "published"]),
        ("changed", ["published", "unpublished"]),
        ("changed", None),
        ("added", [None, "draft"]),
    ]
    assert kept[2].values == {"target_include": ["https://a.example/*", ""]}
    assert {each.actor_name for each in kept} == {"Signe"}


@pytest.mark.req("LC-60")
def test_a_flow_is_a_flow_in_the_audit_log(enter: Enter) -> None:
    flow = DialogueFactory.create(kind="flow", slug="pricing")
    post(enter("manage_flows"), "duplicate", flow, {})
    assert [each.kind for each in Change.objects.all()] == ["chat.flow"]


@pytest.mark.req("DG-02", "DG-15")
def test_draft_that_is_saved_while_another_is_published_stays_a_draft(
    enter: Enter, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = checks.has_rules

    def save_meanwhile() -> bool:
        save_draft(dialogue_id=dialogue.pk, stream=saying("Hej"), revision=0, user=None)
        return seen()

    monkeypatch.setattr(views, "has_rules", save_meanwhile)
    answer = post(enter("publish_dialogues"), "designer_publish", dialogue, {"revision": 0})
    assert (answer.status_code, answer.json()["draft"]["revision"]) == (409, 1)
    assert not DialogueVersion.objects.exists()


@pytest.mark.req("DG-13")
def test_faults_keep_it_from_being_published_and_are_told(enter: Enter) -> None:
    dialogue = DialogueFactory.create(stream={"start": None, "cards": {}})
    answer = post(enter("publish_dialogues"), "designer_publish", dialogue, {"revision": 0})
    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["faults"]] == ["stream_empty"]


def test_versions_come_with_streams_and_settings_in_words(enter: Enter, dialogue: Dialogue) -> None:
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    Dialogue.objects.update(stream=saying("Hej"), target_include="https://a.example/*", event_page_seconds=9)
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    answer = enter("view_dialogues").get(address("versions", dialogue)).json()
    assert [version["number"] for version in answer["versions"]] == [2, 1]
    assert [version["isLive"] for version in answer["versions"]] == [True, False]
    assert answer["versions"][1]["stream"] == live_chat_stream()
    assert answer["setup"]["Pages"] == "https://a.example/*"
    assert answer["setup"]["Shown when"] == "more than 9 seconds on the page"
    assert answer["versions"][1]["setup"]["Pages"] == ""


def test_version_is_restored_with_its_settings_into_the_draft(enter: Enter, dialogue: Dialogue) -> None:
    Dialogue.objects.update(target_include="https://a.example/*", event_scroll_percent=40)
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    Dialogue.objects.update(
        stream=saying("Hej"), target_include="", event_scroll_percent=None, draft_revision=3
    )
    client = enter("manage_dialogues")
    assert post(client, "restore", dialogue, {"number": 1, "revision": 2}).status_code == 409
    assert post(client, "restore", dialogue, {"number": 8, "revision": 3}).status_code == 404
    draft = post(client, "restore", dialogue, {"number": 1, "revision": 3}).json()["draft"]
    saved = Dialogue.objects.get()
    assert (draft["revision"], saved.stream) == (4, live_chat_stream())
    assert (saved.target_include, saved.event_scroll_percent) == ("https://a.example/*", 40)
    assert not draft["differs"]
    assert DialogueVersion.objects.count() == 1


def test_copy_takes_everything_but_what_was_published(enter: Enter, dialogue: Dialogue) -> None:
    Dialogue.objects.update(audience={"match": "all", "items": []}, target_include="https://a.example/*")
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    client = enter("manage_dialogues")
    names = [post(client, "duplicate", dialogue, {}).json()["name"] for _n in range(2)]
    assert names == ["Welcome (copy)", "Welcome (copy 2)"]
    copy = Dialogue.objects.get(name=names[0])
    assert (copy.stream, copy.target_include, copy.status) == (
        live_chat_stream(),
        "https://a.example/*",
        "draft",
    )


@pytest.mark.req("DG-15")
def test_own_draft_is_kept_as_a_copy_beside_the_others(enter: Enter, dialogue: Dialogue) -> None:
    answer = post(enter("manage_dialogues"), "duplicate", dialogue, {"stream": saying("Mine")}).json()
    assert Dialogue.objects.get(name=answer["name"]).stream == saying("Mine")
    assert enter("view_dialogues").get(answer["url"]).status_code == 200


def test_copy_of_the_longest_name_still_fits(enter: Enter) -> None:
    dialogue = DialogueFactory.create(name="x" * 100)
    answer = post(enter("manage_dialogues"), "duplicate", dialogue, {}).json()
    assert answer["name"] == "x" * 93 + " (copy)"


def test_stream_is_exported_as_a_file(enter: Enter, dialogue: Dialogue) -> None:
    answer = enter("view_dialogues").get(address("export", dialogue))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="welcome.json"'
    assert json.loads(answer.content) == live_chat_stream()


def test_page_knows_every_card_type_and_what_it_can_refer_to(enter: Enter, dialogue: Dialogue) -> None:
    Installation.objects.create(pk=1, package="prime")
    agent = AgentFactory.create(first_name="Ann", last_name="<Berg>")
    team = TeamFactory.create(name="North", members=[])
    config = enter("view_dialogues").get(address("designer", dialogue)).context["config"]
    assert {form["type"] for form in config["schema"]} >= {"message", "question", "branch", "live_chat"}
    assert config["choices"]["agent"] == [{"value": agent.pk, "label": "Ann <Berg>"}]
    assert config["choices"]["team"] == [{"value": team.pk, "label": "North"}]
    assert config["may"] == {"edit": False, "publish": False}
    defaults = {form["type"]: form["defaults"] for form in config["schema"]}
    assert defaults["capture"]["required"] is True
    assert defaults["live_chat"]["option"] == "round_robin"


def test_page_takes_as_many_queries_for_one_row_as_for_many(enter: Enter, dialogue: Dialogue) -> None:
    client = enter("manage_dialogues")
    client.get(address("designer", dialogue))  # the first page of all makes the row of settings
    counts = []
    for _n in range(2):
        AgentFactory.create_batch(3)
        TeamFactory.create_batch(3, members=[])
        DialogueFactory.create_batch(3)
        with CaptureQueriesContext(connection) as queries:
            client.get(address("designer", dialogue))
        counts.append(len(queries))
    assert counts[0] == counts[1] < 30


def test_only_the_designer_may_show_the_preview_in_a_frame(enter: Enter, dialogue: Dialogue) -> None:
    client = enter("view_dialogues")
    preview = client.get(address("preview", dialogue))
    assert preview.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in preview.headers["Content-Security-Policy"]
    designer = client.get(address("designer", dialogue))
    assert designer.headers["X-Frame-Options"] == "DENY"
    assert "frame-src 'self'" in designer.headers["Content-Security-Policy"]
    assert "unsafe" not in designer.headers["Content-Security-Policy"]


@pytest.mark.req("DG-20", "DG-02")
def test_version_with_flows_in_it_is_restored_as_it_was_drawn(enter: Enter, dialogue: Dialogue) -> None:
    inner = DialogueFactory.create(kind="flow", name="Book", slug="book", start_on="call")
    publish_dialogue(dialogue_id=inner.pk, user=None)
    drawn = stream_json(flow(inner.pk, next="c2"), message("Bye"))
    Dialogue.objects.filter(pk=dialogue.pk).update(stream=drawn)
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    Dialogue.objects.filter(pk=dialogue.pk).update(stream=saying("Hej"))
    client = enter("manage_dialogues")
    (version,) = client.get(address("versions", dialogue)).json()["versions"]
    assert set(version["stream"]["cards"]) == {"c1", "c2"}
    answer = post(client, "restore", dialogue, {"number": 1, "revision": 0})
    assert answer.status_code == 200
    assert [fault for fault in answer.json()["faults"] if fault["severity"] == "error"] == []
    restored = Dialogue.objects.get(pk=dialogue.pk)
    assert set(restored.stream["cards"]) == {"c1", "c2"}
    assert not is_draft_changed(restored)
