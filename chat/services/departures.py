"""What else is over when an active chat ends or loses its agent; later apps register it."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from chat.models import LiveChat

Why = Literal["chat_ended", "sender_lost"]
Farewell = Callable[[LiveChat, Why, datetime], None]

_farewells: list[Farewell] = []


def leaves_with_agent(farewell: Farewell) -> Farewell:
    """Registers what is done in the same transaction, under the chat's lock, before its seats are freed."""
    if farewell not in _farewells:
        _farewells.append(farewell)
    return farewell


def say_farewell(live_chat: LiveChat, why: Why, *, now: datetime) -> None:
    """Do all that was registered, for a locked chat that is still active (LC-34)."""
    for farewell in _farewells:
        farewell(live_chat, why, now)
