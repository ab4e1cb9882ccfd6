"""What a real browser's socket would see of a real Daphne: close codes, and a restart that says goodbye."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import select
import signal
import socket as sockets
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chat.delivery.close_codes import CloseCode
from chat.delivery.socket import encode
from chat.protocol.shared import Bye, Ping, Pong
from tests.processes import ROOT, free_port, is_listening
from tests.waiting import wait_until

from .listeners import PATIENCE
from .parrot import Answer, Hello, Said, Say, Slow, Sync, Welcome, decode_answer


class Daphne:
    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.log = log
        arguments = ["-b", "127.0.0.1", "-p", str(port), "tests.chat.delivery.parrot_asgi:application"]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "REDIS_LAYER_PREFIX": f"parrot-{port}",
        }
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "daphne", *arguments],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def url(self, name: str) -> str:
        return f"ws://127.0.0.1:{self.port}/{name}/"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def log_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("daphne")


@pytest.fixture
def daphne(log_folder: Path) -> Iterator[Daphne]:
    port = free_port()
    server = Daphne(port, log_folder / f"{port}.log")
    try:
        wait_until(lambda: is_listening(port) or server.process.poll() is not None, what="Daphne", seconds=30)
        assert server.process.poll() is None, server.log.read_text()
        yield server
    finally:
        server.stop()


async def hear(socket: ClientConnection) -> Answer:
    return decode_answer(await asyncio.wait_for(socket.recv(), PATIENCE))


async def greet(socket: ClientConnection, token: str = "secret") -> None:
    await socket.send(encode(Hello(token=token)))


async def close_code(socket: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        await asyncio.wait_for(_read_on(socket), PATIENCE)
    return closed.value.rcvd.code if closed.value.rcvd else None


async def _read_on(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


@pytest.mark.req("DL-07", "DL-08", "DL-10")
@pytest.mark.parametrize(
    ("name", "token", "code"),
    [
        ("parrot", "wrong", CloseCode.UNAUTHENTICATED),
        ("doorman", "secret", CloseCode.FORBIDDEN),
        ("impatient", None, CloseCode.HELLO_TIMEOUT),
        ("old-age", "secret", CloseCode.SERVICE_RESTART),
    ],
)
async def test_a_close_code_after_accepting_reaches_the_client(
    daphne: Daphne, name: str, token: str | None, code: CloseCode
) -> None:
    async with connect(daphne.url(name)) as socket:
        if token:
            await greet(socket, token)
        assert await close_code(socket) == code


@pytest.mark.req("DL-07")
async def test_a_flood_reaches_its_code_on_a_real_connection(daphne: Daphne) -> None:
    async with connect(daphne.url("parrot")) as socket:
        await greet(socket)
        try:
            for _ in range(400):
                await socket.send(encode(Say(text="a")))
        except ConnectionClosed:
            pass  # it was quick
        assert await close_code(socket) == CloseCode.FLOOD


class Liar:
    """Never reads, over a receive buffer as small as the kernel allows, and says that it does."""

    def __init__(self, port: int, path: str) -> None:
        self.socket = sockets.socket()
        self.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 1)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert self.socket.recv(12) == b"HTTP/1.1 101"

    def send(self, frame: msgspec.Struct) -> None:
        payload = encode(frame).encode()
        assert len(payload) < 126
        # Final, text, masked with zeros.
        self.socket.sendall(struct.pack("!BBI", 0x81, 0x80 | len(payload), 0) + payload)

    def is_closed(self) -> bool:
        """Whether the server has let go of the connection, whatever of it is still unread here."""
        poll = select.poll()
        poll.register(self.socket, select.POLLHUP | select.POLLERR)
        return bool(poll.poll(0))


@pytest.mark.req("DL-07")
async def test_a_client_that_reads_nothing_and_guesses_marks_is_closed_by_a_real_server(
    daphne: Daphne,
) -> None:
    mark = ""
    async with connect(daphne.url("talkative")) as reader:
        await greet(reader)
        assert isinstance(await hear(reader), Welcome)
        liar = Liar(daphne.port, "/talkative/")
        liar.send(Hello(token="secret"))
        for _ in range(5):
            for frame in (Sync(), Ping(mark=secrets.token_urlsafe(6))):
                liar.send(frame)
            for frame in (Sync(), Ping(mark=mark)):
                await reader.send(encode(frame))
            while not isinstance(answer := await hear(reader), Pong):
                assert isinstance(answer, Said)
            mark = answer.mark
        await asyncio.to_thread(wait_until, liar.is_closed, what="the end of the liar", seconds=PATIENCE)
        # Who did the same and read it is welcome to stay.
        await reader.send(encode(Ping(mark=mark)))
        assert isinstance(await hear(reader), Pong)
        liar.socket.close()


@pytest.mark.req("DL-01", "DL-08")
async def test_sigterm_finishes_what_was_taken_and_sends_everybody_away(daphne: Daphne) -> None:
    sockets = [await connect(daphne.url("parrot")) for _ in range(5)]
    for socket in sockets:
        await greet(socket)
        assert isinstance(await hear(socket), Welcome)
    await sockets[0].send(encode(Slow(text="taken before the end")))
    await sockets[0].send(encode(Say(text="a")))
    assert [await hear(socket) for socket in sockets] == [Said(seq=1, text="a")] * 5
    started = time.monotonic()
    daphne.process.send_signal(signal.SIGTERM)
    # The sender gets its answer; the others, gone by then, get the message when they resume.
    assert await hear(sockets[0]) == Said(seq=2, text="taken before the end")
    assert all([isinstance(await hear(socket), Bye) for socket in sockets])
    assert [await close_code(socket) for socket in sockets] == [CloseCode.SERVICE_RESTART] * 5
    assert await asyncio.to_thread(daphne.process.wait, 10) == 0
    assert time.monotonic() - started < 10
    for socket in sockets:
        await socket.close()
