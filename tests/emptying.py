"""How the database is emptied after a test that commits."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction
from django.test import TransactionTestCase

# What migrations write: every test finds it, and no test changes it.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def empty_after_tests() -> None:
    """Let tests that commit delete their rows.

    Django truncates: that makes new files for each table and index, and then it looks for every permission.
    For a few rows in a few tables that takes longer than most of the tests themselves.
    """
    truncate = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def tear_down(case: Any) -> None:
        names = case._databases_names(include_mirrors=False)
        if all(may_switch_triggers_off(name) for name in names):
            for name in names:
                delete_all_rows(name)
        else:
            truncate(case)

    TransactionTestCase._fixture_teardown = tear_down  # type: ignore[attr-defined]


def may_switch_triggers_off(name: str) -> bool:
    """Whether this is a PostgreSQL, and we are its superuser."""
    connection = connections[name]
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        return bool(cursor.fetchone()[0])


def delete_all_rows(name: str) -> None:
    """Empty every table of ours; neither foreign keys nor triggers that count changes run for it."""
    connection = connections[name]
    tables = set(connection.introspection.django_table_names(include_views=False)) - KEPT
    with transaction.atomic(using=name), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in sorted(tables))
        )
