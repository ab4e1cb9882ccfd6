"""In order, without gaps and without repeats, whatever happens to the hints."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer

from chat.delivery import cursor as cursor_module
from chat.delivery.cursor import Cursors
from chat.delivery.hub import Hints, Hub
from chat.delivery.topics import Audience, conversation_topic, visitor_room

from .listeners import PATIENCE, LossyLayer


class Reader:
    """One reader of one conversation whose committed messages are `saved`, some of them `hidden` from it."""

    audience = Audience.VISITOR

    def __init__(self, saved: int = 0, page: int = 100) -> None:
        self.saved = list(range(1, saved + 1))
        self.hidden: set[int] = set()
        self.seen: list[int] = []
        self.fetched_after: list[int] = []
        self.page = page
        self.lag = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self.cursors = Cursors(self.send, self.fetch, self.spawn)

    def send(self, frame: str) -> None:
        self.seen.append(int(frame))

    async def fetch(self, conversation: str, seq: int) -> list[tuple[int, str]]:
        self.fetched_after.append(seq)
        if self.lag:
            self.lag -= 1
            return []
        await asyncio.sleep(0)
        visible = [each for each in self.saved if each > seq and each not in self.hidden]
        return [(each, str(each)) for each in visible[: self.page]]

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def deliver(self, frame: str, hints: Hints) -> None:
        self.cursors.push(str(hints["conversation"]), int(hints["seq"]), frame)

    def resync(self) -> None:
        raise AssertionError("not needed here")

    def push(self, *seqs: int) -> None:
        for seq in seqs:
            self.cursors.push("c", seq, str(seq))

    async def settle(self) -> None:
        while self.tasks:
            await asyncio.wait(self.tasks, timeout=PATIENCE)


@pytest.mark.req("DL-03")
async def test_the_next_message_is_sent_at_once_and_one_already_sent_never_again() -> None:
    reader = Reader()
    reader.cursors.start("c", 2)
    reader.push(1, 2, 3, 3, 4, 3)
    assert reader.seen == [3, 4]
    assert reader.fetched_after == []


@pytest.mark.req("DL-03", "DL-04")
async def test_a_gap_is_filled_from_the_database_before_what_came_after_it() -> None:
    reader = Reader(saved=7)
    reader.cursors.start("c", 4)
    reader.push(7)
    assert reader.seen == []
    await reader.settle()
    assert reader.seen == [5, 6, 7]


@pytest.mark.req("DL-03")
async def test_what_arrives_while_a_gap_is_filled_keeps_its_place() -> None:
    reader = Reader(saved=6)
    reader.cursors.start("c", 0)
    reader.push(6)
    await asyncio.sleep(0)
    reader.push(2, 8, 1, 7)
    reader.saved += [7, 8]
    await reader.settle()
    assert reader.seen == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.req("DL-04")
async def test_a_push_between_joining_and_the_snapshot_is_neither_lost_nor_repeated() -> None:
    reader = Reader(saved=5)
    reader.cursors.open("c")
    reader.push(3, 4, 5)
    reader.cursors.start("c", 4)
    assert reader.seen == [5]
    assert reader.cursors.seqs() == {"c": 5}


@pytest.mark.req("DL-04")
async def test_a_gap_of_many_pages_is_filled_page_by_page() -> None:
    reader = Reader(saved=1_000, page=100)
    reader.cursors.start("c", 0)
    reader.push(1_000)
    await reader.settle()
    assert reader.seen == list(range(1, 1_001))


@pytest.mark.req("DL-04")
async def test_the_heartbeat_heals_a_loss_that_no_later_push_reveals() -> None:
    reader = Reader(saved=3)
    reader.cursors.start("c", 1)
    await reader.cursors.catch_up("c", 3)
    assert reader.seen == [2, 3]


@pytest.mark.req("DL-03")
async def test_a_message_that_this_reader_may_not_see_is_no_gap() -> None:
    reader = Reader(saved=5)
    reader.hidden = {2, 5}
    reader.cursors.start("c", 1)
    reader.push(3)
    await reader.settle()
    await reader.cursors.catch_up("c", 5)
    assert reader.seen == [3, 4]
    assert reader.cursors.seqs() == {"c": 5}
    reader.push(6)
    assert reader.seen == [3, 4, 6]


@pytest.mark.req("DL-04")
async def test_a_database_that_lags_behind_a_push_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursor_module, "RETRY_SECONDS", (0.0, 0.0, 0.0))
    reader = Reader(saved=3)
    reader.lag = 2
    reader.cursors.start("c", 1)
    reader.push(3)
    await reader.settle()
    assert reader.seen == [2, 3]


@pytest.mark.req("DL-04")
async def test_a_gap_that_could_not_be_filled_heals_with_the_next_push(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cursor_module, "RETRY_SECONDS", ())
    reader = Reader(saved=4)
    reader.lag = 1
    reader.cursors.start("c", 1)
    reader.push(3)
    await reader.settle()
    assert reader.seen == []
    reader.push(4)
    await reader.settle()
    assert reader.seen == [2, 3, 4]


@pytest.mark.req("DL-07")
async def test_pushes_that_wait_for_a_gap_are_bounded() -> None:
    reader = Reader(saved=5_000)
    reader.cursors.start("c", 0)
    reader.push(*range(2, 5_001))
    assert len(reader.cursors._cursors["c"].held) == cursor_module.MAX_HELD
    await reader.settle()
    assert reader.seen == list(range(1, 5_001))


@pytest.mark.req("DL-10")
async def test_nothing_of_a_conversation_that_was_left_goes_out() -> None:
    reader = Reader(saved=5)
    reader.cursors.start("c", 1)
    reader.push(5)
    reader.cursors.close("c")
    reader.push(2)
    await reader.settle()
    assert reader.seen == []


@pytest.mark.req("DL-03", "DL-04")
@pytest.mark.parametrize("seed", range(20))
async def test_two_readers_converge_over_a_layer_that_drops_repeats_and_reorders(
    memory_layer: InMemoryChannelLayer, seed: int
) -> None:
    lossy = LossyLayer(memory_layer, seed)
    here, there = Hub(lossy), Hub(lossy)
    topic = conversation_topic("c")
    readers = [Reader(), Reader()]
    for hub, reader in zip([here, there], readers, strict=True):
        reader.cursors.start("c", 0)
        await hub.join(visitor_room(topic), reader)
    for seq in range(1, 201):
        for reader in readers:
            reader.saved.append(seq)
        await here.broadcast(topic, {Audience.VISITOR: str(seq)}, {"conversation": "c", "seq": seq})
    await lossy.release()
    for reader in readers:
        await reader.settle()
        await reader.cursors.catch_up("c", 200)
        await reader.settle()
    assert [reader.seen for reader in readers] == [list(range(1, 201))] * 2
    assert readers[1].fetched_after != []
    await asyncio.gather(here.aclose(), there.aclose())
