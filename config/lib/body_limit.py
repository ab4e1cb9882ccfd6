"""How much one request may bring: counted as it comes, so that nothing endless is ever kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from config.lib.origins import get_header

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

# Bytes. The largest that we take is a file of 10 MB, with what a form wraps around it.
LIMIT = 10 * 1024 * 1024 + 64 * 1024
_REFUSAL = b'{"code": "too_large"}'
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", str(len(_REFUSAL)).encode()),
    # The widget reads it from a page of another origin.
    (b"access-control-allow-origin", b"*"),
    (b"connection", b"close"),
]


class BodyLimit:
    """Answers 413 to a body that says, or shows, that it is too long; Django would keep all of it (S13)."""

    def __init__(self, app: Application, limit: int = LIMIT) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        length = get_header(scope, b"content-length")
        if length.isdecimal() and int(length[:15]) > self._limit:
            await _refuse(send)
            return
        await _Counted(self._app, self._limit).run(scope, receive, send)


class _Counted:
    """One request whose body is counted."""

    def __init__(self, app: Application, limit: int) -> None:
        self._app, self._left = app, limit
        self._is_refused = self._has_begun = False

    async def run(self, scope: Scope, receive: Any, send: Any) -> None:
        async def read() -> dict[str, Any]:
            message: dict[str, Any] = await receive()
            self._left -= len(message.get("body", b""))
            if self._left >= 0 or self._has_begun:
                return message
            self._is_refused = True
            await _refuse(send)
            # For the application it is as if the client had gone.
            return {"type": "http.disconnect"}

        async def write(message: dict[str, Any]) -> None:
            self._has_begun = True
            if not self._is_refused:
                await send(message)

        await self._app(scope, read, write)


async def _refuse(send: Any) -> None:
    await send({"type": "http.response.start", "status": 413, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _REFUSAL})
