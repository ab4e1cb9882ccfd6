"""The parsed form of conditions, and the limits it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args

import msgspec

from .attributes import LISTS

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


def list_conditions(group: Group) -> Iterator[Condition]:
    """Every condition of a group and of the groups in it."""
    for item in group.items:
        if isinstance(item, Condition):
            yield item
        else:
            yield from list_conditions(item)


def asks_for(group: Group, attribute: str) -> bool:
    """Say whether any condition is about this attribute."""
    return any(condition.attribute == attribute for condition in list_conditions(group))


def get_list_ids(group: Group) -> frozenset[int]:
    """Give the lists that the conditions name, to check that they exist (DG-13)."""
    named = (condition for condition in list_conditions(group) if condition.attribute == LISTS)
    return frozenset(int(value) for condition in named for value in condition.values if value)


def to_json(group: Group) -> dict[str, Any]:
    """Give the JSON value that `parse_conditions` turns into this group again."""
    raw: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(group))
    return raw
