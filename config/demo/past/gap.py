"""The one night of the week in which nobody is scheduled: what the coverage map has to warn of (LC-58).

It lies days away from the first start, so that whoever tries the demo then finds both agents there.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from agents.models import ScheduleBlock, User
from config.demo.people import INGRID, MATEO
from config.lib.zones import get_zone

ZONE = get_zone("Europe/Stockholm")
FROM, TO = time(2), time(5)
AWAY = timedelta(days=3)
# Who would be there otherwise; both of their clocks show the same.
SLEEPERS = (INGRID, MATEO)


def find_gap_day(now: datetime) -> int:
    """The weekday of the night without anybody, 0 for Monday."""
    return (now.astimezone(ZONE) + AWAY).weekday()


def list_gaps(days: list[date], now: datetime) -> list[datetime]:
    """When each of these days' gaps began."""
    weekday = find_gap_day(now)
    return [datetime.combine(day, FROM, ZONE) for day in days if day.weekday() == weekday]


def leave_gap(people: dict[str, User], now: datetime) -> None:
    """Take the night out of the hours of those who are there around the clock."""
    sleepers = [people[person.username].pk for person in SLEEPERS]
    ScheduleBlock.objects.filter(agent__in=sleepers, weekday=find_gap_day(now)).update(ends=FROM)
    ScheduleBlock.objects.bulk_create(
        ScheduleBlock(agent_id=pk, weekday=find_gap_day(now), starts=TO, ends=time(0)) for pk in sleepers
    )
