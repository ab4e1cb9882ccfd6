"""How long visitors have been waiting for their agent's answer, told in one query for any number of chats."""

from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chat.models import LiveChat, Message


def list_said() -> "QuerySet[Message]":
    """Return what visitors said, the last first, without the facts that a card captured."""
    rows = Message.objects.filter(author=Message.Author.VISITOR).exclude(payload__has_key="captured")
    return rows.order_by("-seq")


def with_waits(live_chats: "QuerySet[LiveChat]") -> "QuerySet[LiveChat]":
    """Return the chats with what `get_waiting_since` reads."""
    answered = Message.objects.filter(
        conversation=OuterRef("conversation"), kind=Message.Kind.TEXT, author=Message.Author.AGENT
    ).order_by("-seq")
    asked = list_said().filter(
        conversation=OuterRef("conversation"), seq__gt=Coalesce(OuterRef("answered_seq"), 0)
    )
    return live_chats.annotate(
        answered_seq=Subquery(answered.values("seq")[:1]),
        answered_at=Subquery(answered.values("created_at")[:1]),
        asked_at=Subquery(asked.order_by("seq").values("created_at")[:1]),
    )


def get_waiting_since(live_chat: LiveChat) -> datetime | None:
    """The first word that nobody has answered; before the agent's own first word, since the agent came."""
    if live_chat.status != LiveChat.Status.ACTIVE or live_chat.accepted_at is None:
        return None
    asked_at: datetime | None = getattr(live_chat, "asked_at", None)
    answered_at: datetime | None = getattr(live_chat, "answered_at", None)
    if asked_at is not None:
        return max(asked_at, live_chat.accepted_at)
    is_answered = answered_at is not None and answered_at >= live_chat.accepted_at
    return None if is_answered else live_chat.accepted_at
