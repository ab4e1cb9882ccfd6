"""Visitors who would rather be written to than wait (LC-27)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from chat.errors import ChatAlreadyActive, ConversationClosed
from chat.events import VisitorChanged
from chat.models import LiveChat, Visitor
from chat.services.leads import take_facts
from chat.services.live_chats import lock_live_chat
from chat.services.visitors import lock_visitor
from chat.streams.answers import email_answer, tidy
from config.lib.events import publish
from routing.services.offers import stop_waiting


def leave_address(*, visitor_id: int, conversation_id: int, email: str, now: datetime | None = None) -> None:
    """Keep the visitor's e-mail address, and end the waiting with it (LC-27). Repeatable.

    Also taken where nobody came in time, so that an address typed in the last second isn't lost. Raises
    ``AnswerInvalid`` with a reason, ``ChatAlreadyActive`` when an agent was quicker, ``ConversationClosed``.
    """
    now = now or timezone.now()
    address = email_answer(tidy(email))
    with transaction.atomic():
        visitor = lock_visitor(visitor_id)
        live_chat = _lock_newest(conversation_id, visitor)
        if live_chat.status == LiveChat.Status.ACTIVE:
            raise ChatAlreadyActive
        if live_chat.status == LiveChat.Status.ENDED and live_chat.end_reason != LiveChat.End.CONTACT:
            raise ConversationClosed
        _keep_address(visitor, address, now)
        if live_chat.status in LiveChat.WAITING:
            stop_waiting(live_chat, reason=LiveChat.End.CONTACT, now=now)


def _lock_newest(conversation_id: int, visitor: Visitor) -> LiveChat:
    chats = LiveChat.objects.filter(conversation_id=conversation_id, conversation__visitor=visitor)
    newest = chats.order_by("-pk").first()
    if newest is None:
        raise ConversationClosed
    return lock_live_chat(newest.pk)


def _keep_address(visitor: Visitor, address: str, now: datetime) -> None:
    take_facts(visitor, {"email": address}, now=now)
    publish(VisitorChanged(visitor.pk))
