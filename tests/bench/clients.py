"""Lean load clients: they find what they wait for by its bytes, so that the client isn't what is measured."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from tests.bench.rows import Pair

_CLIENT_ID = re.compile(rb'"client_id":"(m-[0-9]+)"')
_MARK = re.compile(rb'"mark":"([^"]+)"')
PING_AFTER = 100  # frames, as the protocol asks
PING_SECONDS = 20


class Run:
    """One load at one rate: when each message was sent, and when each end had it."""

    def __init__(self) -> None:
        self.sent: dict[bytes, float] = {}
        self.delivered: dict[bytes, float] = {}
        self.acknowledged: dict[bytes, float] = {}

    def note(self, names: dict[bytes, float], name: bytes) -> None:
        """One end has a message; one that an earlier load sent, and that comes only now, doesn't count."""
        if name in self.sent:
            names.setdefault(name, time.perf_counter())

    @property
    def missing(self) -> int:
        """Arrivals and acknowledgements still to come."""
        return 2 * len(self.sent) - len(self.delivered) - len(self.acknowledged)

    @property
    def latencies(self) -> list[float]:
        """Seconds from the visitor's sending to the agent's having, sorted."""
        return sorted(at - self.sent[name] for name, at in self.delivered.items())


class Ends:
    """The two sockets of one pair, of the product or of the echo; ``post`` sends one message from the
    visitor.
    """

    def __init__(self, visitor: ClientConnection, agent: ClientConnection, conversation: str | None) -> None:
        self.visitor, self.agent, self.conversation = visitor, agent, conversation
        self.run = Run()
        self._marks = {visitor: "", agent: ""}
        self._tasks = [
            asyncio.create_task(self._read(visitor, self._on_visitor)),
            asyncio.create_task(self._read(agent, self._on_agent)),
        ]
        if conversation is not None:
            self._tasks.append(asyncio.create_task(self._beat()))

    async def post(self, name: str) -> None:
        self.run.sent[name.encode()] = time.perf_counter()
        frame = (
            f'{{"type":"post","conversation":"{self.conversation}","client_id":"{name}","text":'
            '"A question about the price of the large one, and whether it can be here by Friday, please."}'
        )
        await self.visitor.send(frame)

    def _on_visitor(self, data: bytes, name: bytes) -> None:
        if self.conversation is None or data.startswith(b'{"type":"ack"'):
            self.run.note(self.run.acknowledged, name)

    def _on_agent(self, data: bytes, name: bytes) -> None:
        self.run.note(self.run.delivered, name)

    async def _read(self, socket: ClientConnection, take: Callable[[bytes, bytes], None]) -> None:
        received = 1  # the welcome
        while True:
            data = await socket.recv(decode=False)
            received += 1
            found = _CLIENT_ID.search(data)
            if found is not None:
                take(data, found[1])
            elif data.startswith(b'{"type":"pong"') and (mark := _MARK.search(data)):
                self._marks[socket] = mark[1].decode()
            if self.conversation is not None and received % PING_AFTER == 0:
                await self._ping(socket)

    async def _beat(self) -> None:
        """As every client does: one that only listens would be closed after a minute."""
        while True:
            await asyncio.sleep(random.uniform(0.5, 1) * PING_SECONDS)
            for socket in (self.visitor, self.agent):
                await self._ping(socket)

    async def _ping(self, socket: ClientConnection) -> None:
        await socket.send(f'{{"type":"ping","mark":"{self._marks[socket]}"}}')

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self.visitor.close(), self.agent.close())


async def open_product(url: str, pair: Pair) -> Ends:
    """Say hello at both ends of an active chat."""
    visitor = await _connect(f"{url}/ws/visitor/", {})
    await visitor.send(json.dumps({"type": "hello", "protocol": 1, "token": pair.token}))
    _expect_welcome(await visitor.recv())
    agent = await _connect(f"{url}/ws/agent/", {"Cookie": f"sessionid={pair.session_key}"})
    await agent.send(json.dumps({"type": "hello", "protocol": 1}))
    _expect_welcome(await agent.recv())
    return Ends(visitor, agent, pair.conversation)


async def open_echo(url: str, number: int) -> Ends:
    """Two sockets in one group of the stock consumer."""
    ends = [await _connect(f"{url}/ws/echo/{number}/", {}) for _ in range(2)]
    return Ends(ends[0], ends[1], None)


async def open_all(openers: list[Coroutine[Any, Any, Ends]]) -> list[Ends]:
    """Open a few at a time, so that the handshakes don't time out."""
    gate = asyncio.Semaphore(16)

    async def one(opener: Coroutine[Any, Any, Ends]) -> Ends:
        async with gate:
            return await opener

    return list(await asyncio.gather(*(one(opener) for opener in openers)))


async def load(ends: list[Ends], *, rate: float, seconds: float) -> Run:
    """Send ``rate`` messages a second from the visitors in turn; wait until all arrived, or 5 s."""
    run = Run()
    for end in ends:
        end.run = run
    start, turn = time.perf_counter(), itertools.cycle(ends)
    for number in range(int(rate * seconds)):
        due = start + number / rate
        while (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        await next(turn).post(f"m-{time.perf_counter_ns()}")
    await settle(run, 5)
    return run


async def settle(run: Run, seconds: float) -> None:
    """Wait until everything of this load has arrived."""
    deadline = time.perf_counter() + seconds
    while run.missing and time.perf_counter() < deadline:
        await asyncio.sleep(0.02)


async def _connect(url: str, headers: dict[str, str]) -> ClientConnection:
    origin = url.replace("ws://", "http://").split("/ws/")[0]
    return await connect(
        url,
        origin=Origin(origin),
        additional_headers=headers,
        compression=None,
        ping_interval=None,
        open_timeout=30,
    )


def _expect_welcome(frame: str | bytes) -> None:
    if '"type":"welcome"' not in str(frame):
        raise RuntimeError(f"expected a welcome, got {frame!r:.200}")
