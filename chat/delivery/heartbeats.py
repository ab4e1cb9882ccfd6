"""Heartbeats of one process: what many sockets ask within a moment is answered by one look (DL-04)."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import connection

from chat.delivery.writer import Outcome, PerLoop
from config.lib.threads import service_threads

T = TypeVar("T")
R = TypeVar("R")

# Seconds from one look to the next. Alone, each heartbeat of an agent took eleven milliseconds of processor
# time for a dozen queries: 400 open inboxes left hardly half of a server to the messages.
INTERVAL = 0.25


class Heartbeats(Generic[T, R]):
    """Asks `look` for up to 500 sockets at once, four times a second; the first after a pause waits not.

    `look` gets what was asked and returns, for each in order, the answer or the exception that refuses it.
    """

    def __init__(self, look: Callable[[list[T]], Sequence[Outcome[R]]], *, name: str) -> None:
        self._look = look
        self.waiting: PerLoop[T, R] = PerLoop(
            self._look_once, name=name, interval=INTERVAL, executor=service_threads
        )

    async def ask(self, item: T) -> R:
        """Return the answer to one socket's question."""
        return await self.waiting.get().submit(item)

    def _look_once(self, items: list[T]) -> Sequence[Outcome[R]]:
        try:
            return self._look(items)
        finally:
            # The thread is lent: its connection goes back with it.
            connection.close()
