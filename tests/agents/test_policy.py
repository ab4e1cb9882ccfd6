from __future__ import annotations

import time as clock
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from agents.policy import (
    Availability,
    Block,
    BlockInvalid,
    Override,
    check_block,
    find_overlaps,
    get_availability,
    get_override_end,
    is_available_now,
)

pytestmark = pytest.mark.req("LC-11")

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NEW_YORK = ZoneInfo("America/New_York")
APIA = ZoneInfo("Pacific/Apia")
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


def block(weekday: int, starts: str, ends: str) -> Block:
    return Block(weekday, time.fromisoformat(starts), time.fromisoformat(ends))


def at(text: str, zone: tzinfo = UTC, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def ask(zone: tzinfo, blocks: list[Block], now: datetime, override: Override | None = None) -> Availability:
    answer = get_availability(zone=zone, blocks=blocks, override=override, now=now)
    assert answer.available is is_available_now(zone=zone, blocks=blocks, override=override, now=now)
    return answer


OFFICE = [block(day, "09:00", "17:00") for day in range(5)]


# 16 November 2026 is a Monday.
@pytest.mark.parametrize(
    ("now", "available", "until"),
    [
        ("2026-11-16T08:59:59", False, "2026-11-16T09:00"),
        ("2026-11-16T09:00:00", True, "2026-11-16T17:00"),
        ("2026-11-16T16:59:59.999999", True, "2026-11-16T17:00"),
        ("2026-11-16T17:00:00", False, "2026-11-17T09:00"),
        ("2026-11-20T17:00:00", False, "2026-11-23T09:00"),
    ],
)
@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Stockholm", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]
)
def test_hours_are_the_agents_own_clock(zone: str, now: str, available: bool, until: str) -> None:
    there = ZoneInfo(zone)
    answer = ask(there, OFFICE, at(now, there))
    assert answer == Availability(available, "schedule" if available else "outside_hours", at(until, there))


def test_agent_without_hours_is_not_available() -> None:
    assert ask(UTC, [], at("2026-11-16T12:00")) == Availability(False, "no_hours", None)


def test_times_come_back_in_utc() -> None:
    until = ask(STOCKHOLM, OFFICE, at("2026-11-16T12:00")).until
    assert until is not None
    assert until.tzinfo is UTC
    assert get_override_end(zone=STOCKHOLM, blocks=OFFICE, now=at("2026-11-16T12:00")).tzinfo is UTC


def test_moment_without_a_zone_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="time zone"):
        is_available_now(zone=UTC, blocks=OFFICE, override=None, now=datetime(2026, 11, 16))


def test_block_to_midnight_goes_on_in_the_next_days_block() -> None:
    night = [block(MONDAY, "22:00", "00:00"), block(TUESDAY, "00:00", "06:00")]
    assert ask(STOCKHOLM, night, at("2026-11-16T23:00", STOCKHOLM)).until == at("2026-11-17T06:00", STOCKHOLM)
    assert ask(STOCKHOLM, night, at("2026-11-17T00:00", STOCKHOLM)).available


def test_block_to_midnight_ends_at_midnight() -> None:
    evening = [block(MONDAY, "22:00", "00:00")]
    assert ask(UTC, evening, at("2026-11-16T23:59:59")) == Availability(
        True, "schedule", at("2026-11-17T00:00")
    )
    assert not ask(UTC, evening, at("2026-11-17T00:00")).available


def test_week_wraps_from_sunday_to_monday() -> None:
    weekend = [block(SUNDAY, "20:00", "00:00"), block(MONDAY, "00:00", "04:00")]
    assert ask(UTC, weekend, at("2026-11-15T21:00")).until == at("2026-11-16T04:00")
    assert ask(UTC, weekend, at("2026-11-16T04:00")).until == at("2026-11-22T20:00")


def test_touching_and_overlapping_blocks_are_one_stretch() -> None:
    day = [block(MONDAY, "12:00", "15:00"), block(MONDAY, "08:00", "12:00"), block(MONDAY, "14:00", "16:00")]
    assert ask(UTC, day, at("2026-11-16T09:00")).until == at("2026-11-16T16:00")


def test_around_the_clock_has_no_end() -> None:
    always = [block(day, "00:00", "00:00") for day in range(7)]
    assert ask(STOCKHOLM, always, at("2026-11-16T09:00")) == Availability(True, "schedule", None)


