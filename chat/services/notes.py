"""Writing notes to colleagues."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agents.models import User
from chat.errors import MessageEmpty
from chat.events import NoteWritten
from chat.models import Conversation, Note
from chat.selectors.conversations import get_conversation_for_agent
from chat.services.mentions import find_mentioned, keep_mentions
from chat.services.messages import storable
from config.lib.events import publish
from config.lib.texts import is_blank


def write_note(
    *,
    author: User,
    conversation: str,
    client_id: str,
    text: str,
    mentions: Sequence[int] = (),
    now: datetime | None = None,
) -> Note:
    """Keep a note beside a conversation that the author has, had or may look at (LC-38); return it.

    The visitor gets nothing of it, it moves no deadline and marks nothing as read. ``mentions`` are ids of
    colleagues whom it calls. The same client id again gives the same note (DL-02). Raises
    ``ConversationNotFound``, ``MessageEmpty``, ``MentionsTooMany``, ``MentionRefused``.
    """
    found = get_conversation_for_agent(user=author, public_id=conversation)
    text = storable(text)
    if is_blank(text):
        raise MessageEmpty(field="text")
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(no_key=True).get(pk=found.pk)
        mine = Note.objects.filter(conversation=locked, author=author, client_id=client_id)
        if (written := mine.first()) is not None:
            return written
        people = find_mentioned(locked, author, mentions)
        note = keep_note(locked, author, client_id, text, now or timezone.now())
        keep_mentions(note, people)
        return note


def keep_note(conversation: Conversation, author: User, client_id: str, text: str, now: datetime) -> Note:
    """Write a note beside a locked conversation; the caller knows that the author may, and hasn't yet."""
    last = Note.objects.filter(conversation=conversation).order_by("-number").first()
    note = Note.objects.create(
        conversation=conversation,
        number=last.number + 1 if last else 1,
        after_seq=conversation.last_seq,
        author=author,
        author_name=author.display_name,
        client_id=client_id,
        text=text,
        created_at=now,
    )
    publish(NoteWritten(str(conversation.public_id)))
    return note
