"""The states of a live chat. Each move happens under the chat's row lock, then the conversation's."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import User
from chat.errors import ConversationClosed, NotYourChat
from chat.events import AgentChatsChanged, ConversationChanged
from chat.models import Conversation, LiveChat, Message, TimelineEntry
from chat.services.departures import say_farewell
from chat.services.fallback import write_fallback
from chat.services.messages import Draft, append_messages
from chat.services.seats import free_seats
from config.installation.selectors import get_installation
from config.lib.errors import ConflictError
from config.lib.events import publish

# How long whoever opened a request has to route it before the sweeper does: a process may die in between.
ROUTE_GRACE = timedelta(seconds=2)
IDLE_WARNING = timedelta(seconds=60)


class VisitorWrote(ConflictError):
    """A chat isn't ended over a word of the visitor's that whoever ends it hasn't seen."""

    code = "visitor_wrote"
    message = _("The visitor has just written, so the chat goes on.")


def lock_live_chat(live_chat_id: int) -> LiveChat:
    """Lock a live chat. After an agent's row, before the offer and the conversation."""
    return LiveChat.objects.select_for_update(no_key=True).get(pk=live_chat_id)


def lock_conversation(live_chat: LiveChat) -> Conversation:
    """Lock a live chat's conversation, to write into it."""
    return Conversation.objects.select_for_update(no_key=True).get(pk=live_chat.conversation_id)


