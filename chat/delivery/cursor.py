"""In order and without gaps, whatever the channel layer drops, repeats or reorders (DL-03, DL-04)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

# A pushed frame is a hint: past this many waiting for a gap, the rest is read from the database as well.
MAX_HELD = 256
# A read may be a moment behind a push when it is answered by another database server; seconds, per try.
RETRY_SECONDS = (0.05, 0.2, 0.5)

Rows = Iterable[tuple[int, str]]


class Cursor:
    """One reader's place in one conversation. `last` is the last sequence number sent to this reader."""

    __slots__ = ("filling", "held", "last", "wanted")

    def __init__(self) -> None:
        self.last: int | None = None
        self.wanted = 0
        self.held: dict[int, str] = {}
        self.filling = False

    @property
    def is_behind(self) -> bool:
        return self.last is not None and (bool(self.held) or self.last < self.wanted)


class Cursors:
    """The places of one socket in its conversations.

    `send` puts an encoded frame on the socket; `fetch(conversation, seq)` reads what this reader may see
    after `seq` from the database, in order, a page at a time, as (seq, encoded frame); `spawn` runs a
    coroutine beside the lane.
    """

    def __init__(
        self,
        send: Callable[[str], None],
        fetch: Callable[[str, int], Awaitable[Rows]],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._send = send
        self._fetch = fetch
        self._spawn = spawn
        self._cursors: dict[str, Cursor] = {}

    def open(self, conversation: str) -> None:
        """Starts to hold pushes; call it before joining the room, so that none is lost (R5)."""
        self._cursors.setdefault(conversation, Cursor())

    def start(self, conversation: str, seq: int) -> None:
        """The reader has the snapshot up to `seq`; what was pushed meanwhile goes out after it."""
        cursor = self._cursors.setdefault(conversation, Cursor())
        cursor.last = seq if cursor.last is None else max(seq, cursor.last)
        self._release(cursor)
        self._fill_soon(conversation, cursor)

    def close(self, conversation: str) -> None:
        """Forgets the conversation; a push that is still on its way is dropped."""
        self._cursors.pop(conversation, None)

    def seqs(self) -> dict[str, int]:
        """The last sequence number sent, by conversation."""
        return {name: cursor.last for name, cursor in self._cursors.items() if cursor.last is not None}

    def is_next(self, conversation: str, seq: int) -> bool:
        """Whether this is the very next one for the reader: what is pushed under it goes out at once."""
        cursor = self._cursors.get(conversation)
        return cursor is not None and cursor.last is not None and seq == cursor.last + 1

    def push(self, conversation: str, seq: int, frame: str) -> None:
        """Sends the next frame, drops one that the reader has, else fills the gap before it."""
        cursor = self._cursors.get(conversation)
        if cursor is None or (cursor.last is not None and seq <= cursor.last):
            return
        if cursor.last is not None and seq == cursor.last + 1:
            cursor.last = seq
            self._send(frame)
            self._release(cursor)
            return
        self._hold(cursor, seq, frame)
        self._fill_soon(conversation, cursor)

    async def catch_up(self, conversation: str, seq: int) -> None:
        """The database has `seq` by now: reads whatever is missing up to it."""
        cursor = self._cursors.get(conversation)
        if cursor is not None:
            cursor.wanted = max(cursor.wanted, seq)
            await self._fill(conversation, cursor)

    def _hold(self, cursor: Cursor, seq: int, frame: str) -> None:
        cursor.wanted = max(cursor.wanted, seq)
        if len(cursor.held) < MAX_HELD:
            cursor.held[seq] = frame

    def _fill_soon(self, conversation: str, cursor: Cursor) -> None:
        if cursor.is_behind and not cursor.filling:
            self._spawn(self._fill(conversation, cursor))

    async def _fill(self, conversation: str, cursor: Cursor) -> None:
        if cursor.filling:
            return
        cursor.filling = True
        try:
            await self._read_until_even(conversation, cursor)
        finally:
            cursor.filling = False

    async def _read_until_even(self, conversation: str, cursor: Cursor) -> None:
        tries = iter(RETRY_SECONDS)
        while cursor.is_behind and self._cursors.get(conversation) is cursor:
            before, wanted = cursor.last or 0, cursor.wanted
            self._apply(cursor, await self._fetch(conversation, before))
            if cursor.last != before or not cursor.is_behind:
                continue
            if not cursor.held:
                # An empty page: what lies between is not for this reader's eyes (a note among colleagues).
                cursor.last = wanted
                continue
            # A push that the database doesn't show yet. Given up, the next push or heartbeat heals it.
            delay = next(tries, None)
            if delay is None:
                return
            await asyncio.sleep(delay)

    def _apply(self, cursor: Cursor, rows: Rows) -> None:
        # Gaps inside what the database returned are rows that this reader may not see, so they are no gaps.
        for seq, frame in rows:
            if cursor.last is not None and seq > cursor.last:
                cursor.last = seq
                self._send(frame)
        self._release(cursor)

    def _release(self, cursor: Cursor) -> None:
        last = cursor.last or 0
        while last + 1 in cursor.held:
            last += 1
            self._send(cursor.held.pop(last))
        cursor.last = last
        for seq in [seq for seq in cursor.held if seq <= last]:
            del cursor.held[seq]
