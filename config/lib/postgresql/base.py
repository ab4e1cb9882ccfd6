"""Django's PostgreSQL backend, whose pool of connections is whole again at once when the database is back."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Tries each connection before it is lent, and after the first dead one all that are idle.

    The pool's own check (CONN_HEALTH_CHECKS) pauses between two dead ones, for 0, 1, 2, 4… seconds: after a
    restart with more than four of them idle, the first who asked waited ten seconds in vain. Ours costs
    as much: one empty statement, 40 µs.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        lent = super().get_new_connection(conn_params)
        pool: ConnectionPool[Any] | None = self.pool
        if pool is None:
            return lent
        # Others may give dead ones back meanwhile, but there never are more than the pool holds.
        for _place in range(pool.max_size):
            if _is_alive(lent):
                break
            pool.putconn(lent)
            pool.check()
            lent = super().get_new_connection(conn_params)
        return lent


def _is_alive(lent: psycopg.Connection[Any]) -> bool:
    try:
        ConnectionPool.check_connection(lent)
    except psycopg.Error:
        return False
    return True
