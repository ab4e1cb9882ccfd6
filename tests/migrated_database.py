"""python -m tests.migrated_database: what every test process copies, instead of migrating its own."""

from __future__ import annotations

import os

import django
from django.db import connection

# Where the environment names such a database.
VARIABLE = "TEST_DATABASE_TEMPLATE"


def copy_migrated_database() -> None:
    """Let this process's test database be a copy, if there is something to copy."""
    name = os.environ.get(VARIABLE)
    if name and connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = name


def make_migrated_database(name: str) -> None:
    """Make it anew. Nobody may be connected while it is copied, so nobody stays."""
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    make_migrated_database(os.environ[VARIABLE])
