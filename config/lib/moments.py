"""Transactions to which everything is as it was at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def at_one_moment() -> Iterator[None]:
    """Several queries that belong together see nothing of what somebody else saves between them.

    To write to what somebody else has written to meanwhile is refused by the database: an OperationalError.
    """
    is_whole = not connection.in_atomic_block
    with transaction.atomic():
        # SQLite has one writer at a time, and within another transaction that one decides.
        if is_whole and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
