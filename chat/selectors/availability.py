"""Whether any agent is available now. Routing knows, and comes after this app: it registers how to tell."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

Look = Callable[[datetime], bool]

_looks: list[Look] = []


def tells_availability(look: Look) -> Look:
    """Registers the function that says whether anybody could take a chat at a time."""
    _looks[:] = [look]
    return look


def look_once(now: datetime) -> Callable[[], bool]:
    """Return what a stream asks: it looks when it is asked first, and keeps the answer (dialogues, C)."""

    @cache
    def is_any_agent_available() -> bool:
        return any(look(now) for look in _looks)

    return is_any_agent_available
