"""The rows of what visitors' browsers ask for with a token in place of a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.urls import reverse

from tests.matrix.scene import MISSING


@dataclass(frozen=True)
class Named:
    """The ids of a chat: what a visitor could guess at."""

    conversation: object = MISSING
    file: object = MISSING


@dataclass(frozen=True)
class VisitorRow:
    """One method, and the status that a visitor's own chat is answered with; all else isn't there."""

    method: str
    url: Callable[[Named], str]
    own: int
    data: Callable[[Named], Mapping[str, object]] = field(default=lambda named: {})


VISITOR_PAGES = {
    # A form without a file gets as far as this only in the visitor's own chat.
    "visitor-files": VisitorRow(
        "POST",
        lambda named: reverse("visitor-files"),
        own=400,
        data=lambda named: {"conversation": str(named.conversation), "client_id": "file-0009"},
    ),
    "visitor-file": VisitorRow("GET", lambda named: reverse("visitor-file", args=[named.file]), own=200),
    "visitor-transcript": VisitorRow(
        "GET", lambda named: f"{reverse('visitor-transcript')}?conversation={named.conversation}", own=200
    ),
}
