"""Frames that both sockets speak, `/ws/visitor/` and `/ws/agent/` (DL-09)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Frame(msgspec.Struct, frozen=True, tag_field="type", tag=_snake, omit_defaults=True):
    """A frame is one JSON object; its `type` is the class name in lower snake case."""


class Error(Frame, frozen=True):
    """What a client sent was refused; the connection lives (DL-07).

    `code` is for programs and `text` for people; `field` names the member concerned, `client_id` the frame
    that was refused, where it had one.
    """

    code: str
    text: str
    field: str | None = None
    client_id: str | None = None


class Ping(Frame, frozen=True):
    """A client's heartbeat, at least every 20 s and after every 100 frames received (DL-04, DL-07).

    `mark` is the one of the latest `pong` on this socket, empty before the first: it confirms that the client
    got that pong and every frame before it. Any other mark confirms nothing.
    """

    mark: Annotated[str, Meta(max_length=64)] = ""


class Pong(Frame, frozen=True):
    """Answers a ping: the server's time, and the last sequence number of each open conversation (DL-04).

    `mark` is a random text to return with the next `ping` (DL-07).
    """

    now: datetime
    seqs: dict[str, int]
    mark: str


class Bye(Frame, frozen=True):
    """The server closes this socket on purpose; come back after `retry_after` milliseconds (DL-08)."""

    retry_after: int
