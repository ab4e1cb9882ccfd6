"""Every code that this server closes a socket with, and what the client should make of it."""

from __future__ import annotations

from enum import IntEnum


class CloseCode(IntEnum):
    """Close codes of both sockets. Accept first: a code before that never reaches the browser."""

    NORMAL = 1000, "The conversation with the server is over.", False
    INTERNAL_ERROR = 1011, "The server failed on this socket; reconnect with backoff.", True
    SERVICE_RESTART = (
        1012,
        "The server restarts, or the socket is old; reconnect after `bye.retry_after`.",
        True,
    )
    SLOW_READER = 4008, "Frames went unconfirmed for too long; reconnect and resume.", True
    UNAUTHENTICATED = (
        4401,
        "The token or session is missing, wrong or over; don't retry with the same one.",
        False,
    )
    FORBIDDEN = 4403, "Known, but not allowed here (any more); don't retry.", False
    HELLO_TIMEOUT = 4408, "No hello came in time; reconnect with backoff.", True
    IDLE = 4410, "No frame came for too long, not even a ping; reconnect when there is a network.", True
    FLOOD = 4429, "Far too many frames; reconnect with backoff and send slower.", True

    meaning: str
    may_retry: bool

    def __new__(cls, value: int, meaning: str, may_retry: bool) -> CloseCode:
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        code.may_retry = may_retry
        return code


# What a browser says when its page is closed or left, and our own last words to whoever may not stay.
_GOODBYES = frozenset({CloseCode.NORMAL, 1001, 1005, CloseCode.UNAUTHENTICATED, CloseCode.FORBIDDEN})


def is_goodbye(code: int) -> bool:
    """Whether a socket that ended with this code was let go of, and not lost (LC-57)."""
    return code in _GOODBYES
