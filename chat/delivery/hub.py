"""One hub per event loop: a process joins a topic once, however many of its sockets listen to it.

A stock consumer has a channel of its own in the layer, so that a message costs one send, one receive, one
encode and one task per socket. Here it costs one of each per process; the sockets of the process get the same
encoded text by a plain function call.

What travels is a hint. The database is the truth, so everything here may be lost, repeated or reordered: the
cursors of the sockets and the heartbeat heal it (DL-03, DL-04), and an outage of the layer is counted, never
raised.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol

from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from chat.delivery.losses import Losses
from chat.delivery.publisher import publish_all
from chat.delivery.topics import Audience, Room, Topic

logger = logging.getLogger(__name__)

Frames = Mapping[Audience, str]
Hints = Mapping[str, str | int]
# What is broadcast at once: a topic, its frames by audience, and their hints.
Push = tuple[Topic, Frames, Hints]

# Seconds. A join or a publish that takes longer goes on without the layer.
LAYER_TIMEOUT = 1.0
REPAIR_EVERY = 2.0
# Group membership lapses after 24 h in the in-memory layer.
REFRESH_EVERY = 3600.0
RESYNC_SPREAD = 2.0
# Frames waiting to be published, and frames of one topic published together.
MAX_OUTBOX = 20_000
MAX_PARCEL = 200
# Published side by side, so that one Redis host that hangs doesn't hold up the others.
PUBLISH_BATCH = 64
# Received in one go before other tasks of the process get a turn.
FAIR_BATCH = 100

_LAYER_ERRORS = (OSError, TimeoutError, RedisError, ChannelFull)


class Layer(Protocol):
    """What the hub needs of a channel layer; every layer of Channels has it."""

    async def new_channel(self) -> str: ...
    async def receive(self, channel: str) -> dict[str, Any]: ...
    async def group_add(self, group: str, channel: str) -> None: ...
    async def group_discard(self, group: str, channel: str) -> None: ...
    async def group_send(self, group: str, message: dict[str, Any]) -> None: ...


class Subscriber(Protocol):
    """A socket as the hub sees it. Neither call may wait for anything."""

    @property
    def audience(self) -> Audience: ...
    def deliver(self, frame: str, hints: Hints) -> None:
        """Gets one encoded frame; called in the hub's event loop."""

    def resync(self) -> None:
        """Something may have been lost: read from the database what was missed."""


class _Membership:
    """This process in one topic: who listens here, and whether the layer knows."""

    __slots__ = ("added", "lock", "rooms")

    def __init__(self) -> None:
        self.rooms: dict[Audience, set[Subscriber]] = {audience: set() for audience in Audience}
        self.lock = asyncio.Lock()
        self.added = False

    def __bool__(self) -> bool:
        return any(self.rooms.values())


class _Parcel:
    """Frames of one topic that leave together: while one is on its way, the next collects."""

    __slots__ = ("before", "gone", "pushes")

    def __init__(self, before: _Parcel | None) -> None:
        self.before = before  # a full one of the same topic, which goes first
        self.gone = asyncio.Event()
        self.pushes: list[dict[str, Any]] = []


_DONE = asyncio.Event()
_DONE.set()


