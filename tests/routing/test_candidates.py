from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.models import Agent, ScheduleBlock, User
from agents.policy import Block, Override, is_available_now
from config.lib.zones import get_zone
from routing.policy import Verdict
from routing.selectors.candidates import _list_within_hours, list_candidates
from tests.factories import (
    NOW,
    AgentFactory,
    GroupFactory,
    LiveChatFactory,
    PresenceFactory,
    ScheduleBlockFactory,
    UserFactory,
)
from tests.stage import DAY, agent_at_work, at, configure, offer_chat, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-13")]


def judge(agent: User, *, now: datetime = NOW, tried: set[int] | None = None) -> Verdict:
    (candidate,) = list_candidates(
        agent_ids={agent.pk}, tried=tried or set(), installation=configure(), now=now
    )
    assert candidate.agent_id == agent.pk
    return candidate.verdict


def test_agent_at_work_is_able() -> None:
    assert judge(agent_at_work()) is Verdict.ABLE


@pytest.mark.req("LC-24")
def test_agent_who_was_asked_is_passed_over() -> None:
    agent = agent_at_work()
    assert judge(agent, tried={agent.pk}) is Verdict.ALREADY_ASKED


@pytest.mark.req("LC-05", "LC-07")
def test_user_without_the_permission_is_no_agent() -> None:
    agent = agent_at_work()
    agent.user_permissions.clear()
    assert judge(agent) is Verdict.NOT_AN_AGENT


@pytest.mark.req("LC-07")
def test_deactivated_agent_is_no_agent() -> None:
    agent = agent_at_work()
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert judge(agent) is Verdict.NOT_AN_AGENT


@pytest.mark.req("LC-05")
def test_permission_may_come_through_a_profile() -> None:
    profile = GroupFactory.create(permissions=["view_my_conversations"])
    user = UserFactory.create(override_available=True, override_until=at(60))
    PresenceFactory.create(agent=user)
    assert judge(user) is Verdict.NOT_AN_AGENT
    user.groups.add(profile)
    assert judge(user) is Verdict.ABLE
    Group.objects.all().delete()
    assert judge(user) is Verdict.NOT_AN_AGENT


@pytest.mark.req("LC-11")
def test_agent_outside_the_hours_is_passed_over() -> None:
    agent = AgentFactory.create()
    PresenceFactory.create(agent=agent)
    assert judge(agent) is Verdict.OUTSIDE_HOURS
    ScheduleBlockFactory.create(agent=agent)  # Monday 9 to 17
    assert judge(agent) is Verdict.ABLE


@pytest.mark.req("LC-11")
@pytest.mark.parametrize(
    ("clock", "verdict"),
    [
        (time(8, 59, 59, 999_999), Verdict.OUTSIDE_HOURS),
        (time(9), Verdict.ABLE),
        (time(16, 59, 59, 999_999), Verdict.ABLE),
        (time(17), Verdict.OUTSIDE_HOURS),
        (time(23), Verdict.ABLE),
        (time(23, 59, 59, 999_999), Verdict.ABLE),
    ],
)
def test_hours_begin_with_their_first_moment_and_end_before_their_last(clock: time, verdict: Verdict) -> None:
    agent = ScheduleBlockFactory.create().agent
    ScheduleBlockFactory.create(agent=agent, starts=time(23), ends=time(0))
    PresenceFactory.create(agent=agent, expires_at=at(DAY))
    assert judge(agent, now=datetime.combine(NOW, clock, tzinfo=UTC)) is verdict


@pytest.mark.req("LC-12")
@pytest.mark.parametrize(
    ("available", "until", "verdict"),
    [
        (False, 1, Verdict.UNAVAILABLE),
        (False, 0, Verdict.ABLE),
        (True, 1, Verdict.ABLE),
    ],
)
def test_toggle_holds_until_its_time_is_over(available: bool, until: float, verdict: Verdict) -> None:
    agent = AgentFactory.create(override_available=available, override_until=at(until))
    PresenceFactory.create(agent=agent)
    ScheduleBlockFactory.create(agent=agent)
    assert judge(agent) is verdict


@pytest.mark.req("LC-12")
def test_available_toggle_that_is_over_leaves_the_hours() -> None:
    agent = AgentFactory.create(override_available=True, override_until=NOW)
    PresenceFactory.create(agent=agent)
    assert judge(agent) is Verdict.OUTSIDE_HOURS


@pytest.mark.req("LC-10")
def test_agent_whose_seats_are_taken_is_passed_over() -> None:
    agent = agent_at_work(seat_limit=2)
    start_chat()
    assert judge(agent) is Verdict.ABLE
    offer_chat()
    assert judge(agent) is Verdict.NO_SEAT


@pytest.mark.req("LC-10")
def test_seat_limit_of_the_installation_counts_where_the_agent_has_none() -> None:
    configure(seat_limit=1)
    agent = agent_at_work()
    start_chat()
    assert judge(agent) is Verdict.NO_SEAT


