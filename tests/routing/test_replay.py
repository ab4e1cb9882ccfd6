"""Past requests once more: what happened, what would now, and what would with a change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import User
from routing.models import Offer, Rule
from routing.selectors import replay as replays
from routing.selectors.replay import Draft, Replayed, replay
from tests.factories import NOW, AccountFactory, AgentFactory, ScheduleBlockFactory, TeamFactory
from tests.routing.requests import away, back, route, rule_for
from tests.stage import accept, agent_at_work, ask_for_human, configure

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-20")]


def run(draft: Draft | None = None) -> list[Replayed]:
    return replay(since=NOW - timedelta(days=1), until=NOW + timedelta(days=1), draft=draft)


def with_hours(**fields: Any) -> User:
    agent = agent_at_work(**fields)
    ScheduleBlockFactory.create(agent=agent, weekday=NOW.weekday())
    return agent


def changed(rule: Rule, **changes: Any) -> Draft:
    as_it_is = {"is_enabled": rule.is_enabled, "priority": rule.priority, "conditions": rule.conditions}
    return Draft(rule_id=rule.pk, **{**as_it_is, **changes})


def request_from(country: str, **card: Any) -> Offer | None:
    return route(ask_for_human(card={"option": "rules", **card}, attributes={"country": country}))


@pytest.mark.parametrize("option", ["round_robin", "agent", "team", "rules"])
def test_unchanged_rules_lead_where_they_led(option: str) -> None:
    configure(package="prime", try_all_agents=True)
    first, second, gone = agent_at_work(), agent_at_work(), agent_at_work()
    away(gone)
    team = TeamFactory.create(members=[second, gone])
    rule_for(gone, where={"country": "se"}, priority=1)
    rule_for(second, where={"country": "se"}, priority=2)
    AccountFactory.create(domain="acme.example", owner=gone)
    for _number in range(3):
        route(
            ask_for_human(
                card={"option": option, "agent_id": first.pk, "team_id": team.pk},
                attributes={"country": "se", "email": "v@acme.example"},
            )
        )
    # Today is another day: who could take a chat then is what counts.
    away(second)
    back(gone)
    found = run()
    assert len(found) == 3
    assert [each.was for each in found] == [each.now for each in found]
    assert not any(each.differs for each in found)


def test_rule_switched_off_changes_what_it_decided_and_nothing_else() -> None:
    configure()
    swedes, rest = (
        with_hours(first_name="Ann", last_name="Berg"),
        with_hours(first_name="Bo", last_name="Ek"),
    )
    rule = rule_for(swedes, where={"country": "se"}, priority=1, name="Sweden")
    rule_for(rest, priority=2, name="Rest")
    request_from("se")
    request_from("no")
    first, second = run(changed(rule, is_enabled=False))
    assert (first.differs, second.differs) == (True, False)
    assert (first.now.label, first.now.agent) == ("Sweden", "Ann Berg")
    assert first.draft is not None
    assert (first.draft.label, first.draft.agent) == ("Rest", "Bo Ek")
    assert Rule.objects.get(pk=rule.pk).is_enabled


def test_conditions_and_priority_can_be_tried() -> None:
    configure()
    one, two = with_hours(), with_hours()
    rule = rule_for(one, where={"country": "se"}, priority=5, name="Narrow")
    rule_for(two, priority=2, name="Rest")
    request_from("no")
    wide = {"match": "all", "items": []}
    assert [each.differs for each in run(changed(rule, conditions=wide))] == [False]
    assert [each.differs for each in run(changed(rule, priority=1))] == [False]
    (found,) = run(changed(rule, conditions=wide, priority=1))
    assert found.draft is not None
    assert found.draft.label == "Narrow"


def test_rules_changed_since_then_are_told_from_what_happened() -> None:
    configure()
    rule = rule_for(agent_at_work(), where={"country": "se"}, name="Sweden")
    request_from("se")
    Rule.objects.filter(pk=rule.pk).update(is_enabled=False)
    (found,) = run()
    assert found.differs
    assert (found.was.label, found.now.reason) == ("Sweden", "no_rule")


def test_agent_whom_the_decision_does_not_name_had_hours_and_seats_of_that_time() -> None:
    configure(seat_limit=1)
    asked = agent_at_work()
    unnamed = ScheduleBlockFactory.create(weekday=NOW.weekday()).agent
    outside = AgentFactory.create()
    first = rule_for(asked, priority=1, name="First")
    second = rule_for(unnamed, outside, priority=2, name="Second")
    accept_first = request_from("se")
    assert accept_first is not None
    accept(accept_first)
    (found,) = run(changed(first, is_enabled=False))
    assert found.draft is not None
    assert found.draft.label == "Second"
    assert found.draft.agent == unnamed.display_name
    # Another chat held the only seat, also when that one is over by now.
    Offer.objects.create(
        live_chat=ask_for_human(),
        agent=unnamed,
        via="robin",
        attempt=1,
        status=Offer.Status.EXPIRED,
        offered_at=NOW - timedelta(minutes=1),
        settled_at=NOW + timedelta(minutes=1),
        expires_at=NOW + timedelta(minutes=1),
        deliver_by=NOW,
    )
    (found,) = run(changed(first, is_enabled=False))
    assert found.draft is not None
    assert found.draft.reason == "no_agent"
    assert second.is_enabled


def test_only_the_newest_are_replayed_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "MOST_REQUESTS", 2)
    configure()
    rule = rule_for(agent_at_work())
    counts = []
    for _round in range(2):
        for _number in range(3):
            request_from("se")
        with CaptureQueriesContext(connection) as captured:
            assert len(run(changed(rule, is_enabled=False))) == 2
        assert {query["sql"].split()[0] for query in captured.captured_queries} == {"SELECT"}
        counts.append(len(captured))
    monkeypatch.setattr(replays, "MOST_REQUESTS", 300)
    with CaptureQueriesContext(connection) as captured:
        assert len(run(changed(rule, is_enabled=False))) == 6
    assert {*counts, len(captured)} == {counts[0]}
