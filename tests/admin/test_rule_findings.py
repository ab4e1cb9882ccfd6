"""Beside a rule: what it means, whom it would have matched, and why it can't work."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import User
from chat.models import Lead, LeadList
from chat.services.dialogues import publish_dialogue
from tests.admin.conftest import SignIn
from tests.factories import (
    AgentFactory,
    ConversationFactory,
    DialogueFactory,
    RuleFactory,
    ScheduleBlockFactory,
    TeamFactory,
    UserFactory,
    VisitorFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-17"), pytest.mark.usefixtures("prime")]

FINDINGS = "/admin/routing/rule/findings/"
RULES = "/admin/routing/rule/"


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def when(**attributes: str) -> dict[str, Any]:
    items = [{"attribute": name, "operator": "is", "value": value} for name, value in attributes.items()]
    return {"match": "all", "items": items}


def ask(client: Client, conditions: object = None, **fields: Any) -> dict[str, Any]:
    data = {"conditions": json.dumps(when() if conditions is None else conditions), **fields}
    found: dict[str, Any] = client.post(FINDINGS, data).json()
    return found


def publish_rules_card() -> None:
    stream = {"start": "human", "cards": {"human": {"type": "live_chat", "option": "rules"}}}
    publish_dialogue(dialogue_id=DialogueFactory.create(stream=stream).pk, user=None, has_rules=True)


def talked(days: float = 1, **attributes: str) -> None:
    ConversationFactory.create(
        visitor=VisitorFactory.create(attributes=attributes),
        triggered_at=timezone.now() - timedelta(days=days),
    )


def test_last_weeks_visitors_are_counted_once_each(client: Client) -> None:
    talked(country="SE")
    talked(country="NO")
    talked(days=8, country="SE")
    visitor = VisitorFactory.create(attributes={"country": "SE"})
    for _number in range(2):
        ConversationFactory.create(
            visitor=visitor, triggered_at=timezone.now(), is_open=False, closed_at=timezone.now()
        )
    found = ask(client, when(country="se"))
    assert found["matches"] == "Matches when: country is “se”."
    assert found["tally"] == "Matches 2 of last week's 3 visitors."


def test_lists_of_a_visitors_lead_count(client: Client) -> None:
    lead = Lead.objects.create(email="v@acme.example")
    fans = LeadList.objects.create(name="Fans")
    lead.lists.add(fans)
    ConversationFactory.create(visitor=VisitorFactory.create(lead=lead), triggered_at=timezone.now())
    assert ask(client, when(lists=str(fans.pk)))["tally"] == "Matches 1 of last week's 1 visitor."
    assert ask(client, when(lists="999"))["warnings"][0] == "The conditions name a list that is gone."


def test_rule_that_works_has_no_warning(client: Client) -> None:
    publish_rules_card()
    scheduled = ScheduleBlockFactory.create().agent
    assert ask(client, agents=[scheduled.pk])["warnings"] == []
    team = TeamFactory.create(members=[scheduled])
    assert ask(client, team=team.pk)["warnings"] == []
    later = timezone.now() + timedelta(hours=1)
    by_hand = AgentFactory.create(override_available=True, override_until=later)
    assert ask(client, agents=[by_hand.pk])["warnings"] == []


def test_what_keeps_a_rule_from_working_is_said(client: Client) -> None:
    idle, nobody = AgentFactory.create(), UserFactory.create()
    (never, hours, cards) = ask(
        client,
        {"match": "all", "items": [*when(country="SE")["items"], *when(country="NO")["items"]]},
        agents=[idle.pk],
    )["warnings"]
    assert never == "No visitor can meet this: country is “SE” and country is “NO”."
    assert hours.startswith("Nobody has hours")
    assert cards == "No published Live chat card asks by custom rules."
    assert ask(client, agents=[nobody.pk, "x"])["warnings"][0].startswith("Nobody would be asked")
    found = ask(client, "nonsense")
    assert found["matches"] == ""
    assert "The conditions can't be read" in found["warnings"][0]


def test_page_and_list_of_rules_show_the_same_warnings(client: Client) -> None:
    publish_rules_card()
    rule = RuleFactory.create(agents=[AgentFactory.create()], conditions=when(country="SE"))
    for page in (RULES, f"{RULES}{rule.pk}/change/"):
        assert "Nobody has hours" in client.get(page).content.decode()
    rule.is_enabled = False
    rule.save()
    assert "Nobody has hours" not in client.get(RULES).content.decode()


def test_warnings_cost_the_list_the_same_queries_however_many_rules(client: Client) -> None:
    publish_rules_card()
    RuleFactory.create()
    client.get(RULES)  # what is read once per process is
    counts = []
    for _round in range(2):
        for _number in range(4):
            RuleFactory.create(team=TeamFactory.create(members=[AgentFactory.create()]))
        with CaptureQueriesContext(connection) as captured:
            client.get(RULES)
        counts.append(len(captured))
    assert counts[0] == counts[1]