def test_spring_forward_shortens_a_block() -> None:
    # 29 March 2026: 02:00 becomes 03:00 in Stockholm.
    sunday = [block(SUNDAY, "01:00", "04:00")]
    answer = ask(STOCKHOLM, sunday, at("2026-03-29T00:30"))
    assert answer == Availability(True, "schedule", at("2026-03-29T02:00"))


def test_block_inside_the_skipped_hour_waits_a_week() -> None:
    sunday = [block(SUNDAY, "02:15", "02:45")]
    answer = ask(STOCKHOLM, sunday, at("2026-03-23T00:00", STOCKHOLM))
    assert answer == Availability(False, "outside_hours", at("2026-04-05T02:15", STOCKHOLM))


def test_block_that_starts_in_the_skipped_hour_starts_at_the_jump() -> None:
    sunday = [block(SUNDAY, "02:30", "04:00")]
    assert ask(STOCKHOLM, sunday, at("2026-03-29T00:00")).until == at("2026-03-29T01:00")
    assert ask(STOCKHOLM, sunday, at("2026-03-29T01:00")) == Availability(
        True, "schedule", at("2026-03-29T02:00")
    )


def test_fall_back_lengthens_a_block() -> None:
    # 25 October 2026: 03:00 becomes 02:00 in Stockholm.
    sunday = [block(SUNDAY, "01:00", "04:00")]
    assert ask(STOCKHOLM, sunday, at("2026-10-24T23:30")).until == at("2026-10-25T03:00")


def test_block_inside_the_repeated_hour_happens_twice() -> None:
    # 1 November 2026: 02:00 becomes 01:00 in New York.
    sunday = [block(SUNDAY, "01:15", "01:45")]
    first, again = at("2026-11-01T01:15", NEW_YORK), at("2026-11-01T01:15", NEW_YORK, fold=1)
    assert again - first == timedelta(hours=1)
    assert ask(NEW_YORK, sunday, first).until == at("2026-11-01T01:45", NEW_YORK)
    assert ask(NEW_YORK, sunday, at("2026-11-01T01:45", NEW_YORK)).until == again
    assert ask(NEW_YORK, sunday, again).until == at("2026-11-01T01:45", NEW_YORK, fold=1)


def test_date_a_zone_left_out_never_happens() -> None:
    # Samoa went from Thursday 29 to Saturday 31 December 2011.
    friday = [block(FRIDAY, "09:00", "17:00")]
    answer = ask(APIA, friday, at("2011-12-23T18:00", APIA))
    assert answer == Availability(False, "outside_hours", at("2012-01-06T09:00", APIA))
    around = [block(THURSDAY, "20:00", "00:00"), block(SATURDAY, "00:00", "08:00")]
    assert ask(APIA, around, at("2011-12-29T21:00", APIA)).until == at("2011-12-31T08:00", APIA)


@pytest.mark.req("LC-12")
@pytest.mark.parametrize("available", [True, False])
def test_override_beats_the_hours_until_it_ends(available: bool) -> None:
    override = Override(available, until=at("2026-11-16T13:00"))
    for now in ("2026-11-16T08:00", "2026-11-16T12:59:59.999999"):
        assert ask(UTC, OFFICE, at(now), override) == Availability(available, "override", override.until)
    assert ask(UTC, OFFICE, at("2026-11-16T13:00"), override) == ask(UTC, OFFICE, at("2026-11-16T13:00"))
    assert ask(UTC, [], at("2026-11-16T08:00"), override).available is available


