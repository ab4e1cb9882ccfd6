"""What is done on the pages of settings, dialogues, rules, accounts and live chats."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.models import Dialogue, LiveChat, TimelineEntry
from chat.services.dialogues import publish_dialogue
from config.installation.models import Installation
from routing.models import Account, Rule
from tests.admin.conftest import SignIn
from tests.factories import (
    NOW,
    AccountFactory,
    AgentFactory,
    ConversationFactory,
    DecisionFactory,
    DialogueFactory,
    LiveChatFactory,
    OfferFactory,
    RuleFactory,
    TeamFactory,
    UserFactory,
    live_chat_stream,
)

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]
SETTINGS = "/admin/installation/installation/1/change/"


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def settings_post(**changes: Any) -> dict[str, Any]:
    return {
        "package": "select",
        "engagement_limit": "100",
        "monthly_limit": "250",
        "seat_limit": "10",
        "accept_seconds": "100",
        "idle_seconds": "600",
        "require_reachable": "on",
        "dialogues_enabled": "on",
        "widget_name": "Switchboard",
        **changes,
    }


# Settings and limits


@pytest.mark.req("LC-01")
def test_list_of_settings_is_the_one_page(client: Client) -> None:
    answer = client.get(reverse("admin:installation_installation_changelist"))
    assert answer["Location"] == SETTINGS
    assert Installation.objects.count() == 1


@pytest.mark.req("LC-01", "LC-10", "LC-22", "LC-31", "LC-51")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("engagement_limit", "0", "At least 1."),
        ("monthly_limit", "0", "At least 1."),
        ("seat_limit", "0", "From 1 to 10."),
        ("seat_limit", "11", "From 1 to 10."),
        ("accept_seconds", "4", "From 5 to 600."),
        ("accept_seconds", "601", "From 5 to 600."),
        ("idle_seconds", "89", "From 90 to 86400."),
        ("seat_limit", "many", "Enter a whole number."),
        ("package", "gold", "Select a valid choice"),
    ],
)
def test_figure_out_of_bounds_is_refused_at_its_field(
    client: Client, field: str, value: str, words: str
) -> None:
    answer = client.post(SETTINGS, settings_post(**{field: value}))
    assert words in str(answer.context["adminform"].form.errors[field])


@pytest.mark.req("LC-01", "LC-10", "LC-22")
@pytest.mark.usefixtures("installation")
def test_figures_within_bounds_are_saved(client: Client) -> None:
    data = settings_post(package="prime", engagement_limit="101", seat_limit="1", accept_seconds="5")
    assert client.post(SETTINGS, data).status_code == 302
    saved = Installation.objects.get()
    assert (saved.is_prime, saved.engagement_limit, saved.seat_limit, saved.accept_seconds) == (
        True,
        101,
        1,
        5,
    )


@pytest.mark.req("LC-01", "LC-03")
@pytest.mark.usefixtures("installation")
def test_page_shows_what_is_used_of_the_limits(client: Client) -> None:
    page = text_of(client.get(SETTINGS))
    assert "0 of 100" in page
    assert "0 of 250; starts again at 0 on" in page
    Installation.objects.update(package="prime")
    assert "0, no limit on Prime" in text_of(client.get(SETTINGS))


@pytest.mark.req("LC-36", "LC-51")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("field", "text", "saved"),
    [
        (
            "blocked_email_domains",
            " @Rival.example \n\nrival.example\nspäm.example.",
            "rival.example\nspäm.example",
        ),
        (
            "allowed_domains",
            "WWW.example.com\n*.example.com\nlocalhost:8000",
            "www.example.com\n*.example.com\nlocalhost:8000",
        ),
    ],
)
def test_domains_are_saved_each_once(client: Client, field: str, text: str, saved: str) -> None:
    assert client.post(SETTINGS, settings_post(**{field: text})).status_code == 302
    assert getattr(Installation.objects.get(), field) == saved


@pytest.mark.req("LC-36", "LC-51")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("field", "text", "lines"),
    [
        ("blocked_email_domains", "ok.example\nann@rival.example\nhttp://x.example", ["Line 2", "Line 3"]),
        ("blocked_email_domains", "rival", ["Line 1"]),
        ("blocked_email_domains", "*.rival.example", ["Line 1"]),
        (
            "allowed_domains",
            "ok.example\nhttps://www.example.com\nwww.example.com/path",
            ["Line 2", "Line 3"],
        ),
        ("allowed_domains", "www.*.example", ["Line 1"]),
        ("allowed_domains", "*", ["Line 1"]),
    ],
)
def test_line_that_is_no_domain_is_named(client: Client, field: str, text: str, lines: list[str]) -> None:
    answer = client.post(SETTINGS, settings_post(**{field: text}))
    errors = answer.context["adminform"].form.errors[field]
    assert [str(error).split(":")[0] for error in errors] == lines
    # What was typed is still there.
    assert text.splitlines()[-1] in text_of(answer)


@pytest.mark.req("LC-51")
@pytest.mark.usefixtures("installation")
def test_chat_cant_be_closed_everywhere_by_mistake(client: Client) -> None:
    answer = client.post(SETTINGS, settings_post(restrict_domains="on"))
    assert "open nowhere" in str(answer.context["adminform"].form.errors["allowed_domains"])


@pytest.mark.req("LC-26")
@pytest.mark.usefixtures("installation")
def test_fallback_message_is_cleaned_when_saved(client: Client) -> None:
    html = '<b onclick="x()">Sorry</b><script>alert(1)</script><a href="javascript:x()">x</a> 🙂'
    assert client.post(SETTINGS, settings_post(fallback_html=html)).status_code == 302
    saved = Installation.objects.get().fallback_html
    assert saved.startswith("<b>Sorry</b>")
    assert "script" not in saved
    assert "🙂" in saved


@pytest.mark.req("LC-26", "LC-51")
@pytest.mark.usefixtures("installation")
def test_fallback_message_that_is_too_long_is_refused_at_its_field(client: Client) -> None:
    answer = client.post(SETTINGS, settings_post(fallback_html="x" * 4_001))
    assert "fallback_html" in answer.context["adminform"].form.errors


@pytest.mark.req("LC-26")
@pytest.mark.usefixtures("installation")
def test_preview_is_what_the_widget_gets(enter: Enter) -> None:
    url = reverse("admin:installation_preview")
    client = enter("manage_chatbot_settings")
    answer = client.post(url, {"html": "<b>Hi</b><script>x</script>"})
    assert answer.json() == {"nodes": [{"type": "b", "children": [{"type": "text", "text": "Hi"}]}]}
    assert client.post(url, {"html": "x" * 50_000}).status_code == 400
    assert client.get(url).status_code == 405
    assert enter("manage_agents").post(url, {"html": "x"}).status_code == 403
    assert Client().post(url, {"html": "x"}).status_code == 302


@pytest.mark.req("LC-06")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("codename", "field", "value"),
    [
        ("manage_agents", "engagement_limit", "500"),
        ("manage_chatbot_settings", "idle_seconds", "700"),
        ("manage_privacy_and_security", "blocked_email_domains", "rival.example"),
    ],
)
def test_each_section_is_changed_by_those_who_may(
    enter: Enter, codename: str, field: str, value: str
) -> None:
    changes = {"engagement_limit": "500", "idle_seconds": "700", "blocked_email_domains": "rival.example"}
    assert enter(codename).post(SETTINGS, settings_post(**changes)).status_code == 302
    saved = Installation.objects.get()
    changed = {name for name in changes if str(getattr(saved, name)) == changes[name]}
    assert changed == {field}
    assert str(getattr(saved, field)) == value


# Dialogues


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


# Rules


def rule_post(**changes: Any) -> dict[str, Any]:
    return {"name": "Swedes", "priority": "1", "is_enabled": "on", "conditions": "{}", **changes}


ADD_RULE = "/admin/routing/rule/add/"


@pytest.mark.req("LC-17")
@pytest.mark.usefixtures("prime")
def test_rule_is_saved_and_shown_in_plain_words(client: Client) -> None:
    ann = AgentFactory.create(first_name="Ann", last_name="Berg")
    conditions = {
        "match": "all",
        "items": [
            {"attribute": "company", "operator": "contains", "value": "Acme"},
            {
                "match": "any",
                "items": [{"attribute": "country", "operator": "in_list", "value": ["SE", "NO"]}],
            },
        ],
    }
    data = rule_post(
        conditions=json.dumps(conditions), agents=[ann.pk], team=TeamFactory.create(name="North").pk
    )
    page = text_of(client.post(ADD_RULE, data, follow=True))
    assert "company contains “Acme”" in page
    assert "Ann Berg, team “North”" in page
    assert Rule.objects.get().conditions == conditions


@pytest.mark.req("LC-17", "LC-51")
@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"items": [{"attribute": "email", "operator": "is", "value": ""}]}, "Condition 1: is empty."),
        (
            {"items": [{"match": "any", "items": [{"attribute": "x", "operator": "like", "value": "y"}]}]},
            "Condition 1.1: must be one of",
        ),
        ({"items": [{"attribute": "A B", "operator": "is_empty"}]}, "Condition 1: isn't the name"),
        ([], "must be a group"),
        ("nonsense", "must be a group"),
    ],
)
@pytest.mark.usefixtures("installation")
def test_conditions_that_cant_be_are_refused_at_their_place(
    client: Client, conditions: object, words: str
) -> None:
    answer = client.post(ADD_RULE, rule_post(conditions=json.dumps(conditions)))
    assert words in " ".join(map(str, answer.context["adminform"].form.errors["conditions"]))
    assert not Rule.objects.exists()


@pytest.mark.req("LC-17", "LC-51")
@pytest.mark.usefixtures("installation")
def test_rule_needs_somebody_to_ask(client: Client) -> None:
    answer = client.post(ADD_RULE, rule_post(agents=[UserFactory.create().pk]))
    assert "agents" in answer.context["adminform"].form.errors
    answer = client.post(ADD_RULE, rule_post())
    words = str(answer.context["adminform"].form.errors["agents"])
    assert "Choose at least one agent. Teams are part of the Prime package." in words


@pytest.mark.req("LC-17", "LC-09")
@pytest.mark.usefixtures("installation")
def test_team_of_a_rule_needs_prime(client: Client) -> None:
    data = rule_post(team=TeamFactory.create().pk)
    assert client.post(ADD_RULE, data).status_code == 200
    Installation.objects.update(package="prime")
    assert client.post(ADD_RULE, data).status_code == 302


@pytest.mark.req("LC-17")
@pytest.mark.usefixtures("installation")
def test_priority_and_switch_are_edited_in_the_list_by_those_who_may(client: Client, enter: Enter) -> None:
    rule = RuleFactory.create(agents=[AgentFactory.create()])
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(rule.pk),
        "form-0-priority": "3",
        "_save": "Save",
    }
    url = reverse("admin:routing_rule_changelist")
    enter("view_custom_rules").post(url, data)
    assert Rule.objects.get().priority == 10
    client.post(url, data)
    assert (Rule.objects.get().priority, Rule.objects.get().is_enabled) == (3, False)


# Accounts


@pytest.mark.req("LC-18")
@pytest.mark.usefixtures("prime")
def test_account_is_saved_in_the_form_that_is_matched(client: Client) -> None:
    ann = AgentFactory.create()
    data = {"name": "Åke  Inc", "domain": " @Acme.example", "owner": ann.pk}
    assert client.post("/admin/routing/account/add/", data).status_code == 302
    account = Account.objects.get()
    assert (account.name_key, account.domain, account.owner) == ("åke inc", "acme.example", ann)


@pytest.mark.req("LC-18", "LC-51")
@pytest.mark.usefixtures("prime")
def test_account_that_cant_be_is_refused_at_its_field(client: Client) -> None:
    ann = AgentFactory.create()
    AccountFactory.create(name="Acme", name_key="acme", domain=None)
    AccountFactory.create(domain="acme.example")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"name": "ACME", "domain": "", "owner": ann.pk}, "name"),
        ({"name": "New", "domain": "acme.example", "owner": ann.pk}, "domain"),
        ({"name": "New", "domain": "https://acme.example", "owner": ann.pk}, "domain"),
        ({"name": "New", "domain": "", "owner": UserFactory.create().pk}, "owner"),
    ]
    for data, field in cases:
        answer = client.post("/admin/routing/account/add/", data)
        assert list(answer.context["adminform"].form.errors) == [field]


def upload(client: Client, text: str, **options: str) -> Any:
    file = SimpleUploadedFile("accounts.csv", text.encode(), "text/csv")
    return client.post(reverse("admin:routing_account_upload"), {"file": file, **options}, follow=True)


@pytest.mark.req("LC-18")
@pytest.mark.usefixtures("prime")
def test_upload_imports_or_says_every_line_that_cant_be(client: Client) -> None:
    AgentFactory.create(username="ann")
    page = text_of(upload(client, "company,domain,owner\nAcme,acme.example,ann\n", dry_run="on"))
    assert "would add 1 accounts" in page
    assert not Account.objects.exists()
    page = text_of(upload(client, "company,domain,owner\nAcme,acme.example,ann\nB,,nobody\n,,ann\n"))
    assert "2 rows can" in page
    assert "Line 3: No agent has" in page
    assert "Line 4: has no company." in page
    assert not Account.objects.exists()
    page = text_of(upload(client, "company,domain,owner\nAcme,acme.example,ann\n"))
    assert "Imported: 1 added, 0 updated" in page
    assert Account.objects.count() == 1


@pytest.mark.req("LC-18", "LC-51")
@pytest.mark.usefixtures("prime")
def test_upload_of_something_else_is_refused_at_the_field(client: Client, enter: Enter) -> None:
    answer = upload(client, "Acme,acme.example,ann\n")
    assert answer.status_code == 400
    assert "missing: company, domain, owner" in text_of(answer)
    assert client.post(reverse("admin:routing_account_upload"), {}).status_code == 400
    viewer = enter("view_account_list")
    assert viewer.get(reverse("admin:routing_account_upload")).status_code == 403
    assert "Upload CSV" not in text_of(viewer.get(reverse("admin:routing_account_changelist")))


# What happened


@pytest.mark.req("LC-20", "LC-57")
@pytest.mark.usefixtures("installation")
def test_live_chat_shows_its_decisions_offers_and_timeline(client: Client) -> None:
    chat = LiveChatFactory.create()
    offer = OfferFactory.create(live_chat=chat, agent=AgentFactory.create(first_name="Cleo", last_name="Ek"))
    steps = [
        {"step": "rule", "label": "Swedes", "result": "no_match", "why": "country is empty", "agents": []},
        {
            "step": "robin",
            "label": "",
            "result": "offered",
            "agents": [
                {"id": 1, "name": "Ann", "verdict": "no_seat"},
                {"id": 2, "name": "Bo", "verdict": "new_verdict"},
                {"id": 3, "name": "Cleo", "verdict": "offered", "text": "took her turn"},
            ],
            "more": {"unreachable": 7},
        },
        {"step": "later", "result": "something_new"},
    ]
    DecisionFactory.create(live_chat=chat, offer=offer, outcome="offered", steps=steps)
    TimelineEntry.objects.create(
        live_chat=chat, at=NOW, kind="offered", agent=offer.agent, data={"via": "robin"}
    )
    page = " ".join(text_of(client.get(reverse("admin:chat_livechat_change", args=[chat.pk]))).split())
    for words in (
        "Custom rule “Swedes”: <b>didn&#x27;t match: country is empty</b>",
        "Round robin: <b>offered</b>",
        "Ann: no free seat",
        "Bo: new_verdict",
        "Cleo: took her turn",
        "7 others: no open inbox",
        "later: <b>something_new</b>",
        "via: robin",
        "Cleo Ek",
    ):
        assert words in page


@pytest.mark.req("LC-48")
@pytest.mark.usefixtures("installation")
def test_what_happened_cant_be_changed_or_deleted_by_anybody(client: Client) -> None:
    chat = LiveChatFactory.create()
    for page, data in (("change", {"status": "ended"}), ("delete", {"post": "yes"})):
        url = reverse(f"admin:chat_livechat_{page}", args=[chat.pk])
        assert client.post(url, data).status_code == 403
    assert client.get(reverse("admin:chat_livechat_add")).status_code == 403
    assert LiveChat.objects.get().status == "requested"


@pytest.mark.req("LC-28")
@pytest.mark.usefixtures("installation")
def test_hostile_text_of_a_visitor_is_shown_as_text(client: Client) -> None:
    conversation = ConversationFactory.create(page_title="<script>alert(1)</script>")
    conversation.visitor.attributes = {"first_name": "<img src=x onerror=alert(1)>"}
    conversation.visitor.save()
    chat = LiveChatFactory.create(conversation=conversation)
    for url in (
        reverse("admin:chat_conversation_change", args=[conversation.pk]),
        reverse("admin:chat_livechat_change", args=[chat.pk]),
        reverse("admin:chat_livechat_changelist"),
    ):
        page = text_of(client.get(url))
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert "&lt;img" in page
