"""What is on its way to a client is bounded by what the client confirms."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chat.delivery.outbox import HARD_FACTOR, MARKS_KEPT, PATIENCE, SOFT_BYTES, SOFT_FRAMES, Outbox

# Seconds between the pings of a client that does as it was asked.
BEAT = 20.0


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Wire:
    def __init__(self) -> None:
        self.clock = Clock()
        self.messages: list[dict[str, Any]] = []
        self.outbox = Outbox(self.send, self.clock)

    async def send(self, message: dict[str, Any]) -> None:
        self.messages.append(message)


@pytest.fixture
async def wire() -> Wire:
    return Wire()


def fill(outbox: Outbox, frames: int, size: int = 10) -> None:
    for _ in range(frames):
        outbox.put("x" * size)


def answer(outbox: Outbox) -> str:
    """A pong, as the socket puts it: the mark and its frame at once."""
    mark = outbox.make_mark()
    outbox.put("pong")
    return mark


@pytest.mark.req("DL-07")
@pytest.mark.parametrize(("frames", "size"), [(100, 10), (99, SOFT_BYTES // 50)])
async def test_a_client_that_returns_the_latest_mark_is_never_too_slow(
    wire: Wire, frames: int, size: int
) -> None:
    """Each round comes right after a pong, so it is confirmed as late as it can be."""
    latest = answer(wire.outbox)
    for _ in range(100):
        fill(wire.outbox, frames, size)
        for _ in range(int(BEAT)):
            wire.clock.now += 1
            assert not wire.outbox.is_too_slow
        wire.outbox.confirm(latest)
        latest = answer(wire.outbox)
    wire.outbox.confirm(latest)
    assert not wire.outbox._unconfirmed
    assert wire.outbox._bytes == 0


@pytest.mark.req("DL-07")
async def test_a_mark_confirms_its_pong_and_what_was_before_it_and_nothing_after(wire: Wire) -> None:
    fill(wire.outbox, 10)
    mark = answer(wire.outbox)
    fill(wire.outbox, 3)
    wire.outbox.confirm(mark)
    assert len(wire.outbox._unconfirmed) == 3
    wire.outbox.confirm(mark)
    assert len(wire.outbox._unconfirmed) == 3


@pytest.mark.req("DL-07")
async def test_only_the_latest_marks_are_known_and_none_before_one_that_was_returned(wire: Wire) -> None:
    marks = [answer(wire.outbox) for _ in range(MARKS_KEPT + 1)]
    for unknown in (marks[0], "", "5", "guessed-"):
        wire.outbox.confirm(unknown)
        assert len(wire.outbox._unconfirmed) == MARKS_KEPT + 1
    wire.outbox.confirm(marks[2])
    assert len(wire.outbox._unconfirmed) == MARKS_KEPT - 2
    wire.outbox.confirm(marks[1])
    assert len(wire.outbox._unconfirmed) == MARKS_KEPT - 2


@pytest.mark.req("DL-07")
async def test_marks_differ_from_socket_to_socket_and_from_pong_to_pong() -> None:
    outboxes = [Wire().outbox for _ in range(100)]
    marks = [answer(outbox) for outbox in outboxes for _ in range(10)]
    assert len(set(marks)) == 1_000
    assert {len(mark) for mark in marks} == {8}


@pytest.mark.req("DL-07")
async def test_pings_without_its_marks_buy_no_patience(wire: Wire) -> None:
    fill(wire.outbox, SOFT_FRAMES)
    for _ in range(int(PATIENCE)):
        answer(wire.outbox)
        wire.outbox.confirm("guessed-")
        assert not wire.outbox.is_too_slow
        wire.clock.now += 1
    wire.clock.now += 1
    assert wire.outbox.is_too_slow


@pytest.mark.req("DL-07")
async def test_patience_begins_anew_with_what_a_returned_mark_left_unconfirmed(wire: Wire) -> None:
    first = answer(wire.outbox)
    fill(wire.outbox, SOFT_FRAMES)
    wire.clock.now += BEAT
    answer(wire.outbox)
    wire.clock.now += BEAT
    wire.outbox.confirm(first)
    assert not wire.outbox.is_too_slow
    wire.clock.now += PATIENCE - BEAT + 1
    assert wire.outbox.is_too_slow


@pytest.mark.req("DL-07")
async def test_a_burst_alone_is_not_slowness_but_a_burst_unconfirmed_for_long_is(wire: Wire) -> None:
    fill(wire.outbox, SOFT_FRAMES + 1)
    assert not wire.outbox.is_too_slow
    wire.clock.now += PATIENCE + 1
    assert wire.outbox.is_too_slow


@pytest.mark.req("DL-07")
async def test_few_frames_may_wait_as_long_as_they_like(wire: Wire) -> None:
    fill(wire.outbox, SOFT_FRAMES)
    wire.clock.now += 3_600
    assert not wire.outbox.is_too_slow


@pytest.mark.req("DL-07")
@pytest.mark.parametrize(
    ("frames", "size"), [(SOFT_FRAMES * HARD_FACTOR + 1, 10), (401, SOFT_BYTES * HARD_FACTOR // 400)]
)
async def test_memory_is_bounded_before_patience(wire: Wire, frames: int, size: int) -> None:
    fill(wire.outbox, frames - 1, size)
    assert not wire.outbox.is_too_slow
    fill(wire.outbox, 1, size)
    assert wire.outbox.is_too_slow


@pytest.mark.req("DL-07")
async def test_memory_is_counted_in_bytes_as_they_travel(wire: Wire) -> None:
    for _ in range(HARD_FACTOR):
        wire.outbox.put("😀" * (SOFT_BYTES // 4))
    assert not wire.outbox.is_too_slow
    wire.outbox.put("a")
    assert wire.outbox.is_too_slow


async def test_frames_leave_in_order_and_the_close_after_them(wire: Wire) -> None:
    for text in "abc":
        wire.outbox.put(text)
    wire.outbox.finish(4403)
    wire.outbox.put("too late")
    wire.outbox.finish(4401)
    await wire.outbox.run()
    assert [message.get("text", message.get("code")) for message in wire.messages] == ["a", "b", "c", 4403]


class Slow:
    """A server that takes each frame only when `gate` is opened."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.taken: list[Any] = []

    async def send(self, message: dict[str, Any]) -> None:
        await self.gate.wait()
        self.taken.append(message.get("text", message.get("code")))


