"""Permission profiles, what people are set up to do, and teams."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from typing import Any, Final

from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils.translation import gettext as _

from agents.models import PermissionProfile, Team, User
from agents.policy import Block, check_block
from agents.services.own_settings import save_hours
from config.configuration.selectors.export import CODENAMES, WEEKDAYS
from config.configuration.services.work import Item, Section, Work
from config.lib.errors import DomainError

_BLOCK: Final = re.compile(r"(\d\d:\d\d(?::\d\d)?)\s*[-–]\s*(\d\d:\d\d(?::\d\d)?)", re.ASCII)


class Profiles(Section):
    """By name. Permissions that aren't the product's own stay as they are."""

    name = "profiles"
    shape = {"name": "text", "permissions": "names"}
    defaults = {"permissions": []}

    def normalise(self, item: Item) -> Item:
        return {**item, "permissions": sorted(set(item["permissions"]))}

    def save(self, item: Item, *, is_new: bool, path: str, work: Work) -> None:
        for number, codename in enumerate(item["permissions"]):
            if codename not in CODENAMES:
                words = _("There is no permission “%(name)s”.") % {"name": codename[:100]}
                work.refuse(f"{path}.permissions[{number}]", words)
        row = PermissionProfile.objects.filter(name=item["name"]).first() or PermissionProfile(
            name=item["name"]
        )
        with work.guard(path):
            row.full_clean()
            row.save()
            with work.record(row, is_new=is_new):
                own = Q(content_type__app_label="agents", codename__in=CODENAMES)
                others = row.permissions.exclude(own) if not is_new else Permission.objects.none()
                chosen = Permission.objects.filter(own, codename__in=item["permissions"])
                row.permissions.set([*others, *chosen])

    def remove(self, item: Item, work: Work) -> None:
        work.delete(PermissionProfile.objects.get(name=item["name"]))


class People(Section):
    """By user name, and only who is there already: a file makes nobody, and takes nobody away."""

    name = "people"
    shape = {
        "username": "text",
        "profiles": "names",
        "time_zone": "text",
        "seat_limit": "whole?",
        "hours": "clocks",
    }
    defaults = {"profiles": [], "time_zone": "", "seat_limit": None, "hours": {}}

    def normalise(self, item: Item) -> Item:
        hours = {
            day: sorted(re.sub(r"\s*–\s*|\s+-\s+", "-", block) for block in blocks)
            for day, blocks in item["hours"].items()
            if blocks
        }
        return {**item, "profiles": sorted(set(item["profiles"])), "hours": hours}

    def save(self, item: Item, *, is_new: bool, path: str, work: Work) -> None:
        user = User.objects.filter(username=item["username"], is_active=True).first()
        if user is None:
            words = _("There is no active user “%(name)s”. Users are made in the admin, never by a file.")
            work.refuse(f"{path}.username", words % {"name": item["username"][:100]})
            return
        profiles = self._find_profiles(item["profiles"], path, work)
        blocks = list(_read_hours(item["hours"], f"{path}.hours", work))
        with work.guard(path), work.record(user, is_new=False):
            user.time_zone, user.seat_limit = item["time_zone"], item["seat_limit"]
            user.clean_fields(exclude=_others(User, "time_zone", "seat_limit"))
            user.save(update_fields=["time_zone", "seat_limit"])
            user.groups.set(profiles)
            save_hours(agent=user, time_zone=user.time_zone, blocks=blocks)

    def _find_profiles(self, names: Iterable[str], path: str, work: Work) -> list[int]:
        known = dict(PermissionProfile.objects.values_list("name", "pk"))
        for number, name in enumerate(names):
            if name not in known:
                words = _("There is no permission profile “%(name)s”.") % {"name": name[:100]}
                work.refuse(f"{path}.profiles[{number}]", words)
        return [known[name] for name in names if name in known]

    def remove(self, item: Item, work: Work) -> None:
        """Nothing: who isn't in the file stays as they are."""


class Teams(Section):
    """By name (Prime)."""

    name = "teams"
    shape = {"name": "text", "members": "names"}
    defaults = {"members": []}
    is_prime_only = True

    def normalise(self, item: Item) -> Item:
        return {**item, "members": sorted(set(item["members"]))}

    def save(self, item: Item, *, is_new: bool, path: str, work: Work) -> None:
        row = Team.objects.filter(name=item["name"]).first() or Team(name=item["name"])
        members = work.find_people(item["members"], f"{path}.members")
        with work.guard(path):
            row.full_clean()
            row.save()
            with work.record(row, is_new=is_new):
                kept = set_chosen(Team.members.through, "team", row.pk, members)
                refuse_non_agents(members, kept, f"{path}.members", work)

    def remove(self, item: Item, work: Work) -> None:
        work.delete(Team.objects.get(name=item["name"]))


def set_chosen(through: Any, column: str, pk: int, wanted: Iterable[int]) -> set[int]:
    """Make these people the ones chosen for a row, and return who was before.

    By the table between: the manager leaves out who takes no chats at the moment, and such people are kept.
    """
    rows = through.objects.filter(**{column: pk})
    before = set(rows.values_list("agent_id", flat=True))
    rows.exclude(agent_id__in=wanted).delete()
    through.objects.bulk_create(
        through(**{f"{column}_id": pk, "agent_id": each})
        for each in dict.fromkeys(wanted)
        if each not in before
    )
    return before


def refuse_non_agents(wanted: Iterable[int], kept: set[int], path: str, work: Work) -> None:
    """Only who takes live chats can be chosen anew (LC-07)."""
    fresh = [pk for pk in wanted if pk not in kept]
    for pk in fresh:
        if pk not in work.agent_ids:
            words = _("%(name)s doesn't take live chats: a profile with that permission is missing.")
            work.refuse(path, words % {"name": work.names.by_id["agent"].get(pk, "")})


def _read_hours(hours: Item, path: str, work: Work) -> Iterable[Block]:
    for day, blocks in hours.items():
        if day not in WEEKDAYS:
            words = _("isn't a weekday; there are: %(names)s.") % {"names": ", ".join(WEEKDAYS)}
            work.refuse(f"{path}.{day}", words)
            continue
        for number, written in enumerate(blocks):
            block = _read_block(WEEKDAYS.index(day), written)
            if block is None:
                work.refuse(f"{path}.{day}[{number}]", _("must be hours such as 09:00-17:00."))
            else:
                yield block


def _read_block(weekday: int, written: str) -> Block | None:
    found = _BLOCK.fullmatch(written.strip())
    try:
        block = found and Block(weekday, time.fromisoformat(found[1]), time.fromisoformat(found[2]))
        if block:
            check_block(block)
    except (ValueError, DomainError):
        return None
    return block or None


def _others(model: Any, *names: str) -> set[str]:
    return {field.name for field in model._meta.get_fields() if field.name not in names}
