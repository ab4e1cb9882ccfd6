"""The socket both consumers are made of: limits, heartbeat, order and errors, without a server around it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec
import pytest
from channels.layers import InMemoryChannelLayer, channel_layers
from channels.testing import WebsocketCommunicator

from chat.delivery import shutdown
from chat.delivery.close_codes import CloseCode
from chat.delivery.hub import get_hub
from chat.delivery.socket import encode
from chat.delivery.topics import visitor_room
from chat.protocol.shared import Bye, Error, Ping, Pong

from .listeners import PATIENCE
from .parrot import TOPIC, Answer, Hello, Parrot, Said, Say, Slow, Sync, Talkative, Welcome, decode_answer

GREETING = Hello(token="secret")


class Client:
    """One end of a socket, in frames."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator

    async def send(self, frame: msgspec.Struct | str) -> None:
        text = frame if isinstance(frame, str) else encode(frame)
        await self.communicator.send_to(text_data=text)

    async def receive(self) -> Answer:
        return decode_answer(await self.communicator.receive_from(PATIENCE))

    async def ask(self, frame: msgspec.Struct | str) -> Answer:
        await self.send(frame)
        return await self.receive()

    async def closed(self) -> int:
        while True:
            message = await self.communicator.receive_output(PATIENCE)
            if message["type"] == "websocket.close":
                return int(message["code"])

    async def hears_nothing(self) -> bool:
        return bool(await self.communicator.receive_nothing())


Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
async def connect(memory_layer: InMemoryChannelLayer) -> AsyncIterator[Connect]:
    before = channel_layers.set("default", memory_layer)
    kind = type("FreshParrot", (Parrot,), {"saved": [], "opened": [], "gone": [], "go": asyncio.Event()})
    async with AsyncExitStack() as stack:

        async def enter(greet: bool = True, **limits: Any) -> Client:
            socket_type = type("LimitedParrot", (kind,), limits) if limits else kind
            client = await stack.enter_async_context(connected(socket_type))
            if greet:
                assert isinstance(await client.ask(GREETING), Welcome)
            return client

        enter.kind = kind  # type: ignore[attr-defined]
        yield enter
    await get_hub().aclose()
    channel_layers.set("default", before)


@asynccontextmanager
async def connected(socket_type: type[Parrot]) -> AsyncIterator[Client]:
    communicator = WebsocketCommunicator(socket_type.as_asgi(), "/")
    accepted, _ = await communicator.connect()
    assert accepted
    yield Client(communicator)
    if not communicator.future.done():
        await communicator.disconnect(timeout=PATIENCE)


@pytest.fixture
def parrot(connect: Connect) -> type[Parrot]:
    return connect.kind  # type: ignore[attr-defined, no-any-return]


@pytest.mark.req("DL-06")
async def test_two_tabs_get_the_same_messages_in_the_same_order(connect: Connect) -> None:
    one, two = await connect(), await connect()
    for client, text in [(one, "a"), (two, "b"), (one, "c")]:
        await client.send(Say(text=text))
        assert [await each.receive() for each in (one, two)] == [
            Said(seq="abc".index(text) + 1, text=text)
        ] * 2


async def test_a_socket_leaves_its_rooms_and_says_so_when_it_ends(
    connect: Connect, parrot: type[Parrot]
) -> None:
    open_before = shutdown.count_open()
    async with connected(parrot) as client:
        await client.ask(GREETING)
        assert shutdown.count_open() == open_before + 1
        assert get_hub().is_joined(visitor_room(TOPIC))
    assert shutdown.count_open() == open_before
    assert not get_hub().is_joined(visitor_room(TOPIC))
    assert parrot.gone == [CloseCode.NORMAL]


@pytest.mark.req("DL-07")
@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        ('{"type":"say","text":7}', "bad_field", "text"),
        ('{"type":"sing"}', "unknown_type", "type"),
        ("{", "bad_json", None),
        ("x" * 17_000, "frame_too_big", None),
        (encode(GREETING), "out_of_order", "type"),
        ('{"type":"ping","mark":99}', "bad_field", "mark"),
    ],
)
async def test_a_bad_frame_is_refused_by_name_and_the_connection_lives(
    connect: Connect, frame: str, code: str, field: str | None
) -> None:
    client = await connect()
    error = await client.ask(frame)
    assert isinstance(error, Error)
    assert (error.code, error.field) == (code, field)
    await client.send(Say(text="still here"))
    assert await client.receive() == Said(seq=1, text="still here")


@pytest.mark.req("DL-07")
async def test_a_binary_frame_is_refused_and_the_connection_lives(connect: Connect) -> None:
    client = await connect()
    await client.communicator.send_to(bytes_data=b"\x00")
    error = await client.receive()
    assert isinstance(error, Error)
    assert error.code == "binary_frame"
    assert await client.ask(Say(text="a")) == Said(seq=1, text="a")


