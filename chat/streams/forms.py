"""How an editor shows a card type: one source for the admin's form and the Stream Designer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Words = str | Promise

FieldKind = Literal[
    "line",
    "text",
    "attribute",
    "select",
    "switch",
    "lines",
    "rows",
    "agent",
    "team",
    "card",
    "document",
    "flow",
    "lists",
    "conditions",
]


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a "select" field; `prime` marks what only the Prime package has."""

    value: str
    label: Words
    prime: bool = False


@dataclass(frozen=True, slots=True)
class FieldForm:
    """One field of a card. "lines" is a list of texts, "rows" a list of objects with `fields`.

    "agent", "team", "document" and "flow" are the id (a number) of one, or null; "lists" is a list of ids of
    lead lists, without order. "conditions" is a group as `config.lib.conditions` reads it, in which
    `agent_available` may be asked for too. A field with `prime` is only for the Prime package.
    `shown_when` names a sibling field and the value it must have for this field to mean anything.
    """

    name: str
    label: Words
    kind: FieldKind
    help: Words = ""
    required: bool = False
    max_length: int | None = None
    options: tuple[Option, ...] = ()
    fields: tuple["FieldForm", ...] = ()
    shown_when: tuple[str, str] | None = None
    prime: bool = False

    def as_data(self) -> dict[str, object]:
        return {
            "name": self.name,
            "label": str(self.label),
            "kind": self.kind,
            "help": str(self.help),
            "required": self.required,
            "max_length": self.max_length,
            "options": [{"value": o.value, "label": str(o.label), "prime": o.prime} for o in self.options],
            "fields": [field.as_data() for field in self.fields],
            "shown_when": list(self.shown_when) if self.shown_when else None,
            "prime": self.prime,
        }


@dataclass(frozen=True, slots=True)
class CardForm:
    """A card type as the editor offers it; `example` is one such card, without its type.

    `prime`: the whole card is only for the Prime package.
    """

    label: Words
    description: Words
    fields: tuple[FieldForm, ...]
    example: Mapping[str, object]
    prime: bool = False

    def as_data(self) -> dict[str, object]:
        return {
            "label": str(self.label),
            "description": str(self.description),
            "fields": [field.as_data() for field in self.fields],
            "example": _speak(self.example),
            "prime": self.prime,
        }


def _speak(value: object) -> object:
    """The same data, its words in the reader's language."""
    if isinstance(value, Mapping):
        return {name: _speak(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_speak(inner) for inner in value]
    return str(value) if isinstance(value, Promise) else value
