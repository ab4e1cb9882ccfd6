"""Decisions are explained, and cost the same however much there is to consider."""

from __future__ import annotations

from typing import Any

import pytest

from routing.admin.reading import describe_decision
from routing.models import Decision, RobinPointer, Rule
from tests.factories import NOW, AccountFactory, TeamFactory
from tests.routing.requests import away, route, rule_for, steps_of, told
from tests.stage import agent_at_work, ask_for_human, configure, start_chat

pytestmark = pytest.mark.django_db


@pytest.mark.req("LC-20")
def test_decision_names_everybody_considered_and_why_passed_over() -> None:
    configure(seat_limit=1)
    busy, gone, able, _later = (agent_at_work() for _number in range(4))
    start_chat(ask_for_human(card={"option": "agent", "agent_id": busy.pk}))
    away(gone)
    chat = ask_for_human()
    offer = route(chat)
    assert told(steps_of(chat)[0]) == (
        "robin",
        "offered",
        [(busy.pk, "no_seat"), (gone.pk, "unavailable"), (able.pk, "offered")],
    )
    decision = Decision.objects.get(offer=offer)
    assert (decision.outcome, decision.reason, decision.made_at) == ("offered", "", NOW)


@pytest.mark.req("LC-20")
def test_fallback_is_explained_too() -> None:
    agent = agent_at_work()
    away(agent)
    chat = ask_for_human()
    route(chat)
    decision = Decision.objects.get(live_chat=chat)
    assert (decision.outcome, decision.reason, decision.offer) == ("fallback", "no_agent", None)
    assert told(decision.steps[0]) == ("robin", "nobody", [(agent.pk, "unavailable")])


@pytest.mark.req("LC-20")
def test_long_explanation_counts_those_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.selectors.decisions.EXPLAINED_AGENTS", 2)
    agents = [agent_at_work() for _number in range(4)]
    for agent in agents[:3]:
        away(agent)
    chat = ask_for_human()
    route(chat)
    (step,) = steps_of(chat)
    assert told(step)[2] == [(agents[2].pk, "unavailable"), (agents[3].pk, "offered")]
    assert step["more"] == {"unavailable": 2}


@pytest.mark.req("LC-20")
def test_of_many_rules_that_do_not_match_the_first_are_explained_and_all_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("routing.selectors.decisions.EXPLAINED_STEPS", 2)
    for number in range(5):
        rule_for(where={"country": "se"}, priority=number + 1, name=f"Rule {number}")
    last = rule_for(agent_at_work(), priority=9, name="Last")
    chat = ask_for_human(card={"option": "rules"}, attributes={})
    assert route(chat) is not None
    steps = steps_of(chat)
    assert [step["result"] for step in steps] == ["no_match"] * 3 + ["offered"]
    assert [step.get("label") for step in steps] == ["Rule 0", "Rule 1", None, last.name]
    assert [bool(step.get("why")) for step in steps] == [True, True, False, False]
    assert steps[2]["labels"] == ["Rule 2", "Rule 3", "Rule 4"]
    read = describe_decision(Decision.objects.get(live_chat=chat)).steps
    assert (read[2].label, read[2].result) == ("Custom rule", "didn't match: Rule 2, Rule 3, Rule 4")


@pytest.mark.parametrize("option", ["round_robin", "agent", "team", "rules"])
def test_routing_costs_the_same_queries_however_many_there_are(
    option: str, django_assert_max_num_queries: Any
) -> None:
    configure(package="prime", try_all_agents=True)
    counts = []
    for crowd in (10, 100):
        first, *others = [agent_at_work() for _number in range(crowd)]
        group = TeamFactory.create(members=[first, *others])
        for number in range(crowd):
            rule_for(others[number % 5], where={"country": f"{crowd}-{number}"}, priority=1)
            AccountFactory.create(owner=others[0])
        rule_for(first, where={"crowd": str(crowd)}, priority=2)
        card = {"option": option, "agent_id": first.pk, "team_id": group.pk}
        chat = ask_for_human(card=card, attributes={"crowd": str(crowd), "email": "v@mail.acme.example"})
        RobinPointer.objects.get_or_create(scope=f"team:{group.pk}")
        RobinPointer.objects.get_or_create(scope="all")
        for rule in Rule.objects.all():
            RobinPointer.objects.get_or_create(scope=f"rule:{rule.pk}")
        with django_assert_max_num_queries(60) as captured:
            assert route(chat) is not None
        counts.append(len(captured))
    assert counts[0] == counts[1]
