"""Custom rules."""

from __future__ import annotations

import pytest

from routing.models import RobinPointer, Rule
from tests.factories import TeamFactory
from tests.routing.requests import asked, away, reload, route, rule_for, steps_of, told
from tests.stage import agent_at_work, ask_for_human

pytestmark = pytest.mark.django_db


@pytest.mark.req("LC-15", "LC-17")
def test_first_rule_that_matches_wins_by_priority_then_name() -> None:
    ann, bo, cleo = (agent_at_work() for _number in range(3))
    rule_for(ann, name="B", priority=2)
    rule_for(bo, name="A", priority=2)
    rule_for(cleo, name="C", priority=1, where={"country": "se"})
    assert asked(route(option="rules")) == bo
    swede = ask_for_human(card={"option": "rules"}, attributes={"country": "SE"})
    assert asked(route(swede)) == cleo


@pytest.mark.req("LC-17")
def test_rule_without_an_able_agent_goes_on_to_the_next_that_matches() -> None:
    ann, bo, cleo = (agent_at_work() for _number in range(3))
    rule_for(ann, name="First", priority=1)
    rule_for(cleo, name="Not for him", priority=2, where={"country": "se"})
    third = rule_for(bo, name="Third", priority=3)
    away(ann)
    chat = ask_for_human(card={"option": "rules"})
    offer = route(chat)
    assert (asked(offer), offer and offer.via) == (bo, "rule")
    steps = steps_of(chat)
    assert [(step["label"], step["result"]) for step in steps] == [
        ("First", "nobody"),
        ("Not for him", "no_match"),
        ("Third", "offered"),
    ]
    assert told(steps[0])[2] == [(ann.pk, "unavailable")]
    assert "country" in steps[1]["why"].lower()
    assert RobinPointer.objects.get().scope == f"rule:{third.pk}"


@pytest.mark.req("LC-17")
def test_rules_agents_and_its_teams_take_turns() -> None:
    ann, bo, cleo = (agent_at_work() for _number in range(3))
    rule_for(cleo, team=TeamFactory.create(members=[ann, cleo]))
    rule_for(bo, where={"country": "se"})
    assert [asked(route(option="rules")) for _number in range(3)] == [ann, cleo, ann]


@pytest.mark.req("LC-17")
def test_visitor_who_matches_no_rule_gets_the_fallback() -> None:
    rule_for(agent_at_work(), where={"country": "se"})
    rule_for(agent_at_work(), is_enabled=False)
    chat = ask_for_human(card={"option": "rules"})
    assert route(chat) is None
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "no_rule")


@pytest.mark.req("LC-17")
def test_visitor_who_matches_rules_that_nobody_can_serve_is_no_agent() -> None:
    agent = agent_at_work()
    rule_for(agent)
    rule_for()
    away(agent)
    chat = ask_for_human(card={"option": "rules"})
    assert route(chat) is None
    assert reload(chat).end_reason == "no_agent"


@pytest.mark.req("LC-17", "LC-20")
def test_rule_that_cannot_be_read_stops_none_behind_it() -> None:
    ann, bo = agent_at_work(), agent_at_work()
    broken = rule_for(ann, name="Broken", priority=1)
    Rule.objects.filter(pk=broken.pk).update(conditions={"match": "some", "items": "x"})
    rule_for(bo, priority=2)
    chat = ask_for_human(card={"option": "rules"})
    assert asked(route(chat)) == bo
    assert steps_of(chat)[0]["why"] == "The conditions can't be read."


@pytest.mark.req("LC-17")
@pytest.mark.parametrize(
    ("attribute", "value"),
    [("page_url", "https://acme.example/pricing"), ("language", "sv"), ("email", "vera@acme.example")],
)
def test_rules_know_page_language_and_attributes(attribute: str, value: str) -> None:
    agent = agent_at_work()
    rule_for(agent, where={attribute: value})
    chat = ask_for_human(
        card={"option": "rules"},
        page_url="https://acme.example/pricing",
        visitor__language="sv",
        attributes={"email": "vera@acme.example"},
    )
    assert asked(route(chat)) == agent
    other = ask_for_human(card={"option": "rules"}, attributes={})
    assert route(other) is None
