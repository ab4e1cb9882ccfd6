"""Whether the parties of live chats are connected, and what of it stands on the timeline (LC-57)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from agents.models import Presence
from agents.services.presence import LIFETIME
from chat.models import LiveChat, Seat, TimelineEntry, VisitorPresence

_STANDING = (TimelineEntry.Kind.DROPPED, TimelineEntry.Kind.LEFT, TimelineEntry.Kind.RECONNECTED)
# A live chat, and one of its agents; None is the visitor.
Party = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One party's connection: since when it has been there, if it is; the last sign of life of sockets that
    are over, and whether that was a goodbye; and what was noted last.
    """

    here_since: datetime | None
    seen_at: datetime | None
    said_goodbye: bool
    noted_kind: str = ""
    noted_at: datetime | None = None

    @property
    def is_noted_away(self) -> bool:
        return self.noted_kind in TimelineEntry.AWAY


def list_changed_parties(*, now: datetime, limit: int) -> list[Party]:
    """Return whoever may have come or gone since it was noted: two queries."""
    chats = LiveChat.objects.filter(status__in=LiveChat.OPEN).annotate(
        is_here=Exists(
            VisitorPresence.objects.filter(conversation=OuterRef("conversation"), expires_at__gt=now)
        ),
        noted=_noted(live_chat=OuterRef("pk"), agent__isnull=True),
    )
    # Whoever holds a seat is the chat's agent, or is being asked.
    presences = Presence.objects.filter(agent=OuterRef("agent"), seen_at__isnull=False)
    seats = Seat.objects.filter(Exists(presences), live_chat__status__in=LiveChat.OPEN).annotate(
        is_here=Exists(presences.filter(expires_at__gt=now)),
        noted=_noted(live_chat=OuterRef("live_chat"), agent=OuterRef("agent")),
    )
    is_known = Q(noted__in=TimelineEntry.AWAY)
    changed = Q(is_known, is_here=True) | Q(Q(noted__isnull=True) | ~is_known, is_here=False)
    visitors = chats.filter(changed).order_by("pk").values_list("pk", flat=True)[:limit]
    agents = seats.filter(changed).order_by("pk").values_list("live_chat_id", "agent_id")[:limit]
    return [*((pk, None) for pk in visitors), *agents]


def get_line(live_chat: LiveChat, agent_id: int | None, *, now: datetime) -> Line:
    """Return one party's line; the caller holds the chat's lock if something is to be noted."""
    noted = _list_noted(live_chat=live_chat, agent=agent_id).order_by("-pk").first()
    seen_at, said_goodbye = _get_last_sign(live_chat, agent_id, now)
    here = list_sockets(live_chat, agent_id).filter(expires_at__gt=now).order_by("since")
    return Line(
        here_since=here.values_list("since", flat=True).first(),
        seen_at=seen_at,
        said_goodbye=said_goodbye,
        noted_kind=noted.kind if noted else "",
        noted_at=noted.at if noted else None,
    )


def list_sockets(
    live_chat: LiveChat, agent_id: int | None
) -> "QuerySet[Presence] | QuerySet[VisitorPresence]":
    """Return the open and the lately closed pages of one party."""
    if agent_id is None:
        return VisitorPresence.objects.filter(conversation=live_chat.conversation_id)
    return Presence.objects.filter(agent=agent_id, seen_at__isnull=False)


def _get_last_sign(live_chat: LiveChat, agent_id: int | None, now: datetime) -> tuple[datetime | None, bool]:
    """The last sign of life among what is over. Of what was over before the party came in, none."""
    begun = live_chat.requested_at if agent_id is None else _get_asked_at(live_chat, agent_id)
    over = list_sockets(live_chat, agent_id).filter(expires_at__lte=now, expires_at__gt=begun)
    last = over.order_by("-seen_at").first()
    if last is not None and last.seen_at is not None:
        return max(last.seen_at, begun), last.said_goodbye
    # The process died that was to note the tab in which the visitor asked.
    is_lost = agent_id is None and begun + LIFETIME <= now
    return (begun, False) if is_lost else (None, False)


def _get_asked_at(live_chat: LiveChat, agent_id: int) -> datetime:
    offered = TimelineEntry.objects.filter(
        live_chat=live_chat, agent=agent_id, kind=TimelineEntry.Kind.OFFERED
    )
    found: datetime | None = offered.aggregate(at=Max("at"))["at"]
    return found or live_chat.requested_at


def _list_noted(**party: object) -> "QuerySet[TimelineEntry]":
    return TimelineEntry.objects.filter(kind__in=_STANDING, **party)


def _noted(**party: object) -> Subquery:
    return Subquery(_list_noted(**party).order_by("-pk").values("kind")[:1])
