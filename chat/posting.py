"""The writers of this process: what visitors and agents send together is committed together (DL-01)."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from chat.delivery.writer import GroupCommit, Outcome
from chat.protocol.state import Ack
from chat.services.messages import MarkUpdate, Post, post_messages, save_marks

T = TypeVar("T")
R = TypeVar("R")


def _commit_posts(posts: list[Post]) -> Sequence[Outcome[Ack]]:
    return post_messages(posts)


def _commit_marks(updates: list[MarkUpdate]) -> Sequence[Outcome[None]]:
    return save_marks(updates)


class _PerLoop(Generic[T, R]):
    """One writer for each event loop; there is one loop in a server, and one per test."""

    def __init__(self, commit: Callable[[list[T]], Sequence[Outcome[R]]], name: str) -> None:
        self._commit, self._name = commit, name
        self._writers: WeakKeyDictionary[asyncio.AbstractEventLoop, GroupCommit[T, R]] = WeakKeyDictionary()

    def get(self) -> GroupCommit[T, R]:
        loop = asyncio.get_running_loop()
        writer = self._writers.get(loop)
        if writer is None:
            writer = self._writers[loop] = GroupCommit(self._commit, name=self._name)
        return writer


_posts: _PerLoop[Post, Ack] = _PerLoop(_commit_posts, "messages")
_marks: _PerLoop[MarkUpdate, None] = _PerLoop(_commit_marks, "marks")


async def post(message: Post) -> Ack:
    """Return the acknowledgement once the message is committed; raises what it was refused with (DL-01)."""
    return await _posts.get().submit(message)


async def mark(update: MarkUpdate) -> None:
    """Store how far a side has got."""
    await _marks.get().submit(update)
