"""Coverage: the week's requests against the scheduled seats, and the people and teams behind them (LC-58)."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import floatformat
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, ScheduleBlock, Team
from agents.policy import Availability
from agents.selectors import describe_availability, get_schedule, list_agents, list_availabilities
from chat.selectors.demand import WEEKS, get_demand
from config.admin_permissions import holds
from config.guide.coverage import DAYS, HOURS, Cell, Gap, Roster, list_gaps, make_map
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.lib.zones import get_zone

from .user_forms import list_time_zones

VIEWERS = ("manage_agents", "manage_agent_teams", "view_all_conversations")
MOST_GAPS = 10
_TEAM_HEADS = (_("Team"), _("Members"), _("Available now"))
_PERSON_HEADS = (
    _("Agent"),
    _("Hours, by the agent's own clock"),
    _("Time zone"),
    _("Seats"),
    _("Teams"),
    _("Now, by their own clock"),
)


@dataclass(frozen=True)
class Day:
    """One row of the map."""

    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class GapRead:
    """A gap in words."""

    when: str
    words: str


@dataclass(frozen=True)
class Person:
    """An agent's week as the overview has it."""

    agent: Agent
    teams: str
    seats: int
    now: str
    hours: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class TeamRead:
    """A team: who is in it, who of them takes chats now, and whether anybody ever does by schedule."""

    team: Team
    members: str
    available: str
    is_scheduled: bool


def show_coverage(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The page; read-only, in the time zone that is asked for, else in the reader's own."""
    if not holds(request, VIEWERS):
        raise PermissionDenied
    now, zone = timezone.now(), _choose_zone(request)
    agents = list(list_agents().prefetch_related("schedule_blocks", "teams"))
    context = {
        **site.each_context(request),
        "title": gettext("Coverage"),
        "zone_select": forms.Select(choices=list_time_zones(zone)).render("zone", zone, {"id": "zone"}),
        **_describe_week(agents, get_zone(zone), now),
        **_describe_people(agents, now),
        "team_heads": _TEAM_HEADS,
        "person_heads": _PERSON_HEADS,
        "may_change_agents": holds(request, ["manage_agents"]),
    }
    return TemplateResponse(request, "admin/agents/coverage.html", context)


def _describe_week(agents: Sequence[Agent], zone: tzinfo, now: datetime) -> dict[str, Any]:
    demand, installation = get_demand(zone=zone, now=now), get_installation()
    rosters = [Roster(_count_seats(one, installation), one.zone, get_schedule(one)) for one in agents]
    today = now.astimezone(zone).date()
    week = make_map(demand=demand, rosters=rosters, zone=zone, monday=today - timedelta(days=today.weekday()))
    gaps = list_gaps(week)
    return {
        "days": [Day(str(ScheduleBlock.Weekday(number).label), week[number]) for number in range(DAYS)],
        "hours": range(HOURS),
        "demand": demand,
        "weeks": WEEKS,
        "minutes": round(demand.length / timedelta(minutes=1)),
        "expected": sum(gap.expected for gap in gaps),
        "missed": sum(asked.missed for asked in demand.hours.values()) / demand.weeks,
        "gaps": [_describe_gap(gap) for gap in gaps[:MOST_GAPS]],
        "more_gaps": max(0, len(gaps) - MOST_GAPS),
    }


def _describe_people(agents: Sequence[Agent], now: datetime) -> dict[str, Any]:
    held, installation = list_availabilities(agents=agents, now=now), get_installation()
    return {
        "people": [_describe_person(one, held[one.pk], installation, now) for one in agents],
        "teams": _list_teams(agents, held) if installation.is_prime else [],
    }


def _choose_zone(request: HttpRequest) -> str:
    asked = request.GET.get("zone")
    if asked is not None and (asked == "" or asked in zoneinfo.available_timezones()):
        return asked
    return str(getattr(request.user, "time_zone", ""))


def _count_seats(agent: Agent, installation: Installation) -> int:
    return agent.seat_limit or installation.seat_limit


def _describe_gap(gap: Gap) -> GapRead:
    when = gettext("%(day)s %(starts)02d:00–%(ends)02d:00") % {
        "day": ScheduleBlock.Weekday(gap.weekday).label,
        "starts": gap.starts,
        "ends": gap.ends,
    }
    figures = {"asked": floatformat(gap.asked), "expected": floatformat(gap.expected)}
    if gap.has_seats:
        words = gettext("%(asked)s requests a week, too few seats: expect %(expected)s fallbacks.")
    else:
        words = gettext("%(asked)s requests a week, nobody scheduled: expect %(expected)s fallbacks.")
    return GapRead(when=when, words=words % figures)


def _describe_person(agent: Agent, held: Availability, installation: Installation, now: datetime) -> Person:
    by_day = groupby(get_schedule(agent), key=lambda block: block.weekday)
    return Person(
        agent=agent,
        teams=", ".join(team.name for team in agent.teams.all()) or "–",
        seats=_count_seats(agent, installation),
        now=describe_availability(held, agent=agent, now=now),
        hours=[
            (
                str(ScheduleBlock.Weekday(day).label),
                ", ".join(f"{block.starts:%H:%M}–{block.ends:%H:%M}" for block in blocks),
            )
            for day, blocks in by_day
        ],
    )


def _list_teams(agents: Sequence[Agent], held: Mapping[int, Availability]) -> list[TeamRead]:
    found = []
    for team in Team.objects.order_by("name"):
        members = [agent for agent in agents if team in agent.teams.all()]
        available = [agent for agent in members if held[agent.pk].available]
        found.append(
            TeamRead(
                team=team,
                members=", ".join(str(agent) for agent in members),
                available=", ".join(str(agent) for agent in available),
                is_scheduled=any(get_schedule(agent) for agent in members),
            )
        )
    return found
