"""Why a card can't be decoded, from the decoder's words to words for people."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

_AT = re.compile(r" - at `(?:key in )?\$\.?(?P<path>[^`]*)`\Z")


def describe(problem: str) -> tuple[str, str]:
    """The path of the field ("choices.0.label", "" for the card itself) and a sentence that names it."""
    found = _AT.search(problem)
    path = _dotted(found["path"]) if found else ""
    what = problem[: found.start()] if found else problem
    for pattern, words in _WORDS:
        match = re.search(pattern, what)
        if match:
            return words(path, *match.groups())
    return path, _("“%(field)s” doesn't have the form it must have.") % {"field": path}


def _dotted(path: str) -> str:
    return path.replace("[", ".").replace("]", "").lstrip(".")


def _join(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


def _missing(path: str, field: str) -> tuple[str, str]:
    return _join(path, field), _("“%(field)s” is missing.") % {"field": _join(path, field)}


def _unknown_field(path: str, field: str) -> tuple[str, str]:
    return _join(path, field), _("there is no field “%(field)s” here.") % {"field": _join(path, field)}


def _unknown_value(path: str, value: str) -> tuple[str, str]:
    if path == "type":
        return path, _("there is no card type “%(value)s”.") % {"value": value}
    return path, _("“%(field)s” can't be “%(value)s”.") % {"field": path, "value": value}


def bad_id(path: str) -> tuple[str, str]:
    words = _("“%(field)s” must be an id: small letters, digits, - and _ only, at most 40.")
    return path, words % {"field": path}


def _bad_sign(path: str) -> tuple[str, str]:
    return path, _("“%(field)s” has an invisible character that can't be stored.") % {"field": path}


def _wrong_type(path: str, expected: str) -> tuple[str, str]:
    names = {
        "str": _("a text"),
        "int": _("a whole number"),
        "bool": _("true or false"),
        "array": _("a list"),
        "object": _("an object with fields"),
        "null": _("nothing (null)"),
    }
    wanted = _(" or ").join(names.get(name, name) for name in expected.split(" | "))
    if not path:
        return path, _("it must be %(expected)s.") % {"expected": wanted}
    return path, _("“%(field)s” must be %(expected)s.") % {"field": path, "expected": wanted}


_WORDS: tuple[tuple[str, Callable[..., tuple[str, str]]], ...] = (
    (r"missing required field `(.*)`\Z", _missing),
    (r"contains unknown field `(.*)`\Z", _unknown_field),
    (r"\AInvalid (?:enum )?value '(.*)'\Z", _unknown_value),
    (r"matching regex .*a-z0-9_", bad_id),
    (r"matching regex .*x00", _bad_sign),
    (r"\AExpected `([^`]*)`", _wrong_type),
)
