"""Group commit: what arrives during one transaction is committed together in the next (DL-01)."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.utils.translation import gettext_lazy as _

from chat.delivery.hub import Push, broadcast_all_soon, hold_back
from config.lib.errors import DomainError
from config.lib.traces import trace

logger = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")
Outcome: TypeAlias = R | Exception

# One transaction of 500 rows takes a few milliseconds; more would only make its first item wait for its last.
MAX_BATCH = 500
# Seconds from one commit's beginning to the next one's. A commit costs about a millisecond of processor time
# however few it holds: one for each message took 1.8 s per 1,000 messages, and left nothing for the sockets.
MIN_INTERVAL = 0.010
# About two seconds of work at full speed: whoever comes
# after that is told at once instead of waiting in vain.
MAX_PENDING = 5_000
# Alone, this many items in a row without a usable database
# mean that there is none, not that each is poisonous.
OUTAGE_AFTER = 3


class Busy(DomainError):
    """More is waiting to be saved than can be soon; nothing was saved, sending it again is safe."""

    code = "busy"
    message = _("The server is busy. Your message will be sent again in a moment.")


class GroupCommit(Generic[T, R]):
    """Commits submitted items in batches, in order of submission, in one thread of its own.

    `commit` gets up to `max_batch` items and commits them in one transaction; it
    returns, for each in order, a result or the exception that refuses just that one. If
    it raises, each item is tried again alone, so that a poisonous one can't fail the
    others: `commit` must be idempotent per item. One instance serves one event loop.
    """

    def __init__(
        self,
        commit: Callable[[list[T]], Sequence[Outcome[R]]],
        *,
        name: str,
        max_batch: int = MAX_BATCH,
        max_pending: int = MAX_PENDING,
        interval: float = MIN_INTERVAL,
        executor: Executor | None = None,
    ) -> None:
        self._commit = commit
        self._name = name
        self._max_batch = max_batch
        self._max_pending = max_pending
        self._interval = interval
        self._lent = executor is not None
        self._executor = executor or ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._pending: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._runner: asyncio.Task[None] | None = None
        self._closed = False
        self._began_at = 0.0

    def submit(self, item: T) -> asyncio.Future[R]:
        """A future of the item's committed result. It fails at once with `Busy` when too much is waiting."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        if self._closed or len(self._pending) >= self._max_pending:
            future.set_exception(Busy())
            return future
        self._pending.append((item, future))
        if self._runner is None:
            self._runner = loop.create_task(self._run(), name=f"{self._name} writer")
        return future

    async def drain(self) -> None:
        """Takes nothing more, commits what was taken, and gives its thread and connection back."""
        was_closed, self._closed = self._closed, True
        if self._runner is not None:
            await self._runner
        if was_closed or self._lent:
            return
        await asyncio.get_running_loop().run_in_executor(self._executor, connections.close_all)
        self._executor.shutdown(wait=False)

    async def _wait_for_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hold a commit until `interval` seconds after the one before; the first after a pause waits not."""
        wait = self._began_at + self._interval - loop.time()
        if wait > 0 and not self._closed:
            await asyncio.sleep(wait)
        self._began_at = loop.time()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._pending:
                await self._wait_for_turn(loop)
                count = min(len(self._pending), self._max_batch)
                batch = [self._pending.popleft() for _ in range(count)]
                items = [item for item, _ in batch]
                outcomes, pushes = await loop.run_in_executor(self._executor, self._commit_and_hold, items)
                for (_item, future), outcome in zip(batch, outcomes, strict=True):
                    _settle(future, outcome)
                # After whoever waits for these outcomes: an acknowledgement spares its socket the message.
                loop.call_soon(broadcast_all_soon, pushes)
        finally:
            self._runner = None

    def _commit_and_hold(self, items: list[T]) -> tuple[Sequence[Outcome[R]], list[Push]]:
        with hold_back() as pushes:
            return self._commit_batch(items), pushes

    def _commit_batch(self, items: list[T]) -> Sequence[Outcome[R]]:
        try:
            return self._commit_checked(items)
        # Not only database errors: a NUL in a text is a
        # ValueError of the driver. All are given to their owners.
        except Exception as error:  # noqa: BLE001
            logger.warning(
                "%s: batch of %d failed, retrying one by one: %s", self._name, len(items), _code(error)
            )
            # Only now: a connection that broke is closed, and what was tried on it is tried on a new
            # one. Before each batch it would cost a look at the connection that nearly always is fine.
            close_old_connections()
            return [error] if len(items) == 1 and not _is_outage(error) else self._commit_alone(items)

    def _commit_alone(self, items: list[T]) -> list[Outcome[R]]:
        outcomes: list[Outcome[R]] = []
        outages = 0
        for item in items:
            if outages >= OUTAGE_AFTER:
                outcomes.append(outcomes[-1])
                continue
            close_old_connections()
            try:
                outcomes.extend(self._commit_checked([item]))
                outages = 0
            except Exception as error:  # noqa: BLE001
                logger.warning("%s: item failed\n%s", self._name, trace(error))
                outcomes.append(error)
                outages = outages + 1 if _is_outage(error) else 0
        return outcomes

    def _commit_checked(self, items: list[T]) -> Sequence[Outcome[R]]:
        outcomes = self._commit(items)
        if len(outcomes) != len(items):
            raise RuntimeError("commit must return one outcome per item")
        return outcomes


class PerLoop(Generic[T, R]):
    """A writer for each event loop; there is one loop in a server, and one per test."""

    def __init__(
        self, commit: Callable[[list[T]], Sequence[Outcome[R]]], *, name: str, **options: Any
    ) -> None:
        self._make = partial(GroupCommit[T, R], commit, name=name, **options)
        self._writers: WeakKeyDictionary[asyncio.AbstractEventLoop, GroupCommit[T, R]] = WeakKeyDictionary()

    def get(self) -> GroupCommit[T, R]:
        """The running loop's writer."""
        loop = asyncio.get_running_loop()
        writer = self._writers.get(loop)
        if writer is None:
            writer = self._writers[loop] = self._make()
        return writer


def _settle(future: asyncio.Future[R], outcome: Outcome[R]) -> None:
    # Whoever asked may be gone; what was committed stays committed.
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _is_outage(error: Exception) -> bool:
    return isinstance(error, OperationalError | InterfaceError)


def _code(error: Exception) -> str:
    """What may be logged of an error: a database's message can quote what people wrote."""
    kind = type(error).__name__
    return f"{kind} {getattr(error.__cause__, 'sqlstate', '')}" if isinstance(error, DatabaseError) else kind
