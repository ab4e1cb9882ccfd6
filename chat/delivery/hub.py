"""One hub per event loop: gives what is pushed to the sockets of this process, and tells the other processes.

A stock consumer has a channel of its own in the layer, so that a message costs one send, one receive, one
encode and one task per socket. Here the sockets of a process get the same encoded text by a plain function
call, and other processes get it with whatever else was pushed at the moment (`chat.delivery.exchange`).

What travels is a hint. The database is the truth, so everything here may be lost, repeated or reordered: the
cursors of the sockets and the heartbeat heal it (DL-03, DL-04), and an outage of the layer is counted, never
raised.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from channels.layers import get_channel_layer
from django.conf import settings

from chat.delivery.exchange import Exchange, Frames, Layer
from chat.delivery.exchange import Hints as Hints
from chat.delivery.exchange import Push as Push
from chat.delivery.losses import Losses
from chat.delivery.publisher import publish_all
from chat.delivery.topics import Audience, Room, Topic

logger = logging.getLogger(__name__)

# Seconds.
REPAIR_EVERY = 2.0
# Group membership lapses after 24 h in the in-memory layer.
REFRESH_EVERY = 3600.0
RESYNC_SPREAD = 2.0


class Subscriber(Protocol):
    """A socket as the hub sees it. Neither call may wait for anything."""

    @property
    def audience(self) -> Audience: ...
    def deliver(self, frame: str, hints: Hints) -> None:
        """Gets one encoded frame; called in the hub's event loop."""

    def resync(self) -> None:
        """Something may have been lost: read from the database what was missed."""


class Hub:
    """Fans topics out to the sockets of this process. Used only in the event loop it was made in."""

    def __init__(self, layer: Layer) -> None:
        self.loop = asyncio.get_running_loop()
        self.exchange = Exchange(layer, self._fan_out, hosts=len(settings.REDIS_LAYER_URLS))
        self._rooms: dict[Room, set[Subscriber]] = {}
        self._keeper: asyncio.Task[None] | None = None

    @property
    def losses(self) -> Losses:
        """Hints that didn't get through."""
        return self.exchange.losses

    def is_joined(self, room: Room) -> bool:
        """Whether a socket of this process is in the room."""
        return room in self._rooms

    async def join(self, room: Room, socket: Subscriber) -> None:
        """From its return on, what is broadcast to the room reaches the socket. Joining twice is once.

        While the layer is away the socket still gets what this process broadcasts; the rest follows after a
        repair.
        """
        if socket.audience != room.audience:
            raise ValueError("a socket may only join rooms of its own audience")
        if self._keeper is None:
            self._keeper = self.loop.create_task(self._keep_forever(), name="hub")
        self._rooms.setdefault(room, set()).add(socket)
        if not self.exchange.is_joined:
            await self.exchange.join()

    def leave(self, room: Room, socket: Subscriber) -> None:
        """The socket gets nothing more from the room."""
        sockets = self._rooms.get(room, set())
        sockets.discard(socket)
        if not sockets:
            self._rooms.pop(room, None)

    def push(self, topic: Topic, frames: Frames, hints: Hints) -> asyncio.Event:
        """Delivers to the sockets of this process now, to other processes as soon as the layer takes it.

        Returns an event that is set when the layer took it or failed to.
        """
        self._fan_out(topic, frames, hints)
        return self.exchange.push(topic, frames, hints)

    async def broadcast(self, topic: Topic, frames: Frames, hints: Hints) -> None:
        """`push`, then waits until the layer took this frame or failed to. Raises nothing when it failed.

        The way for anything that a client can repeat: it holds each sender to the speed of the layer. Without
        that, a busy process served its own sockets and starved the publishing (16 of 17 hints never left).
        """
        await self.push(topic, frames, hints).wait()

    async def drain(self) -> None:
        """Waits until the layer took all that was pushed so far, or failed to."""
        await self.exchange.drain()

    def _fan_out(self, topic: Topic, frames: Frames, hints: Hints) -> None:
        for audience, frame in frames.items():
            for socket in tuple(self._rooms.get(Room(topic, audience), ())):
                try:
                    socket.deliver(frame, hints)
                # One broken socket may not cost the others of this process their frame.
                except Exception:
                    logger.exception("delivery to a socket failed topic=%s", topic)

    # --- Healing --------------------------------------------------------------------------------------------

    def resync_all(self) -> None:
        """The layer was cut off: every local socket reads what it missed, spread over 2 s (R8)."""
        sockets = {socket for room in self._rooms.values() for socket in room}
        logger.warning("channel layer is back: resyncing %d sockets", len(sockets))
        for socket in sockets:
            delay = random.uniform(0.2, RESYNC_SPREAD)  # noqa: S311 - spreads load only
            self.loop.call_later(delay, socket.resync)

    async def _keep_forever(self) -> None:
        while True:
            await asyncio.sleep(REPAIR_EVERY)
            if not self.exchange.is_joined:
                if await self.exchange.join_again():
                    self.resync_all()
            elif self.exchange.is_older_than(REFRESH_EVERY):
                await self.exchange.join_again()

    async def aclose(self) -> None:
        """Stops the hub's tasks; its sockets are closed by then."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self.exchange.aclose()
        _hubs.pop(self.loop, None)


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
