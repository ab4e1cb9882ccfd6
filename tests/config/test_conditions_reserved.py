"""Lists and availability: attributes that are found out, not set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from config.lib.conditions import (
    AGENT_AVAILABLE,
    LISTS,
    ConditionsInvalid,
    Group,
    asks_for,
    describe,
    explain,
    get_list_ids,
    matches,
    parse_conditions,
)

pytestmark = pytest.mark.req("DG-07")


def on_lists(operator: str, value: object = None) -> Group:
    condition = {"attribute": LISTS, "operator": operator}
    return parse_conditions({"items": [condition if value is None else {**condition, "value": value}]})


@pytest.mark.parametrize(
    ("operator", "value", "lists", "expected"),
    [
        ("is", "7", ("7",), True),
        ("is", 7, ("3", "7"), True),
        ("is", "7", ("77",), False),
        ("is", "7", (), False),
        ("is_not", "7", ("3",), True),
        ("is_not", "7", ("3", "7"), False),
        ("is_not", "7", (), True),
        ("in_list", ["7", "8"], ("3", "8"), True),
        ("in_list", ["7", "8"], ("3",), False),
        ("is_empty", None, (), True),
        ("is_empty", None, ("3",), False),
        ("is_not_empty", None, ("3",), True),
        ("is_not_empty", None, (), False),
    ],
)
def test_membership_is_told_by_the_ids_of_all_lists(
    operator: str, value: object, lists: tuple[str, ...], expected: bool
) -> None:
    assert matches(on_lists(operator, value), {LISTS: lists}) is expected


@pytest.mark.parametrize(
    ("operator", "value"), [("contains", "7"), ("less_than", "7"), ("is", "Customers"), ("is", "0")]
)
def test_membership_asked_in_a_way_that_means_nothing_is_refused(operator: str, value: str) -> None:
    with pytest.raises(ConditionsInvalid):
        on_lists(operator, value)


def test_lists_that_conditions_name_are_found_in_every_group() -> None:
    inner = {"match": "any", "items": [{"attribute": LISTS, "operator": "in_list", "value": ["8", "9"]}]}
    outer = {"attribute": LISTS, "operator": "is", "value": "7"}
    empty = {"attribute": LISTS, "operator": "is_empty"}
    group = parse_conditions({"items": [outer, inner, empty]})
    assert get_list_ids(group) == {7, 8, 9}
    assert asks_for(group, LISTS)
    assert not asks_for(group, "company")


def test_membership_is_described_by_the_names_of_the_lists() -> None:
    assert describe(on_lists("is", "7"), {"7": "Customers"}) == "is on the list “Customers”"
    assert describe(on_lists("in_list", ["7", "8"]), {"7": "Customers"}) == (
        "is on one of the lists “Customers”, “#8”"
    )
    assert describe(on_lists("is_not", "7")) == "is not on the list “#7”"
    assert describe(on_lists("is_empty")) == "is on no list"
    assert explain(on_lists("is_empty"), {}) == "Matches: is on no list; it is empty."


def availability(value: str = "yes", operator: str = "is", *, in_branch: bool = True) -> Group:
    condition = {"attribute": AGENT_AVAILABLE, "operator": operator, "value": value}
    return parse_conditions({"items": [condition]}, in_branch=in_branch)


def test_availability_is_yes_or_no() -> None:
    assert matches(availability("yes"), {AGENT_AVAILABLE: "yes"})
    assert not matches(availability("no"), {AGENT_AVAILABLE: "yes"})
    assert describe(availability()) == "an agent is available"
    assert describe(availability("no")) == "no agent is available"


def test_availability_can_only_be_asked_in_a_branch_and_by_yes_or_no() -> None:
    with pytest.raises(ConditionsInvalid, match="only be asked by a branching card"):
        availability(in_branch=False)
    for value, operator in [("maybe", "is"), ("yes", "is_not"), ("yes", "contains")]:
        with pytest.raises(ConditionsInvalid, match="with “yes” or “no”"):
            availability(value, operator)


class Watched(Mapping[str, Any]):
    """Attributes that remember what was asked of them."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values_by_name, self.asked = values, list[str]()

    def __getitem__(self, name: str) -> Any:
        self.asked.append(name)
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


def test_what_is_settled_already_is_not_asked_for() -> None:
    country = {"attribute": "country", "operator": "is", "value": "SE"}
    available = {"attribute": AGENT_AVAILABLE, "operator": "is", "value": "yes"}
    watched = Watched({"country": "NO", AGENT_AVAILABLE: "yes"})
    assert not matches(parse_conditions({"items": [country, available]}, in_branch=True), watched)
    assert watched.asked == ["country"]
