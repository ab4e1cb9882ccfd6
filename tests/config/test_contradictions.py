"""Conditions that nobody can meet are found; those that somebody can are never called so."""

from __future__ import annotations

from typing import Any

import pytest

from config.lib.conditions import find_contradiction, parse_conditions

pytestmark = pytest.mark.req("LC-17")


def ask(attribute: str, operator: str, value: object = None) -> dict[str, Any]:
    asked = {"attribute": attribute, "operator": operator}
    return asked if value is None else {**asked, "value": value}


SE, NO = ask("country", "is", "SE"), ask("country", "is", "no")
NEVER = [
    [SE, NO],
    [SE, ask("country", "is_not", "se")],
    [SE, ask("country", "in_list", ["NO", "DK"])],
    [SE, ask("country", "starts_with", "N")],
    [SE, ask("country", "is_empty")],
    [ask("company", "is_empty"), ask("company", "contains", "a")],
    [ask("company", "is_empty"), ask("company", "is_not_empty")],
    [ask("company", "starts_with", "Ac"), ask("company", "starts_with", "Be")],
    [ask("seats", "greater_than", "10"), ask("seats", "less_than", "5")],
    [ask("seats", "greater_than", "10"), ask("seats", "less_than", "10")],
    [ask("seats", "greater_than", "10"), ask("seats", "less_than", "2026-01-01")],
    [SE, {"match": "all", "items": [NO]}],
    [SE, {"match": "any", "items": [NO]}],
    [ask("email", "is_not_empty"), {"match": "any", "items": [{"match": "all", "items": [SE, NO]}]}],
    [ask("lists", "is", "7"), ask("lists", "is_not", "7")],
    [ask("lists", "is", "7"), ask("lists", "is_empty")],
]
PERHAPS = [
    [],
    [SE],
    [SE, ask("country", "is_not", "NO"), ask("country", "contains", "s")],
    [SE, ask("language", "is", "no")],
    [ask("country", "in_list", ["SE", "NO"]), ask("country", "in_list", ["NO", "DK"])],
    [ask("company", "starts_with", "Ac"), ask("company", "starts_with", "acme")],
    [ask("company", "is_empty"), ask("company", "is_not", "Acme")],
    [ask("seats", "greater_than", "5"), ask("seats", "less_than", "10")],
    [{"match": "any", "items": [SE, {"match": "all", "items": [SE, NO]}]}],
    [ask("lists", "is", "7"), ask("lists", "is", "8")],
]


@pytest.mark.parametrize("items", NEVER)
def test_what_nobody_can_meet_is_said_in_words(items: list[dict[str, Any]]) -> None:
    assert find_contradiction(parse_conditions({"match": "all", "items": items}))


@pytest.mark.parametrize("items", PERHAPS)
def test_what_somebody_can_meet_is_no_contradiction(items: list[dict[str, Any]]) -> None:
    assert find_contradiction(parse_conditions({"match": "all", "items": items})) == ""


def test_only_what_clashes_is_named() -> None:
    conditions = {"match": "all", "items": [ask("email", "is_not_empty"), SE, NO]}
    assert find_contradiction(parse_conditions(conditions)) == "country is “SE” and country is “no”"
