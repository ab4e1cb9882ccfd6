"""Calling colleagues to a note, and remembering that they came (LC-42)."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, User
from chat.events import MentionsChanged
from chat.models import Conversation, Mention, Note
from chat.selectors.readers import list_readers
from config.lib.errors import InvalidInput, NotAllowed
from config.lib.events import publish

MOST = 10  # colleagues a note


class MentionsTooMany(InvalidInput):
    code = "mentions_too_many"
    message = _("At most %(limit)d colleagues can be mentioned in one note.")


class MentionRefused(NotAllowed):
    """Somebody who can't open the conversation isn't told of it; ``field`` is ``mentions[<place>]``."""

    code = "mention_refused"
    message = _("Somebody you mentioned can't open this chat. Retry adds the note without that mention.")


def find_mentioned(conversation: Conversation, author: User, ids: Sequence[int]) -> list[Agent]:
    """Return the colleagues of these ids, each once and the author never; at most one query.

    Raises ``MentionsTooMany``, and ``MentionRefused`` where somebody can't open the conversation (LC-38).
    """
    wanted = [pk for pk in dict.fromkeys(ids) if pk != author.pk]
    if len(wanted) > MOST:
        raise MentionsTooMany(field="mentions", params={"limit": MOST})
    readers = (
        {each.pk: each for each in list_readers(conversation.pk).filter(pk__in=wanted)} if wanted else {}
    )
    for pk in wanted:
        if pk not in readers:
            raise MentionRefused(field=f"mentions[{list(ids).index(pk)}]")
    return [readers[pk] for pk in wanted]


def keep_mentions(note: Note, people: Sequence[Agent]) -> None:
    """Store whom a note that was just written calls, and call them after the commit."""
    if people:
        Mention.objects.bulk_create(
            Mention(note=note, person_id=person.pk, name=person.display_name) for person in people
        )
        publish(MentionsChanged(tuple(person.pk for person in people)))


def see_mentions(
    *, person: User, conversation: str, numbers: Collection[int], now: datetime | None = None
) -> None:
    """This person has looked at these notes; what isn't theirs, isn't there or was seen before stays."""
    try:
        wanted = uuid.UUID(conversation)
    except ValueError:
        return
    unseen = Mention.objects.filter(
        person=person, seen_at=None, note__conversation__public_id=wanted, note__number__in=numbers
    )
    if unseen.update(seen_at=now or timezone.now()):
        publish(MentionsChanged((person.pk,)))
