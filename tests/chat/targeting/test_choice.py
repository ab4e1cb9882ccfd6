"""Who gets what: target, audience, priority, and what was completed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chat.targeting import (
    Candidate,
    Setup,
    TargetsInvalid,
    choose,
    compile_reach,
    dump_setup,
    list_targeting,
    load_setup,
    read_address,
)
from config.lib.conditions import ConditionsInvalid

PAGE = read_address("https://website.com/prices")


def check(attribute: str, operator: str, value: str = "") -> dict[str, Any]:
    return {"items": [{"attribute": attribute, "operator": operator, **({"value": value} if value else {})}]}


def candidate(number: int, *, priority: int = 10, name: str = "", **setup: Any) -> Candidate:
    return Candidate(number, 100 + number, priority, name or f"D{number}", compile_reach(Setup(**setup)))


def chosen(candidates: list[Candidate], **visit: Any) -> int | None:
    page = visit.pop("page", PAGE)
    here = list_targeting(sorted(candidates, key=lambda one: one.rank), page)
    found = choose(here, **{"attributes": {}, **visit})
    return found.dialogue_id if found else None


@pytest.mark.req("DG-03")
def test_highest_priority_first_then_the_name() -> None:
    assert chosen([candidate(1, priority=2), candidate(2, priority=1)]) == 2
    assert chosen([candidate(1, name="B"), candidate(2, name="A")]) == 2
    assert chosen([]) is None


@pytest.mark.req("DG-03")
def test_completed_one_is_passed_over() -> None:
    assert chosen([candidate(1, priority=1), candidate(2)], completed={1}) == 2
    assert chosen([candidate(1)], completed={1}) is None


@pytest.mark.req("DG-03", "DG-08")
def test_target_and_audience_must_both_hold() -> None:
    first = candidate(
        1, priority=1, include=("https://website.com/prices",), audience=check("email", "is_empty")
    )
    both = [first, candidate(2)]
    assert chosen(both) == 1
    assert chosen(both, page=read_address("https://website.com/jobs")) == 2
    assert chosen(both, attributes={"email": "vera@website.com"}) == 2
    assert chosen([candidate(1, exclude=("*/prices",))]) is None


@pytest.mark.req("DG-07")
@pytest.mark.parametrize(
    ("audience", "attributes", "expected"),
    [
        ({}, {}, True),
        (check("country", "is", "CH"), {"country": "ch"}, True),
        (check("country", "is", "CH"), {}, False),
        (check("device", "is", "mobile"), {"device": "mobile"}, True),
        (check("page_url", "contains", "/prices"), {"page_url": "https://website.com/prices"}, True),
        (check("language", "starts_with", "de"), {"language": "de-CH"}, True),
        ({"match": "any", "items": [check("a", "is_not_empty"), check("b", "is", "1")]}, {"b": "1"}, True),
        ({"match": "all", "items": [check("a", "is_not_empty"), check("b", "is", "1")]}, {"b": "1"}, False),
    ],
)
def test_audience_is_in_the_language_of_conditions(
    audience: dict[str, Any], attributes: dict[str, str], expected: bool
) -> None:
    assert (chosen([candidate(1, audience=audience)], attributes=attributes) == 1) is expected


@pytest.mark.req("DG-02")
def test_setup_is_read_as_it_was_frozen() -> None:
    setup = Setup(
        language="sv", include=("https://website.com/*",), audience=check("email", "is_empty"), poke=False
    )
    assert load_setup(msgspec.json.decode(msgspec.json.encode(dump_setup(setup)))) == setup
    assert load_setup({}) == Setup()
    with pytest.raises(msgspec.ValidationError):
        load_setup({"include": 7})


def test_setup_that_cannot_be_read_is_not_compiled() -> None:
    with pytest.raises(TargetsInvalid):
        compile_reach(Setup(include=("/prices",)))
    with pytest.raises(ConditionsInvalid):
        compile_reach(Setup(audience={"items": 7}))
