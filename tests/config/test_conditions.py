from __future__ import annotations

from typing import Any

import pytest

from config.lib.conditions import (
    KNOWN_ATTRIBUTES,
    ConditionsInvalid,
    Group,
    describe,
    explain,
    get_attribute_label,
    is_attribute_name,
    matches,
    parse_conditions,
    to_json,
)
from config.lib.errors import InvalidInput

pytestmark = pytest.mark.req("LC-17", "DG-07")


def check(attribute: str, operator: str, value: object = None) -> dict[str, Any]:
    condition: dict[str, Any] = {"attribute": attribute, "operator": operator}
    return condition if value is None else condition | {"value": value}


def group(*items: object, match: str = "all") -> Group:
    return parse_conditions({"match": match, "items": list(items)})


def holds(operator: str, value: object, actual: object) -> bool:
    return matches(group(check("company", operator, value)), {"company": actual})


@pytest.mark.parametrize(
    ("operator", "value", "actual", "expected"),
    [
        ("is", "Acme", "acme", True),
        ("is", " Acme ", "\tACME\n", True),
        ("is", "STRASSE", "straße", True),
        ("is", "Å", "A\u030a", True),
        ("is", "Acme", "Acme AB", False),
        ("is", "Acme", "", False),
        ("is_not", "Acme", "acme ", False),
        ("is_not", "Acme", "Volvo", True),
        ("is_not", "Acme", "", True),
        ("contains", "cm", "ACME", True),
        ("contains", "acme ab", "The Acme AB", True),
        ("contains", "acme", "", False),
        ("contains", "100%", "100% wool", True),
        ("starts_with", "ac", "  ACME", True),
        ("starts_with", "me", "Acme", False),
        ("is_empty", None, " \t", True),
        ("is_empty", None, "0", False),
        ("is_not_empty", None, " ", False),
        ("is_not_empty", None, "x", True),
        ("in_list", ["SE", "no"], "NO", True),
        ("in_list", ["SE", "NO"], "FI", False),
        ("in_list", ["SE"], "", False),
        ("greater_than", "9", "10", True),
        ("greater_than", "10", "9", False),
        ("greater_than", "10", "10", False),
        ("greater_than", "10", "10.01", True),
        ("greater_than", "-3", "-2", True),
        ("greater_than", "10", "many", False),
        ("greater_than", "10", "", False),
        ("greater_than", "10", "2026-01-31", False),
        ("greater_than", "10", "nan", False),
        ("greater_than", "10", "1e9", False),
        ("greater_than", "10", "٣٣", False),
        ("greater_than", "2026-01-31", "2026-02-01", True),
        ("greater_than", "2026-01-31", "2026-01-31", False),
        ("greater_than", "2026-01-31", "2026-02-30", False),
        ("less_than", "10", "9", True),
        ("less_than", "10", "10", False),
        ("less_than", "10", "9" * 60, False),
        ("less_than", "2026-01-31", "1999-12-31", True),
        ("less_than", "2026-01-31", "30", False),
    ],
)
def test_operator_compares_as_people_would(operator: str, value: object, actual: str, expected: bool) -> None:
    assert holds(operator, value, actual) is expected


@pytest.mark.parametrize("attributes", [{}, {"company": None}, {"company": ""}, {"company": "  "}])
def test_missing_attribute_is_empty(attributes: dict[str, object]) -> None:
    assert matches(group(check("company", "is_empty")), attributes)
    assert not matches(group(check("company", "is_not_empty")), attributes)


def test_attribute_that_is_no_text_is_compared_as_its_text() -> None:
    assert holds("is", "5", 5)
    assert holds("greater_than", 4.5, 5)
    assert holds("is", "true", True)


def test_empty_group_matches_everybody() -> None:
    for raw in ({}, {"match": "any", "items": []}, {"match": "all", "items": []}):
        assert matches(parse_conditions(raw), {})
        assert matches(parse_conditions(raw), {"company": "Acme"})


def test_groups_nest() -> None:
    rule = group(
        check("company", "contains", "Acme"),
        {"match": "any", "items": [check("country", "is", "SE"), check("country", "is", "NO")]},
    )
    assert matches(rule, {"company": "Acme AB", "country": "no"})
    assert not matches(rule, {"company": "Acme AB", "country": "FI"})
    assert not matches(rule, {"company": "Volvo", "country": "SE"})


