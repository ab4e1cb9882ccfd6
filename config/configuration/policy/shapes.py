"""What type each value of a file has to be: YAML guesses, and a form would take the text “false” for true."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Shape = Mapping[str, str]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_clocks(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_names(blocks) for blocks in value.values())


_CHECKS: Final[Mapping[str, tuple[Callable[[Any], bool], StrOrPromise]]] = {
    "text": (lambda value: isinstance(value, str), _("must be a text; put it in quotes.")),
    "whole": (_is_whole, _("must be a whole number.")),
    "switch": (lambda value: isinstance(value, bool), _("must be true or false.")),
    "names": (_is_names, _("must be a list of texts.")),
    "parts": (lambda value: isinstance(value, dict), _("must have parts, each with its name.")),
    "clocks": (_is_clocks, _("must be weekdays, each with a list such as [09:00-17:00].")),
}


def describe_columns(model: type[models.Model], names: tuple[str, ...]) -> Shape:
    """Return the types of these columns; one that may be empty in the database ends with a question mark."""
    return {name: _describe(model._meta.get_field(name)) for name in names}


def _describe(column: Any) -> str:
    kinds = ((models.BooleanField, "switch"), (models.IntegerField, "whole"), (models.JSONField, "parts"))
    found = next((kind for base, kind in kinds if isinstance(column, base)), "text")
    return f"{found}?" if column.null else found


def find_wrong(item: Any, shape: Shape) -> Iterator[tuple[str, StrOrPromise]]:
    """Yield each name of an item that isn't known or whose value is of another type, with the reason."""
    if not isinstance(item, dict):
        yield "", _CHECKS["parts"][1]
        return
    for name, value in item.items():
        if name not in shape:
            yield name, _("isn't known here.")
            continue
        kind = shape[name]
        if value is None and kind.endswith("?"):
            continue
        is_right, words = _CHECKS[kind.removesuffix("?")]
        if not is_right(value):
            yield name, words
