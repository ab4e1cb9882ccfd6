"""How often something may happen: a burst, then a steady rate."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, auto


class TokenBucket:
    """Allows `burst` at once and `rate` per second after that, by a clock in seconds (DL-07)."""

    __slots__ = ("_burst", "_clock", "_filled_at", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._filled_at = clock()

    def allow(self, cost: float = 1.0) -> bool:
        """Takes `cost` tokens if they are there; takes none and says False if they aren't."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True


class Verdict(Enum):
    """What becomes of a frame."""

    TAKE = auto()
    WARN = auto()  # dropped, and the client is told
    DROP = auto()
    FLOOD = auto()  # the end of the socket


class FrameLimits:
    """What one client may send: a burst and a steady rate. Over that a frame is dropped and the client told
    once; a flood of dropped ones is the end (DL-07).
    """

    __slots__ = ("_flood", "_frames", "_is_warned")

    def __init__(
        self,
        rate: float,
        burst: float,
        flood_rate: float,
        flood_burst: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._frames = TokenBucket(rate, burst, clock)
        self._flood = TokenBucket(flood_rate, flood_burst, clock)
        self._is_warned = False

    def judge(self) -> Verdict:
        """Count one frame."""
        if self._frames.allow():
            self._is_warned = False
            return Verdict.TAKE
        if not self._flood.allow():
            return Verdict.FLOOD
        if self._is_warned:
            return Verdict.DROP
        self._is_warned = True
        return Verdict.WARN
