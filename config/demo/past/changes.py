"""The record of what was configured: as the admin's pages would have kept it (S20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from agents.models import Team, User
from chat.models import CannedReply, Dialogue
from config.audit.selectors import read_snapshot
from config.audit.services import record_change
from config.demo.company import TEAM
from config.installation.models import Installation
from routing.models import Account, Rule


@dataclass(frozen=True)
class Changed:
    """A row that was changed so many days after the beginning: what its fields were before."""

    days: float
    row: models.Model
    before: dict[str, Any]


def add_changes(people: dict[str, User], *, since: datetime) -> None:
    """What Petra has set up, and then changed, from the first day on."""
    changed = _list_changed(people["aiko"])
    for number, row in enumerate(_list_added(people)):
        after = _read_as_it_was(row, changed)
        _record(row, {}, after, people["petra"], since + timedelta(hours=2, minutes=7 * number))
    for each in changed:
        after = read_snapshot(type(each.row), each.row.pk)
        _record(each.row, {**after, **each.before}, after, people["petra"], since + timedelta(days=each.days))


def _record(row: models.Model, before: dict[str, Any], after: dict[str, Any], by: User, at: datetime) -> None:
    record_change(model=row._meta.model, pk=row.pk, name=str(row), before=before, after=after, by=by, now=at)


def _read_as_it_was(row: models.Model, changed: list[Changed]) -> dict[str, Any]:
    """A row when it was added: before all that was changed of it since."""
    snapshot = read_snapshot(type(row), row.pk)
    for each in reversed(changed):
        if each.row == row:
            snapshot |= each.before
    return snapshot


def _list_added(people: dict[str, User]) -> list[models.Model]:
    return [
        *(people[name] for name in ("ingrid", "mateo", "aiko", "daniel")),
        Team.objects.get(name=TEAM),
        *Rule.objects.order_by("priority"),
        *Account.objects.order_by("pk"),
        *Dialogue.objects.order_by("pk"),
        *CannedReply.objects.filter(owner=None, proposed_by=people["petra"]).order_by("pk"),
    ]


def _list_changed(aiko: User) -> list[Changed]:
    """In the order in which it was changed."""
    installation, team = Installation.objects.get(), Team.objects.get(name=TEAM)
    service, fleets = Rule.objects.order_by("priority")
    welcome, prices = Dialogue.objects.get(name="Welcome"), CannedReply.objects.get(owner=None, code="prices")
    unpublished = {"status": Dialogue.Status.DRAFT, "published_version": None}
    published = [
        Changed(0.3 + 0.02 * number, dialogue, unpublished)
        for number, dialogue in enumerate(Dialogue.objects.order_by("pk"))
    ]
    return [
        Changed(0.05, installation, {"widget_name": "Switchboard", "package": Installation.Package.SELECT}),
        Changed(0.12, fleets, {"priority": 5}),
        Changed(0.13, service, {"is_enabled": False}),
        Changed(0.2, team, {"members": ["Ingrid Solberg", "Mateo Rivas"]}),
        *published,
        Changed(0.5, installation, {"fallback_html": "<p>Sorry, nobody is there. Write to us!</p>"}),
        # Nothing since that would have led one of the visitors elsewhere.
        Changed(9.3, aiko, {"job_title": "Fleet sales"}),
        Changed(13.2, installation, {"response_delay_ms": 900}),
        Changed(16.1, installation, {"engagement_limit": 100, "monthly_limit": 250}),
        Changed(18.4, prices, {"text": "The One is 3,390 euros, the Long 3,790, the Post 4,650."}),
        Changed(23.1, installation, {"accent": "#1d4ed8", "offset_bottom": 32}),
        Changed(29.2, welcome, {"description": "Greets every new visitor."}),
    ]
