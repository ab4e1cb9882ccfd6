"""Locks on what has no row yet that could be locked."""

from enum import IntEnum

from django.db import connection


class Space(IntEnum):
    """What names are of; a number that was used once stays what it is."""

    ADDRESSES = 20_09  # of leads
    IMPORTS = 20_10  # of files, by what is in them


def lock_name(space: Space, name: str) -> None:
    """Let one transaction at a time go on with this name; the others wait until it has ended."""
    if connection.vendor != "postgresql":
        return  # SQLite has one writer at a time.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [space.value, name])
