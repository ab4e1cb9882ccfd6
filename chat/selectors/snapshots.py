"""What a socket that (re)connects is told: state and missed messages, as of one moment."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from chat.models import Conversation
from chat.protocol.state import Messages, State
from chat.selectors.messages import list_missed
from chat.selectors.states import Audience, get_state


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``after`` is what the client really holds: 0 where it claimed more messages than there are."""

    state: State
    missed: Messages
    after: int


def get_snapshot(conversation_id: int, audience: Audience, *, after: int = 0) -> Snapshot:
    """Return a conversation's state and one page of what
    a client that holds ``after`` messages missed (DL-04).
    """
    with transaction.atomic():
        conversation = Conversation.objects.get(pk=conversation_id)
        after = after if after <= conversation.last_seq else 0
        return Snapshot(
            state=get_state(conversation, audience),
            missed=list_missed(conversation=conversation, after=after),
            after=after,
        )


def read_state(conversation_id: int, audience: Audience) -> State:
    """Return a conversation's state alone."""
    return get_state(Conversation.objects.get(pk=conversation_id), audience)


def get_progress(public_ids: Collection[str]) -> dict[str, tuple[int, int, int]]:
    """Return how far each conversation is: last message, revision and sum of marks, for a heartbeat."""
    marks = F("visitor_delivered") + F("visitor_read") + F("agent_delivered") + F("agent_read")
    rows = Conversation.objects.filter(public_id__in=public_ids).annotate(marks=marks)
    return {
        str(public_id): (last_seq, revision, marks)
        for public_id, last_seq, revision, marks in rows.values_list(
            "public_id", "last_seq", "revision", "marks"
        )
    }
