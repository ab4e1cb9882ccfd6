"""The coverage map: requests by the hour against scheduled seats, and the gaps between the two (LC-58)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agents.models import User
from agents.policy import Block
from chat.models import LiveChat
from chat.selectors.demand import USUAL_LENGTH, Asked, Demand, get_demand
from config.guide.coverage import Roster, count_seats, get_blocking, list_gaps, make_map
from config.installation.models import Installation
from tests.admin.conftest import SignIn
from tests.factories import (
    NOW,
    AgentFactory,
    LiveChatFactory,
    PresenceFactory,
    ScheduleBlockFactory,
    TeamFactory,
)

pytestmark = pytest.mark.req("LC-58")

Enter = Callable[..., Client]
STOCKHOLM, NEW_YORK, KOLKATA = (
    ZoneInfo(name) for name in ("Europe/Stockholm", "America/New_York", "Asia/Kolkata")
)
MONDAY = date(2026, 3, 2)
NINE_TO_FIVE = Block(weekday=0, starts=time(9), ends=time(17))


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def count_by_hour(*rosters: Roster, zone: Any = UTC, monday: date = MONDAY) -> dict[tuple[int, int], int]:
    """The hours in which there are seats, by (weekday, hour), counted in quarters times seats."""
    found: dict[tuple[int, int], int] = {}
    for quarter, seats in enumerate(count_seats(rosters, zone=zone, monday=monday)):
        key = (quarter // 96, quarter % 96 // 4)
        found[key] = found.get(key, 0) + seats
    return {key: seats for key, seats in found.items() if seats}


def test_seats_are_where_the_hours_are() -> None:
    assert count_by_hour(Roster(3, UTC, [NINE_TO_FIVE])) == {(0, hour): 12 for hour in range(9, 17)}
    half = Roster(1, UTC, [Block(weekday=6, starts=time(22, 30), ends=time(0))])
    assert count_by_hour(half) == {(6, 22): 2, (6, 23): 4}
    both = count_by_hour(Roster(3, UTC, [NINE_TO_FIVE]), Roster(2, UTC, [NINE_TO_FIVE]))
    assert both[0, 9] == 20


def test_only_quarters_that_begin_in_the_hours_count_and_overlapping_hours_count_once() -> None:
    odd = Block(weekday=2, starts=time(9, 10), ends=time(10, 20))
    assert count_by_hour(Roster(1, UTC, [odd])) == {(2, 9): 3, (2, 10): 2}
    twice = [NINE_TO_FIVE, Block(weekday=0, starts=time(16), ends=time(18))]
    assert count_by_hour(Roster(1, UTC, twice)) == {(0, hour): 4 for hour in range(9, 18)}


def test_hours_of_another_clock_are_moved_also_over_midnight_and_the_week() -> None:
    assert min(count_by_hour(Roster(1, NEW_YORK, [NINE_TO_FIVE]))) == (0, 14)
    late = Roster(1, NEW_YORK, [Block(weekday=6, starts=time(20), ends=time(0))])
    assert set(count_by_hour(late)) == {(0, hour) for hour in range(1, 5)}
    halves = count_by_hour(Roster(1, KOLKATA, [NINE_TO_FIVE]))
    assert (halves[0, 3], halves[0, 4], halves[0, 11]) == (2, 4, 2)


def test_week_in_which_clocks_change_has_its_own_hours() -> None:
    # On the 8th of March, New York is an hour nearer; the week before, six hours from Stockholm.
    sunday = Roster(1, NEW_YORK, [Block(weekday=6, starts=time(9), ends=time(10))])
    saturday = Roster(1, NEW_YORK, [Block(weekday=5, starts=time(9), ends=time(10))])
    assert set(count_by_hour(saturday, sunday, zone=STOCKHOLM)) == {(5, 15), (6, 14)}


@pytest.mark.parametrize(
    ("seats", "load", "share"),
    [(0, 5.0, 1.0), (1, 1.0, 0.5), (2, 1.0, 0.2), (10, 5.0, 0.0184), (3, 0.0, 0.0)],
)
def test_blocking_is_erlangs(seats: int, load: float, share: float) -> None:
    assert get_blocking(seats, load) == pytest.approx(share, abs=1e-4)


def make_demand(hours: dict[tuple[int, int], int], *, minutes: int = 30) -> Demand:
    asked = {key: Asked(total, 0) for key, total in hours.items()}
    return Demand(hours=asked, weeks=4.0, length=timedelta(minutes=minutes))


def test_gap_is_where_visitors_ask_and_nobody_is_scheduled() -> None:
    demand = make_demand({(0, 8): 4, (0, 9): 40, (0, 17): 8, (0, 18): 12, (5, 12): 1})
    week = make_map(demand=demand, rosters=[Roster(100, UTC, [NINE_TO_FIVE])], zone=UTC, monday=MONDAY)
    gaps = [(gap.weekday, gap.starts, gap.ends, gap.expected, gap.has_seats) for gap in list_gaps(week)]
    assert gaps == [(0, 17, 19, 5.0, False), (0, 8, 9, 1.0, False), (5, 12, 13, 0.25, False)]
    assert [week[0][hour].shade for hour in (7, 8, 9, 18)] == [0, 1, 4, 2]
    assert (week[0][9].least, week[0][9].most, week[0][9].asked) == (100, 100, 10.0)


def test_too_few_seats_are_a_gap_of_another_kind() -> None:
    demand = make_demand({(0, 16): 40, (0, 17): 40})
    week = make_map(demand=demand, rosters=[Roster(1, UTC, [NINE_TO_FIVE])], zone=UTC, monday=MONDAY)
    none, few = list_gaps(week)
    assert (none.starts, none.expected, none.has_seats) == (17, 10.0, False)
    # Ten an hour for half an hour each at one seat: five of six find it taken.
    assert (few.starts, few.has_seats) == (16, True)
    assert few.expected == pytest.approx(10 * 5 / 6)


def test_half_an_hour_without_seats_misses_half_of_the_hour() -> None:
    morning = Block(weekday=0, starts=time(9), ends=time(9, 30))
    week = make_map(
        demand=make_demand({(0, 9): 8}), rosters=[Roster(100, UTC, [morning])], zone=UTC, monday=MONDAY
    )
    assert week[0][9].expected == pytest.approx(1.0)
    assert (week[0][9].least, week[0][9].most) == (0, 100)


def ask(at: datetime, reason: str = "", **fields: Any) -> LiveChat:
    status = {"": "requested", "agent": "ended"}.get(reason, "fallback")
    ended = {"ended_at": at + timedelta(minutes=20)} if reason else {}
    chat: LiveChat = LiveChatFactory.create(
        requested_at=at, status=status, end_reason=reason, **ended, **fields
    )
    return chat


@pytest.mark.django_db
def test_demand_is_by_the_hours_of_the_chosen_clock() -> None:
    last = NOW - timedelta(days=7)  # a Monday, 12:00 UTC
    ask(last, "no_agent")
    ask(last + timedelta(minutes=59), "not_accepted")
    ask(last + timedelta(hours=11, minutes=30))
    demand = get_demand(zone=UTC, now=NOW)
    assert demand.hours == {(0, 12): Asked(2, 2), (0, 23): Asked(1, 0)}
    assert demand.length == USUAL_LENGTH
    assert get_demand(zone=STOCKHOLM, now=NOW).hours == {(0, 13): Asked(2, 2), (1, 0): Asked(1, 0)}
    assert get_demand(zone=KOLKATA, now=NOW).hours == {
        (0, 17): Asked(1, 1),
        (0, 18): Asked(1, 1),
        (1, 5): Asked(1, 0),
    }


@pytest.mark.django_db
def test_demand_leaves_out_what_no_schedule_would_change_and_what_is_long_ago() -> None:
    for reason in ("blocked", "limit", "no_rule"):
        ask(NOW - timedelta(days=1), reason)
    ask(NOW - timedelta(weeks=4, microseconds=1), "no_agent")
    ask(NOW + timedelta(seconds=1), "no_agent")
    assert get_demand(zone=UTC, now=NOW).total == 0
    ask(NOW - timedelta(weeks=4), "no_agent")
    ask(NOW, "no_agent")
    assert get_demand(zone=UTC, now=NOW).total == 2


@pytest.mark.django_db
def test_who_stopped_waiting_has_asked_but_was_not_missed() -> None:
    for reason in ("cancelled", "contact", "agent", "visitor", "no_agent", "not_accepted"):
        ask(NOW, reason)
    assert get_demand(zone=UTC, now=NOW).hours == {(0, 12): Asked(6, 2)}


@pytest.mark.django_db
def test_weeks_are_those_that_the_installation_has() -> None:
    ask(NOW - timedelta(days=2), "no_agent")
    assert get_demand(zone=UTC, now=NOW).weeks == 1.0
    ask(NOW - timedelta(days=14), "no_agent")
    assert get_demand(zone=UTC, now=NOW).weeks == 2.0
    ask(NOW - timedelta(days=28), "no_agent")
    assert get_demand(zone=UTC, now=NOW).weeks == 4.0


@pytest.mark.django_db
def test_chats_are_as_long_as_they_were() -> None:
    at = NOW - timedelta(days=2)
    for minutes in (2, 10):
        ask(at, "agent", agent=AgentFactory.create(), accepted_at=at + timedelta(minutes=minutes))
    assert get_demand(zone=UTC, now=NOW).length == timedelta(minutes=14)


@pytest.fixture
def last_sunday() -> Iterator[datetime]:
    """Less than a week before the Monday that it is."""
    with time_machine.travel(NOW, tick=False):
        yield NOW.replace(hour=3, minute=15) - timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.usefixtures("installation")
def test_page_names_the_gaps_and_the_people(enter: Enter, last_sunday: datetime) -> None:
    ask(last_sunday, "no_agent")
    ask(last_sunday, "no_agent")
    block = ScheduleBlockFactory.create(agent__first_name="Ann", agent__time_zone="Europe/Stockholm")
    AgentFactory.create(first_name="Bo")
    page = text_of(enter("manage_agents").get(reverse("admin:agents_coverage") + "?zone="))
    assert "<b>Sunday 03:00–04:00</b>" in page
    assert "2 requests a week, nobody scheduled: expect 2 fallbacks." in page
    assert "it was 2.0 a week" in page
    assert "<b>Monday</b> 09:00–17:00" in page
    assert "None: available by hand only" in page
    assert reverse("admin:agents_user_change", args=[block.agent_id]) in page
    assert page.count("<td class=") == 7 * 24
    page = text_of(
        enter("view_all_conversations").get(reverse("admin:agents_coverage") + "?zone=Asia/Kolkata")
    )
    assert "<b>Sunday 08:00–09:00</b>" in page
    assert 'value="Asia/Kolkata" selected' in page
    assert reverse("admin:agents_user_change", args=[block.agent_id]) not in page


def find_seats(client: Client, zone: str) -> dict[tuple[int, int], int]:
    """The most seats of each hour of the page's week in which there are any."""
    days = client.get(reverse("admin:agents_coverage"), {"zone": zone}).context["days"]
    return {(cell.weekday, cell.hour): cell.most for day in days for cell in day.cells if cell.most}


