"""The simulator decides as routing does, and changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import LiveChat, Seat
from routing.models import Decision, Offer, RobinPointer
from routing.policy import Verdict
from routing.selectors.simulation import Case, simulate
from tests.factories import NOW, AccountFactory, ScheduleBlockFactory, TeamFactory
from tests.routing.requests import asked, away, route, rule_for, steps_of
from tests.stage import agent_at_work, ask_for_human, configure, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-20")]

CARDS = ("round_robin", "agent", "team", "rules")


def make_company() -> dict[str, Any]:
    """Agents of every kind, and a card that names one and a team."""
    configure(package="prime", try_all_agents=True)
    first, second, gone = (agent_at_work() for _number in range(3))
    away(gone)
    team = TeamFactory.create(members=[gone, second])
    rule_for(first, where={"country": "no"}, priority=1)
    rule_for(gone, second, where={"country": "se"}, priority=2)
    AccountFactory.create(domain="acme.example", owner=gone)
    return {"agent_id": first.pk, "team_id": team.pk}


@pytest.mark.parametrize("option", CARDS)
def test_simulator_finds_whom_routing_asks_and_gives_the_same_explanation(option: str) -> None:
    card = {**make_company(), "option": option}
    attributes = {"email": "vera@acme.example", "country": "se"}
    (first, *_rest) = simulate(Case(card=card, attributes=attributes), now=NOW)
    chat = ask_for_human(card=card, attributes=attributes)
    offer = route(chat)
    agent = asked(offer)
    assert agent is not None
    assert offer is not None
    assert first.chosen is not None
    assert first.scope is not None
    assert (first.chosen.agent_id, first.scope.step) == (agent.pk, offer.via)
    assert first.steps == steps_of(chat)


@pytest.mark.parametrize("option", CARDS)
def test_simulator_writes_and_locks_nothing(option: str) -> None:
    card = {**make_company(), "option": option}
    with CaptureQueriesContext(connection) as captured:
        assert simulate(Case(card=card, attributes={"country": "se"}), now=NOW)
    assert {query["sql"].split()[0] for query in captured.captured_queries} == {"SELECT"}
    assert not [query for query in captured.captured_queries if "FOR " in query["sql"]]
    for model in (Offer, Decision, RobinPointer, Seat, LiveChat):
        assert not model._default_manager.exists()


@pytest.mark.req("LC-23")
def test_simulator_tells_who_is_asked_when_an_offer_passes() -> None:
    configure(package="prime")
    one, two = agent_at_work(), agent_at_work()
    team = TeamFactory.create(members=[one, two])
    case = Case(card={"option": "team", "team_id": team.pk}, attributes={})
    rounds = simulate(case, now=NOW)
    assert [decided.chosen.agent_id for decided in rounds if decided.chosen] == [one.pk, two.pk]
    away(two)
    rounds = simulate(case, now=NOW)
    assert [(decided.chosen is None, decided.reason) for decided in rounds] == [
        (False, ""),
        (True, "not_accepted"),
    ]


def test_simulator_can_imagine_the_other_package() -> None:
    configure(package="select")
    owner = agent_at_work()
    other = agent_at_work(first_name="Other")
    AccountFactory.create(domain="acme.example", owner=other)
    attributes = {"email": "vera@acme.example"}
    card = {"option": "agent", "agent_id": owner.pk}
    for package, expected in (("", owner), ("prime", other)):
        (decided,) = simulate(Case(card=card, attributes=attributes, package=package), now=NOW)
        assert decided.chosen is not None
        assert decided.chosen.agent_id == expected.pk


def test_at_another_time_hours_count_and_seats_and_inboxes_do_not() -> None:
    configure(seat_limit=1)
    agent = ScheduleBlockFactory.create(weekday=0).agent
    busy = agent_at_work(override_until=NOW + timedelta(minutes=1))
    start_chat(ask_for_human(card={"option": "agent", "agent_id": busy.pk}))
    ScheduleBlockFactory.create(agent=busy, weekday=1)
    now, monday = NOW, NOW + timedelta(days=7)
    case = Case(card={"option": "round_robin"}, attributes={})
    (decided,) = simulate(case, now=now)
    assert decided.chosen is None
    assert [each["verdict"] for each in decided.steps[0]["agents"]] == [Verdict.UNREACHABLE, Verdict.NO_SEAT]
    for at, expected in ((monday, agent), (monday + timedelta(days=1), busy)):
        (decided,) = simulate(Case(card=case.card, attributes={}, at=at), now=now)
        assert decided.chosen is not None
        assert decided.chosen.agent_id == expected.pk


def test_blocked_address_and_used_up_limit_are_said_before_anybody_is_looked_for() -> None:
    agent_at_work()
    configure(block_email_domains=True, blocked_email_domains="acme.example")
    case = Case(card={"option": "round_robin"}, attributes={"email": "v@acme.example"})
    assert [(decided.reason, decided.steps) for decided in simulate(case, now=NOW)] == [("blocked", [])]
    configure(block_email_domains=False, package="select", engagement_limit=0)
    assert [decided.reason for decided in simulate(case, now=NOW)] == ["limit"]