def test_agent_without_an_open_inbox_is_passed_over() -> None:
    agent = AgentFactory.create(override_available=True, override_until=at(600))
    assert judge(agent) is Verdict.UNREACHABLE
    PresenceFactory.create(agent=agent, expires_at=NOW)
    assert judge(agent) is Verdict.UNREACHABLE
    PresenceFactory.create(agent=agent, expires_at=at(1))
    assert judge(agent) is Verdict.ABLE


def test_switch_in_the_admin_drops_reachability() -> None:
    agent = AgentFactory.create(override_available=True, override_until=at(600))
    configure(require_reachable=False)
    assert judge(agent) is Verdict.ABLE


@pytest.mark.req("LC-20")
def test_everybody_asked_for_is_named_in_order() -> None:
    agents = [
        agent_at_work(first_name="Ann", last_name="Berg"),
        UserFactory.create(first_name="", last_name=""),
    ]
    found = list_candidates(
        agent_ids={agent.pk for agent in agents} | {1_000_000}, tried=(), installation=configure(), now=NOW
    )
    assert [(each.agent_id, each.name) for each in found] == [
        (agents[0].pk, "Ann Berg"),
        (agents[1].pk, agents[1].username),
    ]


@pytest.mark.parametrize("count", [2, 12])
def test_looking_costs_four_queries_however_many_agents(count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        agent_at_work(time_zone="Europe/Stockholm" if number % 2 else "")
    installation = configure()
    with django_assert_num_queries(4):
        assert len(list_candidates(agent_ids=None, tried=(), installation=installation, now=NOW)) == count


def test_live_chat_of_nobody_takes_no_seat() -> None:
    LiveChatFactory.create()
    assert judge(agent_at_work(seat_limit=1)) is Verdict.ABLE


ZONES = st.sampled_from(
    [
        "",
        "UTC",
        "Europe/Stockholm",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
    ]
)
# Whole minutes and odd moments, both beside the edges of blocks.
CLOCKS = st.builds(
    time,
    st.integers(0, 23),
    st.sampled_from([0, 1, 29, 30, 59]),
    st.sampled_from([0, 59]),
    st.sampled_from([0, 1, 999_999]),
)
# Years with daylight saving both ways.
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.builds(
        lambda day, clock: datetime.combine(datetime(2026, 3, 28).date() + timedelta(days=day), clock),
        st.integers(0, 3),
        CLOCKS,
    ),
)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[str, list[Block], Override | None]:
    blocks: dict[tuple[int, time], Block] = {}
    for weekday, starts, ends in draw(st.lists(st.tuples(st.integers(0, 6), CLOCKS, CLOCKS), max_size=6)):
        if ends > starts or draw(st.booleans()):
            ends = ends if ends > starts else time(0)
            blocks[weekday, starts] = Block(weekday, starts, ends)
    override = draw(st.none() | st.builds(Override, st.booleans(), st.just(NOW)))
    return draw(ZONES), list(blocks.values()), override


@pytest.mark.req("LC-11", "LC-12")
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(schedules(), min_size=1, max_size=3), MOMENTS, st.sampled_from(["starts", "ends", ""]))
def test_hours_in_the_database_are_the_hours_of_the_policy(
    db: None, drawn: list[tuple[str, list[Block], Override | None]], moment: datetime, edge: str
) -> None:
    ScheduleBlock.objects.all().delete()
    now = moment.replace(tzinfo=UTC)
    edges = [(zone, block) for zone, blocks, _override in drawn for block in blocks]
    if edge and edges:
        zone, block = edges[0]
        wall = now.astimezone(get_zone(zone))
        now = datetime.combine(wall.date(), getattr(block, edge), tzinfo=get_zone(zone)).astimezone(UTC)
    rows = {}
    for zone, blocks, override in drawn:
        until = now + (override.until - NOW) + timedelta(seconds=1) if override else None
        agent = AgentFactory.create(
            time_zone=zone, override_available=override.available if override else None, override_until=until
        )
        PresenceFactory.create(agent=agent, expires_at=now + timedelta(seconds=60))
        for block in blocks:
            ScheduleBlockFactory.create(
                agent=agent, weekday=block.weekday, starts=block.starts, ends=block.ends
            )
        rows[agent.pk] = (
            get_zone(zone),
            blocks,
            Override(override.available, until) if override and until else None,
        )
    within = set(_list_within_hours({zone for zone, _blocks, _override in drawn}, now, {}))
    found = list_candidates(agent_ids=set(rows), tried=(), installation=configure(), now=now)
    for candidate in found:
        zone_info, blocks, override = rows[candidate.agent_id]
        by_hours = is_available_now(zone=zone_info, blocks=blocks, override=None, now=now)
        assert (candidate.agent_id in within) == by_hours
        available = is_available_now(zone=zone_info, blocks=blocks, override=override, now=now)
        assert (candidate.verdict is Verdict.ABLE) == available
    assert len(found) == Agent.objects.filter(pk__in=rows).count()
