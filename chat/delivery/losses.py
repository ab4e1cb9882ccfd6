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

    def note(self, kind: str, error: BaseException | None = None, count: int = 1) -> None:
        """Counts; logs the first, each tenfold, and else one line in some seconds, with the count so far."""
        before = self.counts[kind]
        self.counts[kind] += count
        now = self._clock()
        is_news = len(str(self.counts[kind])) > len(str(before)) or before == 0
        if not is_news and now - self._logged_at[kind] < QUIET_SECONDS:
            return
        self._logged_at[kind] = now
        cause = type(error).__name__ if error else "-"
        logger.warning("hints lost kind=%s count=%d cause=%s", kind, self.counts[kind], cause)
