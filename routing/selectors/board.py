"""The supervisor's board: who can take a chat and why not, who waits, and who is being served."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from agents.models import Agent, User
from agents.policy import Availability
from agents.selectors import list_agents, list_availabilities
from chat.models import LiveChat, Seat
from chat.selectors.known import known_attributes, name_visitor, with_people
from chat.selectors.waits import get_waiting_since, with_waits
from config.installation.selectors import get_installation
from routing.models import Offer
from routing.policy import Verdict
from routing.selectors.candidates import list_candidates

# More than a person can look at; the numbers above the lists count all.
MOST_CHATS = 200
LONGEST_WAITS = 5

# Who can help now stands first, then who could in a moment.
_ORDER = (Verdict.ABLE, Verdict.NO_SEAT, Verdict.UNREACHABLE, Verdict.UNAVAILABLE, Verdict.OUTSIDE_HOURS)


@dataclass(frozen=True, slots=True)
class AgentNow:
    """An agent, whether they can take a chat and why not (LC-13), and their seats."""

    agent: Agent
    verdict: Verdict
    availability: Availability
    seats_taken: int
    seats: int


@dataclass(frozen=True, slots=True)
class ChatNow:
    """A chat that waits for an agent since ``since``, or that has one since then.

    ``asked`` is who is being asked to take it, until ``asked_until``; in an active chat that is a transfer.
    """

    conversation: uuid.UUID
    visitor: str
    company: str
    dialogue: str
    since: datetime
    agent: User | None
    waiting_since: datetime | None
    asked: User | None
    asked_until: datetime | None


@dataclass(frozen=True, slots=True)
class LongWait:
    """How long a visitor of today waited for an agent who came, or who didn't."""

    conversation: uuid.UUID
    visitor: str
    wait: timedelta
    is_answered: bool

    @property
    def clock(self) -> str:
        """The wait as 1:05."""
        minutes, seconds = divmod(int(self.wait.total_seconds()), 60)
        return f"{minutes}:{seconds:02}"


@dataclass(frozen=True, slots=True)
class Today:
    """What became of the requests since midnight."""

    answered: int
    missed: int
    abandoned: int
    longest: list[LongWait]


@dataclass(frozen=True, slots=True)
class Board:
    """All of it, as of one moment; the lists hold at most `MOST_CHATS`, the counts are of all."""

    agents: list[AgentNow]
    waiting: list[ChatNow]
    active: list[ChatNow]
    waiting_count: int
    active_count: int
    today: Today

    @property
    def able(self) -> int:
        """How many agents could take a chat now."""
        return sum(row.verdict is Verdict.ABLE for row in self.agents)

    @property
    def free_seats(self) -> int:
        """How many chats they could take."""
        return sum(row.seats - row.seats_taken for row in self.agents if row.verdict is Verdict.ABLE)


def get_board(*, midnight: datetime, now: datetime) -> Board:
    """Return the board; ``midnight`` is where today begins for its reader. Constant queries."""
    waiting = LiveChat.objects.filter(status__in=LiveChat.WAITING)
    active = LiveChat.objects.filter(status=LiveChat.Status.ACTIVE)
    return Board(
        agents=_list_agents(now),
        # Who has waited longest stands first, in both lists.
        waiting=_list_chats(waiting.order_by("routing_since", "pk")[:MOST_CHATS]),
        active=sorted(_list_chats(active.order_by("accepted_at", "pk")[:MOST_CHATS]), key=_by_wait),
        waiting_count=waiting.count(),
        active_count=active.count(),
        today=_get_today(midnight),
    )


def _by_wait(chat: ChatNow) -> tuple[bool, datetime]:
    return chat.waiting_since is None, chat.waiting_since or chat.since


def _list_agents(now: datetime) -> list[AgentNow]:
    installation = get_installation()
    found = list_candidates(agent_ids=None, tried=(), installation=installation, now=now)
    verdicts = {candidate.agent_id: candidate.verdict for candidate in found}
    # Somebody who became an agent between the two queries is on the next board.
    agents = [agent for agent in list_agents() if agent.pk in verdicts]
    availabilities = list_availabilities(agents=agents, now=now)
    seats = dict(Seat.objects.values_list("agent_id").annotate(Count("pk")))
    rows = [
        AgentNow(
            agent=agent,
            verdict=verdicts[agent.pk],
            availability=availabilities[agent.pk],
            seats_taken=seats.get(agent.pk, 0),
            seats=agent.seat_limit or installation.seat_limit,
        )
        for agent in agents
    ]
    return sorted(rows, key=lambda row: _ORDER.index(row.verdict))


def _list_chats(live_chats: "QuerySet[LiveChat]") -> list[ChatNow]:
    rows = list(with_people(with_waits(live_chats).select_related("agent"), conversation="conversation"))
    offers = _find_offers(row.pk for row in rows)
    return [_describe(row, offers.get(row.pk)) for row in rows]


def _find_offers(live_chat_ids: Iterable[int]) -> dict[int, Offer]:
    pending = Offer.objects.filter(live_chat__in=list(live_chat_ids), status=Offer.Status.PENDING)
    return {offer.live_chat_id: offer for offer in pending.select_related("agent")}


def _describe(live_chat: LiveChat, offer: Offer | None) -> ChatNow:
    conversation = live_chat.conversation
    known = known_attributes(conversation.visitor)
    is_active = live_chat.status == LiveChat.Status.ACTIVE
    return ChatNow(
        conversation=conversation.public_id,
        visitor=name_visitor(conversation.visitor, known),
        company=known.get("company", ""),
        dialogue=conversation.version.dialogue.name,
        # A chat whose agent was lost waits anew (LC-07).
        since=(live_chat.accepted_at if is_active else None) or live_chat.routing_since,
        agent=live_chat.agent if is_active else None,
        waiting_since=get_waiting_since(live_chat),
        asked=offer.agent if offer else None,
        asked_until=offer.expires_at if offer else None,
    )


def _get_today(midnight: datetime) -> Today:
    asked = LiveChat.objects.filter(requested_at__gte=midnight)
    counts = asked.aggregate(
        answered=Count("pk", filter=Q(accepted_at__isnull=False)),
        missed=Count("pk", filter=Q(status=LiveChat.Status.FALLBACK)),
        abandoned=Count("pk", filter=Q(status=LiveChat.Status.ABANDONED)),
    )
    waits = (
        asked.annotate(wait=Coalesce("accepted_at", "ended_at") - F("requested_at"))
        .filter(wait__gt=timedelta(0))
        .select_related("conversation__visitor__lead__merged_into")
        .order_by("-wait", "pk")
    )
    return Today(**counts, longest=[_describe_wait(row) for row in waits[:LONGEST_WAITS]])


def _describe_wait(live_chat: LiveChat) -> LongWait:
    visitor = live_chat.conversation.visitor
    return LongWait(
        conversation=live_chat.conversation.public_id,
        visitor=name_visitor(visitor, known_attributes(visitor)),
        wait=live_chat.wait,  # type: ignore[attr-defined]  # annotated by the caller
        is_answered=live_chat.accepted_at is not None,
    )
