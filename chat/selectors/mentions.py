"""Where colleagues were mentioned and haven't looked yet, as far as they may (LC-38, LC-42)."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, QuerySet

from agents.models import User
from chat.models import Mention
from chat.protocol import agent as frames
from chat.selectors.inbox import LINE
from chat.selectors.known import known_attributes, name_visitor, with_people
from chat.selectors.readers import list_readers

# The latest ones; those before them come when these were looked at.
MOST = 30

# A conversation's public id, and the number of a note beside it.
Place = tuple[str, int]


def list_mentions(*, person: User) -> list[frames.Mention]:
    """Return the latest notes that this person is mentioned in, may see and hasn't seen, the newest first:
    one query.
    """
    rows = with_people(_list_unseen().filter(person=person), conversation="note__conversation")
    return [_frame(mention) for mention in rows.order_by("-note")[:MOST]]


def get_mention_places(person_ids: Collection[int]) -> dict[int, frozenset[Place]]:
    """Return where ``list_mentions`` finds each of these: one query for all of them."""
    rows = _list_unseen().filter(person__in=person_ids).order_by("-note")
    found = defaultdict[int, list[Place]](list)
    for person, public_id, number in rows.values_list(
        "person_id", "note__conversation__public_id", "note__number"
    ):
        found[person].append((str(public_id), number))
    return {person: frozenset(places[:MOST]) for person, places in found.items()}


def get_places(mentions: Iterable[frames.Mention]) -> frozenset[Place]:
    """Return where these are."""
    return frozenset((mention.conversation, mention.number) for mention in mentions)


def _list_unseen() -> "QuerySet[Mention]":
    """A chat that is somebody else's now, or a permission that was taken, takes the mention with it."""
    readers = list_readers(OuterRef(OuterRef("note__conversation"))).order_by()
    return Mention.objects.filter(Exists(readers.filter(pk=OuterRef("person"))), seen_at__isnull=True)


def _frame(mention: Mention) -> frames.Mention:
    note, visitor = mention.note, mention.note.conversation.visitor
    return frames.Mention(
        conversation=str(note.conversation.public_id),
        number=note.number,
        name=note.author_name,
        visitor=name_visitor(visitor, known_attributes(visitor)),
        text=note.text[:LINE],
        at=note.created_at,
    )
