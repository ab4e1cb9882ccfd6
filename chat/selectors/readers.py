"""Who may open a conversation: ``chat.selectors.conversations``, asked the other way round (LC-38)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from agents.models import Agent, Presence, User
from agents.querysets import AgentQuerySet, holders_of
from agents.selectors import list_agents, list_availabilities
from chat.models import Conversation, LiveChat, TimelineEntry


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may be mentioned; ``text`` says in words whether they are there."""

    id: int
    name: str
    able: bool
    text: str


def list_readers(conversation: "int | OuterRef") -> AgentQuerySet:
    """Return the agents who may open this conversation now, by name: whose it is, who had it where it is
    over, and who may view all. A reference is one to the query outside this one.
    """
    own = LiveChat.objects.filter(agent=OuterRef("pk"), conversation=conversation)
    had = TimelineEntry.objects.filter(
        agent=OuterRef("pk"),
        kind=TimelineEntry.Kind.ACCEPTED,
        live_chat__conversation=conversation,
        live_chat__status=LiveChat.Status.ENDED,
    )
    return list_agents().filter(holders_of("view_all_conversations") | Exists(own) | Exists(had))


def list_colleagues(*, conversation: Conversation, reader: User, now: datetime) -> list[Colleague]:
    """Return whom this reader can mention beside a conversation, those who are there first, then by name: a
    constant number of queries.
    """
    others = list(list_readers(conversation.pk).exclude(pk=reader.pk))
    availabilities = list_availabilities(agents=others, now=now)
    present = set(
        Presence.objects.filter(agent__in=others, expires_at__gt=now).values_list("agent_id", flat=True)
    )
    found = [_describe(each, each.pk in present, availabilities[each.pk].available) for each in others]
    return sorted(found, key=lambda each: (not each.able, each.name.casefold()))


def _describe(person: Agent, is_present: bool, is_available: bool) -> Colleague:
    text = _("Available") if is_available else _("Unavailable")
    if not is_present:
        text = _("No inbox open")
    return Colleague(person.pk, person.display_name, is_present and is_available, text)
