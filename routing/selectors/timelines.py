"""Everything that happened to one live chat, on one line of time (LC-57)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import LiveChat, Message, TimelineEntry
from routing.models import Decision, Offer

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Of a conversation so long that its messages would hide everything else, the first ones.
MOST_MESSAGES = 500
KINDS: "Mapping[str, StrOrPromise]" = {
    **dict(TimelineEntry.Kind.choices),
    "decided": _("Who is asked was decided"),
    "message": _("Message"),
}


# Entries about either party: where no agent stands, it is the visitor.
_OF_PARTIES = frozenset(
    {
        TimelineEntry.Kind.READ,
        TimelineEntry.Kind.DROPPED,
        TimelineEntry.Kind.LEFT,
        TimelineEntry.Kind.RECONNECTED,
    }
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: when, what (a key of ``KINDS``), who did it, and the rest by name."""

    at: datetime
    kind: str
    who: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def list_moments(live_chat: LiveChat) -> list[Moment]:
    """Return what happened from the visitor's request on, the oldest first, in four queries.

    Of messages only that they were written, and by whom: what they say is in the transcript. Moves of the
    chat, and its messages, stand in the order of their writing, also where two servers' clocks differ (R1).
    """
    entries = list(_iter_entries(live_chat))
    # What became of a connection is noticed afterwards: only its time says where it belongs.
    noticed = [(moment.at, moment) for moment in entries if moment.kind in _OF_PARTIES]
    moves = _join(
        (moment for moment in entries if moment.kind not in _OF_PARTIES), _iter_decisions(live_chat)
    )
    places = [*_place(moves), *_place(_iter_messages(live_chat)), *noticed]
    return [moment for _at, moment in sorted(places, key=lambda place: place[0])]


def _join(moves: Iterable[Moment], decisions: Iterable[Moment]) -> list[Moment]:
    """Each decision behind what was written with it: both have the same time."""
    joined = list(moves)
    for decision in decisions:
        until = [place for place, moment in enumerate(joined, start=1) if moment.at == decision.at]
        before = [place for place, moment in enumerate(joined, start=1) if moment.at < decision.at]
        joined.insert(max(until or before or [0]), decision)
    return joined


def _place(moments: Iterable[Moment]) -> Iterator[tuple[datetime, Moment]]:
    """Each with the time that it stands at: no earlier than the one that was written before it."""
    latest = datetime.min.replace(tzinfo=UTC)
    for moment in moments:
        latest = max(latest, moment.at)
        yield latest, moment


def _iter_entries(live_chat: LiveChat) -> Iterator[Moment]:
    timers = {
        (offer.agent_id, offer.offered_at): offer for offer in Offer.objects.filter(live_chat=live_chat)
    }
    for entry in TimelineEntry.objects.filter(live_chat=live_chat).select_related("agent").order_by("id"):
        offer = timers.get((entry.agent_id or 0, entry.at)) if entry.kind == "offered" else None
        details = {**entry.data, **(_describe_timers(offer) if offer else {})}
        yield Moment(entry.at, entry.kind, _name_party(entry), details)


def _name_party(entry: TimelineEntry) -> str:
    if entry.agent is not None:
        return entry.agent.display_name
    return gettext("Visitor") if entry.kind in _OF_PARTIES else ""


def _describe_timers(offer: Offer) -> dict[str, Any]:
    """Seconds that were given to show the banner and to accept."""
    return {
        "attempt": offer.attempt,
        "show_within": (offer.deliver_by - offer.offered_at).total_seconds(),
        "accept_within": (offer.expires_at - offer.offered_at).total_seconds(),
    }


def _iter_decisions(live_chat: LiveChat) -> Iterator[Moment]:
    decisions = Decision.objects.filter(live_chat=live_chat).select_related("offer__agent").defer("steps")
    for decision in decisions:
        asked = decision.offer.agent.display_name if decision.offer else ""
        found: dict[str, Any] = {
            "decision": decision.pk,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "rule_version": decision.rule_version_id,
        }
        yield Moment(
            decision.made_at, "decided", asked, {key: value for key, value in found.items() if value}
        )


def _iter_messages(live_chat: LiveChat) -> Iterator[Moment]:
    said = Message.objects.filter(
        conversation=live_chat.conversation_id, created_at__gte=live_chat.requested_at
    )
    if live_chat.ended_at:
        said = said.filter(created_at__lte=live_chat.ended_at)
    for message in said.select_related("agent").order_by("seq")[:MOST_MESSAGES]:
        who = message.agent.display_name if message.agent else str(message.get_author_display())
        details = {"seq": message.seq, "kind": message.kind}
        yield Moment(message.created_at, "message", who, details)
