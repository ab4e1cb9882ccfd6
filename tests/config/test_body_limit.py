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


async def request(*chunks: bytes, **headers: str) -> tuple[dict[str, Any], bytes]:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    app = ApplicationCommunicator(BodyLimit(count, limit=10), {"type": "http", "headers": sent})
    for place, chunk in enumerate(chunks, start=1):
        await app.send_input({"type": "http.request", "body": chunk, "more_body": place < len(chunks)})
    start, body = await app.receive_output(), await app.receive_output()
    await app.wait()
    return start, body["body"]


async def ask(*chunks: bytes, **headers: str) -> tuple[int, bytes]:
    start, body = await request(*chunks, **headers)
    return start["status"], body


async def test_body_within_the_limit_passes() -> None:
    assert await ask(b"12345", b"67890") == (200, b"10")
    assert await ask(b"12345", content_length="5") == (200, b"5")


async def test_body_that_says_it_is_too_long_is_not_read() -> None:
    assert (await ask(content_length="11"))[0] == 413
    assert (await ask(content_length="9" * 400))[0] == 413


async def test_body_without_a_length_is_counted_as_it_comes() -> None:
    assert await ask(b"12345", b"67890", b"1") == (413, b'{"code": "too_large"}')


async def test_body_longer_than_it_says_is_refused() -> None:
    assert (await ask(b"1" * 11, content_length="5"))[0] == 413


FORM = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "host": "chat.example"}


@pytest.mark.parametrize("chunks", [(b"1" * 11,), ()])
async def test_somebody_who_sent_a_form_reads_what_the_limit_is(chunks: tuple[bytes, ...]) -> None:
    length = {} if chunks else {"content_length": "11"}
    start, body = await request(*chunks, **FORM, **length, accept_language="sv")
    headers, page = dict(start["headers"]), body.decode()
    assert start["status"] == 413
    assert headers[b"content-type"] == b"text/html; charset=utf-8"
    assert int(headers[b"content-length"]) == len(body)
    assert b"script-src 'self'" in headers[b"content-security-policy"]
    assert b"access-control-allow-origin" not in headers
    assert "10 MB" in page
    assert '<html lang="sv"' in page


@pytest.mark.parametrize(
    ("referer", "way"),
    [
        ("https://chat.example/admin/chat/document/add/?a=1&b=2", "/admin/chat/document/add/?a=1&amp;b=2"),
        ("https://chat.example//evil.example/", "/evil.example/"),
        ("https://evil.example/admin/", "/"),
        ("javascript://chat.example/%0aalert(1)", "/"),
        ("https://[half", "/"),
        ("", "/"),
    ],
)
async def test_way_back_leads_to_a_page_of_ours(referer: str, way: str) -> None:
    _start, body = await request(content_length="11", referer=referer, **FORM)
    assert f'<a class="button is-primary" href="{way}">' in body.decode()


async def test_script_reads_json_whatever_page_it_is_on() -> None:
    start, body = await request(content_length="11", accept="*/*", host="chat.example")
    assert (dict(start["headers"])[b"content-type"], body) == (b"application/json", b'{"code": "too_large"}')
