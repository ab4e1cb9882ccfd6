"""Which country and region an address is in, from a local file in MaxMind's format (GEOIP_DATABASE)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import Any

import maxminddb
from django.conf import settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """``country`` as ISO 3166 has it (CH), ``region`` by its English name; empty where it isn't known."""

    country: str = ""
    region: str = ""


NOWHERE = Place()


def get_place(address: str) -> Place:
    """Return where an address is; nowhere without a file, or for an address that isn't in it."""
    reader = _open(settings.GEOIP_DATABASE)
    if reader is None:
        return NOWHERE
    try:
        return _read(reader.get(address))
    # No address; an IPv6 one in a file of IPv4; a record that is damaged.
    except (ValueError, maxminddb.InvalidDatabaseError):
        return NOWHERE


def is_readable(path: str) -> bool:
    """Whether this is a file that places can be read from."""
    return _open(path) is not None


@cache
def _open(path: str) -> maxminddb.Reader | None:
    """Open the file once; a new one is taken after a restart."""
    if not path:
        return None
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        # `manage.py check` says so too; a chat without countries is better than none.
        logger.error("GEOIP_DATABASE can't be read: %s", type(error).__name__)
        return None


def _read(record: Any) -> Place:
    if not isinstance(record, dict):
        return NOWHERE
    country = record.get("country") or {}
    regions = record.get("subdivisions") or [{}]
    return Place(
        country=str(country.get("iso_code", "")), region=str(regions[0].get("names", {}).get("en", ""))
    )
