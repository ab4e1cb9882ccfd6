"""How much one request may bring."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from config.lib.body_limit import BodyLimit

pytestmark = pytest.mark.req("LC-35", "DL-07")


async def count(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An application that says how many bytes it was given."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def ask(*chunks: bytes, length: str = "") -> tuple[int, bytes]:
    headers = [(b"content-length", length.encode())] if length else []
    app = ApplicationCommunicator(BodyLimit(count, limit=10), {"type": "http", "headers": headers})
    for place, chunk in enumerate(chunks, start=1):
        await app.send_input({"type": "http.request", "body": chunk, "more_body": place < len(chunks)})
    start, body = await app.receive_output(), await app.receive_output()
    await app.wait()
    return start["status"], body["body"]


async def test_body_within_the_limit_passes() -> None:
    assert await ask(b"12345", b"67890") == (200, b"10")
    assert await ask(b"12345", length="5") == (200, b"5")


async def test_body_that_says_it_is_too_long_is_not_read() -> None:
    assert (await ask(length="11"))[0] == 413
    assert (await ask(length="9" * 400))[0] == 413


async def test_body_without_a_length_is_counted_as_it_comes() -> None:
    assert await ask(b"12345", b"67890", b"1") == (413, b'{"code": "too_large"}')


async def test_body_longer_than_it_says_is_refused() -> None:
    assert (await ask(b"1" * 11, length="5"))[0] == 413