@pytest.mark.req("DL-07", "DL-10")
async def test_nothing_is_done_before_hello(connect: Connect, parrot: type[Parrot]) -> None:
    client = await connect(greet=False)
    error = await client.ask(Say(text="a"))
    assert isinstance(error, Error)
    assert error.code == "out_of_order"
    assert parrot.saved == []


@pytest.mark.req("DL-10")
async def test_who_may_not_be_here_is_closed_with_the_code_for_it(connect: Connect) -> None:
    client = await connect(greet=False)
    await client.send(Hello(token="wrong"))
    assert await client.closed() == CloseCode.UNAUTHENTICATED


@pytest.mark.req("DL-10")
async def test_after_a_close_nothing_is_heard_or_said(connect: Connect, parrot: type[Parrot]) -> None:
    client = await connect()
    parrot.opened[0].shut(CloseCode.FORBIDDEN)
    await client.send(Say(text="a"))
    parrot.opened[0].put('"b"')
    assert (await client.communicator.receive_output(PATIENCE))["type"] == "websocket.close"
    assert await client.hears_nothing()
    assert parrot.saved == []


async def test_a_refusal_by_the_domain_becomes_an_error_frame(connect: Connect) -> None:
    client = await connect()
    error = await client.ask(Say(text="refuse", client_id="m-1"))
    assert error == Error(code="refused", text="Not that.", field="text", client_id="m-1")


async def test_a_crash_in_one_frame_is_told_without_detail_and_the_connection_lives(connect: Connect) -> None:
    client = await connect()
    error = await client.ask(Say(text="crash", client_id="m-1"))
    assert isinstance(error, Error)
    assert (error.code, error.client_id) == ("internal_error", "m-1")
    assert "LookupError" not in error.text
    assert await client.ask(Say(text="a")) == Said(seq=1, text="a")


async def test_slow_work_does_not_hold_up_the_lane(connect: Connect, parrot: type[Parrot]) -> None:
    client = await connect()
    await client.send(Slow(text="slow"))
    assert await client.ask(Say(text="fast")) == Said(seq=1, text="fast")
    assert parrot.go is not None
    parrot.go.set()
    assert await client.receive() == Said(seq=2, text="slow")
    refused = await client.ask(Slow(text="refuse", client_id="m-2"))
    assert isinstance(refused, Error)
    assert (refused.code, refused.client_id) == ("refused", "m-2")


@pytest.mark.req("DL-01")
async def test_work_under_way_is_finished_when_its_client_goes(
    connect: Connect, parrot: type[Parrot]
) -> None:
    other = await connect()
    communicator = WebsocketCommunicator(parrot.as_asgi(), "/")
    await communicator.connect()
    client = Client(communicator)
    await client.ask(GREETING)
    await client.send(Slow(text="last words"))
    await client.ask(Say(text="a"))
    await communicator.send_input({"type": "websocket.disconnect", "code": 1001})
    assert await other.receive() == Said(seq=1, text="a")
    assert parrot.go is not None
    parrot.go.set()
    assert await other.receive() == Said(seq=2, text="last words")
    await communicator.wait(PATIENCE)


@pytest.mark.req("DL-07")
async def test_too_many_frames_are_told_once_and_dropped(connect: Connect, parrot: type[Parrot]) -> None:
    client = await connect(frame_rate=0.001, frame_burst=4)
    for text in "abcdef":
        await client.send(Say(text=text))
    answers = [await client.receive() for _ in range(4)]
    assert answers[:3] == [Said(seq=n, text=text) for n, text in enumerate("abc", start=1)]
    assert isinstance(answers[3], Error)
    assert answers[3].code == "slow_down"
    assert await client.hears_nothing()
    assert parrot.saved == ["a", "b", "c"]


@pytest.mark.req("DL-07")
async def test_a_flood_is_closed_with_a_code_of_its_own(connect: Connect) -> None:
    client = await connect(frame_rate=0.001, frame_burst=4, flood_rate=0.001, flood_burst=10)
    for _ in range(20):
        await client.send(Say(text="a"))
    assert await client.closed() == CloseCode.FLOOD


async def test_a_socket_without_hello_is_closed(connect: Connect) -> None:
    client = await connect(greet=False, hello_within=0.02)
    assert await client.closed() == CloseCode.HELLO_TIMEOUT


async def test_a_client_that_fell_silent_is_closed(connect: Connect) -> None:
    client = await connect(idle_after=0.04)
    assert await client.closed() == CloseCode.IDLE


@pytest.mark.req("DL-07")
async def test_a_reader_that_does_not_read_is_closed(connect: Connect, parrot: type[Parrot]) -> None:
    client = await connect()
    for _ in range(4_001):
        parrot.opened[0].put("x" * 1_000)
    assert await client.closed() == CloseCode.SLOW_READER


