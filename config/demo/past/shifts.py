"""When the example company's people really sat at their inboxes, beside the hours that they have on paper.

Those who are available around the clock on paper sleep at night like everybody: then no inbox is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from agents.policy import Block, is_available_now
from config.demo.people import AIKO, DANIEL, INGRID, MATEO, Person
from config.lib.zones import get_zone
from routing.policy import Verdict


@dataclass(frozen=True)
class Shift:
    """From when to when somebody has an inbox open on these weekdays, and the break in it."""

    days: tuple[int, ...]
    opens: time
    closes: time
    pause: tuple[time, time] = (time(0), time(0))


_WORKDAYS = (0, 1, 2, 3, 4)
SHIFTS = {
    INGRID.username: (
        Shift(_WORKDAYS, time(8), time(17), (time(12), time(12, 40))),
        Shift((5,), time(10), time(14)),
    ),
    MATEO.username: (
        Shift(_WORKDAYS, time(9, 30), time(19), (time(14), time(15))),
        Shift((6,), time(11), time(14)),
    ),
    AIKO.username: (Shift(_WORKDAYS, time(8, 50), time(18)),),
    DANIEL.username: (Shift(_WORKDAYS, time(8, 25), time(16, 30)),),
}
# Days before today on which somebody was ill.
ABSENT = {DANIEL.username: (18, 19, 20), INGRID.username: (25, 26)}


@dataclass(frozen=True)
class Worker:
    """Somebody with an account, and the hours on paper."""

    agent_id: int
    name: str
    person: Person
    hours: tuple[Block, ...]

    def judge(self, at: datetime, now: datetime) -> Verdict:
        """What stood in the way at that moment, a free seat aside."""
        zone = get_zone(self.person.time_zone)
        wall = at.astimezone(zone)
        shift = self._find_shift(wall, now)
        # A break is switched by hand, and that counts before the hours.
        if shift is not None and shift.pause[0] <= wall.time() < shift.pause[1]:
            return Verdict.UNAVAILABLE
        if not is_available_now(zone=zone, blocks=self.hours, override=None, now=at):
            return Verdict.OUTSIDE_HOURS
        return Verdict.UNREACHABLE if shift is None else Verdict.ABLE

    def _find_shift(self, wall: datetime, now: datetime) -> Shift | None:
        today = now.astimezone(wall.tzinfo).date()
        if (today - wall.date()) / timedelta(days=1) in ABSENT.get(self.person.username, ()):
            return None
        for shift in SHIFTS.get(self.person.username, ()):
            if wall.weekday() in shift.days and shift.opens <= wall.time() < shift.closes:
                return shift
        return None
