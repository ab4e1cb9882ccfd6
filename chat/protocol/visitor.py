"""Frames between a visitor's widget and the server, on ``/ws/visitor/``."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .shared import Bye, Error, Ping, Pong
from .state import Ack, Marks, Message, Messages, Shape, State, Typing

ClientId = Annotated[str, Meta(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
Text = Annotated[str, Meta(min_length=1, max_length=4_000)]
Seq = Annotated[int, Meta(ge=0, le=2_147_483_647)]
ConversationId = Annotated[str, Meta(max_length=36)]
CardId = Annotated[str, Meta(max_length=120)]
Slug = Annotated[str, Meta(max_length=60)]
Identity = Annotated[str, Meta(max_length=4_000)]


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
    while the panel is closed: then no dialogue begins. What ``attributes``, ``identity`` or ``flow`` are
    refused with is an ``error``, and the ``welcome`` comes all the same.
    """

    protocol: int
    token: Annotated[str, Meta(max_length=400)] = ""
    conversation: ConversationId = ""
    after: Seq = 0
    show: bool = True
    page: Page = Page()
    language: Annotated[str, Meta(max_length=35)] = ""
    # The browser's own random id of this session; 30 minutes without activity end one.
    session: Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]*\Z")] = ""
    device: Literal["", "desktop", "mobile", "tablet"] = ""
    # As IANA calls it: Europe/Zurich.
    time_zone: Annotated[str, Meta(max_length=64)] = ""
    # As in ``facts``.
    attributes: dict[str, str] = {}
    identity: Identity = ""
    # The short name of the flow to start, as in ``flow``; empty: what is due on this page.
    flow: Slug = ""


class Answer(ClientFrame, tag="answer", frozen=True):
    """The visitor's answer to the card that is awaited: a choice's id, or text."""

    conversation: ConversationId
    card: CardId
    client_id: ClientId
    value: Annotated[str, Meta(max_length=4_000)]


class Post(ClientFrame, tag="post", frozen=True):
    """A message to the agent, also while one is being asked (LC-27, LC-29)."""

    conversation: ConversationId
    client_id: ClientId
    text: Text


class TypingNow(ClientFrame, tag="typing", frozen=True):
    """The visitor is writing; sent at most every 3 seconds."""

    conversation: ConversationId


class Mark(ClientFrame, tag="mark", frozen=True):
    """How far the client has got, and how far the visitor has looked."""

    conversation: ConversationId
    delivered: Seq = 0
    read: Seq = 0


class Sync(ClientFrame, tag="sync", frozen=True):
    """Asks for the messages after a sequence number, and for the state."""

    conversation: ConversationId
    after: Seq


class Cancel(ClientFrame, tag="cancel", frozen=True):
    """The visitor no longer wants to wait for a human (LC-27)."""

    conversation: ConversationId


class End(ClientFrame, tag="end", frozen=True):
    """The visitor ends the chat (LC-32)."""

    conversation: ConversationId


class Contact(ClientFrame, tag="contact", frozen=True):
    """The visitor leaves an e-mail address instead of waiting on; that ends the waiting (LC-27)."""

    conversation: ConversationId
    email: Annotated[str, Meta(min_length=1, max_length=254)]


class Reading(ClientFrame, tag="reading", frozen=True):
    """What the visitor did with the document of a card: opened it, looked at a page, downloaded it."""

    conversation: ConversationId
    card: CardId
    event: Literal["opened", "page", "downloaded"]
    # The page that is on screen, from 1; with ``page`` only.
    page: Annotated[int, Meta(ge=0, le=100_000)] = 0


class PageNow(ClientFrame, tag="page", frozen=True):
    """The visitor moved to another page of the site without a new socket (a single-page app)."""

    url: Annotated[str, Meta(max_length=2_000)]
    title: Annotated[str, Meta(max_length=300)] = ""
    referrer: Annotated[str, Meta(max_length=2_000)] = ""


class Facts(ClientFrame, tag="facts", frozen=True):
    """What the page knows of its visitor: attributes that its script sets, and who it is, signed by the
    page's own server as a JSON Web Token (HS256) with ``sub``, ``exp``, and perhaps ``email`` and
    ``attributes`` (DG-19).

    Refused, nothing of it is kept. An empty value takes an attribute away that a script has set.
    """

    # At most 50. A name has at most 40 letters, digits and _, a value at most 500 characters. Of one visitor
    # 200 are kept; further names are passed over.
    attributes: dict[str, str] = {}
    identity: Identity = ""


class StartFlow(ClientFrame, tag="flow", frozen=True):
    """Start a conversational flow; a new ``welcome`` shows its conversation (DG-20).

    While a human is asked or there, no flow starts, and the ``welcome`` shows that chat.
    """

    slug: Annotated[str, Meta(min_length=1, max_length=60)]


class Welcome(Shape, tag_field="type", tag="welcome", frozen=True):
    """The answer to ``hello`` and to ``flow``: who the visitor is from now on, and everything missed.

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
    # Images and PDFs may be sent while a human is asked or there.
    files: bool = False


class Accepted(Shape, tag_field="type", tag="accepted", frozen=True):
    """An ``answer`` was taken and is committed, or was taken earlier (DL-02)."""

    conversation: str
    client_id: str


VisitorClientFrame = (
    Hello
    | Answer
    | Post
    | TypingNow
    | Mark
    | Sync
    | Cancel
    | Contact
    | End
    | Reading
    | PageNow
    | Facts
    | StartFlow
    | Ping
)
VisitorServerFrame = (
    Welcome | Message | Messages | State | Ack | Accepted | Typing | Marks | Error | Pong | Bye
)