def test_numbers_become_texts() -> None:
    rule = group(check("size", "in_list", [5, 0.5, "x", 1e14, 100.0]))
    assert to_json(rule)["items"][0]["value"] == ["5", "0.5", "x", "100000000000000", "100"]


def test_a_group_comes_back_from_its_own_json() -> None:
    raw = {
        "match": "any",
        "items": [
            check("company", "is_empty"),
            {"match": "all", "items": [check("x", "in_list", ["a", "b"])]},
        ],
    }
    assert to_json(parse_conditions(raw)) == raw


VALID = {"attribute": "company", "operator": "is", "value": "Acme"}


def nest(depth: int) -> dict[str, Any]:
    raw: dict[str, Any] = {"match": "all", "items": [VALID]}
    for _ in range(depth - 1):
        raw = {"match": "all", "items": [raw]}
    return raw


@pytest.mark.parametrize(
    ("raw", "paths"),
    [
        (None, [""]),
        ([], [""]),
        ("all", [""]),
        ({"match": "none", "items": []}, ["match"]),
        ({"match": ["all"], "items": []}, ["match"]),
        ({"match": "all", "items": {}}, ["items"]),
        ({"match": "all", "itmes": []}, ["itmes"]),
        ({"match": "all", "items": [3]}, ["items[0]"]),
        ({"match": "all", "items": [None]}, ["items[0]"]),
        ({"items": [{}]}, ["items[0].attribute", "items[0].operator"]),
        ({"items": [VALID | {"attribute": "Company"}]}, ["items[0].attribute"]),
        ({"items": [VALID | {"attribute": "a" * 41}]}, ["items[0].attribute"]),
        ({"items": [VALID | {"attribute": "company\n"}]}, ["items[0].attribute"]),
        ({"items": [VALID | {"operator": "like"}]}, ["items[0].operator"]),
        ({"items": [VALID | {"operator": {}}]}, ["items[0].operator"]),
        ({"items": [VALID | {"note": 1}]}, ["items[0].note"]),
        ({"items": [VALID, VALID | {"value": " "}]}, ["items[1].value"]),
        ({"items": [VALID | {"value": None}]}, ["items[0].value"]),
        ({"items": [VALID | {"value": True}]}, ["items[0].value"]),
        ({"items": [VALID | {"value": 10**30}]}, ["items[0].value"]),
        ({"items": [VALID | {"value": float("nan")}]}, ["items[0].value"]),
        ({"items": [VALID | {"value": ["Acme"]}]}, ["items[0].value"]),
        ({"items": [VALID | {"value": "a\x00b"}]}, ["items[0].value"]),
        ({"items": [VALID | {"value": "a\ud800b"}]}, ["items[0].value"]),
        ({"items": [VALID | {"value": "x" * 501}]}, ["items[0].value"]),
        ({"items": [VALID | {"operator": "is_empty"}]}, ["items[0].value"]),
        ({"items": [VALID | {"operator": "greater_than"}]}, ["items[0].value"]),
        ({"items": [VALID | {"operator": "in_list"}]}, ["items[0].value"]),
        ({"items": [VALID | {"operator": "in_list", "value": []}]}, ["items[0].value"]),
        ({"items": [VALID | {"operator": "in_list", "value": ["a", ""]}]}, ["items[0].value[1]"]),
        ({"items": [VALID | {"operator": "in_list", "value": ["a"] * 1001}]}, ["items[0].value"]),
        ({"items": [{"match": "all", "items": []}]}, ["items[0].items"]),
        ({"items": [VALID] * 101}, ["items"]),
        ({"items": [{"items": [VALID] * 60}, {"items": [VALID] * 60}]}, ["items[1].items[40]"]),
        (nest(6), [".".join(["items[0]"] * 5)]),
    ],
)
def test_wrong_conditions_are_refused_with_the_place(raw: object, paths: list[str]) -> None:
    with pytest.raises(ConditionsInvalid) as caught:
        parse_conditions(raw, field="conditions")
    error = caught.value
    assert [place.path for place in error.errors] == paths
    assert isinstance(error, InvalidInput)
    assert error.field == "conditions"
    assert str(error).splitlines() == [str(place) for place in error.errors]
    assert all(place.message.endswith((".", "”.")) for place in error.errors)


