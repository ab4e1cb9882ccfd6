"""Stand-ins for sockets and layers that break in the ways real ones do."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from chat.delivery.exchange import Hints, Layer
from chat.delivery.topics import Audience

PATIENCE = 5.0


class Listener:
    """A socket that keeps what it is given."""

    def __init__(self, audience: Audience = Audience.VISITOR) -> None:
        self.audience = audience
        self.frames: asyncio.Queue[tuple[str, Hints]] = asyncio.Queue()
        self.resynced = asyncio.Event()

    def deliver(self, frame: str, hints: Hints) -> None:
        self.frames.put_nowait((frame, dict(hints)))

    def resync(self) -> None:
        self.resynced.set()

    async def next(self) -> str:
        return (await asyncio.wait_for(self.frames.get(), PATIENCE))[0]

    def drain(self) -> list[str]:
        return [self.frames.get_nowait()[0] for _ in range(self.frames.qsize())]


class Broken(Listener):
    """A socket whose delivery fails."""

    def deliver(self, frame: str, hints: Hints) -> None:
        raise LookupError


class CountingLayer:
    """Passes everything on to another layer and counts; `is_away` makes every call fail like a lost Redis."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.calls: list[tuple[str, str]] = []
        self.is_away = False

    async def new_channel(self) -> str:
        self._check()
        return await self.layer.new_channel()

    async def receive(self, channel: str) -> dict[str, Any]:
        return await self.layer.receive(channel)

    async def group_add(self, group: str, channel: str) -> None:
        self._check()
        self.calls.append(("add", group))
        await self.layer.group_add(group, channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self._check()
        self.calls.append(("send", group))
        await self.layer.group_send(group, message)

    def _check(self) -> None:
        if self.is_away:
            raise ConnectionError


class LossyLayer(CountingLayer):
    """Drops a fifth of the messages, repeats a fifth, and sends a fifth later, in any order."""

    def __init__(self, layer: Layer, seed: int) -> None:
        super().__init__(layer)
        self._random = random.Random(seed)
        self._held: list[tuple[str, dict[str, Any]]] = []

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        fate = self._random.random()
        if fate < 0.2:
            return
        if fate < 0.4:
            self._held.append((group, message))
            return
        for _ in range(2 if fate < 0.6 else 1):
            await self.layer.group_send(group, message)
        if len(self._held) > 3:
            await self.release()

    async def release(self) -> None:
        self._random.shuffle(self._held)
        while self._held:
            await self.layer.group_send(*self._held.pop())
