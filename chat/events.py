"""What happened in the chat, told after the commit."""

from dataclasses import dataclass

from config.lib.events import Event

from .protocol.state import Message


@dataclass(frozen=True)
class MessagesPosted(Event):
    """Messages that are committed, in order within each conversation (DL-01, DL-03)."""

    messages: tuple[Message, ...]


@dataclass(frozen=True)
class ConversationChanged(Event):
    """A conversation's state is another one: phase, agent, awaited card or deadline."""

    conversation_id: int


@dataclass(frozen=True)
class MarksMoved(Event):
    """One side has got or looked further (LC-30)."""

    conversation_ids: tuple[int, ...]


@dataclass(frozen=True)
class AgentChatsChanged(Event):
    """An agent got, lost or finished a chat: inboxes and seats are to be looked at again."""

    agent_id: int


@dataclass(frozen=True)
class NoteWritten(Event):
    """A colleague has written a note beside this conversation, a public id. For staff only."""

    conversation: str


@dataclass(frozen=True)
class MentionsChanged(Event):
    """These colleagues were mentioned in a note, or have looked at where they were: read it again."""

    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class VisitorChanged(Event):
    """More is known of a visitor, or another page is looked at: whoever talks with them sees it (LC-39)."""

    visitor_id: int


@dataclass(frozen=True)
class ConversationReplaced(Event):
    """The visitor is in another conversation now: tabs that show this one follow (DL-06)."""

    conversation_id: int
