"""A visitor's answers, and where each leads."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from chat import streams
from chat.errors import ConversationClosed, ConversationNotFound
from chat.models import Conversation, Message, Visitor
from chat.services.messages import Draft, append_messages
from chat.services.playing import get_waiting_live_chat_id, move_on, respond
from chat.services.visitors import lock_visitor, note_visit
from config.lib.failpoints import failpoint


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is committed; ``live_chat_id`` asks to be routed now."""

    conversation_id: int
    client_id: str
    live_chat_id: int | None = None


def answer_card(
    *,
    visitor_id: int,
    conversation_id: int,
    card: str,
    client_id: str,
    value: str,
    now: datetime | None = None,
) -> Answered:
    """Take the visitor's answer to the awaited card and play on to the next one (DG-04, DG-10).

    The same client id again is the same answer (DL-02). Raises ``streams.AnswerInvalid`` with a reason
    for the visitor, ``streams.AnswerLate``, ``ConversationClosed`` and ``ConversationNotFound``.
    """
    now = now or timezone.now()
    with transaction.atomic():
        visitor = lock_visitor(visitor_id)
        conversation = _lock_conversation(conversation_id, visitor)
        if _is_answered(conversation, client_id):
            return Answered(conversation.pk, client_id, get_waiting_live_chat_id(conversation))
        if not conversation.is_open:
            raise ConversationClosed
        note_visit(visitor, now=now)
        run = respond(conversation, visitor, card, value, now)
        _say_answer(conversation, run, card, client_id, now)
        transaction.on_commit(partial(failpoint, "answer.committed"))
        return Answered(conversation.pk, client_id, move_on(conversation, run, now))


def _say_answer(
    conversation: Conversation, run: streams.Run, card: str, client_id: str, now: datetime
) -> None:
    # A fact that was typed in stands in the panel; as "what they last said" it says nothing.
    captured = {"captured": True} if conversation.version.stream["cards"][card]["type"] == "capture" else {}
    draft = Draft(Message.Author.VISITOR, run.shown_answer or "", payload=captured, client_id=client_id)
    append_messages(conversation, [draft], now=now)
    conversation.engaged_at = conversation.engaged_at or now
    conversation.active_at = now
    conversation.save(update_fields=["engaged_at", "active_at"])


def _lock_conversation(conversation_id: int, visitor: Visitor) -> Conversation:
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True).select_related("version")
    conversation = rows.filter(pk=conversation_id, visitor=visitor).first()
    if conversation is None:
        raise ConversationNotFound
    return conversation


def _is_answered(conversation: Conversation, client_id: str) -> bool:
    return Message.objects.filter(
        conversation=conversation, author=Message.Author.VISITOR, client_id=client_id
    ).exists()
