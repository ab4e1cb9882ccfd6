"""Waiting on a fact, with a limit, instead of sleeping for a guess."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PAUSE = 0.02  # seconds between two looks


def wait_until(look: Callable[[], Found], *, what: str, seconds: float = 10.0) -> Found:
    """What `look` returns once that is true; raises AssertionError naming `what` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds:g} s in vain: {what}"
        time.sleep(PAUSE)


async def back_off(seconds: float) -> None:
    """What a client does before it tries again; nothing waits for a fact this way."""
    await asyncio.sleep(seconds)
