"""Which visitors with a live chat have its page open: a row per socket, kept alive by heartbeats (LC-57)."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from agents.services.presence import GRACE, LIFETIME, RETENTION
from chat.models import LiveChat, VisitorPresence


def note_visitors(sockets: Mapping[str, int], *, now: datetime | None = None) -> set[str]:
    """Say that these sockets are open; ``sockets`` maps their ids to their conversations. Repeatable.

    Only those whose conversation has an open live chat are kept, and returned: two statements.
    """
    open_chats = LiveChat.objects.filter(conversation__in=set(sockets.values()), status__in=LiveChat.OPEN)
    conversations = set(open_chats.values_list("conversation_id", flat=True))
    kept = {each for each, conversation_id in sockets.items() if conversation_id in conversations}
    if kept:
        _write({each: sockets[each] for each in kept}, now or timezone.now())
    return kept


def _write(sockets: Mapping[str, int], now: datetime) -> None:
    until = now + LIFETIME
    VisitorPresence.objects.bulk_create(
        [
            VisitorPresence(
                conversation_id=sockets[each], socket_id=each, since=now, seen_at=now, expires_at=until
            )
            # In one order: two processes never wait for each other's rows.
            for each in sorted(sockets)
        ],
        update_conflicts=True,
        unique_fields=["socket_id"],
        update_fields=["seen_at", "expires_at", "said_goodbye"],
    )


def end_visitor(*, socket_id: str, said_goodbye: bool, now: datetime | None = None) -> None:
    """Let a closed tab count for at most 10 s more, since a change of page is no absence. Repeatable."""
    now = now or timezone.now()
    rows = VisitorPresence.objects.filter(socket_id=socket_id, expires_at__gt=now + GRACE)
    rows.update(expires_at=now + GRACE, seen_at=now, said_goodbye=said_goodbye)


def forget_visitors(*, now: datetime | None = None) -> int:
    """Delete the rows of sockets that ended more than an hour ago; return how many."""
    rows = VisitorPresence.objects.filter(expires_at__lte=(now or timezone.now()) - RETENTION)
    return rows.delete()[0]
