"""The parsed form of conditions, and the limits it keeps."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

MAX_DEPTH = 5
MAX_CONDITIONS = 100
MAX_VALUE_LENGTH = 500
MAX_LIST_LENGTH = 1_000

Match = Literal["all", "any"]
Operator = Literal[
    "is",
    "is_not",
    "contains",
    "starts_with",
    "is_empty",
    "is_not_empty",
    "greater_than",
    "less_than",
    "in_list",
]
MATCHES: tuple[str, ...] = get_args(Match)
OPERATORS: tuple[str, ...] = get_args(Operator)
WITHOUT_VALUE: frozenset[str] = frozenset({"is_empty", "is_not_empty"})
ORDERING: frozenset[str] = frozenset({"greater_than", "less_than"})


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """One test of one attribute. `value` is empty for the operators that need none, a tuple for `in_list`."""

    attribute: str
    operator: Operator
    value: str | tuple[str, ...] = ""

    @property
    def values(self) -> tuple[str, ...]:
        return (self.value,) if isinstance(self.value, str) else self.value


class Group(msgspec.Struct, frozen=True):
    """Conditions and groups of which all or any must hold; without items it matches everybody."""

    match: Match = "all"
    items: tuple[Item, ...] = ()


Item = Condition | Group


def to_json(group: Group) -> dict[str, Any]:
    """Give the JSON value that `parse_conditions` turns into this group again."""
    raw: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(group))
    return raw
