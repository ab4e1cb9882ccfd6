"""Rows that streams and conditions refer to by id, and the names that a file has in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from agents.models import Team, User
from chat.models import Dialogue, Document, LeadList
from chat.streams import CARD_TYPES
from chat.streams.forms import FieldForm
from config.configuration.errors import Refusal
from config.lib.conditions import LISTS

_FORMS: Final[Mapping[str, tuple[FieldForm, ...]]] = {
    str(card.__struct_config__.tag): card.form.fields for card in CARD_TYPES
}
_SINGLE: Final = ("agent", "team", "document", "flow")

_MISSING: Final = {
    "agent": _("There is no user “%(name)s”."),
    "team": _("There is no team “%(name)s”."),
    "document": _("There is no document “%(name)s”: upload it under this name first."),
    "flow": _("There is no conversational flow “%(name)s”."),
    "list": _("There is no list “%(name)s”."),
}

Convert = Callable[[str, Any, str], Any]


class Names:
    """The rows' ids and names, each kind read once."""

    @cached_property
    def by_id(self) -> Mapping[str, Mapping[int, str]]:
        flows = Dialogue.objects.filter(kind=Dialogue.Kind.FLOW)
        return {
            "agent": dict(User.objects.values_list("pk", "username")),
            "team": dict(Team.objects.values_list("pk", "name")),
            "document": dict(Document.objects.values_list("pk", "name")),
            "flow": dict(flows.values_list("pk", "name")),
            "list": dict(LeadList.objects.values_list("pk", "name")),
        }

    @cached_property
    def by_name(self) -> Mapping[str, Mapping[str, int]]:
        return {kind: {name: pk for pk, name in names.items()} for kind, names in self.by_id.items()}

    def name(self, kind: str, pk: Any, _path: str = "") -> str | None:
        """Return the name of a row; None where there is none, and a made one where it is gone."""
        if pk is None:
            return None
        known = self.by_id[kind].get(pk) if isinstance(pk, int) else None
        return known if known is not None else f"{pk} (deleted)"


class Resolver:
    """Puts ids in the place of names, and says which there are none of."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.refusals: list[Refusal] = []

    def find(self, kind: str, name: Any, path: str) -> int | None:
        """Return the id of the row of this name."""
        if name is None:
            return None
        found = self.names.by_name[kind].get(name) if isinstance(name, str) else None
        if found is None:
            self.refusals.append(Refusal(path, _MISSING[kind] % {"name": str(name)[:100]}))
        return found


def export_stream(stream: Any, names: Names) -> Any:
    """Return a stream's JSON with names in the place of ids, in the order in which cards are written."""
    return _convert_stream(stream, names.name, "", to_names=True)


def import_stream(stream: Any, resolver: Resolver, path: str) -> Any:
    """Return a stream as it is kept; what names nothing is among the resolver's refusals."""
    return _convert_stream(stream, resolver.find, path, to_names=False)


def export_conditions(conditions: Any, names: Names) -> Any:
    """Return conditions with the names of lists in the place of their ids."""
    return _convert_conditions(conditions, names.name, "", to_names=True)


def import_conditions(conditions: Any, resolver: Resolver, path: str) -> Any:
    """Return conditions as they are kept: a list's id is a text there."""
    return _convert_conditions(conditions, resolver.find, path, to_names=False)


def _convert_stream(stream: Any, convert: Convert, path: str, *, to_names: bool) -> Any:
    if not isinstance(stream, dict) or not isinstance(stream.get("cards"), dict):
        return stream
    cards = {
        card_id: _convert_card(card, convert, f"{path}.cards.{card_id}", to_names=to_names)
        for card_id, card in sorted(stream["cards"].items())
    }
    return {"start": None, **stream, "cards": cards}


def _convert_card(card: Any, convert: Convert, path: str, *, to_names: bool) -> Any:
    if not isinstance(card, dict):
        return card
    fields = _FORMS.get(str(card.get("type")), ())
    return dict(_iter_fields(card, fields, convert, path, to_names=to_names))


def _iter_fields(
    row: dict[str, Any], fields: tuple[FieldForm, ...], convert: Convert, path: str, *, to_names: bool
) -> Iterator[tuple[str, Any]]:
    by_name = {_get_name(field, written=not to_names): field for field in fields}
    # The database keeps no order of names; the type says what the rest means.
    for name in sorted(row, key=lambda each: (each != "type", each)):
        field, value, place = by_name.get(name), row[name], f"{path}.{name}"
        if field is None:
            yield name, value
        else:
            yield (
                _get_name(field, written=to_names),
                _convert_field(field, value, convert, place, to_names=to_names),
            )


def _get_name(field: FieldForm, *, written: bool) -> str:
    return field.name.removesuffix("_id") if written and field.kind in _SINGLE else field.name


def _convert_field(field: FieldForm, value: Any, convert: Convert, path: str, *, to_names: bool) -> Any:
    if field.kind in _SINGLE:
        return convert(field.kind, value, path)
    if field.kind == "lists" and isinstance(value, list):
        return [convert("list", one, f"{path}[{number}]") for number, one in enumerate(value)]
    if field.kind == "conditions":
        return _convert_conditions(value, convert, path, to_names=to_names)
    if field.kind == "rows" and isinstance(value, list):
        return [
            dict(_iter_fields(one, field.fields, convert, f"{path}[{number}]", to_names=to_names))
            if isinstance(one, dict)
            else one
            for number, one in enumerate(value)
        ]
    return value


def _convert_conditions(node: Any, convert: Convert, path: str, *, to_names: bool) -> Any:
    if not isinstance(node, dict):
        return node
    node = {name: node[name] for name in sorted(node, key=_place_condition_part)}
    if isinstance(node.get("items"), list):
        node["items"] = [
            _convert_conditions(one, convert, f"{path}.items[{number}]", to_names=to_names)
            for number, one in enumerate(node["items"])
        ]
    elif node.get("attribute") == LISTS and node.get("value") not in (None, ""):
        node["value"] = _convert_list_value(node["value"], convert, f"{path}.value", to_names=to_names)
    return node


def _convert_list_value(value: Any, convert: Convert, path: str, *, to_names: bool) -> Any:
    if isinstance(value, list):
        return [
            _convert_list_value(one, convert, f"{path}[{number}]", to_names=to_names)
            for number, one in enumerate(value)
        ]
    if to_names:
        is_id = isinstance(value, str) and value.isdecimal()
        return convert("list", int(value) if is_id else value, path)
    found = convert("list", value, path)
    return value if found is None else str(found)


def _place_condition_part(name: str) -> tuple[int, str]:
    order = ("match", "items", "attribute", "operator", "value")
    return (order.index(name) if name in order else len(order), name)
