"""When an agent takes live chats: weekly hours, the toggle over them, and what is next (LC-11, LC-12).

Hours mean what the agent's clock on the wall shows: an agent is within hours whenever the local weekday and
time lie in a block. So an hour that daylight saving skips never happens, and one it repeats happens twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from config.lib.errors import InvalidInput

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MIDNIGHT = time(0)
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
# A weekly block can be skipped once, by a clock change or a date that a zone left out; never twice running.
_HORIZON_DAYS = 16


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of one weekday in local time, `starts` included, `ends` not; 00:00 as `ends` is midnight."""

    weekday: int  # 0 = Monday
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Override:
    """What was chosen by hand; it holds until just before `until`. `by`: who, where it wasn't the agent."""

    available: bool
    until: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether the agent takes live chats, why, and when that next changes (UTC; None: not foreseeably)."""

    available: bool
    reason: Literal["schedule", "override", "outside_hours", "no_hours"]
    until: datetime | None
    by: str = ""


class BlockInvalid(InvalidInput):
    """The block isn't a stretch of one weekday."""

    code = "block_invalid"
    message: StrOrPromise = _("These hours can't be right.")


def is_available_now(
    *, zone: tzinfo, blocks: Sequence[Block], override: Override | None, now: datetime
) -> bool:
    """Say whether the agent takes live chats now; microseconds, for lists of agents (LC-11, LC-12)."""
    if override is not None and override.until > now:
        return override.available
    return _is_within(blocks, _get_wall_time(zone, now))


def get_availability(
    *, zone: tzinfo, blocks: Sequence[Block], override: Override | None, now: datetime
) -> Availability:
    """Say whether the agent takes live chats now, why, and until when (LC-11, LC-12).

    Blocks that touch, also over midnight, are one stretch. An override lasts until its own end, even where
    the hours go on with the same answer; one that has ended is ignored.
    """
    if override is not None and override.until > now:
        return Availability(override.available, "override", override.until.astimezone(UTC), override.by)
    if not blocks:
        return Availability(available=False, reason="no_hours", until=None)
    within = _is_within(blocks, _get_wall_time(zone, now))
    until = next(
        (
            moment
            for moment in _iter_moments(zone, _get_edges(blocks), now)
            if _is_within(blocks, _get_wall_time(zone, moment)) is not within
        ),
        None,
    )
    return Availability(within, "schedule" if within else "outside_hours", until)


def get_override_end(*, zone: tzinfo, blocks: Sequence[Block], now: datetime) -> datetime:
    """Give when a toggle switched now falls back: the next start of a block or local midnight (LC-12).

    UTC. Where clocks jump over midnight or a start, it is the moment of the jump.
    """
    edges = _get_edges(blocks)
    for day in edges:
        day.add(MIDNIGHT)
    return next(
        moment for moment in _iter_moments(zone, edges, now) if _begins_day_or_block(zone, blocks, moment)
    )


