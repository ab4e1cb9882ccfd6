"""The policy against a walk through every minute, around the days when clocks change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.policy import (
    MIDNIGHT,
    Block,
    find_overlaps,
    get_availability,
    get_override_end,
    is_available_now,
    join_over_midnight,
    split_at_midnight,
)

pytestmark = pytest.mark.req("LC-11", "LC-12")

MINUTE = timedelta(minutes=1)
WALK = timedelta(days=3)

# Zones with a moment near which something happens to their clocks, in UTC.
CHANGES = [
    ("Europe/Stockholm", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Stockholm", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 8, 5, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Pacific/Kiritimati", datetime(2026, 11, 15, 10, tzinfo=UTC)),
    ("Pacific/Pago_Pago", datetime(2026, 11, 16, 11, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 11, 15, 18, 15, tzinfo=UTC)),
]


@st.composite
def make_block(draw: st.DrawFn) -> Block:
    quarters = st.integers(0, 95)
    starts = draw(quarters)
    ends = draw(st.integers(starts + 1, 96)) % 96
    return Block(draw(st.integers(0, 6)), time(starts // 4, starts % 4 * 15), time(ends // 4, ends % 4 * 15))


BLOCKS = st.lists(make_block(), min_size=1, max_size=12)
PLACES = st.sampled_from(CHANGES)
SECONDS = st.integers(-2 * 86_400, 2 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


def is_within(block: Block, wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    starts = block.starts.hour * 60 + block.starts.minute
    ends = 1440 if block.ends == MIDNIGHT else block.ends.hour * 60 + block.ends.minute
    return wall.weekday() == block.weekday and starts <= minute < ends


def list_minutes(now: datetime) -> Iterator[datetime]:
    minute = now.replace(second=0) + MINUTE
    while minute <= now + WALK:
        yield minute
        minute += MINUTE


def find_first(now: datetime, wanted: Callable[[datetime], bool]) -> datetime | None:
    return next((minute for minute in list_minutes(now) if wanted(minute)), None)


@settings(max_examples=150, deadline=None)
@given(PLACES, SECONDS, BLOCKS)
def test_next_change_is_the_one_a_walk_finds(
    place: tuple[str, datetime], away: timedelta, blocks: list[Block]
) -> None:
    zone, now = ZoneInfo(place[0]), place[1] + away

    def is_open(moment: datetime) -> bool:
        return any(is_within(block, moment.astimezone(zone)) for block in blocks)

    answer = get_availability(zone=zone, blocks=blocks, override=None, now=now)
    assert answer.available is is_open(now)
    assert is_available_now(zone=zone, blocks=blocks, override=None, now=now) is is_open(now)
    walked = find_first(now, lambda minute: is_open(minute) is not answer.available)
    if walked is None:
        assert answer.until is None or answer.until > now + WALK - MINUTE
    else:
        assert answer.until == walked


@settings(max_examples=100, deadline=None)
@given(PLACES, SECONDS, BLOCKS)
def test_override_end_is_the_one_a_walk_finds(
    place: tuple[str, datetime], away: timedelta, blocks: list[Block]
) -> None:
    zone, now = ZoneInfo(place[0]), place[1] + away

    def begins(moment: datetime) -> bool:
        before, after = (moment - MINUTE).astimezone(zone), moment.astimezone(zone)
        return after.date() > before.date() or any(
            is_within(block, after) and not is_within(block, before) for block in blocks
        )

    assert get_override_end(zone=zone, blocks=blocks, now=now) == find_first(now, begins)


@given(BLOCKS)
def test_hours_as_they_are_read_are_the_hours_that_are_kept(blocks: list[Block]) -> None:
    kept: list[Block] = []
    for block in blocks:
        if not find_overlaps([*kept, block]):
            kept.append(block)
    stretches = join_over_midnight(kept)
    again = [block for stretch in stretches for block in split_at_midnight(stretch)]
    assert sorted(again, key=repr) == sorted(kept, key=repr)
    assert len(stretches) <= len(kept)
