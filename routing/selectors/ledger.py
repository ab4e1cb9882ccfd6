"""The fairness ledger: what every agent was offered, and what became of it (LC-56)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_high, median_low
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Count, Q, QuerySet
from django.db.models.expressions import RawSQL

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


def list_ledger(*, since: datetime, until: datetime, via: str = "") -> list[LedgerRow]:
    """Return everybody who takes chats now or was asked then, by name, in four queries.

    Offers made from ``since`` to before ``until``; ``via`` is one step of routing, empty for all of them.
    Colleagues' chats are counted apart: who gets those was a person's choice.
    """
    offers = Offer.objects.filter(offered_at__gte=since, offered_at__lt=until)
    offers = offers.filter(Q(via=via) | Q(transfer__isnull=False)) if via else offers
    counted = {row["agent_id"]: row for row in _count(offers)}
    handed, waits = _count_handed_over(since, until), _find_median_waits(offers)
    people = User.objects.filter(Q(pk__in=Agent.objects.values("pk")) | Q(pk__in=[*counted, *handed]))
    total = sum(row["offered"] for row in counted.values())
    rows = people.order_by("first_name", "last_name", "username")
    return [
        _make_row(
            person, counted.get(person.pk, {}), handed.get(person.pk, 0), waits.get(person.pk), total=total
        )
        for person in rows
    ]


def _count(offers: "QuerySet[Offer]") -> Iterable[Mapping[str, Any]]:
    numbers = {name: Count("pk", filter=which) for name, which in _OFFERS.items()}
    return offers.order_by().values("agent_id").annotate(**numbers)


def _find_median_waits(offers: "QuerySet[Offer]") -> dict[int, timedelta]:
    """The middle one of each agent, which one long lunch doesn't move. Found here: SQLite has no median."""
    waits: dict[int, list[timedelta]] = defaultdict(list)
    accepted = offers.filter(_OFFERS["accepted"]).order_by()
    for agent_id, offered_at, settled_at in accepted.values_list("agent_id", "offered_at", "settled_at"):
        if settled_at is not None:
            waits[agent_id].append(settled_at - offered_at)
    return {agent_id: _find_middle(found) for agent_id, found in waits.items()}


def _find_middle(waits: list[timedelta]) -> timedelta:
    return (median_low(waits) + median_high(waits)) / 2


def _count_handed_over(since: datetime, until: datetime) -> dict[int, int]:
    begun = Transfer.objects.filter(started_at__gte=since, started_at__lt=until)
    accepted = begun.filter(status=Transfer.Status.ACCEPTED).order_by()
    return dict(accepted.values_list("sender_id").annotate(Count("pk")))


def _make_row(
    person: User,
    counted: Mapping[str, Any],
    handed_over: int,
    median_wait: timedelta | None,
    *,
    total: int,
) -> LedgerRow:
    numbers = {name: counted.get(name, 0) for name in _OFFERS}
    return LedgerRow(
        agent_id=person.pk,
        name=person.display_name,
        handed_over=handed_over,
        share=numbers["offered"] / total if total else 0.0,
        median_wait=median_wait,
        **numbers,
    )


def list_considered(*, agent_id: int, since: datetime, until: datetime) -> "QuerySet[Decision]":
    """Return the decisions whose explanation names this agent, asked or passed over, the newest first."""
    made = _list_naming(agent_id).filter(made_at__gte=since, made_at__lt=until)
    return made.select_related("offer__agent", "live_chat").order_by("-made_at", "-id")


def _list_naming(agent_id: int) -> "QuerySet[Decision]":
    if connection.features.supports_json_field_contains:
        return Decision.objects.filter(steps__contains=[{"agents": [{"id": agent_id}]}])
    # SQLite looks into JSON by table functions only.
    names = RawSQL(
        "EXISTS (SELECT 1 FROM json_each(routing_decision.steps) AS step,"
        " json_each(step.value, '$.agents') AS one WHERE json_extract(one.value, '$.id') = %s)",
        [agent_id],
        output_field=BooleanField(),
    )
    return Decision.objects.filter(names)
