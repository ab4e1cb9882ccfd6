"""Posts that any website's page may send: refused, read and answered before Django's middleware.

Any page may read the answers (CORS ``*``, no cookies); what protects whom is each endpoint's own affair.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from config.lib.origins import get_header

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# Seconds that a body may take; ours is one packet.
BODY_WITHIN = 10.0
_HEADERS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]
PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
]


class Refused(Exception):
    """An answer that ends the matter: a status, a code, and in how many seconds to come again."""

    def __init__(self, status: int, code: str, *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.status, self.code, self.retry_after = status, code, retry_after

    @property
    def headers(self) -> Headers:
        wait = [(b"retry-after", str(self.retry_after).encode())] if self.retry_after else []
        return [*wait, *([(b"allow", b"POST, OPTIONS")] if self.status == 405 else [])]


async def read_body(scope: Scope, receive: Any, *, limit: int) -> bytes:
    """Return a body of at most ``limit`` bytes; raises ``Refused`` for more, or where it doesn't come."""
    length = get_header(scope, b"content-length")
    if length.isdecimal() and int(length[:9]) > limit:
        raise Refused(413, "too_large")
    body = b""
    message: dict[str, Any]
    try:
        async with asyncio.timeout(BODY_WITHIN):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise Refused(400, "gone")
                body += bytes(message.get("body", b""))
                if len(body) > limit:
                    raise Refused(413, "too_large")
                if not message.get("more_body", False):
                    return body
    except TimeoutError:
        raise Refused(408, "too_slow") from None


async def send_answer(send: Any, status: int, body: bytes = b"", headers: Headers | None = None) -> None:
    """Answer with JSON, or with nothing."""
    told = [*_HEADERS, *(headers or [])]
    if status != 204:
        told.append((b"content-length", str(len(body)).encode()))
    if body:
        told.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
