"""What a browser sees of the real server, where a test inside its process is told a fairer story."""

from __future__ import annotations

import asyncio
import base64
import os
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chat.delivery.close_codes import CloseCode
from tests.factories import UserFactory
from tests.processes import Process, Processes
from tests.scenes import make_agent, publish, set_up, sign_in

PATIENCE = 10.0
SHOP = b"Origin: https://shop.example"
AGENT_HELLO = '{"type":"hello","protocol":1}'
HELLO = '{"type":"hello","protocol":1,"token":"%s"}'


async def get_status(url: str, **options: Any) -> int:
    try:
        async with connect(url, proxy=None, **options):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def get_close_code(url: str, *frames: str | bytes, **options: Any) -> int | None:
    """Send these, and read until the server closes."""
    async with connect(url, proxy=None, **options) as socket:
        await send_all(socket, frames)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


async def send_all(socket: ClientConnection, frames: tuple[str | bytes, ...]) -> None:
    try:
        for frame in frames:
            await socket.send(frame)
    except ConnectionClosed:
        pass  # it was quick


async def shake_hands(url: str, *headers: bytes) -> int:
    """The status of a handshake with these raw header lines."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    key = base64.b64encode(os.urandom(16))
    lines = [
        b"GET " + address.path.encode() + b" HTTP/1.1",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: " + key,
        *headers,
    ]
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
    async with asyncio.timeout(PATIENCE):
        status = await reader.readline()
    writer.close()
    return int(status.split()[1])


def as_agent(web: Process, key: str) -> dict[str, Any]:
    return {"origin": web.url, "additional_headers": {"Cookie": f"sessionid={key}"}}


@pytest.mark.req("DL-07", "DL-10", "DG-18")
def test_a_browser_sees_the_codes_and_statuses_that_are_promised(processes: Processes) -> None:
    set_up(restrict_domains=True, allowed_domains="shop.example")
    publish()
    agent, stranger = sign_in(make_agent(is_present=False)), sign_in(UserFactory.create())
    web = processes.web()
    visitors, agents = f"{web.ws_url}/ws/visitor/", f"{web.ws_url}/ws/agent/"
    shop = {"origin": "https://shop.example"}

    async def look() -> dict[str, Any]:
        return {
            "bad token": await get_close_code(visitors, HELLO % "wrong", **shop),
            "bad protocol": await get_close_code(visitors, HELLO.replace(":1,", ":9,") % "", **shop),
            "flood": await get_close_code(visitors, *["{}"] * 400, **shop),
            "no session": await get_close_code(agents, AGENT_HELLO, origin=web.url),
            "no permission": await get_close_code(agents, AGENT_HELLO, **as_agent(web, stranger)),
            "foreign visitor": await get_status(visitors, origin="https://evil.example"),
            "foreign agent": await get_status(agents, origin="https://evil.example"),
            "nothing there": await get_status(f"{web.ws_url}/ws/else/", origin=web.url),
            "visitor": await get_status(visitors, **shop),
            "agent": await get_status(agents, **as_agent(web, agent)),
            "two hosts": await shake_hands(agents, b"Host: a", b"Host: b", b"Origin: http://a"),
            "bytes in origin": await shake_hands(agents, b"Host: a", b"Origin: http://\xff\xfe"),
            "bytes in cookie": await shake_hands(
                visitors, b"Host: a", b"Origin: https://shop.example", b"Cookie: \xff=\xfe"
            ),
            "half an origin": await shake_hands(visitors, b"Host: a", b"Origin: http://["),
        }

    seen = asyncio.run(look())
    # The server stops reading in the middle: the client may see the end of the connection before the code.
    assert asyncio.run(get_close_code(visitors, "x" * 5_000_000, **shop)) in {1009, None}
    assert seen == {
        "bad token": CloseCode.UNAUTHENTICATED,
        "bad protocol": CloseCode.FORBIDDEN,
        "flood": CloseCode.FLOOD,
        "no session": CloseCode.UNAUTHENTICATED,
        "no permission": CloseCode.FORBIDDEN,
        "foreign visitor": 403,
        "foreign agent": 403,
        "nothing there": 403,
        "visitor": 101,
        "agent": 101,
        "two hosts": 403,
        "bytes in origin": 403,
        "bytes in cookie": 101,
        "half an origin": 400,
    }
    assert "Traceback" not in web.log.read_text()
