"""Whoever reads a decision reads what the custom rules were when it was made (LC-60)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.models import LiveChat
from routing.models import Decision, Rule, RuleVersion
from routing.services.requests import route_live_chat
from tests.admin.conftest import SignIn
from tests.factories import NOW, DecisionFactory, RuleFactory
from tests.stage import agent_at_work, ask_for_human

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60")]


def route() -> tuple[LiveChat, User, RuleVersion]:
    """A chat that a rule has routed, which is gone by now."""
    agent = agent_at_work(first_name="Ann", last_name="Berg")
    country = {"attribute": "country", "operator": "is", "value": "NO"}
    RuleFactory.create(name="Off <b>", is_enabled=False, priority=1, agents=[agent])
    RuleFactory.create(name="Norway", priority=2, agents=[agent], conditions={"items": [country]})
    chat = ask_for_human(card={"option": "rules"}, attributes={"country": "NO"})
    assert route_live_chat(live_chat_id=chat.pk, now=NOW) is not None
    Rule.objects.all().delete()
    return chat, agent, RuleVersion.objects.get()


def test_every_page_about_a_decision_leads_to_its_rules(boss: User, sign_in: SignIn) -> None:
    chat, agent, version = route()
    client = sign_in(boss)
    link = f'href="{reverse("admin:routing_ruleversion_change", args=[version.pk])}"'
    decision = Decision.objects.get()
    pages = {
        "decision": reverse("admin:routing_decision_change", args=[decision.pk]),
        "chat": reverse("admin:chat_livechat_change", args=[chat.pk]),
        "timeline": reverse("admin:chat_livechat_timeline", args=[chat.pk]),
        "considered": reverse("admin:routing_ledger_agent", args=[agent.pk]) + "?days=365",
    }
    Decision.objects.update(made_at=decision.offer.live_chat.conversation.visitor.created_at)  # type: ignore[union-attr]
    for name, url in pages.items():
        assert link in client.get(url).content.decode(), name
    exported = client.get(reverse("admin:chat_livechat_timeline_file", args=[chat.pk, "json"])).json()
    (decided,) = [one for one in exported["timeline"] if one["kind"] == "decided"]
    assert decided["details"]["rule_version"] == version.pk


def test_version_shows_the_rules_as_they_were(boss: User, sign_in: SignIn) -> None:
    _chat, _agent, version = route()
    text = sign_in(boss).get(reverse("admin:routing_ruleversion_change", args=[version.pk])).content.decode()
    assert "Off &lt;b&gt;" in text
    assert "Norway" in text
    assert "country is “NO”" in text
    assert "Ann Berg" in text
    assert version.digest in text
    decisions = f"{reverse('admin:routing_decision_changelist')}?rule_version__id__exact={version.pk}"
    assert decisions in text
    DecisionFactory.create(steps=[], made_at=NOW)
    listed = sign_in(boss).get(decisions).context["cl"].result_count
    assert listed == 1


def test_decision_without_a_version_says_so(boss: User, sign_in: SignIn) -> None:
    decision = DecisionFactory.create(steps=[], made_at=NOW)
    answer = sign_in(boss).get(reverse("admin:routing_decision_change", args=[decision.pk]))
    assert "None: a handover asks no rules" in answer.content.decode()


def test_who_sees_rules_alone_is_not_led_to_chats(enter: Callable[..., Client]) -> None:
    _chat, _agent, version = route()
    answer: Any = enter("view_custom_rules").get(
        reverse("admin:routing_ruleversion_change", args=[version.pk])
    )
    assert answer.status_code == 200
    assert reverse("admin:routing_decision_changelist") not in answer.content.decode()
