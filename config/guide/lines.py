"""What a line of the guide is, and what it looks like to somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext

from agents.permissions import ACCESS_PERMISSIONS
from config.admin_permissions import holds

_NAMES = dict(ACCESS_PERMISSIONS)


@dataclass(frozen=True)
class Line:
    """One thing that is as it should be, or isn't: in words, with the page that mends it.

    ``needs`` are the permissions that open the page, any one of them; without a page, ``mend`` says what
    to do elsewhere.
    """

    title: str
    words: str
    needs: tuple[str, ...]
    mend: str = ""
    url: str = ""
    is_done: bool = False
    is_urgent: bool = False


@dataclass(frozen=True)
class ShownLine:
    """A line for one reader: its link only where it leads somewhere, else whom to ask."""

    title: str
    words: str
    mend: str
    url: str
    is_done: bool
    is_urgent: bool


def show_lines(request: HttpRequest, lines: Iterable[Line]) -> list[ShownLine]:
    """The lines as this person gets them."""
    return [_show(request, line) for line in lines]


def _show(request: HttpRequest, line: Line) -> ShownLine:
    may = not line.url or holds(request, line.needs)
    mend = line.mend if may else _say_whom_to_ask(line)
    return ShownLine(
        title=line.title,
        words=line.words,
        mend=mend,
        url=line.url if may else "",
        is_done=line.is_done,
        is_urgent=line.is_urgent,
    )


def _say_whom_to_ask(line: Line) -> str:
    return gettext("Somebody with the permission “%(permission)s” can do this.") % {
        "permission": gettext(str(_NAMES[line.needs[0]]))
    }
