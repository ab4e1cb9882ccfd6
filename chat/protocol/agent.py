"""Frames between an agent's pages and the server, on ``/ws/agent/``.

The socket is opened by a signed-in agent's page; the session is what identifies it.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .shared import Bye, Error, Ping, Pong
from .state import Ack, Marks, Message, Messages, Shape, State, Typing
from .visitor import ClientId, Seq, Text

Id = Annotated[str, Meta(max_length=36)]
TargetId = Annotated[int, Meta(ge=0, le=2**53)]


class ClientFrame(msgspec.Struct, frozen=True, tag_field="type", forbid_unknown_fields=True):
    """A frame that an agent's page sends."""


class Hello(ClientFrame, tag="hello", frozen=True):
    """The first frame on a socket. ``after`` says how far the page has each conversation it shows (DL-04)."""

    protocol: int
    after: Annotated[dict[Id, Seq], Meta(max_length=50)] = {}


class Shown(ClientFrame, tag="shown", frozen=True):
    """The banner of this offer is on screen (LC-24)."""

    offer: Id


class Accept(ClientFrame, tag="accept", frozen=True):
    """Take the offered chat (LC-25)."""

    offer: Id


class Decline(ClientFrame, tag="decline", frozen=True):
    """Pass the offered chat on, with an optional reason (LC-24)."""

    offer: Id
    reason: Annotated[str, Meta(max_length=200)] = ""


class Post(ClientFrame, tag="post", frozen=True):
    """A message to the visitor (LC-29)."""

    conversation: Id
    client_id: ClientId
    text: Text


class WriteNote(ClientFrame, tag="note", frozen=True):
    """A note to colleagues; the visitor gets nothing of it. Answered by ``notes`` with this ``client_id``, or
    by ``error``: where its ``field`` is ``mentions[0]``, the first one of these can't be mentioned here.
    """

    conversation: Id
    client_id: ClientId
    text: Text
    # Whom it calls, by their ids: at most 10, all of them people who may open the conversation.
    mentions: Annotated[list[TargetId], Meta(max_length=50)] = []


class SeeMentions(ClientFrame, tag="see_mentions", frozen=True):
    """The agent has looked at these notes beside a conversation, in which ``mentions`` named them."""

    conversation: Id
    numbers: Annotated[list[Seq], Meta(max_length=50)]


class TypingNow(ClientFrame, tag="typing", frozen=True):
    """The agent is writing; sent at most every 3 seconds."""

    conversation: Id


class Mark(ClientFrame, tag="mark", frozen=True):
    """How far the page has got, and how far the agent has looked."""

    conversation: Id
    delivered: Seq = 0
    read: Seq = 0


class Sync(ClientFrame, tag="sync", frozen=True):
    """Asks for a conversation's messages after a sequence number, and for its state."""

    conversation: Id
    after: Seq


class Watch(ClientFrame, tag="watch", frozen=True):
    """Look on at somebody else's chat, after the message that the page has; in place of the one looked on at
    before. Empty: at none any more. For those who may view all conversations (LC-38).
    """

    conversation: Id
    after: Seq


class End(ClientFrame, tag="end", frozen=True):
    """End the session (LC-32). What is over already is answered with its state.

    With ``after``, the last message that the page has, a chat in which the visitor has written since goes on:
    that is the error ``visitor_wrote``.
    """

    conversation: Id
    after: Seq | None = None


class FindTargets(ClientFrame, tag="find_targets", frozen=True):
    """Asks whom a chat may be handed over to; answered by ``targets`` (LC-34)."""


class StartTransfer(ClientFrame, tag="start_transfer", frozen=True):
    """Hand the chat over to one colleague or one team, by the ids of ``targets`` (LC-34).

    Answered by ``transfer``: ``pending``, or ``refused`` with the reason, and then nothing has changed.
    """

    conversation: Id
    agent: TargetId = 0
    team: TargetId = 0
    # For colleagues only.
    note: Annotated[str, Meta(max_length=1_000)] = ""


class TakeBack(ClientFrame, tag="take_back", frozen=True):
    """Keep the chat after all (LC-34)."""

    conversation: Id


class SetAvailability(ClientFrame, tag="set_availability", frozen=True):
    """The toggle (LC-12)."""

    available: bool


class VisitorCard(Shape, frozen=True):
    """Who the visitor is, in the order of the panel (LC-39); empty where unknown."""

    name: str
    first_name: str = ""
    last_name: str = ""
    job_title: str = ""
    email: str = ""
    phone: str = ""
    crm_status: str = ""
    company: str = ""
    page_url: str = ""
    page_title: str = ""
    # Where the visit came from.
    referrer: str = ""
    # Everything else that was captured, name -> text.
    attributes: dict[str, str] = {}
    # The names of what the page's own server has signed; all else is what somebody said.
    verified: list[str] = []


class VisitorNow(Shape, tag_field="type", tag="visitor", frozen=True):
    """More is known of a chat's visitor, or the visitor is on another page now."""

    conversation: str
    visitor: VisitorCard


