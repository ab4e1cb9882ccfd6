"""Chats that an agent had and somebody else has had since (LC-34, LC-38)."""

from collections.abc import Collection

from django.db.models import QuerySet

from agents.models import User
from chat.models import LiveChat, TimelineEntry

_Kind = TimelineEntry.Kind


def list_given_away(agent: User) -> "QuerySet[LiveChat]":
    """Return the ended ones: while a colleague has it, a chat is that colleague's alone."""
    # Both are written of whoever has the chat.
    begun = TimelineEntry.objects.filter(agent=agent, kind__in=(_Kind.TRANSFER, _Kind.AGENT_LOST))
    ended = LiveChat.objects.filter(status=LiveChat.Status.ENDED).exclude(agent=agent)
    return ended.filter(pk__in=begun.order_by().values("live_chat"))


def get_successors(*, agent: User, live_chat_ids: Collection[int]) -> dict[int, str]:
    """Return who had each of these chats after this agent, by name: one query."""
    rows = TimelineEntry.objects.filter(live_chat__in=live_chat_ids, kind=_Kind.ACCEPTED)
    names: dict[int, str] = {}
    for entry in rows.select_related("agent").order_by("pk"):
        if entry.agent_id == agent.pk:
            names.pop(entry.live_chat_id, None)
        elif entry.agent is not None:
            names.setdefault(entry.live_chat_id, entry.agent.display_name)
    return names
