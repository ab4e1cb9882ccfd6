"""Reading rows as the audit log keeps them."""

from __future__ import annotations

from datetime import date, time
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

Snapshot = dict[str, Any]

# Said to have changed, never what it was or is.
SECRETS: Final = frozenset({"password", "identity_secret", "former_identity_secret"})
# What follows of other things, or is none of an admin's choices. Streams are kept whole as versions.
LEFT_OUT: Final = frozenset(
    {
        "id",
        "stream",
        "draft_revision",
        "changed_at",
        "changed_by",
        "created_at",
        "last_login",
        "date_joined",
        "override_available",
        "override_until",
        "override_by",
        "identity_secret_changed_at",
        "name_key",
        "public_id",
    }
)
# Rows that belong to one and are edited with it, by the name that leads to them.
PARTS: Final = {"agents.user": ("schedule_blocks",), "agents.agent": ("schedule_blocks",)}
LONGEST = 2_000


def read_snapshot(model: type[models.Model], pk: Any, *, lock: bool = False) -> Snapshot:
    """Return a row as the database has it now, with what is chosen for it; empty where there is none.

    ``lock`` takes the row's lock until the transaction ends, so that nobody's change slips in between what
    was before and what is after.
    """
    rows = model._base_manager.filter(pk=pk)
    row = (rows.select_for_update(no_key=True) if lock else rows).first()
    if row is None:
        return {}
    snapshot = {
        field.name: _read(row, field) for field in row._meta.concrete_fields if field.name not in LEFT_OUT
    }
    for field in row._meta.many_to_many:
        snapshot[field.name] = _name_all(getattr(row, field.name))
    for name in PARTS.get(model._meta.label_lower, ()):
        snapshot[name] = _name_all(getattr(row, name))
    return snapshot


def _read(row: models.Model, field: Any) -> Any:
    if field.is_relation:
        return _name_related(row, field)
    value = getattr(row, field.name)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(field, models.FileField):
        return str(value)
    return value[:LONGEST] if isinstance(value, str) and field.name not in SECRETS else value


def _name_related(row: models.Model, field: Any) -> str | None:
    try:
        related = getattr(row, field.name)
    except ObjectDoesNotExist:
        return None
    return None if related is None else str(related)


def _name_all(rows: Any) -> list[str]:
    # A permission's own text says its app and its model too.
    return sorted(str(getattr(row, "name", "") or row) for row in rows.all())
