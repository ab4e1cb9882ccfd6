"""The website of the example company: a stranger's site that knows nothing of the product but one line.

Plain ASGI on a port of its own, so another origin, and with a policy as strict as a careful company's: what
the widget needs beyond it would show here first.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from config.demo.company import NAME

ASSETS = Path(__file__).parent / "static" / "demo" / "website"
# The template of each page, and its address.
PAGES = {"home": "/", "bikes": "/bikes/", "fleets": "/fleets/", "prices": "/prices/"}
_HOST = re.compile(r"\A([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?\Z")


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    content_type: str
    body: bytes


class Website:
    """The ASGI application; `product_port` is where the product itself answers, under the same host name."""

    def __init__(self, product_port: int) -> None:
        self._product_port = product_port

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        host = _read_host(scope)
        answer = self._answer(scope["method"], scope["path"], f"{host}:{self._product_port}")
        headers = self._get_headers(answer, f"{host}:{self._product_port}")
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    def _answer(self, method: str, path: str, product: str) -> Answer:
        if method not in ("GET", "HEAD"):
            return Answer(405, "text/plain; charset=utf-8", b"This website can only be read.\n")
        if path.startswith("/assets/"):
            asset = _read_asset(path.removeprefix("/assets/"))
            if asset is not None:
                return asset
        name = next((name for name, address in PAGES.items() if address == path), "missing")
        context = {"company": NAME, "page": name, "pages": PAGES, "product": f"http://{product}"}
        page = render_to_string(f"demo/website/{name}.html", context)
        return Answer(404 if name == "missing" else 200, "text/html; charset=utf-8", page.encode())

    def _get_headers(self, answer: Answer, product: str) -> list[tuple[bytes, bytes]]:
        headers = {
            "content-type": answer.content_type,
            "content-length": str(len(answer.body)),
            "content-security-policy": make_policy(product),
            "x-content-type-options": "nosniff",
            "referrer-policy": "strict-origin-when-cross-origin",
            "cache-control": "no-cache",
        }
        return [(name.encode(), value.encode()) for name, value in headers.items()]


def make_policy(product: str) -> str:
    """The strictest policy that works: the widget needs scripts and connections. `product` is host:port."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src http://{product}",
            f"connect-src http://{product} ws://{product}",
            "style-src 'self'",
            "img-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _read_host(scope: Mapping[str, Any]) -> str:
    """The name the visitor came by, without its port; 127.0.0.1 where it is no name at all."""
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    form = _HOST.match(given)
    return form[1] if form else "127.0.0.1"


def _read_asset(name: str) -> Answer | None:
    """One of the site's own files; a name with a folder in it is none of them."""
    path = ASSETS / name
    if "/" in name or name.startswith(".") or not path.is_file():
        return None
    return Answer(200, mimetypes.guess_type(name)[0] or "application/octet-stream", path.read_bytes())
