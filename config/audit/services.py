"""Keeping a record of changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.utils import timezone

from .models import Change
from .selectors import SECRETS, Snapshot, read_snapshot

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Actor = AbstractBaseUser | AnonymousUser | None

HIDDEN = "•••"


@contextmanager
def keep_record(row: models.Model, *, by: Actor) -> Iterator[None]:
    """Record what the block changes of this row, in one transaction with it (S20).

    Nothing is recorded where nothing changed. The row is locked first. ``by``: who does it, None for the
    system.
    """
    # Its own class: the signed-in user is a proxy object, whose type is none.
    model, pk, name = row._meta.model, row.pk, str(row)
    with transaction.atomic():
        before = read_snapshot(model, pk, lock=True)
        yield
        after = read_snapshot(model, pk)
        record_change(model=model, pk=pk, name=name, before=before, after=after, by=by)


def record_change(
    *,
    model: type[models.Model],
    pk: Any,
    name: str,
    before: Snapshot,
    after: Snapshot,
    by: Actor,
    now: datetime | None = None,
) -> Change | None:
    """Record that a row was added (nothing before), deleted (nothing after) or changed (S20).

    Returns None, and writes nothing, where both are the same. Call it in the transaction of the change.
    """
    values = compare(before, after)
    if not values:
        return None
    action = Change.Action.CHANGED if before and after else Change.Action.ADDED
    if not after:
        action = Change.Action.DELETED
    return _write(model=model, pk=pk, name=name, by=by, action=action, values=values, now=now)


def record_addition(*, row: models.Model, by: Actor) -> Change | None:
    """Record a row that came into being in this transaction beside any form (S20)."""
    model = row._meta.model
    after = read_snapshot(model, row.pk)
    return record_change(model=model, pk=row.pk, name=str(row), before={}, after=after, by=by)


def record_event(*, row: models.Model, words: str, by: Actor, now: datetime | None = None) -> Change:
    """Record what is no change of a field: a secret that was looked at, a file that was imported (S20)."""
    return _write(
        model=row._meta.model,
        pk=row.pk,
        name=str(row),
        by=by,
        action=Change.Action.DONE,
        words=words,
        now=now,
    )


def record_import(*, model: type[models.Model], words: str, by: Actor, now: datetime | None = None) -> Change:
    """Record that many rows of a kind came from a file; each of them by itself would bury the rest (S20)."""
    name = str(model._meta.verbose_name_plural).capitalize()
    return _write(model=model, pk="", name=name, by=by, action=Change.Action.DONE, words=words, now=now)


def compare(before: Snapshot, after: Snapshot) -> dict[str, list[Any]]:
    """Return what differs, as ``field: [before, after]``; a secret differs without being told."""
    names = dict.fromkeys((*before, *after))
    return {
        name: [_hide(name, before.get(name)), _hide(name, after.get(name))]
        for name in names
        if before.get(name) != after.get(name) and not _is_empty(before.get(name), after.get(name))
    }


def _is_empty(before: Any, after: Any) -> bool:
    """Whether both say nothing: a field that a new row leaves empty is no news."""
    return before in (None, "", [], {}) and after in (None, "", [], {})


def _hide(name: str, value: Any) -> Any:
    return HIDDEN if name in SECRETS and value else value


def _write(
    *, model: type[models.Model], pk: Any, name: str, by: Actor, now: datetime | None, **what: Any
) -> Change:
    actor = by if isinstance(by, get_user_model()) else None
    return Change.objects.create(
        at=now or timezone.now(),
        actor=actor,
        actor_name=str(actor or "")[:301],
        kind=model._meta.label_lower,
        object_id=str(pk),
        object_name=name[:200],
        **what,
    )
