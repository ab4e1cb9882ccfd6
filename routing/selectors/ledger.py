"""The fairness ledger: what every agent was offered, and what became of it (LC-56)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet

from agents.models import Agent, User
from routing.models import Decision, Offer, Transfer

_OFFERS = {
    "offered": Q(transfer=None),
    "accepted": Q(transfer=None, status=Offer.Status.ACCEPTED),
    "declined": Q(transfer=None, status=Offer.Status.DECLINED),
    "missed": Q(transfer=None, status=Offer.Status.EXPIRED),
    "undelivered": Q(transfer=None, status=Offer.Status.UNDELIVERED),
    "withdrawn": Q(transfer=None, status=Offer.Status.WITHDRAWN),
    "taken_over": Q(transfer__isnull=False, status=Offer.Status.ACCEPTED),
}


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One agent's counts. ``share`` is the part of all chats routed that was offered here, from 0 to 1."""

    agent_id: int
    name: str
    offered: int = 0
    accepted: int = 0
    declined: int = 0
    missed: int = 0
    undelivered: int = 0
    withdrawn: int = 0
    handed_over: int = 0
    taken_over: int = 0
    share: float = 0.0
    # Between the offer and the agent's yes.
    median_wait: timedelta | None = None


class _Median(Aggregate):
    """The middle one, which one long lunch doesn't move."""

    function = "PERCENTILE_CONT"
    name = "median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field: ClassVar[Any] = DurationField()


def list_ledger(*, since: datetime, until: datetime, via: str = "") -> list[LedgerRow]:
    """Return everybody who takes chats now or was asked then, by name, in three queries.

    Offers made from ``since`` to before ``until``; ``via`` is one step of routing, empty for all of them.
    Colleagues' chats are counted apart: who gets those was a person's choice.
    """
    offers = Offer.objects.filter(offered_at__gte=since, offered_at__lt=until)
    offers = offers.filter(Q(via=via) | Q(transfer__isnull=False)) if via else offers
    counted = {row["agent_id"]: row for row in _count(offers)}
    handed = _count_handed_over(since, until)
    people = User.objects.filter(Q(pk__in=Agent.objects.values("pk")) | Q(pk__in=[*counted, *handed]))
    total = sum(row["offered"] for row in counted.values())
    rows = people.order_by("first_name", "last_name", "username")
    return [_make_row(person, counted.get(person.pk, {}), handed.get(person.pk, 0), total) for person in rows]


def _count(offers: "QuerySet[Offer]") -> Iterable[Mapping[str, Any]]:
    numbers = {name: Count("pk", filter=which) for name, which in _OFFERS.items()}
    wait = _Median(F("settled_at") - F("offered_at"), filter=_OFFERS["accepted"])
    return offers.order_by().values("agent_id").annotate(median_wait=wait, **numbers)


def _count_handed_over(since: datetime, until: datetime) -> dict[int, int]:
    begun = Transfer.objects.filter(started_at__gte=since, started_at__lt=until)
    accepted = begun.filter(status=Transfer.Status.ACCEPTED).order_by()
    return dict(accepted.values_list("sender_id").annotate(Count("pk")))


def _make_row(person: User, counted: Mapping[str, Any], handed_over: int, total: int) -> LedgerRow:
    numbers = {name: counted.get(name, 0) for name in _OFFERS}
    return LedgerRow(
        agent_id=person.pk,
        name=person.display_name,
        handed_over=handed_over,
        share=numbers["offered"] / total if total else 0.0,
        median_wait=counted.get("median_wait"),
        **numbers,
    )


def list_considered(*, agent_id: int, since: datetime, until: datetime) -> "QuerySet[Decision]":
    """Return the decisions whose explanation names this agent, asked or passed over, the newest first."""
    named = Decision.objects.filter(steps__contains=[{"agents": [{"id": agent_id}]}])
    made = named.filter(made_at__gte=since, made_at__lt=until)
    return made.select_related("offer__agent", "live_chat").order_by("-id")
