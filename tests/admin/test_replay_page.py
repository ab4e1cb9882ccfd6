"""The replay's page: what a change of one rule would have done with real requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import User
from chat.models import LiveChat
from routing.models import Decision, Rule
from tests.admin.conftest import SignIn
from tests.factories import AgentFactory, LiveChatFactory, OfferFactory, RuleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-20"), pytest.mark.usefixtures("prime")]

PAGE = "/admin/routing/rule/replay/"


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def make_request(rule: Rule, agent: User) -> LiveChat:
    """An hour ago a Swede was offered to this agent by this rule."""
    at = timezone.now() - timedelta(hours=1)
    chat: LiveChat = LiveChatFactory.create(
        card={"option": "rules"},
        requested_at=at,
        conversation__visitor__attributes={"first_name": "Vera", "country": "SE"},
    )
    offer = OfferFactory.create(live_chat=chat, agent=agent, via="rule", offered_at=at)
    found = {"id": agent.pk, "name": agent.display_name, "verdict": "offered"}
    step = {"step": "rule", "label": rule.name, "result": "offered", "agents": [found], "more": {}}
    Decision.objects.create(live_chat=chat, offer=offer, outcome="offered", steps=[step], made_at=at)
    return chat


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_change_of_a_rule_is_tried_and_not_saved(client: Client) -> None:
    ann = AgentFactory.create(first_name="Ann", last_name="Berg")
    rule = RuleFactory.create(name="Sweden", agents=[ann])
    chat = make_request(rule, ann)
    page = text_of(client.get(PAGE, {"days": "7", "rule": rule.pk}))
    assert "would have led elsewhere for 0 of 1 requests" in page
    assert "If “Sweden” were like this" in page
    norway = {"match": "all", "items": [{"attribute": "country", "operator": "is", "value": "NO"}]}
    draft = {
        "days": "7",
        "rule": rule.pk,
        "priority": "10",
        "is_enabled": "on",
        "conditions": json.dumps(norway),
    }
    page = text_of(client.post(PAGE, draft))
    assert "The change would have led elsewhere for 1 of 1 requests." in page
    assert "Ann Berg (Custom rule “Sweden”)" in page
    assert "Fallback: No rule matched" in page
    assert f"/admin/chat/livechat/{chat.pk}/change/" in page
    rule.refresh_from_db()
    assert rule.conditions == {"match": "all", "items": []}


def test_without_a_rule_the_rules_of_now_are_compared_with_what_happened(client: Client) -> None:
    ann = AgentFactory.create()
    rule = RuleFactory.create(agents=[ann])
    make_request(rule, ann)
    assert "would have led elsewhere for 0 of 1" in text_of(client.get(PAGE))
    Rule.objects.update(is_enabled=False)
    assert "The rules as they are now would have led elsewhere for 1 of 1" in text_of(client.get(PAGE))


def test_what_cannot_be_a_draft_is_refused_at_its_field(client: Client) -> None:
    rule = RuleFactory.create()
    answer = client.post(PAGE, {"days": "7", "rule": rule.pk, "priority": "0", "conditions": "[]"})
    assert answer.status_code == 400
    assert sorted(answer.context["drafting"].errors) == ["conditions", "priority"]
    assert client.get(PAGE, {"days": "8"}).status_code == 400
    assert "Nobody asked for a human" in text_of(client.get(PAGE, {"days": "30"}))


def test_replay_is_for_those_who_may_see_rules_and_all_conversations(enter: Callable[..., Client]) -> None:
    assert enter("view_custom_rules", "view_all_conversations").get(PAGE).status_code == 200
    assert enter("view_custom_rules").get(PAGE).status_code == 403
    assert enter("view_all_conversations").get(PAGE).status_code == 403
    assert "Replay past requests" not in text_of(enter("view_custom_rules").get("/admin/routing/rule/"))