@pytest.mark.django_db
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("days", [2, 6])
def test_week_begins_on_monday_on_every_day(enter: Enter, days: int) -> None:
    Installation.objects.update(seat_limit=10)
    ScheduleBlockFactory.create(weekday=0, starts=time(9), ends=time(10))
    ScheduleBlockFactory.create(weekday=0, starts=time(9), ends=time(10), agent__seat_limit=3)
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        assert find_seats(enter("manage_agents"), "") == {(0, 9): 13}


@pytest.mark.django_db
@pytest.mark.usefixtures("installation")
def test_week_is_the_one_that_it_is_by_the_clock_of_the_map(enter: Enter) -> None:
    ScheduleBlockFactory.create(weekday=0, starts=time(9), ends=time(10), agent__time_zone="America/New_York")
    # New York's clocks changed today; in Kolkata it is Monday of the next week already.
    with time_machine.travel(datetime(2026, 3, 8, 20, tzinfo=UTC), tick=False):
        client = enter("manage_agents")
        assert set(find_seats(client, "Asia/Kolkata")) == {(0, 18), (0, 19)}
        assert set(find_seats(client, "UTC")) == {(0, 14)}


@pytest.mark.django_db
@pytest.mark.usefixtures("installation")
def test_page_counts_all_gaps_by_the_week_though_it_names_ten(enter: Enter) -> None:
    with time_machine.travel(NOW, tick=False):
        for number in range(12):
            ask(NOW - timedelta(days=14) + timedelta(hours=2 * number), "no_agent")
        page = enter("manage_agents").get(reverse("admin:agents_coverage") + "?zone=").context
    assert (len(page["gaps"]), page["more_gaps"]) == (10, 2)
    assert (page["expected"], page["missed"]) == (6.0, 6.0)


