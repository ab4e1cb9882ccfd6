"""Where clients live while a test, which may wait and ask the database, tells them what to do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from tests.clients import AgentClient, Client, VisitorClient

T = TypeVar("T")


class Stage:
    """An event loop in a thread of its own, so that a test may wait and ask the database."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="clients", daemon=True)
        self._thread.start()
        self._clients: list[Client] = []

    def run(self, work: Coroutine[Any, Any, T], *, seconds: float = 60.0) -> T:
        """What the coroutine returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def together(self, works: Iterable[Coroutine[Any, Any, T]], *, seconds: float = 60.0) -> list[T]:
        """What each returns, all begun in the same turn of the loop."""

        async def gather() -> list[T]:
            return await asyncio.gather(*works)

        return self.run(gather(), seconds=seconds)

    def arrive(self, make: Callable[[], Sequence[Client]]) -> None:
        """Make clients in the loop, and connect them all."""

        async def come() -> None:
            clients = make()
            self._clients += clients
            await asyncio.gather(*(client.arrive() for client in clients))

        self.run(come())

    def visitors(self, servers: Sequence[Sequence[str]], **options: Any) -> list[VisitorClient]:
        """One visitor's tab for each list of servers, connected."""
        found: list[VisitorClient] = []
        self.arrive(lambda: found.extend(VisitorClient(each, **options) for each in servers) or found)
        return found

    def agents(
        self, servers: Sequence[Sequence[str]], *, session_key: str, **options: Any
    ) -> list[AgentClient]:
        """One page of the agent for each list of servers, connected."""
        found: list[AgentClient] = []
        make = (AgentClient(each, session_key=session_key, **options) for each in servers)
        self.arrive(lambda: found.extend(make) or found)
        return found

    def close(self) -> None:
        """Everybody leaves."""
        self.together([client.leave() for client in self._clients])
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
