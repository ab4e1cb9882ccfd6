from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.conditions import (
    Condition,
    ConditionsInvalid,
    Group,
    Item,
    describe,
    explain,
    matches,
    parse_conditions,
    to_json,
)

pytestmark = pytest.mark.req("LC-17", "DG-07")

# Few names and values, so that conditions and attributes often meet.
NAMES = st.sampled_from(["company", "country", "plan"])
WORDS = st.sampled_from(["a", "A", "ab", "10", "9", "2026-01-31", "ß", "%s", "{}"])
ORDERED = st.sampled_from(["10", "9.5", "-1", "2026-01-31", "2025-12-01"])
ATTRIBUTES = st.dictionaries(NAMES, st.one_of(WORDS, st.text(max_size=8)))

CONDITIONS: st.SearchStrategy[Item] = st.one_of(
    st.builds(Condition, NAMES, st.sampled_from(["is", "is_not", "contains", "starts_with"]), WORDS),
    st.builds(Condition, NAMES, st.sampled_from(["is_empty", "is_not_empty"])),
    st.builds(Condition, NAMES, st.sampled_from(["greater_than", "less_than"]), ORDERED),
    st.builds(Condition, NAMES, st.just("in_list"), st.lists(WORDS, min_size=1, max_size=4).map(tuple)),
)


def groups_of(items: st.SearchStrategy[Item], *, least: int = 1) -> st.SearchStrategy[Group]:
    return st.builds(
        Group, st.sampled_from(["all", "any"]), st.lists(items, min_size=least, max_size=4).map(tuple)
    )


GROUPS = groups_of(st.one_of(CONDITIONS, groups_of(st.one_of(CONDITIONS, groups_of(CONDITIONS)))), least=0)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10), WORDS),
    lambda children: st.one_of(
        st.lists(children, max_size=4),
        st.dictionaries(
            st.one_of(
                st.sampled_from(["match", "items", "attribute", "operator", "value"]), st.text(max_size=5)
            ),
            st.one_of(children, st.sampled_from(["all", "any", "is", "in_list", "company"])),
            max_size=4,
        ),
    ),
    max_leaves=20,
)


@given(GROUPS)
def test_every_group_survives_its_json(group: Group) -> None:
    assert parse_conditions(to_json(group)) == group


@given(JSON)
def test_arbitrary_json_is_read_or_refused_with_a_reason(raw: Any) -> None:
    reasons: object = None
    try:
        group = parse_conditions(raw)
    except ConditionsInvalid as error:
        reasons = error.errors
    assert reasons is None or reasons
    if reasons is None:
        assert parse_conditions(to_json(group)) == group


@given(GROUPS, st.dictionaries(NAMES, JSON))
def test_no_attribute_value_breaks_matching(group: Group, attributes: dict[str, Any]) -> None:
    assert matches(group, attributes) in (True, False)


@given(st.lists(CONDITIONS, min_size=1, max_size=5), ATTRIBUTES)
def test_all_is_every_item_and_any_is_some_item(items: list[Item], attributes: dict[str, str]) -> None:
    alone = [matches(Group(items=(item,)), attributes) for item in items]
    assert matches(Group("all", tuple(items)), attributes) == all(alone)
    assert matches(Group("any", tuple(items)), attributes) == any(alone)


OPPOSITES = {"is": "is_not", "is_not": "is", "is_empty": "is_not_empty", "is_not_empty": "is_empty"}
NEGATABLE: st.SearchStrategy[Item] = st.one_of(
    st.builds(Condition, NAMES, st.sampled_from(["is", "is_not"]), WORDS),
    st.builds(Condition, NAMES, st.sampled_from(["is_empty", "is_not_empty"])),
)


def negate(item: Item) -> Item:
    if isinstance(item, Condition):
        return Condition(item.attribute, OPPOSITES[item.operator], item.value)  # type: ignore[arg-type]
    return Group("any" if item.match == "all" else "all", tuple(negate(child) for child in item.items))


@given(groups_of(st.one_of(NEGATABLE, groups_of(NEGATABLE))), ATTRIBUTES)
def test_all_and_any_are_each_others_opposite(group: Group, attributes: dict[str, str]) -> None:
    opposite = negate(group)
    assert isinstance(opposite, Group)
    assert matches(opposite, attributes) is not matches(group, attributes)


@given(GROUPS, ATTRIBUTES)
def test_explanation_agrees_with_the_outcome(group: Group, attributes: dict[str, str]) -> None:
    assert explain(group, attributes).startswith("Matches") is matches(group, attributes)


@given(GROUPS)
def test_description_is_never_blank_and_its_brackets_pair(group: Group) -> None:
    words = describe(group)
    assert words.strip()
    assert words.count("(") == words.count(")")
