"""A restart that people don't notice: sockets close with 1012 and come back spread (DL-08)."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any, Protocol
from weakref import WeakSet

from chat.delivery.close_codes import CloseCode

logger = logging.getLogger(__name__)

# Seconds. After that the process ends whatever is still open.
GRACE = 8.0
POLL = 0.05
# The last frames are with the transport by then; it needs a few turns of the loop to write them.
LINGER = 0.2


class Closable(Protocol):
    """An open socket, as far as its end is concerned."""

    def say_bye(self, code: CloseCode) -> None: ...


_open: WeakSet[Closable] = WeakSet()
_state = {"is_stopping": False, "is_hooked": False}


def is_stopping() -> bool:
    """This process is on its way out: new sockets are sent away at once."""
    return _state["is_stopping"]


def count_open() -> int:
    """Sockets of this process that are open."""
    return len(_open)


def opened(socket: Closable) -> None:
    """Counts the socket in. The first one hooks the server's shutdown: now its reactor is sure to run."""
    _open.add(socket)
    _hook_daphne()


def closed(socket: Closable) -> None:
    """Counts the socket out."""
    _open.discard(socket)


def close_all(code: CloseCode = CloseCode.SERVICE_RESTART) -> int:
    """Says bye to every socket of this process and closes it; returns how many there were."""
    sockets = list(_open)
    for socket in sockets:
        socket.say_bye(code)
    return len(sockets)


async def stop() -> None:
    """Sends everybody away and waits until their last frames are written, at most `GRACE` seconds."""
    _state["is_stopping"] = True
    logger.info("closing %d sockets for a restart", close_all())
    loop = asyncio.get_running_loop()
    deadline = loop.time() + GRACE
    while count_open() and loop.time() < deadline:
        await asyncio.sleep(POLL)
    await asyncio.sleep(LINGER)


def _hook_daphne() -> None:
    """On SIGTERM Daphne cancels its applications and ends, without a close frame or a wait.

    Daphne has no lifespan events. Twisted waits for the Deferred that a 'before shutdown' trigger returns, so
    the loop keeps turning until the last bye and close frames are written. Other servers have no reactor and
    do this themselves.
    """
    reactor: Any = sys.modules.get("twisted.internet.reactor")
    if _state["is_hooked"] or reactor is None or "daphne.server" not in sys.modules:
        return
    from twisted.internet.defer import Deferred

    _state["is_hooked"] = True
    _let_daphne_send_standard_codes()
    reactor.addSystemEventTrigger(
        "before", "shutdown", lambda: Deferred.fromFuture(asyncio.ensure_future(stop()))
    )


def _let_daphne_send_standard_codes() -> None:
    """Autobahn's `sendClose` takes only 1000 and 3000-4999; 1011 and 1012 raise, and the client sees 1006.

    `sendCloseFrame` is what `sendClose` ends in and what Daphne itself uses for 1011.
    """
    from daphne.ws_protocol import WebSocketProtocol

    stock_close = WebSocketProtocol.serverClose

    def server_close(self: Any, code: int | None = None) -> None:
        if code in (CloseCode.INTERNAL_ERROR, CloseCode.SERVICE_RESTART):
            self.sendCloseFrame(code=int(code))
        else:
            stock_close(self, code)

    WebSocketProtocol.serverClose = server_close