class Chat(Shape, tag_field="type", tag="chat", frozen=True):
    """One of the agent's chats: its state, its visitor, its last line and how much is unread."""

    state: State
    visitor: VisitorCard
    dialogue: str
    accepted_at: datetime | None = None
    last_text: str = ""
    last_at: datetime | None = None
    unread: int = 0
    # Since when the visitor has been waiting for this agent's next word, while the chat runs.
    waiting_since: datetime | None = None
    # Who had the chat after this agent, where it was handed over: it is there to read.
    taken_over_by: str = ""
    # Who is being asked to take it, while it waits.
    asked: str = ""


class Mentioned(Shape, frozen=True):
    """A colleague whom a note calls, by the name that stands behind an "@" in its text."""

    id: int
    name: str


class Note(Shape, frozen=True):
    """A note to colleagues. ``number`` counts a conversation's notes from 1."""

    number: int
    # It stands below the message with this number.
    after: int
    client_id: str
    name: str
    text: str
    at: datetime
    mentions: list[Mentioned] = []


class Notes(Shape, tag_field="type", tag="notes", frozen=True):
    """Notes beside a conversation, in order; take each number once. Visitors' sockets have no such frame."""

    conversation: str
    notes: list[Note]


class Mention(Shape, frozen=True):
    """A note in which this agent is mentioned, not looked at yet."""

    conversation: str
    # Of the note, beside that conversation.
    number: int
    # Who wrote it, and beside whose chat.
    name: str
    visitor: str
    # Its beginning.
    text: str
    at: datetime


class Mentions(Shape, tag_field="type", tag="mentions", frozen=True):
    """Where this agent is mentioned and hasn't looked yet, the newest first, at most 30; it replaces what was
    shown before. Only what the agent may open.
    """

    mentions: list[Mention]


class Answer(Shape, frozen=True):
    """What the visitor told the bot."""

    question: str
    answer: str


class Handover(Shape, frozen=True):
    """What a colleague says who hands a chat over, and what is known already (LC-34)."""

    sender: str
    note: str = ""
    # The team that was asked for, where it was one.
    team: str = ""
    answers: list[Answer] = []


class Offer(Shape, tag_field="type", tag="offer", frozen=True):
    """Somebody is waiting: the blue banner (LC-21). It stays until ``offer_settled`` or ``expires_at``."""

    id: str
    conversation: str
    expires_at: datetime
    offered_at: datetime
    visitor: VisitorCard
    dialogue: str
    # Why this agent, in words.
    why: str
    # What the visitor wrote last, if anything.
    last_text: str = ""
    # Where a colleague hands the chat over.
    handover: Handover | None = None


class OfferSettled(Shape, tag_field="type", tag="offer_settled", frozen=True):
    """The offer is over; ``text`` says in words what happened (LC-25)."""

    id: str
    status: Literal["accepted", "declined", "expired", "undelivered", "withdrawn"]
    text: str
    # The conversation, where this agent has it now.
    conversation: str = ""


class Target(Shape, frozen=True):
    """Somebody, or a team, whom a chat may be handed over to."""

    kind: Literal["agent", "team"]
    id: int
    name: str
    # Whether it can be taken now, and in words how busy they are, or why not.
    able: bool
    text: str


class Targets(Shape, tag_field="type", tag="targets", frozen=True):
    """Whom a chat may be handed over to now, those who can take it first (LC-34)."""

    targets: list[Target]


class TransferNow(Shape, tag_field="type", tag="transfer", frozen=True):
    """A transfer of one of the agent's chats (LC-34). While it is ``pending`` the agent still has the chat;
    ``accepted``: it is somebody else's now. ``text`` says in words what it waits for, or what happened.
    """

    conversation: str
    status: Literal["pending", "accepted", "failed", "withdrawn", "refused"]
    text: str
    id: str = ""
    offered_at: datetime | None = None
    expires_at: datetime | None = None


class AvailabilityNow(Shape, tag_field="type", tag="availability", frozen=True):
    """Whether the agent is offered chats now, why, and until when (LC-12, LC-13)."""

    available: bool
    # schedule, override, outside_hours, no_hours
    reason: str
    # The reason and the end time in words.
    text: str
    seats_taken: int
    seats: int
    until: datetime | None = None
    # Who has set it in the agent's place; empty where the agent or the hours have.
    by: str = ""


class Welcome(Shape, tag_field="type", tag="welcome", frozen=True):
    """The answer to ``hello``: the whole state of this agent's inbox; everything shown before is replaced.

    For each chat the messages after the number named in ``hello`` follow in ``messages``.
    """

    protocol: int
    now: datetime
    agent: str
    availability: AvailabilityNow
    offers: list[Offer] = []
    chats: list[Chat] = []
    # Images and PDFs may be sent.
    files: bool = False
    # What is pending, and what came to nothing lately.
    transfers: list[TransferNow] = []
    # As ``mentions`` brings them.
    mentions: list[Mention] = []


AgentClientFrame = (
    Hello
    | Shown
    | Accept
    | Decline
    | Post
    | WriteNote
    | SeeMentions
    | TypingNow
    | Mark
    | Sync
    | Watch
    | End
    | FindTargets
    | StartTransfer
    | TakeBack
    | SetAvailability
    | Ping
)
AgentServerFrame = (
    Welcome
    | Chat
    | VisitorNow
    | Notes
    | Mentions
    | Offer
    | OfferSettled
    | Targets
    | TransferNow
    | AvailabilityNow
    | Message
    | Messages
    | State
    | Ack
    | Typing
    | Marks
    | Error
    | Pong
    | Bye
)
