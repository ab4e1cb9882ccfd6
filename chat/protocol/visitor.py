"""Frames between a visitor's widget and the server, on ``/ws/visitor/``."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from .shared import Bye, Error, Ping, Pong
from .state import Ack, Marks, Message, Messages, Shape, State, Typing

ClientId = Annotated[str, Meta(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
Text = Annotated[str, Meta(min_length=1, max_length=4_000)]
Seq = Annotated[int, Meta(ge=0, le=2_147_483_647)]


class ClientFrame(msgspec.Struct, frozen=True, tag_field="type", forbid_unknown_fields=True):
    """A frame that a visitor's client sends."""


class Page(msgspec.Struct, frozen=True):
    """The page that the visitor is on; without query and fragment, which may carry secrets."""

    url: Annotated[str, Meta(max_length=2_000)] = ""
    title: Annotated[str, Meta(max_length=300)] = ""
    referrer: Annotated[str, Meta(max_length=2_000)] = ""


class Hello(ClientFrame, tag="hello", frozen=True):
    """The first frame on a socket, sent within 5 seconds.

    ``token`` is the one from an earlier ``welcome``, empty the first time. ``conversation`` and ``after``
    say what the client already holds, so that it gets exactly what it missed (DL-04). ``show`` is false
    while the panel is closed: then no dialogue begins.
    """

    protocol: int
    token: Annotated[str, Meta(max_length=400)] = ""
    conversation: Annotated[str, Meta(max_length=36)] = ""
    after: Seq = 0
    show: bool = True
    page: Page = Page()
    language: Annotated[str, Meta(max_length=35)] = ""


class Answer(ClientFrame, tag="answer", frozen=True):
    """The visitor's answer to the card that is awaited: a choice's id, or text."""

    conversation: Annotated[str, Meta(max_length=36)]
    card: Annotated[str, Meta(max_length=40)]
    client_id: ClientId
    value: Annotated[str, Meta(max_length=4_000)]


class Post(ClientFrame, tag="post", frozen=True):
    """A message to the agent, also while one is being asked (LC-27, LC-29)."""

    conversation: Annotated[str, Meta(max_length=36)]
    client_id: ClientId
    text: Text


class TypingNow(ClientFrame, tag="typing", frozen=True):
    """The visitor is writing; sent at most every 3 seconds."""

    conversation: Annotated[str, Meta(max_length=36)]


class Mark(ClientFrame, tag="mark", frozen=True):
    """How far the client has got, and how far the visitor has looked."""

    conversation: Annotated[str, Meta(max_length=36)]
    delivered: Seq = 0
    read: Seq = 0


class Sync(ClientFrame, tag="sync", frozen=True):
    """Asks for the messages after a sequence number, and for the state."""

    conversation: Annotated[str, Meta(max_length=36)]
    after: Seq


class Cancel(ClientFrame, tag="cancel", frozen=True):
    """The visitor no longer wants to wait for a human (LC-27)."""

    conversation: Annotated[str, Meta(max_length=36)]


class End(ClientFrame, tag="end", frozen=True):
    """The visitor ends the chat (LC-32)."""

    conversation: Annotated[str, Meta(max_length=36)]


class Welcome(Shape, tag_field="type", tag="welcome", frozen=True):
    """The answer to ``hello``: who the visitor is from now on, and everything missed.

    ``token`` replaces the stored one. ``state`` is missing where no dialogue is to be shown. ``more``: the
    rest follows in ``messages``. ``reset``: drop what is shown; what follows is the whole conversation.
    """

    protocol: int
    now: datetime
    token: str
    state: State | None = None
    messages: list[Message] = []
    more: bool = False
    reset: bool = False


class Accepted(Shape, tag_field="type", tag="accepted", frozen=True):
    """An ``answer`` was taken and is committed, or was taken earlier (DL-02)."""

    conversation: str
    client_id: str


VisitorClientFrame = Hello | Answer | Post | TypingNow | Mark | Sync | Cancel | End | Ping
VisitorServerFrame = (
    Welcome | Message | Messages | State | Ack | Accepted | Typing | Marks | Error | Pong | Bye
)
