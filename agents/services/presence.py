"""Which agents have an inbox open: one row per socket, kept alive by heartbeats (LC-13)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from agents.models import Presence

# A heartbeat every 20 s may be lost twice.
LIFETIME = timedelta(seconds=60)
# A page change closes one socket and opens the next within seconds.
GRACE = timedelta(seconds=10)
# Kept for a while after it ended, so that what reads when somebody left still can.
RETENTION = timedelta(hours=1)


def note_presence(*, agent_id: int, socket_id: str, now: datetime | None = None) -> None:
    """Say that this inbox is open: its agent is reachable for the next 60 s (LC-13). Repeatable."""
    note_presences({socket_id: agent_id}, now=now)


def note_presences(agents: Mapping[str, int], *, now: datetime | None = None) -> None:
    """Say it of several inboxes in one statement; ``agents`` maps their sockets' ids to whose they are."""
    now = now or timezone.now()
    until = now + LIFETIME
    Presence.objects.bulk_create(
        [
            Presence(agent_id=agents[each], socket_id=each, since=now, seen_at=now, expires_at=until)
            # In one order: two processes never wait for each other's rows.
            for each in sorted(agents)
        ],
        update_conflicts=True,
        unique_fields=["socket_id"],
        update_fields=["agent", "seen_at", "expires_at", "said_goodbye"],
    )


def end_presence(*, socket_id: str, said_goodbye: bool = True, now: datetime | None = None) -> None:
    """Let a closed inbox count for at most 10 s more (LC-13). Never lengthens it; repeatable."""
    now = now or timezone.now()
    rows = Presence.objects.filter(socket_id=socket_id, expires_at__gt=now + GRACE)
    rows.update(expires_at=now + GRACE, seen_at=now, said_goodbye=said_goodbye)


def forget_stale(*, now: datetime | None = None) -> int:
    """Delete the rows of sockets that ended more than an hour ago; return how many."""
    now = now or timezone.now()
    return Presence.objects.filter(expires_at__lte=now - RETENTION).delete()[0]
