"""How far both sides of live chats have read, beside what the timeline has of it (LC-57)."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from django.db.models import OuterRef, Q, QuerySet, Subquery

from chat.models import LiveChat, Message, TimelineEntry

Side = Literal["visitor", "agent"]


def list_read_chats(conversation_ids: Collection[int], *, since: datetime) -> "QuerySet[LiveChat]":
    """Return the chats with an agent that ran at any time since, in one query.

    Each has, of the other one's messages, the last that ``visitor_up_to`` and ``agent_up_to`` have read, and
    in ``visitor_noted`` and ``agent_noted`` the data of the last entry about it.
    """
    chats = LiveChat.objects.filter(conversation__in=conversation_ids, accepted_at__isnull=False)
    return chats.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=since)).annotate(
        visitor_up_to=_up_to("visitor", Message.Author.AGENT),
        agent_up_to=_up_to("agent", Message.Author.VISITOR),
        visitor_noted=_noted(agent__isnull=True),
        agent_noted=_noted(agent=OuterRef("agent")),
    )


def _up_to(side: Side, author: Message.Author) -> Subquery:
    said = Message.objects.filter(
        conversation=OuterRef("conversation"),
        author=author,
        seq__lte=OuterRef(f"conversation__{side}_read"),
        # The visitor may write while waiting; what came before is the bot's.
        created_at__gte=OuterRef("requested_at"),
    )
    return Subquery(said.order_by("-seq").values("seq")[:1])


def _noted(**party: object) -> Subquery:
    noted = TimelineEntry.objects.filter(live_chat=OuterRef("pk"), kind=TimelineEntry.Kind.READ, **party)
    return Subquery(noted.order_by("-pk").values("data")[:1])