class Hub:
    """Fans topics out to the sockets of this process. Used only in the event loop it was made in."""

    def __init__(self, layer: Layer) -> None:
        self.loop = asyncio.get_running_loop()
        self.losses = Losses()
        self._layer = layer
        self._origin = secrets.token_hex(8)
        self._channel: str | None = None
        self._opening = asyncio.Lock()
        self._topics: dict[Topic, _Membership] = {}
        self._outbox: dict[Topic, _Parcel] = {}
        self._waiting = 0
        self._sender: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._is_keeping = False

    # --- Joining --------------------------------------------------------------------------------------------

    async def join(self, room: Room, socket: Subscriber) -> None:
        """From its return on, what is broadcast to the room reaches the socket. Joining twice is once.

        While the layer is away the socket still gets what this process broadcasts; the rest follows after a
        repair.
        """
        if socket.audience != room.audience:
            raise ValueError("a socket may only join rooms of its own audience")
        if not self._is_keeping:
            self._is_keeping = True
            self._start(self._keep_forever())
        membership = self._topics.setdefault(room.topic, _Membership())
        membership.rooms[room.audience].add(socket)
        async with membership.lock:
            if not membership.added:
                await self._add(room.topic, membership)

    async def leave(self, room: Room, socket: Subscriber) -> None:
        """The socket gets nothing more from the room; the process leaves the topic with its last socket."""
        membership = self._topics.get(room.topic)
        if membership is None:
            return
        membership.rooms[room.audience].discard(socket)
        async with membership.lock:
            if not membership and membership.added:
                await self._discard(room.topic, membership)
            # A join may have come while the layer was asked; it waits for the lock and adds the topic again.
            if not membership and self._topics.get(room.topic) is membership:
                del self._topics[room.topic]

    async def _add(self, topic: Topic, membership: _Membership) -> None:
        try:
            async with asyncio.timeout(LAYER_TIMEOUT):
                channel = await self._open_channel()
                await self._layer.group_add(topic, channel)
            membership.added = True
        except _LAYER_ERRORS as error:
            self.losses.note("join", error)

    async def _discard(self, topic: Topic, membership: _Membership) -> None:
        membership.added = False
        try:
            async with asyncio.timeout(LAYER_TIMEOUT):
                await self._layer.group_discard(topic, await self._open_channel())
        except _LAYER_ERRORS as error:
            # Then this process goes on getting the topic's hints and drops them.
            self.losses.note("leave", error)

    async def _open_channel(self) -> str:
        async with self._opening:
            if self._channel is None:
                self._channel = await self._layer.new_channel()
                self._start(self._receive_forever(self._channel))
            return self._channel

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(self.loop.create_task(work, name="hub"))

    # --- Sending --------------------------------------------------------------------------------------------

    def push(self, topic: Topic, frames: Frames, hints: Hints) -> asyncio.Event:
        """Delivers to the sockets of this process now, to other processes as soon as the layer takes it.

        Returns an event that is set when the layer took it or failed to. Who pushes much and doesn't wait for
        it outruns the layer: past `MAX_OUTBOX` frames the rest reaches other processes only by heartbeat.
        """
        self._fan_out(topic, frames, hints)
        if self._waiting >= MAX_OUTBOX:
            self.losses.note("outbox full")
            return _DONE
        parcel = self._outbox.get(topic)
        if parcel is None or len(parcel.pushes) >= MAX_PARCEL:
            parcel = self._outbox[topic] = _Parcel(before=parcel)
        parcel.pushes.append(pack(frames, hints))
        self._waiting += 1
        if self._sender is None:
            self._sender = self.loop.create_task(self._send_all(), name="hub send")
        return parcel.gone

    async def broadcast(self, topic: Topic, frames: Frames, hints: Hints) -> None:
        """`push`, then waits until the layer took this frame or failed to. Raises nothing when it failed.

        The way for anything that a client can repeat: it holds each sender to the speed of the layer. Without
        that, a busy process served its own sockets and starved the publishing (16 of 17 hints never left).
        """
        await self.push(topic, frames, hints).wait()

    async def drain(self) -> None:
        """Waits until the layer took all that was pushed so far, or failed to."""
        if self._sender is not None:
            await asyncio.shield(self._sender)

    async def _send_all(self) -> None:
        try:
            while self._outbox:
                topics = list(islice(self._outbox, PUBLISH_BATCH))
                await asyncio.gather(*(self._send(topic, self._outbox.pop(topic)) for topic in topics))
        finally:
            self._sender = None

    async def _send(self, topic: Topic, parcel: _Parcel) -> None:
        if parcel.before is not None:
            await self._send(topic, parcel.before)
        await self._publish(topic, envelope(topic, parcel.pushes, self._origin))
        self._waiting -= len(parcel.pushes)
        parcel.gone.set()

    async def _publish(self, topic: Topic, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(LAYER_TIMEOUT):
                await self._layer.group_send(topic, message)
        except _LAYER_ERRORS as error:
            self.losses.note("publish", error, len(message["pushes"]))
        # A hint that can't be packed is our mistake; it may not take the others in the outbox with it.
        except Exception:
            logger.exception("a hint could not be published topic=%s", topic)

    # --- Receiving ------------------------------------------------------------------------------------------

    async def _receive_forever(self, channel: str) -> None:
        handled = 0
        while True:
            try:
                message = await self._layer.receive(channel)
            except _LAYER_ERRORS as error:
                self.losses.note("receive", error)
                await asyncio.sleep(REPAIR_EVERY)
                continue
            self._handle(message)
            handled += 1
            if handled % FAIR_BATCH == 0:
                await asyncio.sleep(0)

    def _handle(self, message: dict[str, Any]) -> None:
        # Own broadcasts were delivered before they left: this is their echo.
        if message.get("type") == "hub.push" and message["origin"] != self._origin:
            for push in message["pushes"]:
                self._fan_out(message["topic"], push["frames"], push["hints"])

    def _fan_out(self, topic: Topic, frames: Frames, hints: Hints) -> None:
        membership = self._topics.get(topic)
        if membership is None:
            return
        for audience, frame in frames.items():
            for socket in tuple(membership.rooms.get(audience, ())):
                try:
                    socket.deliver(frame, hints)
                # One broken socket may not cost the others of this process their frame.
                except Exception:
                    logger.exception("delivery to a socket failed topic=%s", topic)

    # --- Healing --------------------------------------------------------------------------------------------

    def resync_all(self) -> None:
        """The layer was cut off: every local socket reads what it missed, spread over 2 s (R8)."""
        sockets = {
            socket for each in self._topics.values() for room in each.rooms.values() for socket in room
        }
        logger.warning("channel layer is back: resyncing %d sockets", len(sockets))
        self._resync(sockets)

    def _resync(self, sockets: set[Subscriber]) -> None:
        for socket in sockets:
            delay = random.uniform(0.2, RESYNC_SPREAD)  # noqa: S311 - spreads load only
            self.loop.call_later(delay, socket.resync)

    async def _keep_forever(self) -> None:
        refreshed = self.loop.time()
        while True:
            await asyncio.sleep(REPAIR_EVERY)
            is_due = self.loop.time() - refreshed > REFRESH_EVERY
            if is_due:
                refreshed = self.loop.time()
            for topic, membership in list(self._topics.items()):
                if membership and (is_due or not membership.added):
                    await self._repair(topic, membership)

    async def _repair(self, topic: Topic, membership: _Membership) -> None:
        async with membership.lock:
            was_cut_off = not membership.added
            if membership:
                await self._add(topic, membership)
            if was_cut_off and membership.added:
                self._resync({socket for room in membership.rooms.values() for socket in room})

    async def aclose(self) -> None:
        """Stops the hub's tasks; its sockets are closed by then."""
        tasks = [*self._tasks, *([self._sender] if self._sender else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        _hubs.pop(self.loop, None)


def pack(frames: Frames, hints: Hints) -> dict[str, Any]:
    """One push as it travels: its frames encoded once for all recipients, by audience."""
    return {"frames": {str(audience): frame for audience, frame in frames.items()}, "hints": dict(hints)}


def envelope(topic: Topic, pushes: list[dict[str, Any]], origin: str) -> dict[str, Any]:
    """What travels between processes: the pushes to one topic, in order."""
    return {"type": "hub.push", "topic": str(topic), "pushes": pushes, "origin": origin}


# --- The hub of this process --------------------------------------------------------------------------------

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}
_losses = Losses()


def get_hub() -> Hub:
    """The hub of the running event loop, over the default channel layer."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        for closed in [each for each in _hubs if each.is_closed()]:
            del _hubs[closed]
        hub = _hubs[loop] = Hub(get_channel_layer())
    return hub


def broadcast_soon(topic: Topic, frames: Frames, hints: Hints | None = None) -> None:
    """Broadcasts from anywhere: a service's receiver, a view, a worker, another thread.

    Raises nothing.

    Where this process has a hub it goes through the hub's loop and returns at once: local sockets get it
    without the layer, and the in-memory layer's queues may not be touched from another thread. Elsewhere the
    process's publisher takes it.
    """
    broadcast_all_soon([(topic, frames, hints or {})])


def broadcast_all_soon(pushes: Sequence[Push]) -> None:
    """`broadcast_soon` for what was committed together: the loop is woken once, not once for each."""
    if _held.pushes is not None:
        _held.pushes.extend(pushes)
        return
    if _is_in_loop():
        _push_all(get_hub(), pushes)
        return
    hub = next((each for each in list(_hubs.values()) if each.loop.is_running()), None)
    if hub is None:
        publish_all(pushes)
        return
    try:
        hub.loop.call_soon_threadsafe(_push_all, hub, pushes)
    except RuntimeError as error:  # the loop was closed in between: this process is shutting down
        _losses.note("publish", error)


class _Held(threading.local):
    """What this thread has broadcast and keeps back."""

    pushes: list[Push] | None = None


_held = _Held()


@contextmanager
def hold_back() -> Iterator[list[Push]]:
    """Collects what this thread broadcasts, for the caller to hand on when it is time."""
    pushes: list[Push] = []
    _held.pushes = pushes
    try:
        yield pushes
    finally:
        _held.pushes = None


def _push_all(hub: Hub, pushes: Sequence[Push]) -> None:
    for topic, frames, hints in pushes:
        hub.push(topic, frames, hints)


def note_layer_back() -> None:
    """The layer's `on_reconnect`: called in the event loop of the connection that came back."""
    hub = _hubs.get(asyncio.get_running_loop())
    if hub is not None:
        hub.resync_all()


def _is_in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
