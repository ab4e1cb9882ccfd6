"""Notes to colleagues, for the staff's pages only."""

from collections.abc import Collection

from django.db.models import Max
from django.utils.translation import gettext as _

from chat.models import Conversation, Note
from chat.protocol import agent as frames

# Of at most 4,000 signs and 10 names each, so that a page fits into one frame however they are encoded.
PAGE = 20


def list_notes(*, conversation: Conversation, after: int = 0, limit: int | None = None) -> list[frames.Note]:
    """Return a conversation's notes above this number, in order; all of them without a limit (LC-40)."""
    rows = Note.objects.filter(conversation=conversation, number__gt=after).order_by("number")
    return [as_note(note) for note in rows.prefetch_related("mentions")[:limit]]


def list_notes_page(conversation_id: int, *, after: int) -> tuple[frames.Notes, bool]:
    """Return the next notes above a number as the frame that shows them, and whether there are more."""
    conversation = Conversation.objects.get(pk=conversation_id)
    found = list_notes(conversation=conversation, after=after, limit=PAGE + 1)
    return frames.Notes(str(conversation.public_id), found[:PAGE]), len(found) > PAGE


def get_last_numbers(conversation_ids: Collection[int]) -> dict[int, int]:
    """Return the highest number of each of these conversations that has notes: one query."""
    rows = Note.objects.filter(conversation__in=conversation_ids).order_by().values("conversation_id")
    return {row["conversation_id"]: row["last"] for row in rows.annotate(last=Max("number"))}


def as_note(note: Note) -> frames.Note:
    """Return a note as the staff's pages get it."""
    return frames.Note(
        number=note.number,
        after=note.after_seq,
        client_id=note.client_id,
        name=note.author_name,
        text=note.text,
        at=note.created_at,
        mentions=[
            frames.Mentioned(mention.person_id, mention.name)
            for mention in sorted(note.mentions.all(), key=lambda mention: mention.pk)
        ],
    )


def label_note(name: str) -> str:
    """Return what stands before a note of this person in a transcript, so that it is taken for no message."""
    return _("(note to colleagues) %(name)s") % {"name": name}
