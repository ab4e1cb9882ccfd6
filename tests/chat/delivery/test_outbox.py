"""What is on its way to a client is bounded by what the client confirms."""

from __future__ import annotations

from typing import Any

import pytest

from chat.delivery.outbox import HARD_FACTOR, PATIENCE, SOFT_BYTES, SOFT_FRAMES, Outbox


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


@pytest.mark.req("DL-07")
async def test_a_client_that_confirms_is_never_too_slow(wire: Wire) -> None:
    for hundred in range(1, 101):
        fill(wire.outbox, 100)
        wire.clock.now += PATIENCE
        assert not wire.outbox.is_too_slow
        assert wire.outbox.confirm(100 * hundred)


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
async def test_confirming_more_than_was_sent_is_refused_and_less_than_before_is_ignored(wire: Wire) -> None:
    fill(wire.outbox, 10)
    assert not wire.outbox.confirm(11)
    assert wire.outbox.confirm(8)
    assert wire.outbox.confirm(3)
    assert len(wire.outbox._unconfirmed) == 2


async def test_frames_leave_in_order_and_the_close_after_them(wire: Wire) -> None:
    for text in "abc":
        wire.outbox.put(text)
    wire.outbox.finish(4403)
    wire.outbox.put("too late")
    wire.outbox.finish(4401)
    await wire.outbox.run()
    assert [message.get("text", message.get("code")) for message in wire.messages] == ["a", "b", "c", 4403]


async def test_a_close_can_go_before_what_is_queued(wire: Wire) -> None:
    wire.outbox.put("a")
    wire.outbox.finish(4008, discard=True)
    await wire.outbox.run()
    assert wire.messages == [{"type": "websocket.close", "code": 4008}]


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
