"""What agents' sockets look up at each heartbeat: access, presence, what a lost push would have brought."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone, translation

from agents.inbox_frames import describe_standing
from agents.models import Agent
from agents.services.presence import note_presences
from agents.sessions import get_session_user_ids
from chat.delivery.heartbeats import Heartbeats
from chat.models import LiveChat, Seat
from chat.protocol.agent import AvailabilityNow
from chat.selectors.mentions import Place, get_mention_places
from chat.selectors.notes import get_last_numbers
from config.installation.selectors import get_installation
from routing.models import Offer


@dataclass(frozen=True, slots=True)
class Beat:
    """One inbox's heartbeat; the words of the answer are in ``language``."""

    session_key: str
    socket_id: str
    language: str


@dataclass(frozen=True, slots=True)
class InboxNow:
    """What an agent has: public ids of active conversations and of pending offers; pending transfers by
    their ids and since when somebody is asked; notes that mention them unseen; and the availability.
    """

    agent: Agent
    chats: frozenset[str]
    offers: frozenset[str]
    transfers: frozenset[tuple[str, datetime | None]]
    mentions: frozenset[Place]
    availability: AvailabilityNow


async def look_at_inbox(beat: Beat) -> InboxNow | None:
    """Note that this inbox is open and return what its agent has now; None where the session is
    nobody's (any more), or of somebody who may not take live chats (DL-10, LC-13).
    """
    return await _inboxes.ask(beat)


def _look(beats: list[Beat]) -> list[InboxNow | None]:
    """Look at many inboxes in a constant number of queries."""
    now = timezone.now()
    user_ids = get_session_user_ids({beat.session_key for beat in beats})
    rows = Agent.objects.filter(pk__in=set(user_ids.values())).prefetch_related("schedule_blocks")
    agents = {agent.pk: agent for agent in rows}
    owners = [agents.get(user_ids.get(beat.session_key, 0)) for beat in beats]
    open_now = {
        beat.socket_id: agent.pk for beat, agent in zip(beats, owners, strict=True) if agent is not None
    }
    if not open_now:
        return [None] * len(beats)
    note_presences(open_now, now=now)
    holdings = _Holdings(agents, now)
    return [
        holdings.show(agent, beat.language) if agent else None
        for beat, agent in zip(beats, owners, strict=True)
    ]


class _Holdings:
    """What these agents have, by their ids."""

    def __init__(self, agent_ids: Collection[int], now: datetime) -> None:
        self._now = now
        running = LiveChat.objects.filter(agent__in=agent_ids, status=LiveChat.Status.ACTIVE)
        self._chats = _group(running.values_list("agent_id", "conversation__public_id"))
        pending = Offer.objects.filter(agent__in=agent_ids, status=Offer.Status.PENDING, expires_at__gt=now)
        self._offers = _group(pending.values_list("agent_id", "public_id"))
        asking = Offer.objects.filter(transfer__sender__in=agent_ids, status=Offer.Status.PENDING)
        self._transfers: defaultdict[int | None, set[tuple[str, datetime | None]]] = defaultdict(set)
        for sender_id, public_id, since in asking.values_list(
            "transfer__sender_id", "transfer__public_id", "offered_at"
        ):
            self._transfers[sender_id].add((str(public_id), since))
        self._mentions = get_mention_places(agent_ids)
        taken = Seat.objects.filter(agent__in=agent_ids).values_list("agent_id").annotate(Count("pk"))
        self._seats = Counter(dict(taken.order_by()))
        self._limit = get_installation().seat_limit

    def show(self, agent: Agent, language: str) -> InboxNow:
        with translation.override(language):
            availability = describe_standing(
                agent, seats_taken=self._seats[agent.pk], seat_limit=self._limit, now=self._now
            )
        return InboxNow(
            agent=agent,
            chats=frozenset(self._chats[agent.pk]),
            offers=frozenset(self._offers[agent.pk]),
            transfers=frozenset(self._transfers[agent.pk]),
            mentions=self._mentions.get(agent.pk, frozenset()),
            availability=availability,
        )


def _group(rows: Iterable[tuple[int | None, object]]) -> defaultdict[int | None, set[str]]:
    found: defaultdict[int | None, set[str]] = defaultdict(set)
    for agent_id, public_id in rows:
        found[agent_id].add(str(public_id))
    return found


_inboxes: Heartbeats[Beat, InboxNow | None] = Heartbeats(_look, name="inboxes")


async def find_last_notes(conversation_ids: Collection[int]) -> dict[int, int]:
    """Return the number of the last note to colleagues of each conversation that has one."""
    return await _notes.ask(conversation_ids) if conversation_ids else {}


def _look_at_notes(asked: list[Collection[int]]) -> list[dict[int, int]]:
    last = get_last_numbers(list({pk for conversation_ids in asked for pk in conversation_ids}))
    return [{pk: last[pk] for pk in conversation_ids if pk in last} for conversation_ids in asked]


_notes: Heartbeats[Collection[int], dict[int, int]] = Heartbeats(_look_at_notes, name="notes")
