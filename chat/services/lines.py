"""Who of a live chat's parties was cut off, who closed the page, and when each came back (LC-57).

What is known of each party is its last entry on the timeline; what is true is which of its pages are open.
The sweeper looks for where the two differ, so that what a killed process saw last is found all the same.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from chat.models import LiveChat, Seat, TimelineEntry
from chat.selectors.lines import Line, get_line, list_changed_parties, list_sockets
from chat.services.live_chats import lock_live_chat, note
from chat.services.presences import note_visitors
from config.lib.failpoints import failpoint

logger = logging.getLogger(__name__)
BATCH = 500
# An absence as short as this is a change of page, or a restart of ours.
SHORT = timedelta(seconds=15)
# Who comes and goes within this time has an unsteady line, and that was said: only a longer absence is news.
UNSTEADY = timedelta(seconds=60)


def settle_lines(*, now: datetime | None = None) -> int:
    """Note whoever was cut off or came back since the last sweep; return how many were looked at.

    Safe to run twice at once. One that fails is logged, and tried again by the next sweep.
    """
    now = now or timezone.now()
    parties = list_changed_parties(now=now, limit=BATCH)
    for live_chat_id, agent_id in parties:
        try:
            _settle(live_chat_id, agent_id, now)
        # The others are looked at too.
        except Exception:
            logger.exception("sweep failed live_chat=%s", live_chat_id)
    return len(parties)


@transaction.atomic
def greet_visitor(*, conversation_id: int, socket_id: str, now: datetime | None = None) -> bool:
    """A visitor's tab is open; return whether that counts: while there is an open live chat.

    After an absence that no sweeper saw, that is noted first. Repeatable.
    """
    now = now or timezone.now()
    if not note_visitors({socket_id: conversation_id}, now=now):
        return False
    for live_chat in LiveChat.objects.filter(conversation=conversation_id, status__in=LiveChat.OPEN):
        _welcome_back(live_chat, None, socket_id, now)
    return True


@transaction.atomic
def greet_agent(*, agent_id: int, socket_id: str, now: datetime | None = None) -> None:
    """The same of an agent's page, whose presence is noted: for the chats with a seat of this agent."""
    now = now or timezone.now()
    seats = Seat.objects.filter(agent=agent_id, live_chat__status__in=LiveChat.OPEN)
    for seat in seats.select_related("live_chat").order_by("live_chat"):
        _welcome_back(seat.live_chat, agent_id, socket_id, now)


def _welcome_back(live_chat: LiveChat, agent_id: int | None, socket_id: str, now: datetime) -> None:
    others = list_sockets(live_chat, agent_id).exclude(socket_id=socket_id)
    if others.filter(expires_at__gt=now).exists() or not others.exists():
        return
    locked = lock_live_chat(live_chat.pk)
    line = get_line(locked, agent_id, now=now)
    if locked.status in LiveChat.OPEN:
        _note_away(locked, agent_id, line, now)
        _note_back(locked, agent_id, get_line(locked, agent_id, now=now), now)


@transaction.atomic
def _settle(live_chat_id: int, agent_id: int | None, now: datetime) -> None:
    rows = LiveChat.objects.select_for_update(skip_locked=True, no_key=True)
    live_chat = rows.filter(pk=live_chat_id, status__in=LiveChat.OPEN).first()
    if live_chat is None:
        return
    line = get_line(live_chat, agent_id, now=now)
    if line.here_since is not None:
        _note_back(live_chat, agent_id, line, now)
    else:
        _note_away(live_chat, agent_id, line, now)
    failpoint("line.settled")


def _note_away(live_chat: LiveChat, agent_id: int | None, line: Line, now: datetime) -> None:
    """As of the last sign of life, once that is long enough ago to be worth a line."""
    if line.is_noted_away or line.seen_at is None:
        return
    is_unsteady = line.noted_at is not None and line.seen_at < line.noted_at + UNSTEADY
    if now - line.seen_at >= (UNSTEADY if is_unsteady else SHORT):
        kind = TimelineEntry.Kind.LEFT if line.said_goodbye else TimelineEntry.Kind.DROPPED
        note(live_chat, kind, now=line.seen_at, agent_id=agent_id)


def _note_back(live_chat: LiveChat, agent_id: int | None, line: Line, now: datetime) -> None:
    """As of when the page came, with how many seconds it was gone."""
    if not line.is_noted_away or line.noted_at is None:
        return
    # A page that was there all the time, and could only not say so, is back when it says so.
    at = line.here_since if line.here_since and line.here_since > line.noted_at else now
    gone = max((at - line.noted_at).total_seconds(), 0.0)
    note(
        live_chat, TimelineEntry.Kind.RECONNECTED, now=at, agent_id=agent_id, data={"seconds": round(gone, 1)}
    )
