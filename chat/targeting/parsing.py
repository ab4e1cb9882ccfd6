"""From lines of text to patterns, refusing at once what no page could ever match (DG-08)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.errors import InvalidInput

from .addresses import PARTS, fold_host, fold_path, split_port
from .patterns import Glob, Pattern, Target

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_LINES = 200
MAX_LINE_LENGTH = 2_000
MAX_ERRORS = 20
_SCHEMES = frozenset({"", "http", "https", "*", "http*"})
_LABEL = re.compile(r"[\w*-]{1,63}")
# "mailto:", "javascript:", "http:" without slashes; not a host and its port.
_BARE_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?![0-9]|//)", re.IGNORECASE)
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]")


@dataclass(frozen=True, slots=True)
class LineError:
    """One line that is wrong, counted from 1, and what is wrong with it."""

    line: int
    message: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(message)s") % {"line": self.line, "message": self.message}


def _join(errors: tuple[LineError, ...]) -> str:
    return "\n".join(str(error) for error in errors)


_join_lazily = lazy(_join, str)


class TargetsInvalid(InvalidInput):
    """Lines that aren't addresses, or that no page can match; `errors` names the first 20."""

    code = "targets_invalid"
    message: StrOrPromise = gettext_lazy("These addresses can't be read.")

    def __init__(self, errors: Sequence[LineError] = (), *, field: str | None = None) -> None:
        self.errors = tuple(errors[:MAX_ERRORS])
        super().__init__(_join_lazily(self.errors) if self.errors else None, field=field)


class _Refused(Exception):
    """Why no page can match this line."""


def parse_targets(text: str, *, field: str | None = None) -> tuple[Pattern, ...]:
    """Read one pattern a line (DG-08); empty lines and repetitions are passed over. Raises TargetsInvalid."""
    patterns: dict[str, Pattern] = {}
    errors: list[LineError] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            pattern = _parse_line(line.strip())
        except _Refused as refusal:
            errors.append(LineError(number, str(refusal)))
        else:
            patterns.setdefault(pattern.text, pattern)
        if len(patterns) > MAX_LINES:
            message = _("There can be at most %(limit)d addresses.") % {"limit": MAX_LINES}
            raise TargetsInvalid([LineError(number, message)], field=field)
    if errors:
        raise TargetsInvalid(errors, field=field)
    return tuple(patterns.values())


def parse_target(
    include: str, exclude: str, *, include_field: str | None = None, exclude_field: str | None = None
) -> Target:
    """Read both texts together: a line of the first that the second keeps from every page can't match either.
    Raises TargetsInvalid with the field that is wrong.
    """
    target = Target(parse_targets(include, field=include_field), parse_targets(exclude, field=exclude_field))
    errors = [
        LineError(_find_line(include, pattern), _("“%(other)s” excludes all of it.") % {"other": other.text})
        for pattern in target.include
        for other in target.exclude[:MAX_LINES]
        if other.covers(pattern)
    ]
    if errors:
        raise TargetsInvalid(errors, field=include_field)
    return target


def _find_line(text: str, pattern: Pattern) -> int:
    return 1 + [line.strip() for line in text.splitlines()].index(pattern.text)


def _parse_line(line: str) -> Pattern:
    _refuse_unfit(line)
    found = PARTS.fullmatch(line if "//" in line.partition("?")[0] else f"//{line}")
    if found is None or not found["host"]:
        raise _Refused(_("write a whole address, such as https://www.example.com/prices."))
    if (found["scheme"] or "").lower() not in _SCHEMES or _BARE_SCHEME.match(line):
        raise _Refused(_("an address begins with http:// or https://."))
    if (found["fragment"] or "").startswith(("#/", "#!")):
        raise _Refused(_("what follows # isn't looked at. Leave it out, or name pages before the #."))
    host, port = _read_host(found["host"], is_whole=found["scheme"] is not None)
    return Pattern(line, host, port, _read_path(found["path"], is_every=len(host) > 1))


def _refuse_unfit(line: str) -> None:
    if len(line) > MAX_LINE_LENGTH:
        raise _Refused(_("longer than %(limit)d characters.") % {"limit": MAX_LINE_LENGTH})
    if any(sign.isspace() or unicodedata.category(sign) in {"Cc", "Cs"} for sign in line):
        raise _Refused(_("no address has spaces. Write one address a line."))
    if "\\" in line:
        raise _Refused(_("write / in place of \\."))
    if line.startswith("/") and not line.startswith("//"):
        raise _Refused(_("begin with the website, such as https://www.example.com/prices."))


def _read_host(text: str, *, is_whole: bool) -> tuple[Glob, int | None]:
    if "@" in text:
        raise _Refused(_("an address of a page has no @."))
    name, port = split_port(text)
    if port and not (port.isascii() and port.isdecimal() and 1 <= int(port[:6]) <= 65_535):
        raise _Refused(_("a port is a number from 1 to 65535."))
    name = fold_host(name)
    if not _IPV6.fullmatch(name):
        _refuse_no_host(name, is_whole=is_whole)
    dotted = name if name.startswith("*") else f".{name}"
    return _split(dotted), int(port) if port else None


def _refuse_no_host(name: str, *, is_whole: bool) -> None:
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _Refused(_("“%(name)s” can't be the name of a website.") % {"name": name[:80]})
    # A line such as "prices/*": a path that lacks its website, not a website called "prices".
    if len(labels) == 1 and not is_whole and name not in ("localhost", "*"):
        raise _Refused(_("begin with the website, such as https://www.example.com/prices."))


def _read_path(text: str, *, is_every: bool) -> Glob:
    """A host with a wildcard and no path is every page of those hosts; one without is its first page."""
    if any(unquote(segment) in (".", "..") for segment in text.split("/")):
        raise _Refused(_("browsers show no address with /./ or /../ in it."))
    if is_every and text in ("", "/"):
        return ("/", "")
    path = text if text.endswith("*") else f"{text.rstrip('/')}/"
    return _split(path, fold_path)


def _split(text: str, fold: Callable[[str], str] = str) -> Glob:
    """What stands between the wildcards; several in a row are one. A %2A is a star that means itself."""
    return tuple(fold(part) for part in re.sub(r"\*+", "*", text).split("*"))
