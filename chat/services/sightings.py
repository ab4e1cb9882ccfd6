"""Keeping where the snippet has been seen: proof for who installs it, however large the website is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chat.models import Sighting

MOST_SIGHTINGS = 500
_ORIGIN_LIMIT, _PATH_LIMIT = 300, 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A page has loaded the snippet."""

    origin: str
    path: str
    at: datetime


@transaction.atomic
def record_sightings(pages: Sequence[Seen]) -> None:
    """Keep when each page was seen first and last; of more than 500 pages, those seen last. Repeatable."""
    latest = {(page.origin[:_ORIGIN_LIMIT], page.path[:_PATH_LIMIT]): page.at for page in pages}
    Sighting.objects.bulk_create(
        # In one order everywhere: two processes would wait for each other otherwise.
        [
            Sighting(origin=origin, path=path, first_seen_at=at, last_seen_at=at)
            for (origin, path), at in sorted(latest.items())
        ],
        update_conflicts=True,
        update_fields=["last_seen_at"],
        unique_fields=["origin", "path"],
    )
    kept = Sighting.objects.order_by("-last_seen_at", "-pk").values_list("pk", flat=True)
    too_many = list(kept[MOST_SIGHTINGS:])
    if too_many:
        Sighting.objects.filter(pk__in=too_many).delete()