@pytest.mark.req("LC-12")
@pytest.mark.parametrize(
    ("blocks", "now", "end"),
    [
        (OFFICE, "2026-11-16T08:00", "2026-11-16T09:00"),
        (OFFICE, "2026-11-16T09:00", "2026-11-17T00:00"),
        (OFFICE, "2026-11-16T18:00", "2026-11-17T00:00"),
        (OFFICE, "2026-11-17T00:00", "2026-11-17T09:00"),
        (OFFICE, "2026-11-21T00:00", "2026-11-22T00:00"),
        ([], "2026-11-16T23:59:59", "2026-11-17T00:00"),
        (
            [block(MONDAY, "09:00", "12:00"), block(MONDAY, "12:00", "15:00")],
            "2026-11-16T10:00",
            "2026-11-16T12:00",
        ),
        (
            [block(MONDAY, "09:00", "15:00"), block(MONDAY, "12:00", "13:00")],
            "2026-11-16T10:00",
            "2026-11-16T12:00",
        ),
        ([block(day, "00:00", "00:00") for day in range(7)], "2026-11-16T10:00", "2026-11-17T00:00"),
        (
            [block(MONDAY, "22:00", "00:00"), block(TUESDAY, "00:00", "06:00")],
            "2026-11-16T23:00",
            "2026-11-17T00:00",
        ),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Stockholm", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_override_ends_at_the_next_start_or_midnight(
    zone: str, blocks: list[Block], now: str, end: str
) -> None:
    there = ZoneInfo(zone)
    assert get_override_end(zone=there, blocks=blocks, now=at(now, there)) == at(end, there)


@pytest.mark.req("LC-12")
def test_available_override_falls_back_to_not_available_at_midnight() -> None:
    now = at("2026-11-16T20:00", STOCKHOLM)
    end = get_override_end(zone=STOCKHOLM, blocks=OFFICE, now=now)
    assert end == at("2026-11-17T00:00", STOCKHOLM)
    override = Override(available=True, until=end)
    assert ask(STOCKHOLM, OFFICE, end - timedelta(microseconds=1), override).available
    assert not ask(STOCKHOLM, OFFICE, end, override).available


@pytest.mark.req("LC-12")
@pytest.mark.parametrize(
    ("zone", "now", "end"),
    [
        # Havana, 8 March 2026: midnight itself is skipped; the day begins at 01:00.
        ("America/Havana", "2026-03-08T04:30", "2026-03-08T05:00"),
        # Havana, 1 November 2026: 01:00 becomes 00:00 again on the same date, which is no new day.
        ("America/Havana", "2026-11-01T04:30", "2026-11-02T05:00"),
        # Samoa, 29 December 2011: the midnight leads to the 31st.
        ("Pacific/Apia", "2011-12-30T09:30", "2011-12-30T10:00"),
        # St. John's, 7 November 2010: clocks went back at 00:01, so that midnight passed twice.
        ("America/St_Johns", "2010-11-07T02:00", "2010-11-07T02:30"),
        ("America/St_Johns", "2010-11-07T02:30:30", "2010-11-07T03:30"),
    ],
)
def test_midnight_where_clocks_change_at_midnight(zone: str, now: str, end: str) -> None:
    assert get_override_end(zone=ZoneInfo(zone), blocks=[], now=at(now)) == at(end)


def test_overlaps_are_found_and_touching_is_none() -> None:
    blocks = [
        block(MONDAY, "09:00", "12:00"),
        block(MONDAY, "12:00", "15:00"),
        block(MONDAY, "11:59", "12:01"),
        block(TUESDAY, "09:00", "12:00"),
        block(MONDAY, "14:00", "00:00"),
        block(TUESDAY, "00:00", "09:00"),
        block(MONDAY, "23:00", "00:00"),
    ]
    assert find_overlaps(blocks) == [(0, 2), (1, 2), (1, 4), (4, 6)]
    assert find_overlaps([block(MONDAY, "09:00", "10:00")] * 2) == [(0, 1)]
    assert find_overlaps([]) == []


@pytest.mark.parametrize(
    "good",
    [block(MONDAY, "00:00", "00:00"), block(SUNDAY, "23:59", "00:00"), block(MONDAY, "09:00", "09:01")],
)
def test_good_blocks_pass(good: Block) -> None:
    check_block(good)


@pytest.mark.req("LC-51")
@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (block(7, "09:00", "17:00"), "weekday"),
        (block(-1, "09:00", "17:00"), "weekday"),
        (block(MONDAY, "17:00", "09:00"), "ends"),
        (block(MONDAY, "09:00", "09:00"), "ends"),
        (block(MONDAY, "09:00+01:00", "17:00"), "starts"),
        (block(MONDAY, "09:00", "17:00+01:00"), "ends"),
    ],
)
def test_bad_blocks_are_refused_on_their_field(bad: Block, field: str) -> None:
    with pytest.raises(BlockInvalid) as caught:
        check_block(bad)
    assert caught.value.field == field


def test_a_thousand_agents_cost_milliseconds() -> None:
    now = at("2026-11-16T18:00")
    blocks = [*OFFICE, *(block(day, "18:30", "20:00") for day in range(5))]
    zones = [STOCKHOLM, NEW_YORK, APIA, ZoneInfo("UTC")] * 250

    def walk() -> float:
        begun = clock.process_time()
        for zone in zones:
            is_available_now(zone=zone, blocks=blocks, override=None, now=now)
        return clock.process_time() - begun

    # The best of several: other work on the machine only ever adds. Wide enough for a slow machine.
    assert min(walk() for _attempt in range(5)) < 0.025