def find_overlaps(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Give the index pairs of blocks that share time; blocks that only touch don't (LC-11)."""
    return [
        (first, second)
        for (first, one), (second, other) in combinations(enumerate(blocks), 2)
        if one.weekday == other.weekday and _starts_before_end(one, other) and _starts_before_end(other, one)
    ]


def check_block(block: Block) -> None:
    """Raise `BlockInvalid`, with the field, unless the block is a stretch of one weekday (LC-11)."""
    if not 0 <= block.weekday <= 6:
        raise BlockInvalid(_("Choose a day from Monday to Sunday."), field="weekday")
    for field, moment in (("starts", block.starts), ("ends", block.ends)):
        if moment.tzinfo is not None:
            raise BlockInvalid(_("Hours are in the agent's own time zone; leave the zone out."), field=field)
    if block.ends != MIDNIGHT and block.ends <= block.starts:
        raise BlockInvalid(_("A block must end after it starts; 00:00 as its end is midnight."), field="ends")


def is_over_midnight(starts: time, ends: time) -> bool:
    """Say whether a stretch from and to these times ends on the next day; one until midnight doesn't."""
    return MIDNIGHT != ends < starts


def split_at_midnight(stretch: Block) -> list[Block]:
    """Give what goes on over midnight as blocks of its two weekdays, anything else as it is (LC-11)."""
    if not is_over_midnight(stretch.starts, stretch.ends):
        return [stretch]
    next_day = (stretch.weekday + 1) % 7
    return [replace(stretch, ends=MIDNIGHT), Block(next_day, MIDNIGHT, stretch.ends)]


def find_overlapping_stretches(stretches: Sequence[Block]) -> list[tuple[int, int]]:
    """Give the index pairs of stretches that share time, over midnight too; each pair once (LC-11)."""
    parts = [
        (index, block) for index, stretch in enumerate(stretches) for block in split_at_midnight(stretch)
    ]
    overlaps = find_overlaps([block for _index, block in parts])
    return sorted({(parts[first][0], parts[second][0]) for first, second in overlaps})


def join_over_midnight(blocks: Sequence[Block]) -> list[Block]:
    """Give blocks that meet at midnight as the one stretch that somebody typed, in their order (LC-11).

    Each is shorter than a day, and `split_at_midnight` gives its blocks again.
    """
    mornings = {
        block.weekday: block for block in blocks if block.starts == MIDNIGHT and block.ends != MIDNIGHT
    }
    stretches, joined = [], set()
    for block in blocks:
        morning = mornings.get((block.weekday + 1) % 7)
        if morning is not None and block.ends == MIDNIGHT and morning.ends < block.starts:
            joined.add(morning)
            stretches.append(replace(block, ends=morning.ends))
        else:
            stretches.append(block)
    return [stretch for stretch in stretches if stretch not in joined]


def _get_wall_time(zone: tzinfo, moment: datetime) -> datetime:
    if moment.tzinfo is None:
        # astimezone() would take the server's zone and be wrong by hours in silence.
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(zone)


def _is_within(blocks: Iterable[Block], wall: datetime) -> bool:
    weekday, clock = wall.weekday(), wall.time()
    return any(
        block.weekday == weekday and block.starts <= clock and (clock < block.ends or block.ends == MIDNIGHT)
        for block in blocks
    )


def _starts_before_end(one: Block, other: Block) -> bool:
    return one.starts < other.ends or other.ends == MIDNIGHT


def _begins_day_or_block(zone: tzinfo, blocks: Sequence[Block], moment: datetime) -> bool:
    before, after = _get_wall_time(zone, moment - _TICK), _get_wall_time(zone, moment)
    if after.date() > before.date():
        return True
    return any(_is_within([block], after) and not _is_within([block], before) for block in blocks)


def _get_edges(blocks: Iterable[Block]) -> list[set[time]]:
    """By weekday, the times at which a block starts or ends; midnight is the next day's beginning."""
    edges: list[set[time]] = [set() for _weekday in range(7)]
    for block in blocks:
        edges[block.weekday].add(block.starts)
        edges[(block.weekday + (block.ends == MIDNIGHT)) % 7].add(block.ends)
    return edges


def _iter_moments(zone: tzinfo, edges: Sequence[set[time]], now: datetime) -> Iterator[datetime]:
    """Give, in order and in UTC, the moments after `now` at which the wall clock reaches an edge or jumps."""
    begins = now.astimezone(UTC)
    for _day in range(_HORIZON_DAYS):
        ends = begins + _DAY
        jump = _find_jump(zone, begins, ends)
        if jump is None:
            yield from _iter_edges(edges, begins, ends, _get_offset(zone, begins))
        else:
            yield from _iter_edges(edges, begins, jump - _TICK, _get_offset(zone, begins))
            yield jump
            yield from _iter_edges(edges, jump, ends, _get_offset(zone, jump))
        begins = ends


def _iter_edges(
    edges: Sequence[set[time]], after: datetime, until: datetime, offset: timedelta
) -> Iterator[datetime]:
    """Give the moments in (after, until] at which a clock with this fixed offset shows an edge."""
    first, last = (after + offset).date(), (until + offset).date()
    for days in range((last - first).days + 1):
        date = first + timedelta(days=days)
        for edge in sorted(edges[date.weekday()]):
            moment = datetime.combine(date, edge, tzinfo=UTC) - offset
            if after < moment <= until:
                yield moment


def _find_jump(zone: tzinfo, begins: datetime, ends: datetime) -> datetime | None:
    """Give the moment in (begins, ends] from which the offset is another; zones change it weeks apart."""
    before = _get_offset(zone, begins)
    if _get_offset(zone, ends) == before:
        return None
    # Changes fall on whole seconds, so the search does too.
    begins = begins.replace(microsecond=0)
    while (gap := int((ends - begins).total_seconds())) > 1:
        middle = begins + timedelta(seconds=gap // 2)
        if _get_offset(zone, middle) == before:
            begins = middle
        else:
            ends = middle
    return ends.replace(microsecond=0)


def _get_offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
