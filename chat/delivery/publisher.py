"""How a process without sockets tells those that have some: a worker, beat, a command, a server's first page.

One thread with an event loop of its own keeps one connection to the layer and coalesces what is sent.
Opening a connection for each hint cost 9 ms, and a sweep of some hundred offers has a few thousand of them.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from channels.layers import InMemoryChannelLayer, get_channel_layer

if TYPE_CHECKING:
    from chat.delivery.exchange import Layer, Push
    from chat.delivery.hub import Hub

# Seconds that the end of a process waits for its last hints to leave.
FLUSH_WITHIN = 2.0


class Publisher:
    """A hub in a thread of its own, that nobody listens at."""

    def __init__(self, layer: Layer) -> None:
        self.pid, self.layer = os.getpid(), layer
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="publisher", daemon=True).start()
        self.hub = asyncio.run_coroutine_threadsafe(self._make_hub(), self._loop).result()

    async def _make_hub(self) -> Hub:
        from chat.delivery.hub import Hub  # that module calls this one

        return Hub(self.layer)

    def push_all(self, pushes: Sequence[Push]) -> None:
        """Hand over what is to be published, in order; returns at once."""
        for topic, frames, hints in pushes:
            self._loop.call_soon_threadsafe(self.hub.push, topic, frames, hints)

    def flush(self) -> None:
        """Wait until the layer took what was handed over, or the time is over."""
        try:
            asyncio.run_coroutine_threadsafe(self.hub.drain(), self._loop).result(FLUSH_WITHIN)
        except TimeoutError:
            self.hub.losses.note("not flushed")


_lock = threading.Lock()
_publishers: list[Publisher] = []


def publish_all(pushes: Sequence[Push]) -> None:
    """Publish from a process that has no hub; raises nothing when the layer is away.

    The in-memory layer reaches this process only, so that without a hub there is nobody to tell.
    """
    if not isinstance(get_channel_layer(), InMemoryChannelLayer):
        get_publisher().push_all(pushes)


def get_publisher() -> Publisher:
    """The one of this process; a forked child has its parent's memory but not its thread."""
    layer = get_channel_layer()
    with _lock:
        if not _publishers or _publishers[0].pid != os.getpid() or _publishers[0].layer is not layer:
            _publishers[:] = [Publisher(layer)]
        return _publishers[0]


@atexit.register
def flush() -> None:
    """Let the last hints of a process leave before it ends."""
    for publisher in _publishers:
        if publisher.pid == os.getpid():
            publisher.flush()
