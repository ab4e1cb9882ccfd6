"""How processes tell each other: over lanes in the channel layer; every process with sockets is on each.

Not a group for each conversation. What one commit has to say to fifty conversations would be fifty messages,
each published, received and unpacked by itself, by the sender too; that was a third of a server's processor
time. Here it is one message, and a process drops what none of its sockets listens to, by one look-up.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Protocol
from zlib import crc32

from channels.exceptions import ChannelFull
from redis.exceptions import RedisError

from chat.delivery.losses import Losses
from chat.delivery.topics import Audience, Topic

logger = logging.getLogger(__name__)

Frames = Mapping[Audience, str]
Hints = Mapping[str, str | int]
# What is broadcast at once: a topic, its frames by audience, and their hints.
Push = tuple[Topic, Frames, Hints]

# Seconds. A join or a publish that takes longer goes on without the layer.
LAYER_TIMEOUT = 1.0
# Seconds between two tries of a receiver that fails.
RETRY_EVERY = 2.0
# Pushes waiting to be published, and pushes published together.
MAX_OUTBOX = 20_000
MAX_PARCEL = 200
# Lanes for each host of the layer, where it has several: they are spread over the hosts by their names.
LANES_PER_HOST = 4

_ERRORS = (OSError, TimeoutError, RedisError, ChannelFull)


class Layer(Protocol):
    """What is needed of a channel layer; every layer of Channels has it."""

    async def new_channel(self) -> str: ...
    async def receive(self, channel: str) -> dict[str, Any]: ...
    async def group_add(self, group: str, channel: str) -> None: ...
    async def group_send(self, group: str, message: dict[str, Any]) -> None: ...


class _Parcel:
    """Pushes that leave together: while one parcel of a lane is on its way, the next collects."""

    __slots__ = ("before", "gone", "pushes")

    def __init__(self, before: _Parcel | None) -> None:
        self.before = before  # a full one of the same lane, which goes first
        self.gone = asyncio.Event()
        self.pushes: list[list[Any]] = []


_DONE = asyncio.Event()
_DONE.set()


class Exchange:
    """One process on the lanes. `take` gets what other processes pushed, in order within a topic."""

    def __init__(self, layer: Layer, take: Callable[[Topic, Frames, Hints], None], *, hosts: int = 1) -> None:
        self.losses = Losses()
        self.waiting = 0
        self._layer = layer
        self._take = take
        self._lanes = [f"lane.{n}" for n in range(hosts * LANES_PER_HOST if hosts > 1 else 1)]
        self._origin = secrets.token_hex(8)
        self._channel: str | None = None
        self._joined_at: float | None = None
        self._joining: asyncio.Task[bool] | None = None
        self._outbox: dict[str, _Parcel] = {}
        self._sender: asyncio.Task[None] | None = None
        self._receiver: asyncio.Task[None] | None = None

    # --- Joining --------------------------------------------------------------------------------------------

    @property
    def is_joined(self) -> bool:
        """Whether this process gets what the others push."""
        return self._joined_at is not None

    async def join(self) -> None:
        """Return when this process is on its lanes, or the first try failed; `join_again` is for later tries.

        So whoever comes while the layer is away isn't held up, only the first one.
        """
        if self._joining is None:
            self._joining = asyncio.create_task(self.join_again(), name="exchange join")
        await asyncio.shield(self._joining)

    async def join_again(self) -> bool:
        """Go on the lanes; being on them already, do so anew (in memory, groups forget after a day). Returns
        whether that worked.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(LAYER_TIMEOUT):
                self._channel = self._channel or await self._layer.new_channel()
                for lane in self._lanes:
                    await self._layer.group_add(lane, self._channel)
        except _ERRORS as error:
            self.losses.note("join", error)
            return False
        self._joined_at = loop.time()
        if self._receiver is None:
            self._receiver = loop.create_task(self._receive_forever(self._channel), name="exchange receive")
        return True

    def is_older_than(self, seconds: float) -> bool:
        """Whether the last joining is longer ago."""
        now = asyncio.get_running_loop().time()
        return self._joined_at is not None and now - self._joined_at > seconds

    # --- Sending --------------------------------------------------------------------------------------------

    def push(self, topic: Topic, frames: Frames, hints: Hints) -> asyncio.Event:
        """Send as soon as the layer takes it. Returns an event that is set when it did, or failed to.

        Who pushes much and doesn't wait for it outruns the layer: past `MAX_OUTBOX` pushes the rest reaches
        other processes only by heartbeat.
        """
        if self.waiting >= MAX_OUTBOX:
            self.losses.note("outbox full")
            return _DONE
        lane = self._lanes[crc32(topic.encode()) % len(self._lanes)]
        parcel = self._outbox.get(lane)
        if parcel is None or len(parcel.pushes) >= MAX_PARCEL:
            parcel = self._outbox[lane] = _Parcel(before=parcel)
        parcel.pushes.append([topic, {str(name): frame for name, frame in frames.items()}, dict(hints)])
        self.waiting += 1
        if self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._send_all(), name="exchange send")
        return parcel.gone

    async def drain(self) -> None:
        """Wait until the layer took all that was pushed so far, or failed to."""
        if self._sender is not None:
            await asyncio.shield(self._sender)

    async def _send_all(self) -> None:
        try:
            while self._outbox:
                # Side by side, so that one host that hangs doesn't hold up the others.
                lanes = list(islice(self._outbox, len(self._lanes)))
                await asyncio.gather(*(self._send(lane, self._outbox.pop(lane)) for lane in lanes))
        finally:
            self._sender = None

    async def _send(self, lane: str, parcel: _Parcel) -> None:
        parcels = [parcel]
        while parcels[-1].before is not None:
            parcels.append(parcels[-1].before)
        for each in reversed(parcels):
            await self._publish(lane, each.pushes)
            self.waiting -= len(each.pushes)
            each.gone.set()

    async def _publish(self, lane: str, pushes: list[list[Any]]) -> None:
        message = {"type": "hub.push", "origin": self._origin, "pushes": pushes}
        try:
            async with asyncio.timeout(LAYER_TIMEOUT):
                await self._layer.group_send(lane, message)
        except _ERRORS as error:
            self.losses.note("publish", error, len(pushes))
        # Hints that can't be packed are our mistake; they may not take the others in the outbox with them.
        except Exception:
            logger.exception("hints could not be published topics=%s", {push[0] for push in pushes})

    # --- Receiving ------------------------------------------------------------------------------------------

    async def _receive_forever(self, channel: str) -> None:
        while True:
            try:
                message = await self._layer.receive(channel)
            except _ERRORS as error:
                self.losses.note("receive", error)
                await asyncio.sleep(RETRY_EVERY)
                continue
            self._open(message)
            # Other tasks of the process get a turn, however much is waiting here.
            await asyncio.sleep(0)

    def _open(self, message: dict[str, Any]) -> None:
        # What this process sent itself, its sockets had before it left.
        if message.get("type") == "hub.push" and message["origin"] != self._origin:
            for topic, frames, hints in message["pushes"]:
                self._take(topic, frames, hints)

    async def aclose(self) -> None:
        """Stop every task."""
        tasks = [task for task in (self._joining, self._sender, self._receiver) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
