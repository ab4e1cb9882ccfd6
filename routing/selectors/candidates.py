"""Who could take a chat now: one look at everybody concerned, in a constant number of queries."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, time
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from agents.models import Agent, Presence, ScheduleBlock, User
from chat.models import Seat
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.lib.zones import get_zone
from routing.policy import Candidate, Verdict

# Naming more agents than these in a query costs more than the rows of everybody.
_NAMED = 20
_FIELDS = (
    "pk",
    "first_name",
    "last_name",
    "username",
    "time_zone",
    "seat_limit",
    "override_available",
    "override_until",
)


def list_candidates(
    *,
    agent_ids: Collection[int] | None,
    tried: Collection[int],
    installation: Installation,
    now: datetime,
) -> list[Candidate]:
    """Return a verdict on each agent asked for (None: all), by id (LC-13). Four or five queries.

    Somebody asked for who isn't an agent (any more) is in the answer too, so that the explanation names him.
    """
    rows = _get_agents() if agent_ids is None else _get_agents().filter(pk__in=agent_ids)
    agents = list(rows.all())
    facts = _Facts([row[0] for row in agents], {row[4] for row in agents}, installation, now)
    found = [_judge(row, facts, tried, now) for row in agents]
    missing = {*(agent_ids or ())} - {candidate.agent_id for candidate in found}
    return sorted(found + _name_missing(missing), key=lambda candidate: candidate.agent_id)


@cache
def _get_agents() -> "QuerySet[Agent, tuple[Any, ...]]":
    """Return the question for all agents: who holds the permission takes as long to put as to answer."""
    return Agent.objects.order_by("pk").values_list(*_FIELDS)


def is_any_agent_able(now: datetime) -> bool:
    """Whether any agent at all could take a chat at this time, for a branch of a dialogue (dialogues, C)."""
    found = list_candidates(agent_ids=None, tried=(), installation=get_installation(), now=now)
    return any(candidate.verdict is Verdict.ABLE for candidate in found)


class _Facts:
    """What three queries say about all of them at once; of others they may say something too."""

    def __init__(self, ids: list[int], zones: set[str], installation: Installation, now: datetime) -> None:
        only = {"agent__in": ids} if len(ids) <= _NAMED else {}
        self.seat_limit = installation.seat_limit
        self.seats = Counter(Seat.objects.filter(**only).values_list("agent_id", flat=True))
        self.within_hours = set(_list_within_hours(zones, now, only))
        present = Presence.objects.filter(expires_at__gt=now, **only).values_list("agent_id", flat=True)
        self.reachable = set(present) if installation.require_reachable else set(ids)


def _judge(row: tuple, facts: _Facts, tried: Collection[int], now: datetime) -> Candidate:  # type: ignore[type-arg]
    pk, first, last, username, _zone, limit, override, until = row
    name = f"{first} {last}".strip() or username
    overridden = until is not None and until > now
    if pk in tried:
        verdict = Verdict.ALREADY_ASKED
    elif overridden and not override:
        verdict = Verdict.UNAVAILABLE
    elif not overridden and pk not in facts.within_hours:
        verdict = Verdict.OUTSIDE_HOURS
    elif facts.seats[pk] >= (limit or facts.seat_limit):
        verdict = Verdict.NO_SEAT
    elif pk not in facts.reachable:
        verdict = Verdict.UNREACHABLE
    else:
        verdict = Verdict.ABLE
    return Candidate(pk, name, verdict)


def _list_within_hours(zones: set[str], now: datetime, only: Mapping[str, Any]) -> "Collection[int]":
    """Agents one of whose blocks holds the moment, told by each zone's clock: ``agents.policy`` in SQL."""
    holds = Q(pk__in=[])
    for zone in zones:
        wall = now.astimezone(get_zone(zone))
        clock = wall.time()
        running = Q(starts__lte=clock) & (Q(ends__gt=clock) | Q(ends=time(0)))
        # Where all are in one zone, nobody else's clock is asked for, and no user's row.
        where = Q(agent__time_zone=zone) if len(zones) > 1 else Q()
        holds |= where & Q(weekday=wall.weekday()) & running
    return ScheduleBlock.objects.filter(holds, **only).order_by().values_list("agent_id", flat=True)


def _name_missing(ids: Collection[int]) -> list[Candidate]:
    if not ids:
        return []
    users = User.objects.filter(pk__in=ids)
    return [Candidate(user.pk, user.display_name, Verdict.NOT_AN_AGENT) for user in users]
