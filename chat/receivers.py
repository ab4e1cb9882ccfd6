"""Tells open sockets what was committed: a frame is encoded once for everybody who gets it."""

from functools import partial
from typing import Any

import msgspec
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from agents.events import AvailabilityChanged
from chat.delivery.hub import Push, broadcast_all_soon, broadcast_soon
from chat.delivery.standing import add_marks
from chat.delivery.topics import Audience, agent_topic, conversation_topic
from chat.events import (
    AgentChatsChanged,
    ConversationChanged,
    ConversationReplaced,
    MarksMoved,
    MentionsChanged,
    MessagesPosted,
    NoteWritten,
    VisitorChanged,
)
from chat.models import Attachment, Conversation, LiveChat
from chat.protocol.state import Message
from chat.selectors.states import build_state, get_live_chat, get_marks
from config.lib.events import receives

_encode = msgspec.json.Encoder().encode


def encode(frame: msgspec.Struct) -> str:
    return _encode(frame).decode()


@receives(MessagesPosted)
def push_messages(event: MessagesPosted) -> None:
    broadcast_all_soon([_push(message) for message in event.messages])


def _push(message: Message) -> Push:
    text = encode(message)
    return (
        conversation_topic(message.conversation),
        {Audience.VISITOR: text, Audience.STAFF: text},
        {"conversation": message.conversation, "seq": message.seq},
    )


@receives(ConversationChanged)
def push_state(event: ConversationChanged) -> None:
    conversation = Conversation.objects.filter(pk=event.conversation_id).first()
    if conversation is None:
        return
    live_chat = get_live_chat(conversation)
    shown = build_state(conversation, live_chat, "visitor")
    texts = {
        Audience.VISITOR: encode(shown),
        Audience.STAFF: encode(build_state(conversation, live_chat, "staff")),
    }
    hints = {"revision": shown.revision, "marks": add_marks(shown.marks)}
    broadcast_soon(
        conversation_topic(conversation.public_id), texts, {"conversation": shown.conversation, **hints}
    )


@receives(MarksMoved)
def push_marks(event: MarksMoved) -> None:
    for conversation in Conversation.objects.filter(pk__in=event.conversation_ids):
        marks = get_marks(conversation)
        text = encode(marks)
        broadcast_soon(
            conversation_topic(conversation.public_id),
            {Audience.VISITOR: text, Audience.STAFF: text},
            {"conversation": marks.conversation, "marks": add_marks(marks)},
        )


@receives(ConversationReplaced)
def hint_at_other_tabs(event: ConversationReplaced) -> None:
    """Tabs that show it look for themselves what there is now."""
    rows = Conversation.objects.filter(pk=event.conversation_id)
    for public_id in rows.values_list("public_id", flat=True):
        broadcast_soon(conversation_topic(public_id), {Audience.VISITOR: ""}, {"moved": 1})


@receives(NoteWritten)
def hint_at_note(event: NoteWritten) -> None:
    """The staff's sockets read it for themselves: its words pass through nothing that visitors listen to."""
    look = {Audience.STAFF: ""}
    broadcast_soon(
        conversation_topic(event.conversation), look, {"note": 1, "conversation": event.conversation}
    )


@receives(MentionsChanged)
def hint_at_mentions(event: MentionsChanged) -> None:
    """Their sockets look for themselves what they may see of it: no word goes through here."""
    for user_id in event.user_ids:
        broadcast_soon(agent_topic(user_id), {Audience.STAFF: ""}, {"mentions": 1})


@receives(VisitorChanged)
def hint_at_visitor(event: VisitorChanged) -> None:
    """The agent who talks with the visitor looks anew: the words are in the language of each page."""
    active = LiveChat.objects.filter(conversation__visitor_id=event.visitor_id, status=LiveChat.Status.ACTIVE)
    for public_id in active.values_list("conversation__public_id", flat=True):
        look = {Audience.STAFF: ""}
        broadcast_soon(conversation_topic(public_id), look, {"visitor": 1, "conversation": str(public_id)})


def refresh_inbox(event: AgentChatsChanged | AvailabilityChanged) -> None:
    """The agent's sockets read for themselves: each has its own language."""
    broadcast_soon(agent_topic(event.agent_id), {Audience.STAFF: ""}, {"refresh": 1})


receives(AgentChatsChanged)(refresh_inbox)
receives(AvailabilityChanged)(refresh_inbox)


@receiver(post_delete, sender=Attachment, dispatch_uid="attachment_file")
def take_file_away(instance: Attachment, **_rest: Any) -> None:
    """A file goes with its row, whoever deletes it and from wherever: also when a visitor is erased (S23)."""
    storage: Storage = instance.file.storage
    transaction.on_commit(partial(storage.delete, str(instance.file.name)), robust=True)
