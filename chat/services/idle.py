"""Chats in which nobody writes: the warning a minute before, and the end (LC-31)."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from chat.models import Conversation, LiveChat, TimelineEntry
from chat.services.live_chats import IDLE_WARNING, change_state, end_idle, lock_conversation, note, say_notice
from config.installation.selectors import get_installation

logger = logging.getLogger(__name__)
BATCH = 500


def settle_idle_chats(*, now: datetime | None = None) -> int:
    """Warn or end every chat whose time has come; return how many were looked at. Safe to run twice at
    once. One that fails is logged, and tried again by the next sweep.
    """
    now = now or timezone.now()
    due = LiveChat.objects.filter(status=LiveChat.Status.ACTIVE, idle_at__lte=now).order_by("idle_at")
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    for live_chat_id in ids:
        try:
            _settle(live_chat_id, now)
        # The others are due too.
        except Exception:
            logger.exception("sweep failed live_chat=%s", live_chat_id)
    return len(ids)


def look_again_at_idle_chats(*, now: datetime | None = None) -> int:
    """Have the sweeper look at every active chat at once, because the idle time is another one now (LC-31).

    Return how many there are. Repeatable; each chat's next look is then reckoned with the new time.
    """
    now = now or timezone.now()
    later = LiveChat.objects.filter(status=LiveChat.Status.ACTIVE, idle_at__gt=now)
    return later.update(idle_at=now)


@transaction.atomic
def _settle(live_chat_id: int, now: datetime) -> None:
    """Decide by when somebody last wrote: a message moves
    the deadline without touching the live chat's row.
    """
    live_chat = (
        LiveChat.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk=live_chat_id, status=LiveChat.Status.ACTIVE, idle_at__lte=now)
        .first()
    )
    if live_chat is None:
        return
    conversation = lock_conversation(live_chat)
    deadline = conversation.active_at + timedelta(seconds=get_installation().idle_seconds)
    warned = live_chat.idle_warned_at is not None and live_chat.idle_warned_at >= conversation.active_at
    # The minute's notice is owed even where the sweeper was away.
    if warned and live_chat.idle_warned_at is not None:
        deadline = max(deadline, live_chat.idle_warned_at + IDLE_WARNING)
    if warned and now >= deadline:
        end_idle(live_chat, now=now)
    elif not warned and now >= deadline - IDLE_WARNING:
        _warn(live_chat, conversation, now, max(deadline, now + IDLE_WARNING))
    elif warned:
        _correct_warning(live_chat, conversation, now, deadline)
    else:
        _look_again(live_chat, deadline - IDLE_WARNING)


def _warn(live_chat: LiveChat, conversation: Conversation, now: datetime, deadline: datetime) -> None:
    live_chat.idle_warned_at = now
    _look_again(live_chat, deadline)
    note(live_chat, TimelineEntry.Kind.IDLE_WARNED, now=now)
    say_notice(conversation, "idle_warning", now=now)
    change_state(conversation)


def _correct_warning(
    live_chat: LiveChat, conversation: Conversation, now: datetime, deadline: datetime
) -> None:
    """The idle time was changed after the warning: both sides see the new end, or are warned again later."""
    if now < deadline - IDLE_WARNING:
        live_chat.idle_warned_at = None
        deadline -= IDLE_WARNING
    _look_again(live_chat, deadline)
    change_state(conversation)


def _look_again(live_chat: LiveChat, at: datetime) -> None:
    live_chat.idle_at = at
    live_chat.save(update_fields=["idle_at", "idle_warned_at"])