@pytest.mark.django_db
@pytest.mark.usefixtures("installation")
def test_page_begins_in_the_readers_own_time_zone(sign_in: SignIn) -> None:
    reader = AgentFactory.create(time_zone="Asia/Kolkata", is_superuser=True)
    for query in ("", "?zone=Nowhere/Atall"):
        page = text_of(sign_in(reader).get(reverse("admin:agents_coverage") + query))
        assert 'value="Asia/Kolkata" selected' in page


@pytest.mark.django_db
@pytest.mark.usefixtures("installation")
def test_page_says_so_where_nobody_asked_and_where_all_is_covered(
    enter: Enter, last_sunday: datetime
) -> None:
    client, address = enter("manage_agent_teams"), reverse("admin:agents_coverage") + "?zone="
    assert "Nobody asked for a human" in text_of(client.get(address))
    ask(last_sunday, "no_agent")
    ScheduleBlockFactory.create(weekday=6, starts=time(0), ends=time(0))
    assert "None: whenever visitors ask, somebody is scheduled" in text_of(client.get(address))


@pytest.mark.django_db
@pytest.mark.req("LC-09")
def test_teams_that_nobody_can_serve_are_told_on_prime(prime: Installation, enter: Enter) -> None:
    TeamFactory.create(name="Empty")
    TeamFactory.create(name="Idle", members=[AgentFactory.create()])
    TeamFactory.create(name="Fjords", members=[ScheduleBlockFactory.create().agent])
    client, address = enter("manage_agents"), reverse("admin:agents_coverage")
    page = text_of(client.get(address))
    assert page.count("Nobody: no chat can go here") == 1
    assert page.count("Nobody of them has hours.") == 1
    Installation.objects.update(package="select")
    assert "Fjords" not in text_of(client.get(address)).split('id="people"')[0]


