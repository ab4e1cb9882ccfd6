"""The coverage map: what visitors ask for, hour by hour, against the seats that are scheduled (LC-58).

Pure: who works when and what was asked for come in, cells and gaps come out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache

from agents.policy import MIDNIGHT, Block
from chat.selectors.demand import Asked, Demand

DAYS, HOURS, QUARTERS = 7, 24, 4
QUARTER_MINUTES = 15
QUARTERS_A_DAY = HOURS * QUARTERS
# Fewer fallbacks than this a week are no gap worth a change of hours.
WORTH_TELLING = 0.1
SHADES = 4


@dataclass(frozen=True)
class Roster:
    """One agent's week: seats, and the hours by the agent's own clock."""

    seats: int
    zone: tzinfo
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Cell:
    """One hour of the week: requests and missed ones, seats from least to most, fallbacks to expect."""

    weekday: int
    hour: int
    asked: float
    missed: float
    least: int
    most: int
    expected: float
    shade: int

    @property
    def is_gap(self) -> bool:
        return self.expected >= WORTH_TELLING


@dataclass(frozen=True)
class Gap:
    """Hours in a row in which requests will find no free seat."""

    weekday: int
    starts: int
    ends: int
    asked: float
    expected: float
    has_seats: bool


def make_map(*, demand: Demand, rosters: Iterable[Roster], zone: tzinfo, monday: date) -> list[list[Cell]]:
    """Return the days of the week that begins on this Monday, with 24 cells each by the zone's clock."""
    seats = count_seats(rosters, zone=zone, monday=monday)
    busiest = max((asked.total for asked in demand.hours.values()), default=0)
    return [
        [_make_cell(demand, seats, weekday, hour, busiest) for hour in range(HOURS)]
        for weekday in range(DAYS)
    ]


def count_seats(rosters: Iterable[Roster], *, zone: tzinfo, monday: date) -> list[int]:
    """Return the scheduled seats in each quarter of an hour of the week, by the zone's clock."""
    seats = [0] * (DAYS * QUARTERS_A_DAY)

    @cache
    def index(of: tzinfo) -> dict[int, list[int]]:
        return _index_week(of, zone=zone, monday=monday)

    for roster in rosters:
        places = index(roster.zone)
        worked = {place for block in roster.blocks for place in _iter_quarters(block)}
        for place in worked:
            for quarter in places.get(place, ()):
                seats[quarter] += roster.seats
    return seats


def list_gaps(week: Sequence[Sequence[Cell]]) -> list[Gap]:
    """Return the stretches in which visitors will be missed, the worst first."""
    gaps = [gap for day in week for gap in _iter_gaps(day)]
    return sorted(gaps, key=lambda gap: -gap.expected)


def get_blocking(seats: int, load: float) -> float:
    """Return the share of requests that find all seats taken (Erlang's B formula); ``load`` is the requests
    that come while one chat lasts.
    """
    blocked = 1.0
    for seat in range(1, seats + 1):
        blocked = load * blocked / (seat + load * blocked)
    return blocked


def _index_week(of: tzinfo, *, zone: tzinfo, monday: date) -> dict[int, list[int]]:
    """Quarters of the week on this agent's clock -> those of the map at the same moments."""
    found: dict[int, list[int]] = {}
    for quarter in range(DAYS * QUARTERS_A_DAY):
        days, minutes = divmod(quarter * QUARTER_MINUTES, 24 * 60)
        clock = time(minutes // 60, minutes % 60)
        wall = datetime.combine(monday + timedelta(days=days), clock, tzinfo=zone).astimezone(of)
        place = wall.weekday() * QUARTERS_A_DAY + (wall.hour * 60 + wall.minute) // QUARTER_MINUTES
        found.setdefault(place, []).append(quarter)
    return found


def _iter_quarters(block: Block) -> Iterator[int]:
    """The quarters of a block, each with its beginning in it."""
    first = -(-_minutes(block.starts) // QUARTER_MINUTES)
    ends = 24 * 60 if block.ends == MIDNIGHT else _minutes(block.ends)
    last = -(-ends // QUARTER_MINUTES)
    begin = block.weekday * QUARTERS_A_DAY
    return iter(range(begin + first, begin + last))


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _make_cell(demand: Demand, seats: Sequence[int], weekday: int, hour: int, busiest: int) -> Cell:
    found = demand.hours.get((weekday, hour), Asked(0, 0))
    asked = found.total / demand.weeks
    begin = weekday * QUARTERS_A_DAY + hour * QUARTERS
    quarters = seats[begin : begin + QUARTERS]
    load = asked * (demand.length / timedelta(hours=1))
    return Cell(
        weekday=weekday,
        hour=hour,
        asked=asked,
        missed=found.missed / demand.weeks,
        least=min(quarters),
        most=max(quarters),
        expected=sum(asked / QUARTERS * get_blocking(free, load) for free in quarters),
        shade=-(-found.total * SHADES // busiest) if busiest else 0,
    )


def _iter_gaps(day: Sequence[Cell]) -> Iterator[Gap]:
    run: list[Cell] = []
    for cell in day:
        # Hours without any seat and hours with too few are mended in different ways.
        if cell.is_gap and (not run or (run[-1].most > 0) == (cell.most > 0)):
            run.append(cell)
            continue
        if run:
            yield _join(run)
        run = [cell] if cell.is_gap else []
    if run:
        yield _join(run)


def _join(run: Sequence[Cell]) -> Gap:
    return Gap(
        weekday=run[0].weekday,
        starts=run[0].hour,
        ends=run[-1].hour + 1,
        asked=sum(cell.asked for cell in run),
        expected=sum(cell.expected for cell in run),
        has_seats=run[0].most > 0,
    )
