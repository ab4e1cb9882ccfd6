"""Every action of every list in the admin, for who may and for nobody else (S8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse

from agents.models import Agent, PermissionProfile, Team, User
from chat.models import CannedReply, Dialogue, Flow, Lead, LeadList
from config.admin_permissions import PrimePages
from config.installation.models import Installation
from routing.models import Account, Rule
from tests.factories import AgentFactory, DialogueFactory, UserFactory
from tests.matrix.admin_areas import AREAS, row_of
from tests.matrix.people import EVERYBODY, SUPERUSER, SUPERUSERS, Party, Who, list_beside, may
from tests.matrix.scene import Scene
from tests.scenes import make_agent

pytestmark = pytest.mark.req("LC-06")


@dataclass(frozen=True)
class Action:
    """Who may do it, and a row on which it does something; without one, the area's own."""

    who: Who
    make: Callable[[Scene], Model] | None = None


def make_draft(scene: Scene) -> Model:
    made: Model = scene.row("draft", DialogueFactory.create)
    return made


def make_draft_of_flow(scene: Scene) -> Model:
    made: Model = scene.row(
        "draft flow", lambda: DialogueFactory.create(kind="flow", slug="draft", start_on="call")
    )
    return made


def make_signed_in(scene: Scene) -> User:
    user: User = scene.row("signed in", UserFactory.create)
    scene.device_of(user)
    return user


def make_approved(scene: Scene) -> Model:
    made: Model = scene.row(
        "approved", lambda: CannedReply.objects.create(code="yes", title="Yes", text="Yes", is_approved=True)
    )
    return made


MANAGERS = may("manage_agents")
ACTIONS: dict[tuple[type[Model], str], Action] = {
    (Agent, "make_available"): Action(MANAGERS, lambda scene: scene.row("agent", AgentFactory.create)),
    (Agent, "make_unavailable"): Action(MANAGERS, lambda scene: scene.row("at work", make_agent)),
    (User, "deactivate"): Action(MANAGERS, make_signed_in),
    (User, "sign_out"): Action(MANAGERS, make_signed_in),
    (PermissionProfile, "delete_selected"): Action(MANAGERS),
    (Team, "delete_selected"): Action(may("manage_agent_teams")),
    (CannedReply, "approve"): Action(MANAGERS),
    (CannedReply, "withdraw_approval"): Action(MANAGERS, make_approved),
    (CannedReply, "delete_selected"): Action(MANAGERS),
    (Dialogue, "publish"): Action(may("publish_dialogues"), make_draft),
    (Dialogue, "unpublish"): Action(may("publish_dialogues"), lambda scene: scene.dialogue),
    (Dialogue, "duplicate"): Action(may("manage_dialogues"), make_draft),
    (Flow, "publish"): Action(may("publish_flows"), make_draft_of_flow),
    (Flow, "unpublish"): Action(may("publish_flows"), lambda scene: scene.flow()),
    (Flow, "duplicate"): Action(may("manage_flows"), make_draft_of_flow),
    (Lead, "delete_selected"): Action(may("manage_privacy_and_security")),
    (LeadList, "delete_selected"): Action(may("manage_dialogues")),
    (Account, "delete_selected"): Action(may("manage_accounts")),
    (Rule, "delete_selected"): Action(may("manage_custom_rules")),
    **{(model, "delete_selected"): Action(SUPERUSERS) for model in AREAS if model._meta.app_label == "axes"},
}
# It asks of no row, and clears what is over: there is nothing of that here.
UNTRIED = {("axes.AccessAttempt", "cleanup_expired_attempts")}


def url_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_every_action_has_a_row_and_every_row_an_action(scene: Scene) -> None:
    request = RequestFactory().get("/")
    request.user = scene.user(SUPERUSER)
    there = {
        (model, name)
        for model, page in admin.site._registry.items()
        for name in page.get_actions(request)
        if (model._meta.label, name) not in UNTRIED and not has_nothing_to_delete(page, name, request)
    }
    lacking = [f"{model._meta.label}: {name}" for model, name in there - ACTIONS.keys()]
    assert not lacking, (
        f"Nothing says who may do {lacking}. Add each to ACTIONS in tests/matrix/test_actions.py: who may, "
        "and how a row is made on which it does something."
    )
    gone = [f"{model._meta.label}: {name}" for model, name in ACTIONS.keys() - there]
    assert not gone, f"There are no such actions any more: take {gone} out of ACTIONS."


def has_nothing_to_delete(page: Any, name: str, request: Any) -> bool:
    """Whether Django offers its own action, which asks again, where nobody may delete."""
    return name == "delete_selected" and not page.has_delete_permission(request)


@pytest.mark.parametrize("key", ACTIONS, ids=lambda key: f"{key[0]._meta.model_name}-{key[1]}")
def test_action_is_for_who_may_alone(scene: Scene, key: tuple[type[Model], str]) -> None:
    (model, name), action = key, ACTIONS[key]
    row = action.make(scene) if action.make else row_of(model, scene)
    faults = []
    for party in [*EVERYBODY, *list_beside(action.who, AREAS[model].viewers)]:
        data = {"action": name, "_selected_action": [row.pk], "post": "yes"}
        scene.session(party)
        with scene.undone() as written:
            scene.ask("POST", url_of(model), party, data).getvalue()
        if bool(written) != action.who.allows(party):
            faults.append(f"{party.name}: wrote {written or 'nothing'}")
    assert not faults, "\n".join(faults)


PRIME = [model for model, page in admin.site._registry.items() if isinstance(page, PrimePages)]


@pytest.mark.req("LC-09", "LC-18")
@pytest.mark.parametrize("model", PRIME, ids=lambda model: model.__name__)
def test_prime_pages_are_closed_with_words_on_select(scene: Scene, model: type[Model]) -> None:
    row = row_of(model, scene)
    faults = []
    for party in EVERYBODY:
        scene.session(party)
        with scene.undone() as written:
            Installation.objects.update(package=Installation.Package.SELECT)
            written.clear()
            for pattern in admin.site._registry[model].get_urls():
                faults += ask_on_select(scene, model, pattern, row, party)
            if written:
                faults.append(f"{party.name} wrote {written}")
    assert not faults, "\n".join(faults)


def ask_on_select(scene: Scene, model: type[Model], pattern: Any, row: Model, party: Party) -> list[str]:
    """What isn't refused, or not in words, of one address."""
    if pattern.name is None:  # leads to the row's page
        return []
    samples = {"object_id": row.pk, "kind": "csv"}
    url = reverse(
        f"admin:{pattern.name}", kwargs={name: samples[name] for name in pattern.pattern.converters}
    )
    faults = []
    for method in ("GET", "POST") if party is SUPERUSER else ("POST",):
        answer = scene.ask(method, url, party, {"post": "yes", "name": "Changed"})
        expected = 403 if party.may_enter_admin else 302
        says_why = b"runs the Select package" in answer.getvalue()
        if answer.status_code != expected or says_why != AREAS[model].viewers.allows(party):
            faults.append(f"{method} {url} as {party.name} answered {answer.status_code}")
    return faults