@pytest.mark.req("DL-07")
async def test_a_client_that_guesses_marks_is_closed_before_4_mb_are_outstanding(connect: Connect) -> None:
    """It reads no mark. What the socket is given is taken at once and for ever, as Daphne does."""
    client = await connect(saved=Talkative.saved)
    taken = 0
    for guess in ("", "71", "0", *(secrets.token_urlsafe(6) for _ in range(7))):
        await client.send(Sync())
        await client.send(Ping(mark=guess))
        while (message := await client.communicator.receive_output(PATIENCE))["type"] == "websocket.send":
            taken += len(message["text"].encode())
            if isinstance(decode_answer(message["text"]), Pong):
                break
        else:
            break
    assert message == {"type": "websocket.close", "code": CloseCode.SLOW_READER}
    assert 3_000_000 < taken <= 4_000_000


@pytest.mark.req("DL-07")
async def test_a_client_that_returns_marks_may_read_as_much_as_it_likes(connect: Connect) -> None:
    client = await connect(saved=Talkative.saved, frame_burst=1_000)
    mark = ""
    for _ in range(10):
        await client.send(Sync())
        await client.send(Ping(mark=mark))
        while not isinstance(answer := await client.receive(), Pong):
            assert isinstance(answer, Said)
        assert answer.mark not in {"", mark}
        mark = answer.mark


@pytest.mark.req("DL-04")
async def test_a_heartbeat_is_answered_with_the_sequence_numbers_and_heals_a_loss(
    connect: Connect, parrot: type[Parrot]
) -> None:
    client = await connect()
    parrot.saved.append("its hint was lost")
    await client.send(Ping())
    assert await client.receive() == Said(seq=1, text="its hint was lost")
    pong = await client.receive()
    assert isinstance(pong, Pong)
    assert pong.seqs == {"c": 1}


@pytest.mark.req("DL-03")
async def test_a_message_that_overtook_another_waits_for_it(connect: Connect, parrot: type[Parrot]) -> None:
    client = await connect()
    parrot.saved += ["a", "b"]
    parrot.opened[0].deliver(encode(Said(seq=2, text="b")), {"conversation": "c", "seq": 2})
    assert [await client.receive(), await client.receive()] == [Said(seq=1, text="a"), Said(seq=2, text="b")]


@pytest.mark.req("DL-04")
async def test_a_resync_brings_what_was_missed(connect: Connect, parrot: type[Parrot]) -> None:
    client = await connect()
    parrot.saved.append("a")
    parrot.opened[0].resync()
    assert await client.receive() == Said(seq=1, text="a")


async def test_a_socket_can_leave_a_room_early(connect: Connect, parrot: type[Parrot]) -> None:
    one, two = await connect(), await connect()
    await parrot.opened[1].leave(visitor_room(TOPIC))
    assert await one.ask(Say(text="a")) == Said(seq=1, text="a")
    assert await two.hears_nothing()


@pytest.mark.req("DL-08")
async def test_an_old_socket_is_asked_to_come_back(connect: Connect) -> None:
    client = await connect(max_age=(0.02, 0.02))
    bye = await client.receive()
    assert isinstance(bye, Bye)
    assert 0 <= bye.retry_after <= 10_000
    assert await client.closed() == CloseCode.SERVICE_RESTART


@pytest.mark.req("DL-08")
async def test_everybody_is_sent_away_spread_when_the_process_ends(
    connect: Connect, parrot: type[Parrot]
) -> None:
    clients = [await connect() for _ in range(10)]
    assert shutdown.close_all() >= 10
    byes = [await client.receive() for client in clients]
    assert len({bye.retry_after for bye in byes if isinstance(bye, Bye)}) > 5
    assert [await client.closed() for client in clients] == [CloseCode.SERVICE_RESTART] * 10


@pytest.mark.req("DL-08", "DL-01")
async def test_a_server_that_cancels_its_sockets_still_answers_what_it_took(
    connect: Connect, parrot: type[Parrot]
) -> None:
    client = await connect()
    await client.send(Slow(text="a"))
    await client.ask(Say(text="b"))
    client.communicator.future.cancel()
    assert parrot.go is not None
    parrot.go.set()
    assert await client.receive() == Said(seq=2, text="a")
    assert isinstance(await client.receive(), Bye)
    assert await client.closed() == CloseCode.SERVICE_RESTART
    await asyncio.wait([client.communicator.future], timeout=PATIENCE)


async def test_a_frame_costs_no_thread_hop(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await connect()

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a thread was used")

    monkeypatch.setattr("asgiref.sync.SyncToAsync.__call__", refuse)
    monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", refuse)
    assert await client.ask(Say(text="a")) == Said(seq=1, text="a")
