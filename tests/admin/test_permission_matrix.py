"""Every page of the admin against every profile and every single permission (LC-05, LC-06)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from agents.models import Agent, PermissionProfile, Team, User
from agents.permissions import ACCESS_PERMISSIONS
from chat.models import (
    CannedReply,
    Conversation,
    Dialogue,
    DialogueVersion,
    Document,
    Flow,
    Lead,
    LeadList,
    LiveChat,
    TimelineEntry,
)
from config.audit.models import Change
from config.installation.models import ChatWindow, Installation, Snippet, UsageLimits
from routing.models import Account, Decision, Offer, Rule, RuleVersion, Transfer
from tests.admin.conftest import SignIn
from tests.factories import (
    NOW,
    AccountFactory,
    AgentFactory,
    ConversationFactory,
    DecisionFactory,
    DialogueFactory,
    DialogueVersionFactory,
    GroupFactory,
    LiveChatFactory,
    OfferFactory,
    RuleFactory,
    TeamFactory,
    TransferFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-06")]


@dataclass(frozen=True)
class Area:
    """One kind of page: who sees it, who may add and change, and a row to look at."""

    viewers: frozenset[str]
    editors: frozenset[str]
    make: Callable[[], Model]
    adds: bool = True


def area(viewers: str, editors: str, make: Callable[[], Model], *, adds: bool = True) -> Area:
    return Area(frozenset(f"{viewers} {editors}".split()), frozenset(editors.split()), make, adds)


AREAS: dict[type[Model], Area] = {
    User: area("", "manage_agents", lambda: UserFactory.create()),
    PermissionProfile: area("", "manage_agents", lambda: GroupFactory.create()),
    Team: area("view_agent_teams", "manage_agent_teams", lambda: TeamFactory.create()),
    Installation: area(
        "",
        "manage_chatbot_settings manage_agents manage_privacy_and_security",
        lambda: Installation.objects.get(),
        adds=False,
    ),
    ChatWindow: area("", "manage_chatbot_settings", lambda: ChatWindow.objects.get(), adds=False),
    Snippet: area(
        "manage_chatbot_settings manage_privacy_and_security", "", lambda: Snippet.objects.get(), adds=False
    ),
    UsageLimits: area(
        "manage_agents manage_chatbot_settings view_global_reports",
        "",
        lambda: UsageLimits.objects.get(),
        adds=False,
    ),
    Change: area(
        "manage_privacy_and_security manage_agents",
        "",
        lambda: Change.objects.create(at=NOW, action="done", kind="routing.rule", words="Tested"),
    ),
    Dialogue: area("view_dialogues publish_dialogues", "manage_dialogues", lambda: DialogueFactory.create()),
    Flow: area(
        "view_flows publish_flows",
        "manage_flows",
        lambda: Flow.objects.get(pk=DialogueFactory.create(kind="flow", slug="demo").pk),
    ),
    DialogueVersion: area(
        "view_dialogues publish_dialogues manage_dialogues", "", lambda: DialogueVersionFactory.create()
    ),
    Document: area(
        "view_dialogues view_flows",
        "manage_dialogues manage_flows",
        lambda: Document.objects.create(name="Prices"),
    ),
    CannedReply: area(
        "view_my_conversations",
        "manage_agents",
        lambda: CannedReply.objects.create(code="hello", title="Greeting", text="Hi"),
    ),
    Lead: area(
        "view_all_conversations",
        "manage_privacy_and_security",
        lambda: Lead.objects.create(email="ada@acme.example"),
    ),
    LeadList: area("view_dialogues", "manage_dialogues", lambda: LeadList.objects.create(name="Customers")),
    Rule: area("view_custom_rules", "manage_custom_rules", lambda: RuleFactory.create()),
    Account: area("view_account_list", "manage_accounts", lambda: AccountFactory.create()),
    Conversation: area("view_all_conversations", "", lambda: ConversationFactory.create()),
    LiveChat: area("view_all_conversations", "", lambda: LiveChatFactory.create()),
    Offer: area("view_all_conversations", "", lambda: OfferFactory.create()),
    Transfer: area("view_all_conversations", "", lambda: TransferFactory.create()),
    RuleVersion: area(
        "view_custom_rules manage_custom_rules view_all_conversations",
        "",
        lambda: RuleVersion.objects.create(digest="d", rules=[], edition=0, made_at=NOW),
    ),
    Decision: area("view_all_conversations", "", lambda: DecisionFactory.create()),
    TimelineEntry: area(
        "view_all_conversations",
        "",
        lambda: TimelineEntry.objects.create(live_chat=LiveChatFactory.create(), at=NOW, kind="routed"),
    ),
}
# No form takes this: what is required is missing. It comes back with its errors, on the page itself.
REFUSED = {"allowed_domains": "https://"}
ALL = [codename for codename, _name in ACCESS_PERMISSIONS]
PROFILES = ["Marketing User", "Live Agent", "Calendar Agent", "Marketing Admin", "Sales Admin"]


def url(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def get_statuses(client: Client, model: type[Model], row: Model) -> dict[str, int]:
    """What answers: the list, the add page, the row's page, and a change sent to it."""
    wanted = AREAS[model]
    pages = {
        "list": client.get(url(model, "changelist"), follow=True).status_code,
        "page": client.get(url(model, "change", row.pk)).status_code,
        "post": client.post(url(model, "change", row.pk), REFUSED).status_code,
        "history": client.get(url(model, "history", row.pk)).status_code,
    }
    if wanted.adds:
        pages["add"] = client.get(url(model, "add")).status_code
    return pages