def note(
    live_chat: LiveChat,
    kind: TimelineEntry.Kind,
    *,
    now: datetime,
    agent_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write a timeline entry (LC-57)."""
    TimelineEntry.objects.create(
        live_chat=live_chat, at=now, kind=kind, agent_id=agent_id, data=dict(data or {})
    )


def open_live_chat(
    conversation: Conversation, *, card_id: str, card: dict[str, Any], now: datetime
) -> LiveChat:
    """Ask for a human; the caller holds the conversation's lock and routes the chat after its commit."""
    live_chat = LiveChat.objects.create(
        conversation=conversation,
        card_id=card_id,
        card=card,
        requested_at=now,
        routing_since=now,
        route_at=now + ROUTE_GRACE,
    )
    note(live_chat, TimelineEntry.Kind.REQUESTED, now=now)
    return live_chat


def mark_offered(live_chat: LiveChat) -> None:
    """requested -> offered; the offer has the deadline now."""
    live_chat.status = LiveChat.Status.OFFERED
    live_chat.route_at = None
    live_chat.save(update_fields=["status", "route_at"])


def mark_requested(live_chat: LiveChat, *, now: datetime) -> None:
    """offered -> requested: the next agent is to be asked at once."""
    live_chat.status = LiveChat.Status.REQUESTED
    live_chat.route_at = now
    live_chat.save(update_fields=["status", "route_at"])


def connect_agent(live_chat: LiveChat, agent: User, *, now: datetime) -> None:
    """offered -> active: the agent joins (LC-25)."""
    live_chat.status = LiveChat.Status.ACTIVE
    live_chat.accepted_at = now
    _bring_in(live_chat, agent, "joined", now)


def hand_over(live_chat: LiveChat, agent: User, *, now: datetime) -> None:
    """active -> active with another agent, who holds a seat already; the visitor is told once (LC-34)."""
    before = live_chat.agent_id
    free_seats(live_chat, but_of=agent.pk)
    _bring_in(live_chat, agent, "transferred", now)
    if before is not None:
        publish(AgentChatsChanged(before))


def _bring_in(live_chat: LiveChat, agent: User, notice: str, now: datetime) -> None:
    """Name and picture are kept as they are now, until this chat ends or is handed over (LC-08)."""
    live_chat.agent = agent
    live_chat.agent_name = agent.display_name
    live_chat.agent_avatar = agent.avatar.name or ""
    live_chat.idle_at = now + timedelta(seconds=get_installation().idle_seconds) - IDLE_WARNING
    live_chat.idle_warned_at = None
    live_chat.save()
    conversation = lock_conversation(live_chat)
    conversation.active_at = now
    conversation.save(update_fields=["active_at"])
    say_notice(conversation, notice, now=now, name=live_chat.agent_name)
    change_state(conversation)
    publish(AgentChatsChanged(agent.pk))


def lose_agent(live_chat: LiveChat, *, now: datetime) -> None:
    """active -> requested: the agent may no longer take chats, and this one needs another owner (LC-07)."""
    say_farewell(live_chat, "sender_lost", now=now)
    free_seats(live_chat)
    lost, name = live_chat.agent_id, live_chat.agent_name
    live_chat.status = LiveChat.Status.REQUESTED
    live_chat.agent = None
    live_chat.agent_name = live_chat.agent_avatar = ""
    live_chat.routing_since = live_chat.route_at = now
    live_chat.idle_at = None
    live_chat.save()
    note(live_chat, TimelineEntry.Kind.AGENT_LOST, now=now, agent_id=lost)
    conversation = lock_conversation(live_chat)
    say_notice(conversation, "agent_left", now=now, name=name)
    change_state(conversation)
    if lost is not None:
        publish(AgentChatsChanged(lost))


def fall_back(live_chat: LiveChat, *, reason: LiveChat.End, now: datetime) -> None:
    """requested or offered -> fallback: the visitor gets the fallback message (LC-22, LC-26).

    A chat that had an agent has taken place, so it ends instead, with the same words for the visitor.
    """
    had_agent = live_chat.accepted_at is not None
    live_chat.status = LiveChat.Status.ENDED if had_agent else LiveChat.Status.FALLBACK
    live_chat.end_reason = LiveChat.End.AGENT_GONE if had_agent else reason
    note(live_chat, TimelineEntry.Kind.FALLBACK, now=now, data={"reason": reason})
    conversation = _settle(live_chat, now)
    write_fallback(conversation, now=now)
    close_conversation(conversation, now=now)


def abandon(live_chat: LiveChat, *, reason: LiveChat.End = LiveChat.End.CANCELLED, now: datetime) -> None:
    """requested or offered -> abandoned: the visitor doesn't want to wait, or left an address (LC-27).

    A chat that had an agent has taken place, so it ends instead.
    """
    had_agent = live_chat.accepted_at is not None
    live_chat.status = LiveChat.Status.ENDED if had_agent else LiveChat.Status.ABANDONED
    live_chat.end_reason = reason
    note(live_chat, TimelineEntry.Kind.CANCELLED, now=now, data={"reason": reason})
    conversation = _settle(live_chat, now)
    say_notice(conversation, "contact_left" if reason == LiveChat.End.CONTACT else "cancelled", now=now)
    close_conversation(conversation, now=now)


def end_by_agent(
    *, conversation_id: int, agent_id: int, after: int | None = None, now: datetime | None = None
) -> None:
    """The agent ends the session (LC-32). Ending again is no error; somebody else's chat is ``NotYourChat``.

    ``after``: the last message that the agent has seen; ``VisitorWrote`` if the visitor has written since.
    """
    with transaction.atomic():
        live_chat = _lock_latest(conversation_id)
        if live_chat is None or live_chat.agent_id != agent_id:
            raise NotYourChat
        if after is not None and live_chat.status == LiveChat.Status.ACTIVE:
            _check_unwritten(live_chat, after)
        _end_active(live_chat, LiveChat.End.AGENT, now or timezone.now())


def end_by_visitor(*, conversation_id: int, now: datetime | None = None) -> None:
    """The visitor ends the chat (LC-32). Ending again is no error; nothing to end is
    ``ConversationClosed``. While an agent is looked for, ``ConflictError``: that is cancelled, not ended.
    """
    with transaction.atomic():
        live_chat = _lock_latest(conversation_id)
        if live_chat is None:
            raise ConversationClosed
        if live_chat.status in LiveChat.WAITING:
            raise ConflictError
        _end_active(live_chat, LiveChat.End.VISITOR, now or timezone.now())


def end_idle(live_chat: LiveChat, *, now: datetime) -> None:
    """Nobody wrote for the idle time; the caller holds the lock and has looked (LC-31)."""
    _end_active(live_chat, LiveChat.End.IDLE, now)


def close_conversation(conversation: Conversation, *, now: datetime) -> None:
    """Close a locked conversation: nothing more is written into it."""
    conversation.is_open = False
    conversation.closed_at = now
    conversation.awaiting_card = ""
    conversation.save(update_fields=["is_open", "closed_at", "awaiting_card"])
    change_state(conversation)


def say_notice(conversation: Conversation, notice: str, *, now: datetime, **values: str) -> None:
    """Write a line that neither side wrote; each client has the words for it in its own language."""
    draft = Draft(Message.Author.SYSTEM, kind=Message.Kind.NOTICE, payload={"notice": notice, **values})
    append_messages(conversation, [draft], now=now)


def change_state(conversation: Conversation) -> None:
    """Count a change of state and tell both sides after the commit."""
    conversation.revision += 1
    conversation.save(update_fields=["revision"])
    publish(ConversationChanged(conversation.pk))


def _lock_latest(conversation_id: int) -> LiveChat | None:
    return (
        LiveChat.objects.select_for_update(no_key=True)
        .filter(conversation_id=conversation_id)
        .order_by("-pk")
        .first()
    )


def _check_unwritten(live_chat: LiveChat, after: int) -> None:
    # Under the lock that every message is written under: none slips in between this look and the end.
    conversation = lock_conversation(live_chat)
    later = Message.objects.filter(conversation=conversation, seq__gt=after, author=Message.Author.VISITOR)
    if later.exists():
        raise VisitorWrote


def _end_active(live_chat: LiveChat, reason: LiveChat.End, now: datetime) -> None:
    if live_chat.status != LiveChat.Status.ACTIVE:
        return
    say_farewell(live_chat, "chat_ended", now=now)
    live_chat.status = LiveChat.Status.ENDED
    live_chat.end_reason = reason
    note(live_chat, TimelineEntry.Kind.ENDED, now=now, agent_id=live_chat.agent_id, data={"reason": reason})
    conversation = _settle(live_chat, now)
    say_notice(conversation, f"ended_by_{reason}", now=now, name=live_chat.agent_name)
    close_conversation(conversation, now=now)


def _settle(live_chat: LiveChat, now: datetime) -> Conversation:
    """Store a terminal state, free the seat, and lock the conversation for the last words."""
    live_chat.ended_at = now
    live_chat.route_at = live_chat.idle_at = None
    live_chat.save()
    free_seats(live_chat)
    if live_chat.agent_id is not None:
        publish(AgentChatsChanged(live_chat.agent_id))
    return lock_conversation(live_chat)
