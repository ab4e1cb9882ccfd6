"""Reading agents: who there is, who can be reached, and who is available now."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import prefetch_related_objects
from django.utils import formats, timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from .models import Agent, Device, Preferences, User
from .policy import Availability, Block, Override, get_availability
from .querysets import AgentQuerySet, holders_of


def list_agents() -> AgentQuerySet:
    """Everybody who may take live chats now, by name (LC-05, LC-07)."""
    return Agent.objects.order_by("first_name", "last_name", "username")


def list_reachable(*, now: datetime | None = None) -> AgentQuerySet:
    """Agents with an inbox open in some browser, by name (LC-13)."""
    return list_agents().reachable(now or timezone.now())


def get_schedule(agent: User) -> list[Block]:
    """The agent's blocks, by weekday and time; no query where they are prefetched (LC-11)."""
    return [
        Block(weekday=row.weekday, starts=row.starts, ends=row.ends)
        for row in sorted(agent.schedule_blocks.all(), key=lambda row: (row.weekday, row.starts))
    ]


def get_agent_availability(*, agent: User, now: datetime | None = None) -> Availability:
    """Whether the agent takes chats now, why, and until when (LC-11, LC-12)."""
    return get_availability(
        zone=agent.zone, blocks=get_schedule(agent), override=get_override(agent), now=now or timezone.now()
    )


def list_availabilities(*, agents: Iterable[User], now: datetime | None = None) -> Mapping[int, Availability]:
    """The same for many agents by their ids, in at most one query."""
    now = now or timezone.now()
    rows = list(agents)
    prefetch_related_objects(rows, "schedule_blocks")
    return {row.pk: get_agent_availability(agent=row, now=now) for row in rows}


def describe_availability(current: Availability, *, agent: User, now: datetime) -> str:
    """An availability in words, its end as the agent's own clock shows it (LC-12)."""
    state = _("Available") if current.available else _("Unavailable")
    if current.until is not None:
        until = _describe_moment(current.until.astimezone(agent.zone), now.astimezone(agent.zone))
        state = _("%(state)s until %(time)s") % {"state": state, "time": until}
    reasons = {
        "schedule": _("by schedule"),
        "override": describe_author(current) or _("set by hand"),
        "outside_hours": _("outside hours"),
        "no_hours": _("no hours set"),
    }
    return f"{state} · {reasons[current.reason]}"


def may_watch(user_id: int) -> bool:
    """Whether this person may look at other agents' chats, as the database has it now (LC-38). One query."""
    return User.objects.filter(holders_of("view_all_conversations"), pk=user_id).exists()


def get_preferences(user: User) -> Preferences:
    """How this person wants to be told of what happens; the defaults where nothing was chosen (LC-47)."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)


def list_devices(user: User, *, now: datetime | None = None) -> list[Device]:
    """The browsers this person is signed in with, the last used first (S9). Two queries.

    A session from before the password changed is none, though its row may still be there.
    """
    rows = {row.session_key: row for row in Device.objects.filter(user=user).order_by("-seen_at", "pk")}
    living = Session.objects.filter(session_key__in=rows, expire_date__gt=now or timezone.now())
    signed = user.get_session_auth_hash()
    valid = {
        session.session_key
        for session in living
        if constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), signed)
    }
    return [row for key, row in rows.items() if key in valid]


def describe_end(current: Availability, *, agent: User, now: datetime) -> str:
    """Until when an availability lasts, as this person's clock shows it; empty where it isn't foreseeable."""
    if current.until is None:
        return ""
    until = _describe_moment(current.until.astimezone(agent.zone), now.astimezone(agent.zone))
    return _("until %(time)s") % {"time": until}


def describe_author(current: Availability) -> str:
    """Who chose it in the agent's place; empty where nobody did (LC-12)."""
    return _("set by %(name)s") % {"name": current.by} if current.by else ""


def _describe_moment(moment: datetime, now: datetime) -> str:
    clock = formats.time_format(moment.time(), "H:i")
    return clock if moment.date() == now.date() else f"{formats.date_format(moment, 'l')} {clock}"


def get_override(agent: User) -> Override | None:
    """What the agent chose by hand, whether or not its time is over (LC-12)."""
    if agent.override_available is None or agent.override_until is None:
        return None
    return Override(agent.override_available, agent.override_until, agent.override_by)
