"""Counting hints that didn't get through, without a log line for each."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

logger = logging.getLogger(__name__)

# Seconds between two lines about the same kind of loss.
QUIET_SECONDS = 5.0


class Losses:
    """Lost hints by kind. One costs a reader time until the next heartbeat, never a message."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.counts: Counter[str] = Counter()
        self._clock = clock
        self._logged_at: dict[str, float] = {}

    def note(self, kind: str, error: BaseException | None = None) -> None:
        """Counts one; logs the first, and then one line in some seconds with the count so far."""
        self.counts[kind] += 1
        now = self._clock()
        if now - self._logged_at.get(kind, float("-inf")) < QUIET_SECONDS:
            return
        self._logged_at[kind] = now
        cause = type(error).__name__ if error else "-"
        logger.warning("hints lost kind=%s count=%d cause=%s", kind, self.counts[kind], cause)
