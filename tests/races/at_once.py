"""People who click in the same instant: threads with a database connection each, released by one barrier."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from django.db import connection, connections
from psycopg_pool import ConnectionPool

from config.lib.errors import DomainError

Work = Callable[[], Any]

# Connections of the test itself.
SPARE = 5


class AtOnce:
    """Up to `people` threads; as a context manager it gives their connections back."""

    def __init__(self, people: int) -> None:
        self.people = people
        self._pool = ThreadPoolExecutor(max_workers=people)
        self._lending: ConnectionPool[Any] | None = getattr(connection, "pool", None)
        self._lent = self._lending.max_size if self._lending else 0

    def __enter__(self) -> Self:
        # Each stands for a process of its own, so none may wait for another's connection.
        self._resize_lending(self.people + SPARE)
        # Connected beforehand: a race is between the services, not between handshakes.
        self.run([connection.ensure_connection] * self.people)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run([connections.close_all] * self.people)
        self._pool.shutdown()
        self._resize_lending(self._lent)

    def _resize_lending(self, most: int) -> None:
        if self._lending:
            self._lending.resize(self._lending.min_size, most)

    def run(self, works: Sequence[Work], *, seconds: float = 60.0) -> list[Any]:
        """What each returned, or the DomainError that it was refused with; all began together."""
        barrier = threading.Barrier(len(works))

        def one(work: Work) -> Any:
            barrier.wait(30)
            try:
                return work()
            except DomainError as refused:
                return refused

        return [future.result(seconds) for future in [self._pool.submit(one, work) for work in works]]


def at_once(works: Sequence[Work]) -> list[Any]:
    """Run each in a thread of its own, all released together."""
    with AtOnce(len(works)) as people:
        return people.run(works)