def expect(model: type[Model], held: set[str]) -> dict[str, int]:
    wanted = AREAS[model]
    sees, edits = bool(held & wanted.viewers), bool(held & wanted.editors)
    look = 200 if sees else 403
    expected = {"list": look, "page": look, "post": 200 if edits else 403, "history": look}
    if wanted.adds:
        expected["add"] = 200 if edits else 403
    return expected


@pytest.mark.usefixtures("prime")
@pytest.mark.parametrize("model", AREAS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("codename", [*ALL, "none"])
def test_each_permission_opens_its_own_pages_and_no_others(
    model: type[Model], codename: str, enter: Callable[..., Client]
) -> None:
    held = {codename} & set(ALL)
    client = enter(*held, *(() if held else ["view_round_robin"]))
    assert get_statuses(client, model, AREAS[model].make()) == expect(model, held)


@pytest.mark.usefixtures("prime", "profiles")
@pytest.mark.parametrize("model", AREAS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_sees_and_edits_what_the_table_says(
    model: type[Model], profile: str, sign_in: SignIn
) -> None:
    group = Group.objects.get(name=profile)
    user = UserFactory.create()
    user.groups.add(group)
    held = set(group.permissions.values_list("codename", flat=True))
    assert get_statuses(sign_in(user), model, AREAS[model].make()) == expect(model, held)


@pytest.mark.usefixtures("prime")
@pytest.mark.parametrize("model", AREAS, ids=lambda model: model.__name__)
def test_superuser_sees_everything_and_changes_no_history(
    model: type[Model], boss: User, sign_in: SignIn
) -> None:
    assert get_statuses(sign_in(boss), model, AREAS[model].make()) == expect(model, set(ALL))


@pytest.mark.usefixtures("prime")
@pytest.mark.parametrize("model", AREAS, ids=lambda model: model.__name__)
def test_nobody_gets_in_without_signing_in_or_with_no_permission(model: type[Model], sign_in: SignIn) -> None:
    row = AREAS[model].make()
    for client in (Client(), sign_in(UserFactory.create())):
        for answer in (client.get(url(model, "changelist")), client.get(url(model, "change", row.pk))):
            assert answer.status_code == 302
            assert "/admin/login/" in answer["Location"]


@pytest.mark.usefixtures("prime")
def test_index_lists_only_what_the_person_may_open(enter: Callable[..., Client]) -> None:
    answer = enter("view_custom_rules").get(reverse("admin:index"))
    listed = [model["object_name"] for app in answer.context["app_list"] for model in app["models"]]
    assert listed == ["Rule", "RuleVersion"]


def test_every_page_of_the_product_is_in_the_matrix() -> None:
    ours = {
        model
        for model in admin.site._registry
        if model._meta.app_label in ("agents", "audit", "chat", "routing", "installation")
    }
    assert ours == {*AREAS, Agent}


@pytest.mark.req("LC-05")
@pytest.mark.parametrize("codename", ALL)
def test_list_of_agents_is_for_who_manages_agents(codename: str, enter: Callable[..., Client]) -> None:
    AgentFactory.create()
    answer = enter(codename).get(url(Agent, "changelist"))
    assert answer.status_code == (200 if codename == "manage_agents" else 403)


@pytest.mark.req("LC-09", "LC-18")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("model", "codename"),
    [(Team, "manage_agent_teams"), (Account, "manage_accounts"), (LeadList, "manage_dialogues")],
)
def test_prime_pages_are_closed_with_words_on_select(
    model: type[Model], codename: str, enter: Callable[..., Client]
) -> None:
    client = enter(codename)
    row = AREAS[model].make()
    pages: list[Any] = [
        client.get(url(model, "changelist")),
        client.get(url(model, "add")),
        client.get(url(model, "change", row.pk)),
        client.post(url(model, "change", row.pk), {"name": "Changed"}),
        client.post(url(model, "delete", row.pk), {"post": "yes"}),
    ]
    if model is Account:
        pages.append(client.get(reverse("admin:routing_account_upload")))
    for answer in pages:
        assert answer.status_code == 403
        assert "runs the Select package" in answer.content.decode()
    assert model._default_manager.filter(pk=row.pk).exists()