@pytest.mark.django_db
@pytest.mark.req("LC-06")
@pytest.mark.usefixtures("installation")
def test_page_is_for_who_manages_people_or_supervises(enter: Enter) -> None:
    address = reverse("admin:agents_coverage")
    for codename in ("manage_agents", "manage_agent_teams", "view_all_conversations"):
        assert enter(codename).get(address).status_code == 200
        assert address in text_of(enter(codename).get(reverse("admin:index")))
    for codename in ("view_my_conversations", "manage_chatbot_settings", "view_live_chat_reports"):
        assert enter(codename).get(address).status_code == 403
        assert address not in text_of(enter(codename).get(reverse("admin:index")))
    assert Client().get(address).status_code == 302
    assert address in text_of(enter("manage_agents").get(reverse("admin:agents_agent_changelist")))


@pytest.mark.django_db
@pytest.mark.usefixtures("prime")
def test_page_costs_the_same_however_many_there_are(boss: User, sign_in: SignIn) -> None:
    client = sign_in(boss)

    def add() -> None:
        agent = ScheduleBlockFactory.create().agent
        PresenceFactory.create(agent=agent)
        TeamFactory.create(members=[agent])
        ask(timezone.now() - timedelta(days=1), "no_agent")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("admin:agents_coverage")).status_code == 200
        return len(queries)

    add()
    before = count()
    for _row in range(3):
        add()
    assert count() == before
    assert before <= 20