def test_limits_are_inclusive() -> None:
    assert matches(parse_conditions({"items": [VALID] * 100}), {"company": "Acme"})
    assert matches(parse_conditions(nest(5)), {"company": "Acme"})
    assert holds("is", "x" * 500, "x" * 500)
    assert holds("in_list", [f"v{number}" for number in range(1000)], "V999")


def test_at_most_twenty_errors_are_listed() -> None:
    with pytest.raises(ConditionsInvalid) as caught:
        parse_conditions({"items": [{}] * 100})
    assert len(caught.value.errors) == 20


def test_very_deep_input_is_refused_without_going_down() -> None:
    with pytest.raises(ConditionsInvalid):
        parse_conditions(nest(900))


def test_describe_says_the_rule_in_plain_words() -> None:
    rule = group(
        check("company", "contains", "Acme"),
        {"match": "any", "items": [check("country", "is", "SE"), check("country", "is", "NO")]},
    )
    assert describe(rule) == "company contains “Acme” and (country is “SE” or country is “NO”)"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (check("job_title", "is_not", "CEO"), "job title is not “CEO”"),
        (check("email", "is_empty"), "e-mail is empty"),
        (check("phone", "is_not_empty"), "phone is not empty"),
        (check("page_url", "starts_with", "https://x.se/50%"), "page address starts with “https://x.se/50%”"),
        (check("seats", "greater_than", 10), "seats is greater than “10”"),
        (check("seats", "less_than", 10), "seats is less than “10”"),
        (check("country", "in_list", ["SE", "NO"]), "country is one of “SE”, “NO”"),
        (
            check("x", "in_list", [*"abcdefghijkl"]),
            "x is one of " + ", ".join(f"“{c}”" for c in "abcdefghij") + " and 2 more",
        ),
        (check("x", "is", "y" * 200), "x is “" + "y" * 79 + "…”"),
    ],
)
def test_describe_words_each_operator(condition: dict[str, Any], words: str) -> None:
    assert describe(group(condition)) == words
    assert describe(group({"match": "any", "items": [condition]})) == words


def test_describe_says_everybody_for_no_conditions() -> None:
    assert describe(Group()) == "everybody"


EXPLAINED = group(
    check("company", "contains", "Acme"),
    {"match": "any", "items": [check("country", "is", "SE"), check("country", "is", "NO")]},
)


@pytest.mark.req("LC-20")
@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        (
            {"company": "Volvo", "country": "SE"},
            "Doesn't match: company contains “Acme” is required; it is “Volvo”.",
        ),
        ({"country": "SE"}, "Doesn't match: company contains “Acme” is required; it is empty."),
        (
            {"company": "Acme", "country": "FI"},
            "Doesn't match, because none of this holds: country is “SE” or country is “NO”.",
        ),
        (
            {"company": "Acme", "country": "NO"},
            "Matches, because all of this holds: "
            "company contains “Acme” and (country is “SE” or country is “NO”).",
        ),
    ],
)
def test_explain_names_what_decided(attributes: dict[str, str], sentence: str) -> None:
    assert explain(EXPLAINED, attributes) == sentence


@pytest.mark.req("LC-20")
def test_explain_names_the_one_condition_that_held() -> None:
    rule = group(check("country", "is", "SE"), {"items": [check("country", "is", "NO")]}, match="any")
    assert explain(rule, {"country": "no"}) == "Matches: country is “NO”; it is “no”."
    assert explain(Group(), {}) == "Matches, because it has no conditions."


def test_attribute_names() -> None:
    assert all(is_attribute_name(name) for name in KNOWN_ATTRIBUTES)
    assert is_attribute_name("plan_2")
    assert not any(is_attribute_name(name) for name in ("", "2nd", "Plan", "plan-2", "é", "_x"))
    assert get_attribute_label("job_title") == "job title"
    assert get_attribute_label("plan_2") == "plan_2"
