"""What the guide's lines are about, read once for a page in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from agents.models import Agent
from agents.policy import Availability, is_available_now
from agents.selectors import get_schedule, list_agents, list_availabilities, list_reachable
from chat.models import Dialogue, LiveChat
from chat.selectors.published import get_catalogue
from chat.selectors.sightings import count_sightings
from chat.streams.cards.live_chat import LiveChatCard
from config.installation.models import Installation
from config.installation.selectors import get_installation
from routing.models import Offer, Rule

# What beat's sweepers settle within a second or two is late after this long: nobody sweeps.
OVERDUE = timedelta(seconds=30)
LOOKS_BACK = timedelta(hours=24)
# Of the ends of a chat that nobody took, those that more people or other hours would mend.
MISSED_FOR_WANT_OF_PEOPLE = (LiveChat.End.NO_AGENT, LiveChat.End.NOT_ACCEPTED)


@dataclass(frozen=True)
class Waiting:
    """Visitors who wait for a human now, and since when the first of them does."""

    count: int
    since: datetime | None


class Facts:
    """The state of the installation at one moment; each fact is read when it is first asked for."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    @cached_property
    def installation(self) -> Installation:
        return get_installation()

    @cached_property
    def agents(self) -> list[Agent]:
        """Everybody who may take live chats, with their hours."""
        return list(list_agents().prefetch_related("schedule_blocks"))

    @cached_property
    def without_hours(self) -> list[Agent]:
        """Agents who would have to be available by hand. A superuser holds every permission, so that one
        alone makes no agent.
        """
        return [agent for agent in self.agents if not agent.is_superuser and not get_schedule(agent)]

    @cached_property
    def superusers_by_hand(self) -> list[Agent]:
        return [agent for agent in self.agents if agent.is_superuser and not get_schedule(agent)]

    @cached_property
    def has_hours(self) -> bool:
        return any(get_schedule(agent) for agent in self.agents)

    @cached_property
    def availabilities(self) -> Mapping[int, Availability]:
        return list_availabilities(agents=self.agents, now=self.now)

    @cached_property
    def in_hours(self) -> list[Agent]:
        """Agents whose hours it is, whatever they chose by hand."""
        return [agent for agent in self.agents if self._is_in_hours(agent)]

    def _is_in_hours(self, agent: Agent) -> bool:
        blocks = get_schedule(agent)
        return is_available_now(zone=agent.zone, blocks=blocks, override=None, now=self.now)

    @cached_property
    def available(self) -> list[Agent]:
        return [agent for agent in self.agents if self.availabilities[agent.pk].available]

    @cached_property
    def taking(self) -> list[Agent]:
        """Agents whom routing would ask now, had they a free seat (LC-13)."""
        if not self.installation.require_reachable:
            return self.available
        reachable = set(list_reachable(now=self.now).values_list("pk", flat=True))
        return [agent for agent in self.available if agent.pk in reachable]

    @cached_property
    def dialogue_count(self) -> int:
        return len(get_catalogue().dialogues)

    @cached_property
    def live_chat_dialogues(self) -> list[str]:
        """Names of what is published and leads to a human."""
        catalogue = get_catalogue()
        return [
            one.name
            for one in (*catalogue.dialogues, *catalogue.flows)
            if any(isinstance(card, LiveChatCard) for card in one.version.stream.cards.values())
        ]

    @cached_property
    def sighting_count(self) -> int:
        return count_sightings()

    @cached_property
    def rule_count(self) -> int:
        return Rule.objects.filter(is_enabled=True).count()

    @cached_property
    def idle_rules(self) -> list[str]:
        """Names of rules that are on and ask nobody who takes live chats."""
        return list(_list_idle_rules().values_list("name", flat=True))

    @cached_property
    def waiting(self) -> Waiting:
        found = LiveChat.objects.filter(status__in=LiveChat.WAITING).aggregate(
            count=Count("pk"), since=Min("routing_since")
        )
        return Waiting(found["count"], found["since"])

    @cached_property
    def missed_count(self) -> int:
        """Requests of the last day that nobody took."""
        return LiveChat.objects.filter(
            status=LiveChat.Status.FALLBACK,
            end_reason__in=MISSED_FOR_WANT_OF_PEOPLE,
            ended_at__gte=self.now - LOOKS_BACK,
        ).count()

    @cached_property
    def is_overdue(self) -> bool:
        """Whether deadlines passed that a worker would have settled long ago."""
        limit = self.now - OVERDUE
        routes = LiveChat.objects.filter(status=LiveChat.Status.REQUESTED, route_at__lt=limit)
        offers = Offer.objects.filter(status=Offer.Status.PENDING, expires_at__lt=limit)
        return routes.exists() or offers.exists()

    @cached_property
    def never_published(self) -> tuple[int, str]:
        """How many drafts of dialogues were never published, and the name of the newest."""
        drafts = Dialogue.objects.filter(status=Dialogue.Status.DRAFT, kind=Dialogue.Kind.DIALOGUE)
        found = drafts.aggregate(count=Count("pk"), newest=Max("changed_at"))
        newest = drafts.filter(changed_at=found["newest"]).values_list("name", flat=True).first()
        return found["count"], newest or ""


def _list_idle_rules() -> QuerySet[Rule]:
    takes = Agent.objects.filter(routing_rules=OuterRef("pk"))
    in_team = Agent.objects.filter(teams=OuterRef("team"))
    # On Select too: a rule that was given its team on Prime goes on asking it.
    return Rule.objects.filter(is_enabled=True).exclude(Q(Exists(takes)) | Q(Exists(in_team)))
