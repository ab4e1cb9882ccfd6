"""How much one request may bring, before Django reads any of it.

Daphne gathers a body before any application hears of it: what a proxy lets through, it holds. The proxy of
the README lets 12 MB through.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from csp.utils import build_policy
from django.http import parse_cookie
from django.template.loader import render_to_string
from django.utils import translation

from config.lib.languages import pick_language_of_pages
from config.lib.origins import get_header

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

# Bytes. The largest that we take is a file of 10 MB, with what a form wraps around it.
MOST_MEGABYTES = 10
LIMIT = MOST_MEGABYTES * 1024 * 1024 + 64 * 1024
_REFUSAL = b'{"code": "too_large"}'


class BodyLimit:
    """Answers 413 to a body that says, or shows, that it is too long; Django would keep all of it (S13).

    Somebody who sent a form reads a page, a script JSON.
    """

    def __init__(self, app: Application, limit: int = LIMIT) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        length = get_header(scope, b"content-length")
        if length.isdecimal() and int(length[:15]) > self._limit:
            await _refuse(scope, send)
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
            await _refuse(scope, send)
            # For the application it is as if the client had gone.
            return {"type": "http.disconnect"}

        async def write(message: dict[str, Any]) -> None:
            self._has_begun = True
            if not self._is_refused:
                await send(message)

        await self._app(scope, read, write)


async def _refuse(scope: Scope, send: Any) -> None:
    # Only a browser that goes to a page asks for one; what a script fetches may be anything.
    is_page = "text/html" in get_header(scope, b"accept").lower()
    body, headers = _write_page(scope) if is_page else _write_code()
    headers += [(b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _write_code() -> tuple[bytes, list[tuple[bytes, bytes]]]:
    # The widget reads it from a page of another origin.
    return _REFUSAL, [(b"content-type", b"application/json"), (b"access-control-allow-origin", b"*")]


def _write_page(scope: Scope) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """In front of Django, so what its middleware would add is added here."""
    cookies = parse_cookie(get_header(scope, b"cookie"))
    with translation.override(pick_language_of_pages({**scope, "cookies": cookies})):
        page = render_to_string("errors/413.html", {"most": MOST_MEGABYTES, "back": _find_way_back(scope)})
        language = translation.get_language() or ""
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-language", language.encode()),
        (b"content-security-policy", build_policy().encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept, Accept-Language, Cookie"),
    ]
    return page.encode(), headers


def _find_way_back(scope: Scope) -> str:
    """The page that was left, where it is one of ours; never another website's."""
    try:
        page = urlsplit(get_header(scope, b"referer"))
    except ValueError:  # half an address
        return "/"
    is_ours = page.scheme in ("http", "https") and page.netloc == get_header(scope, b"host")
    path = "/" + page.path.lstrip("/")
    return (f"{path}?{page.query}" if page.query else path) if is_ours else "/"
