"""Group commit: in batches, in order, each answered for itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from django.db import DataError, OperationalError

from chat.delivery.writer import Busy, GroupCommit
from config.lib.errors import DomainError

from .listeners import PATIENCE

Writer = GroupCommit[str, str]
Commit = Callable[[list[str]], Sequence[str | Exception]]


class Table:
    """Commits text by shouting it, once `go` is set: meanwhile a test can fill the next batch."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.go = threading.Event()
        self.go.set()

    def commit(self, items: list[str]) -> list[str | Exception]:
        assert self.go.wait(PATIENCE)
        self.batches.append(items)
        if "poison" in items:
            raise DataError
        return [item.upper() for item in items]


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
async def make_writer() -> AsyncIterator[Callable[..., Writer]]:
    made: list[Writer] = []

    def make(commit: Commit, **limits: Any) -> Writer:
        made.append(GroupCommit(commit, name="test", **limits))
        return made[-1]

    yield make
    for writer in made:
        await writer.drain()


MakeWriter = Callable[..., Writer]


@pytest.mark.req("DL-01")
async def test_what_arrives_during_a_commit_is_committed_together_in_the_next(
    table: Table, make_writer: MakeWriter
) -> None:
    writer = make_writer(table.commit)
    table.go.clear()
    first = writer.submit("a")
    await asyncio.sleep(0)
    rest = [writer.submit(item) for item in "bcd"]
    assert not first.done()
    table.go.set()
    assert await asyncio.gather(first, *rest) == ["A", "B", "C", "D"]
    assert table.batches == [["a"], ["b", "c", "d"]]


async def test_a_batch_has_a_largest_size(table: Table, make_writer: MakeWriter) -> None:
    writer = make_writer(table.commit, max_batch=2)
    await asyncio.gather(*(writer.submit(item) for item in "abcde"))
    assert table.batches == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.req("DL-01")
async def test_one_poisonous_item_does_not_fail_the_others(table: Table, make_writer: MakeWriter) -> None:
    writer = make_writer(table.commit)
    outcomes = await asyncio.gather(
        *(writer.submit(item) for item in ["a", "poison", "b"]), return_exceptions=True
    )
    assert outcomes[::2] == ["A", "B"]
    assert isinstance(outcomes[1], DataError)
    assert table.batches == [["a", "poison", "b"], ["a"], ["poison"], ["b"]]
    assert await writer.submit("c") == "C"


async def test_an_item_can_be_refused_without_failing_its_batch(make_writer: MakeWriter) -> None:
    writer = make_writer(
        lambda items: [DomainError(code="closed") if item == "b" else item.upper() for item in items]
    )
    outcomes = await asyncio.gather(*(writer.submit(item) for item in "abc"), return_exceptions=True)
    assert outcomes[::2] == ["A", "C"]
    assert isinstance(outcomes[1], DomainError)


async def test_without_a_database_a_batch_fails_soon_instead_of_item_by_item(make_writer: MakeWriter) -> None:
    calls: list[int] = []

    def fail(items: list[str]) -> list[str | Exception]:
        calls.append(len(items))
        raise OperationalError

    writer = make_writer(fail)
    outcomes = await asyncio.gather(*(writer.submit(str(n)) for n in range(50)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [OperationalError] * 50
    assert calls == [50, 1, 1, 1]


async def test_a_connection_that_was_lost_once_loses_nothing(make_writer: MakeWriter) -> None:
    failures = [OperationalError()]

    def commit(items: list[str]) -> list[str | Exception]:
        if failures:
            raise failures.pop()
        return [item.upper() for item in items]

    assert await make_writer(commit).submit("a") == "A"


@pytest.mark.req("DL-07")
async def test_an_overloaded_writer_says_so_at_once_and_saves_nothing(
    table: Table, make_writer: MakeWriter
) -> None:
    writer = make_writer(table.commit, max_pending=2)
    table.go.clear()
    first = writer.submit("a")
    await asyncio.sleep(0)
    waiting = [writer.submit("b"), writer.submit("c")]
    refused = writer.submit("d")
    assert isinstance(refused.exception(), Busy)
    table.go.set()
    assert await asyncio.gather(first, *waiting) == ["A", "B", "C"]
    assert table.batches == [["a"], ["b", "c"]]


@pytest.mark.req("DL-08")
async def test_draining_commits_what_was_taken_and_takes_nothing_more(
    table: Table, make_writer: MakeWriter
) -> None:
    writer = make_writer(table.commit, max_batch=1)
    taken = [writer.submit(item) for item in "abc"]
    await writer.drain()
    assert [future.result() for future in taken] == ["A", "B", "C"]
    assert isinstance(writer.submit("d").exception(), Busy)


async def test_who_stopped_waiting_stops_nobody_else(table: Table, make_writer: MakeWriter) -> None:
    writer = make_writer(table.commit)
    gone, there = writer.submit("a"), writer.submit("b")
    gone.cancel()
    assert await there == "B"
    assert table.batches == [["a", "b"]]
