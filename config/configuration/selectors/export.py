"""The whole configuration as plain data: what a file says, with names in the place of ids (LC-60, RP-08).

Every item has all its names, in one order, so that two configurations that are the same are written the same.
No secret and nothing of a visitor or a lead is in it, and of people only what they are set up to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any, Final

from django.contrib.auth.models import Group, Permission

from agents.models import ScheduleBlock, Team, User
from agents.permissions import ACCESS_PERMISSIONS
from chat.models import CannedReply, Dialogue, Flow, LeadList
from config.configuration.policy.files import FORMAT
from config.configuration.selectors.names import Names, export_conditions, export_stream
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.lib.moments import at_one_moment
from routing.models import Account, Rule

# The picture is a file; the secrets stay where they are.
SETTINGS: Final = tuple(
    field.name
    for field in Installation._meta.concrete_fields
    if field.editable and field.name not in ("id", "avatar")
)
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CODENAMES: Final = tuple(codename for codename, _name in ACCESS_PERMISSIONS)

Items = list[dict[str, Any]]


@at_one_moment()
def read_configuration() -> dict[str, Any]:
    """Return everything, by section in the order in which an import goes through it; some twenty queries."""
    names = Names()
    return {
        "format": FORMAT,
        "settings": _read(get_installation(), SETTINGS),
        "profiles": _list_profiles(),
        "people": _list_people(),
        "teams": _list_teams(),
        "lists": [_read(row, ("name", "description")) for row in LeadList.objects.order_by("name")],
        "rules": _list_rules(names),
        "accounts": _list_accounts(),
        "canned_replies": _list_replies(),
        "flows": _list_dialogues(Dialogue.Kind.FLOW, Flow.SETTINGS, names),
        "dialogues": _list_dialogues(Dialogue.Kind.DIALOGUE, Dialogue.SETTINGS, names),
    }


def _read(row: object, fields: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in fields}


def _list_profiles() -> Items:
    chosen = defaultdict(list)
    product = Permission.objects.filter(content_type__app_label="agents", codename__in=CODENAMES)
    for name, codename in product.values_list("group__name", "codename").order_by("codename"):
        chosen[name].append(codename)
    profiles = Group.objects.order_by("name").values_list("name", flat=True)
    return [{"name": name, "permissions": chosen[name]} for name in profiles]


def _list_people() -> Items:
    """Everybody who can sign in, by user name; nobody is added or taken away by a file."""
    hours = _list_hours()
    profiles = defaultdict(list)
    for pk, name in User.groups.through.objects.order_by("group__name").values_list("user_id", "group__name"):
        profiles[pk].append(name)
    return [
        {
            "username": user.username,
            "profiles": profiles[user.pk],
            "time_zone": user.time_zone,
            "seat_limit": user.seat_limit,
            "hours": hours.get(user.pk, {}),
        }
        for user in User.objects.filter(is_active=True).order_by("username")
    ]


def _list_hours() -> Mapping[int, dict[str, list[str]]]:
    hours: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for block in ScheduleBlock.objects.order_by("weekday", "starts"):
        written = f"{say_time(block.starts)}-{say_time(block.ends)}"
        hours[block.agent_id].setdefault(WEEKDAYS[block.weekday], []).append(written)
    return hours


def say_time(clock: time) -> str:
    """The clock as hours and minutes; with seconds only where somebody has set some."""
    return (
        clock.isoformat("minutes") if clock == clock.replace(second=0, microsecond=0) else clock.isoformat()
    )


def _list_teams() -> Items:
    members = defaultdict(list)
    rows = Team.members.through.objects.order_by("agent__username")
    for pk, username in rows.values_list("team_id", "agent__username"):
        members[pk].append(username)
    return [{"name": team.name, "members": members[team.pk]} for team in Team.objects.order_by("name")]


def _list_rules(names: Names) -> Items:
    agents = defaultdict(list)
    rows = Rule.agents.through.objects.order_by("agent__username")
    for pk, username in rows.values_list("rule_id", "agent__username"):
        agents[pk].append(username)
    return [
        {
            **_read(rule, ("name", "priority", "is_enabled")),
            "conditions": export_conditions(rule.conditions, names),
            "agents": agents[rule.pk],
            "team": rule.team.name if rule.team else None,
        }
        for rule in Rule.objects.select_related("team").order_by("priority", "name")
    ]


def _list_accounts() -> Items:
    rows = Account.objects.order_by("name", "domain").values_list("name", "domain", "owner__username")
    return [{"name": name, "domain": domain, "owner": owner} for name, domain, owner in rows]


def _list_replies() -> Items:
    """The library: what people keep for themselves is theirs."""
    rows = CannedReply.objects.filter(owner=None).order_by("code")
    return [_read(row, ("code", "title", "text", "is_approved")) for row in rows]


def _list_dialogues(kind: str, fields: Iterable[str], names: Names) -> Items:
    rows = Dialogue.objects.filter(kind=kind).select_related("published_version").order_by("name")
    return [_read_dialogue(row, fields, names) for row in rows]


def _read_dialogue(row: Dialogue, fields: Iterable[str], names: Names) -> dict[str, Any]:
    version = row.published_version
    return {
        **_read(row, fields),
        "audience": export_conditions(row.audience, names),
        "status": row.status,
        "stream": export_stream(row.stream, names),
        "published": {
            "setup": _export_setup(version.setup, names),
            "stream": export_stream(version.stream, names),
        }
        if version
        else None,
    }


def _export_setup(setup: dict[str, Any], names: Names) -> dict[str, Any]:
    ordered = dict(sorted(setup.items()))
    if "audience" in ordered:
        ordered["audience"] = export_conditions(ordered["audience"], names)
    return ordered
