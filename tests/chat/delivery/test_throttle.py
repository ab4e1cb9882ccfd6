"""A burst, then a steady rate."""

from __future__ import annotations

import pytest

from chat.delivery.throttle import FrameLimits, TokenBucket, Verdict


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.req("DL-07")
def test_a_burst_is_allowed_and_then_the_steady_rate() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=10, burst=40, clock=clock)
    assert [bucket.allow() for _ in range(41)] == [True] * 40 + [False]
    clock.now += 0.1
    assert [bucket.allow() for _ in range(2)] == [True, False]


@pytest.mark.req("DL-07")
def test_a_long_rest_saves_up_one_burst_and_no_more() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=10, burst=3, clock=clock)
    clock.now += 3_600
    assert [bucket.allow() for _ in range(4)] == [True, True, True, False]


def test_a_refused_cost_takes_nothing() -> None:
    bucket = TokenBucket(rate=1, burst=5, clock=Clock())
    assert not bucket.allow(6)
    assert bucket.allow(5)


@pytest.mark.req("DL-07")
def test_who_sends_too_much_is_told_once_each_time_and_a_flood_is_the_end() -> None:
    clock = Clock()
    limits = FrameLimits(10, 2, 1, 3, clock)
    assert [limits.judge() for _ in range(4)] == [Verdict.TAKE, Verdict.TAKE, Verdict.WARN, Verdict.DROP]
    clock.now += 0.1
    assert [limits.judge() for _ in range(3)] == [Verdict.TAKE, Verdict.WARN, Verdict.FLOOD]