async def test_what_the_server_takes_at_once_is_written_at_once(wire: Wire) -> None:
    wire.outbox.put("a")
    assert wire.messages == [{"type": "websocket.send", "text": "a"}]


@pytest.mark.req("DL-03")
async def test_what_the_server_takes_slowly_is_written_in_order() -> None:
    server = Slow()
    outbox = Outbox(server.send)
    writer = asyncio.create_task(outbox.run())
    for text in "abc":
        outbox.put(text)
    await asyncio.sleep(0)
    outbox.put("d")
    assert server.taken == []
    server.gate.set()
    outbox.finish(1000)
    await writer
    assert server.taken == ["a", "b", "c", "d", 1000]


async def test_a_writer_that_is_cancelled_ends_though_the_server_takes_nothing() -> None:
    outbox = Outbox(Slow().send)
    outbox.put("a")
    writer = asyncio.create_task(outbox.run())
    await asyncio.sleep(0)
    writer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writer


async def test_a_close_can_go_before_what_is_queued() -> None:
    server = Slow()
    outbox = Outbox(server.send)
    outbox.put("on its way")
    outbox.put("queued")
    outbox.finish(4008, discard=True)
    server.gate.set()
    await outbox.run()
    assert server.taken == ["on its way", 4008]


async def test_a_connection_that_is_gone_ends_the_writing(wire: Wire) -> None:
    async def fail(message: dict[str, Any]) -> None:
        raise ConnectionResetError

    outbox = Outbox(fail)
    outbox.put("a")
    await outbox.flush()
    assert outbox.is_closed


@pytest.mark.req("DL-04")
async def test_a_frame_that_the_server_refuses_ends_the_socket_instead_of_muting_it() -> None:
    sent: list[dict[str, Any]] = []

    async def refuse_big(message: dict[str, Any]) -> None:
        if len(message.get("text", "")) > 10:
            raise RuntimeError("too big")
        sent.append(message)

    outbox = Outbox(refuse_big)
    fill(outbox, 1, size=11)
    fill(outbox, 1, size=1)
    await outbox.run()
    assert sent == [{"type": "websocket.close", "code": 1011}]
