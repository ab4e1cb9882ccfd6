"""What both sides are shown: messages, and the state of a conversation.

Times are RFC 3339 in UTC; ids are the public ids, as text.
``seq`` numbers a conversation's messages from 1 without gaps.
"""

from datetime import datetime
from typing import Literal

import msgspec

from config.lib.richtext import Node

Author = Literal["visitor", "agent", "bot", "system"]
Kind = Literal["text", "card", "notice", "fallback"]
Phase = Literal["bot", "waiting", "active", "ended", "missed", "abandoned", "done"]
Action = Literal["answer", "post", "cancel", "contact", "end"]


class Shape(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a frame."""


class Choice(Shape, frozen=True):
    """One button of a question."""

    id: str
    label: str


class Ask(Shape, frozen=True):
    """What a card waits for: one of ``choices``, or text of ``input``."""

    card: str
    input: Literal["choice", "text", "email", "phone", "picklist"]
    choices: list[Choice] = []
    options: list[str] = []
    # Name of the attribute that is filled in; a browser may complete it (``email`` -> autocomplete="email").
    attribute: str = ""
    # False: an empty answer skips the card.
    required: bool = True


class File(Shape, frozen=True):
    """An image or a PDF that somebody sent; fetched by ``id`` over HTTP, by the chat's parties (LC-35)."""

    id: str
    name: str
    # image/webp, image/png, image/jpeg or application/pdf: what it is, whatever it was called.
    type: str
    # Bytes.
    size: int
    # Pixels; 0 for a PDF.
    width: int = 0
    height: int = 0


class DocumentShown(Shape, frozen=True):
    """A PDF that a Document card shows; what is done with it is told in ``reading``."""

    card: str
    name: str
    pages: int
    # Bytes.
    size: int
    url: str


class Message(Shape, tag_field="type", tag="message", frozen=True):
    """One line of a conversation (DL-03). ``client_id`` is the
    sender's own id of it, empty for what the server wrote.
    """

    conversation: str
    seq: int
    author: Author
    kind: Kind
    text: str
    at: datetime
    client_id: str = ""
    # The agent's name, where an agent wrote it or a notice is about one.
    name: str = ""
    # For kind "card": what is asked; later answers don't change it.
    ask: Ask | None = None
    # For kind "notice": which one (joined, left, idle_warning, ended_by_agent …).
    notice: str = ""
    # For kind "fallback": the formatted text.
    rich: list[Node] = []
    # For kind "card": the document that is shown.
    document: DocumentShown | None = None
    # A file that was sent; ``text`` is its name then.
    file: File | None = None


class AgentCard(Shape, frozen=True):
    """What a visitor sees of an agent, fixed when the chat began (LC-08)."""

    name: str
    avatar: str = ""


class Marks(Shape, tag_field="type", tag="marks", frozen=True):
    """How far each side has got (delivered) and has looked (read), as sequence numbers (LC-30)."""

    conversation: str
    visitor_delivered: int = 0
    visitor_read: int = 0
    agent_delivered: int = 0
    agent_read: int = 0


class Typing(Shape, tag_field="type", tag="typing", frozen=True):
    """The other side is writing; show it for 6 seconds unless a message comes first (LC-30)."""

    conversation: str
    author: Literal["visitor", "agent"]


class State(Shape, tag_field="type", tag="state", frozen=True):
    """Where a conversation stands and what may be done now;
    a lower ``revision`` than the one held is stale (R6).
    """

    conversation: str
    revision: int
    phase: Phase
    last_seq: int
    can: list[Action]
    # The card that waits for an answer.
    awaiting: str = ""
    agent: AgentCard | None = None
    # Since when the visitor has been waiting for a human.
    waiting_since: datetime | None = None
    # When the chat ends unless somebody writes (LC-31).
    idle_at: datetime | None = None
    marks: Marks | None = None


class Messages(Shape, tag_field="type", tag="messages", frozen=True):
    """A page of messages in order, the answer to ``sync``. ``more``: ask again after the last one (R4)."""

    conversation: str
    messages: list[Message]
    more: bool = False


class Ack(Shape, tag_field="type", tag="ack", frozen=True):
    """The message with this ``client_id`` is committed: it survives any crash (DL-01, DL-02)."""

    conversation: str
    client_id: str
    seq: int
    at: datetime
    # True: it is this socket's next message, so what was posted is shown as it; no `message` brings it here.
    instead: bool = False
