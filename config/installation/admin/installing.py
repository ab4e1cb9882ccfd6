"""What a website needs to carry the chat: lines to copy, with this installation's own addresses in them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import escape

from chat.widget import get_versioned_snippet


@dataclass(frozen=True)
class Directive:
    """One line of a Content-Security-Policy: what to add to it."""

    name: str
    sources: str


@dataclass(frozen=True)
class Lines:
    """Everything to copy that no guide explains."""

    origin: str
    snippet: str
    pinned: str
    integrity: str
    directives: list[Directive]

    @property
    def policy(self) -> str:
        """The directives as they stand in the header."""
        return " ".join(f"{one.name} {one.sources};" for one in self.directives)


def write_lines(request: HttpRequest) -> Lines:
    """The lines for this installation."""
    origin = get_origin(request)
    path, integrity = get_versioned_snippet()
    return Lines(
        origin=origin,
        snippet=f'<script src="{escape(origin)}/widget.js" async></script>',
        pinned=(
            f'<script src="{escape(origin + path)}"\n'
            f'  integrity="{escape(integrity)}" crossorigin="anonymous" async></script>'
        ),
        integrity=integrity,
        directives=list_directives(origin),
    )


def get_origin(request: HttpRequest) -> str:
    """Scheme, host and port that websites reach this server at."""
    public = urlsplit(settings.PUBLIC_URL or request.build_absolute_uri("/"))
    return f"{public.scheme}://{public.netloc}"


def list_directives(origin: str) -> list[Directive]:
    """Exactly what the widget needs of a strict policy (DG-16), and nothing that may be left out."""
    socket = "ws" + origin.removeprefix("http")
    # Pictures are fetched and drawn on a canvas, sounds are made in the browser: no line for either.
    return [Directive("script-src", origin), Directive("connect-src", f"{origin} {socket}")]
