"""Requests that are routed in the same instant, after and while the custom rules change (LC-60)."""

from __future__ import annotations

from functools import partial

import pytest

from routing.models import Decision, Rule, RuleVersion
from routing.services.requests import route_live_chat
from tests.factories import RuleFactory
from tests.races.at_once import Crowd
from tests.stage import agent_at_work, ask_for_human

pytestmark = pytest.mark.req("LC-60")
ROUNDS = 5


def rename(rule_id: int, name: str) -> None:
    Rule.objects.filter(pk=rule_id).update(name=name)


def test_two_requests_under_changed_rules_make_one_version(crowd: Crowd) -> None:
    rule = RuleFactory.create(agents=[agent_at_work() for _number in range(4)])
    with crowd.of(4) as people:
        for number in range(ROUNDS):
            rename(rule.pk, f"Rule {number}")
            chats = [ask_for_human(card={"option": "rules"}) for _number in range(4)]
            people.run([partial(route_live_chat, live_chat_id=chat.pk) for chat in chats])
            stamped = Decision.objects.filter(live_chat__in=chats).values_list("rule_version", flat=True)
            assert len(stamped) == 4
            assert len(set(stamped)) == 1
            assert RuleVersion.objects.count() == number + 1


def test_decision_is_kept_with_the_very_rules_that_made_it(crowd: Crowd) -> None:
    rule = RuleFactory.create(agents=[agent_at_work() for _number in range(4)])
    with crowd.of(4) as people:
        for number in range(ROUNDS):
            chats = [ask_for_human(card={"option": "rules"}) for _number in range(3)]
            routing = [partial(route_live_chat, live_chat_id=chat.pk) for chat in chats]
            people.run([*routing, partial(rename, rule.pk, f"Round {number}")])
    decisions = Decision.objects.select_related("rule_version")
    assert len(decisions) == 3 * ROUNDS
    for decision in decisions:
        assert decision.rule_version is not None
        (frozen,) = decision.rule_version.rules
        assert decision.steps[-1]["label"] == frozen["name"]
