"""What is on its way to one client, bounded by what the client confirms (DL-07).

The server can't see whether a client reads: Daphne takes every frame and buffers it without limit. So clients
confirm: each `pong` carries a random mark, and a client pings at least every 20 s and after every 100 frames,
returning the mark of the latest pong that it got. TCP keeps the order, so whoever has a mark has had its pong
and every frame before it; whoever reads nothing has none, and can't guess one. A mark that is unknown, old or
empty confirms nothing, and is no error. Frames that were given to the socket and not confirmed yet are
unconfirmed. The reader counts as too slow when

* more than 512 frames or 1 MB are unconfirmed and the client has had 30 s to confirm the oldest of them,
  counted from the first pong after it, or from the frame itself while there is no pong after it, or
* four times as much is unconfirmed, at once and whatever its age: memory is bounded before patience is.

Counted from the frame alone, a client that pings on time would be late: the frame comes right after one pong,
the next follows 20 s later, and its mark comes back 20 s after that.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from functools import partial
from types import coroutine
from typing import Any

from chat.delivery.close_codes import CloseCode

logger = logging.getLogger(__name__)

SOFT_FRAMES = 512
SOFT_BYTES = 1_000_000
HARD_FACTOR = 4
# Seconds that a client may take to confirm; pings come every 20 s.
PATIENCE = 30.0
# A client returns the latest mark it got, so more than a few are never on their way at once.
MARKS_KEPT = 4

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class Outbox:
    """The frames of one socket in order. `put` never waits.

    It writes at once what the server takes at once, as Daphne does; the rest is written by one task. Waking a
    task for each frame cost a tenth of everything.
    """

    def __init__(self, send: Send, clock: Callable[[], float] = time.monotonic) -> None:
        self._send = send
        self._clock = clock
        self._queue: deque[dict[str, Any]] = deque()
        # What the server has begun to take, and why it takes nothing more.
        self._begun: Awaitable[None] | None = None
        self._failure: Exception | None = None
        self._wake = asyncio.Event()
        self._unconfirmed: deque[tuple[float, int]] = deque()
        self._bytes = 0
        self._sent = 0
        # What each outstanding mark confirms, as the number of frames up to its pong, and when it was made.
        self._marks: dict[str, tuple[int, float]] = {}
        # Since when the client could have confirmed something: the first pong that it hasn't answered for.
        self._asked_at: float | None = None
        self.is_closed = False

    def put(self, frame: str) -> bool:
        """Writes or queues one encoded frame; after `finish` it is dropped.

        False: the reader is too slow, and this frame is not written before somebody decides what follows.
        """
        if self.is_closed:
            return True
        size = len(frame) if frame.isascii() else len(frame.encode())
        self._unconfirmed.append((self._clock(), size))
        self._bytes += size
        self._sent += 1
        event = {"type": "websocket.send", "text": frame}
        if self._queue or self._begun is not None or self.is_too_slow:
            self._queue.append(event)
            self._wake.set()
            return not self.is_too_slow
        self._write(event)
        return True

    def _write(self, event: dict[str, Any]) -> None:
        sending = self._send(event)
        try:
            waited_for = sending.send(None)
        except StopIteration:
            return
        except (OSError, RuntimeError) as error:
            self._fail(error)
        else:
            self._begun = _go_on(sending, waited_for)
        self._wake.set()

    def make_mark(self) -> str:
        """A mark for the frame that is put next: returned, it confirms that frame and all before it."""
        mark, now = secrets.token_urlsafe(6), self._clock()
        self._marks[mark] = self._sent + 1, now
        if len(self._marks) > MARKS_KEPT:
            del self._marks[next(iter(self._marks))]
        if self._asked_at is None:
            self._asked_at = now
        return mark

    def confirm(self, mark: str) -> None:
        """The client returned this mark. One that isn't outstanding confirms nothing."""
        if mark not in self._marks:
            return
        confirmed, _ = self._marks[mark]
        self._marks = {each: made for each, made in self._marks.items() if made[0] > confirmed}
        self._asked_at = min((at for _, at in self._marks.values()), default=None)
        for _ in range(len(self._unconfirmed) - (self._sent - confirmed)):
            self._bytes -= self._unconfirmed.popleft()[1]

    @property
    def is_too_slow(self) -> bool:
        """The client has stopped reading, or at least confirming."""
        frames = len(self._unconfirmed)
        if frames <= SOFT_FRAMES and self._bytes <= SOFT_BYTES:
            return False
        if frames > SOFT_FRAMES * HARD_FACTOR or self._bytes > SOFT_BYTES * HARD_FACTOR:
            return True
        since = self._unconfirmed[0][0] if self._asked_at is None else self._asked_at
        return self._clock() - since > PATIENCE

    def finish(self, code: int, *, discard: bool = False) -> None:
        """Closes the socket after what is queued, or instead of it. Only the first call counts."""
        if self.is_closed:
            return
        self.is_closed = True
        if discard:
            self._queue.clear()
        self._queue.append({"type": "websocket.close", "code": int(code)})
        self._wake.set()

    async def run(self) -> None:
        """Writes what `put` left, until the socket is closed."""
        while True:
            await self.flush()
            if self._failure is not None:
                return await self._give_up(self._failure)
            if self.is_closed:
                return None
            await self._wake.wait()
            self._wake.clear()

    async def flush(self) -> None:
        """Writes what is queued now."""
        try:
            while self._begun is not None or self._queue:
                if self._begun is None:
                    self._begun = self._send(self._queue.popleft())
                await self._begun
                self._begun = None
        except (OSError, RuntimeError) as error:
            self._begun = None
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.is_closed = True
        self._queue.clear()
        self._failure = error

    async def _give_up(self, error: Exception) -> None:
        """Close a connection that takes no more. Where it is gone this fails too, and its end is on its way;
        where it only refused a frame, the client would wait for the rest in silence.
        """
        with suppress(OSError, RuntimeError):
            await self._send({"type": "websocket.close", "code": int(CloseCode.INTERNAL_ERROR)})
            logger.warning("a frame could not be sent, socket closed: %s", type(error).__name__)


@coroutine
def _go_on(begun: Coroutine[Any, Any, None], waited_for: Any) -> Generator[Any, Any, None]:
    """The rest of a coroutine whose first step was taken outside a task."""
    while True:
        try:
            result = yield waited_for
        except BaseException as error:  # noqa: BLE001 - a task throws its cancellation into what it waits in
            step = partial(begun.throw, error)
        else:
            step = partial(begun.send, result)
        try:
            waited_for = step()
        except StopIteration:
            return
