from __future__ import annotations

from typing import Any

import pytest

from chat.streams import RunContext, Say, begin, dump_stream, parse_stream
from chat.streams.errors import StreamInvalid
from tests.chat.streams.builders import (
    SELECT,
    Json,
    action,
    asks,
    branch,
    case,
    found,
    message,
    stream,
    stream_json,
)

pytestmark = pytest.mark.req("DG-10")

SWEDISH = asks("country", "is", "SE")
CUSTOMER = asks("lists", "is", "8")
AVAILABLE = asks("agent_available", "is", "yes")


def taken(context: RunContext, *cases: Json, otherwise: str | None = "c4") -> str:
    """What is said: "first", "second" or "else"."""
    cards = (branch(*cases, otherwise=otherwise), message("first"), message("second"), message("else"))
    return " ".join(
        output.text for output in begin(stream(*cards), context).outputs if isinstance(output, Say)
    )


def test_first_case_that_fits_is_taken_and_otherwise_the_last_way() -> None:
    cases = (case("a", SWEDISH, next="c2"), case("b", asks("country", "is_not_empty"), next="c3"))
    assert taken(RunContext({"country": "SE"}), *cases) == "first"
    assert taken(RunContext({"country": "NO"}), *cases) == "second"
    assert taken(RunContext(), *cases) == "else"


def test_case_without_a_next_card_ends_the_branch() -> None:
    cards = stream(branch(case("a", SWEDISH), otherwise="c2"), message("else"))
    played = begin(cards, RunContext({"country": "SE"}))
    assert (played.outputs, played.completed) == ((), True)


def test_branch_goes_by_lists() -> None:
    cases = (case("a", CUSTOMER, next="c2"),)
    assert taken(RunContext(lists=frozenset({8, 3})), *cases) == "first"
    assert taken(RunContext(lists=frozenset({3})), *cases) == "else"
    # What a page's script says of lists isn't believed.
    assert taken(RunContext({"lists": "8"}), *cases) == "else"


def test_branch_goes_by_whether_an_agent_is_available_and_looks_only_when_it_asks() -> None:
    looks: list[bool] = []

    def look() -> bool:
        looks.append(True)
        return True

    context = RunContext({"country": "SE"}, is_agent_available=look)
    assert taken(context, case("a", SWEDISH, next="c2"), case("b", AVAILABLE, next="c3")) == "first"
    assert looks == []
    assert taken(context, case("b", asks("country", "is", "NO"), AVAILABLE, next="c2")) == "else"
    assert looks == []
    assert taken(context, case("b", AVAILABLE, next="c3")) == "second"
    assert looks == [True]
    away = asks("agent_available", "is", "no")
    assert taken(RunContext(), case("b", away, next="c3")) == "second"
    # What a page's script says of agents isn't believed.
    assert taken(RunContext({"agent_available": "yes"}), case("b", AVAILABLE, next="c3")) == "else"


def test_branch_sees_what_was_set_in_the_same_run() -> None:
    way = branch(case("a", asks("interest", "is", "prices"), next="c3"))
    cards = (action(sets={"interest": "Prices"}, next="c2"), way, message("first"))
    played = begin(stream(*cards), RunContext())
    assert played.outputs == (Say("c3", "first"),)


def test_case_that_was_never_checked_fits_nobody() -> None:
    assert taken(RunContext(), case("a", asks("country", "resembles", "SE"), next="c2")) == "else"


@pytest.mark.req("DG-13")
@pytest.mark.parametrize(
    ("card", "fault"),
    [
        (branch(), ("c1", "cases", "no_cases")),
        (branch(case("a")), ("c1", "cases.0.conditions", "conditions_empty")),
        (branch({"id": "a"}), ("c1", "cases.0.conditions", "conditions_empty")),
        (branch(case("a", asks("x y", "is", "1"))), ("c1", "cases.0.conditions", "conditions_invalid")),
        (branch(case("a", asks("x", "near", "1"))), ("c1", "cases.0.conditions", "conditions_invalid")),
        (
            branch(case("a", asks("agent_available", "is", "so"))),
            ("c1", "cases.0.conditions", "conditions_invalid"),
        ),
        (branch(case("a", asks("lists", "is", "10"))), ("c1", "cases.0.conditions", "list_unknown")),
        (branch(case("a", SWEDISH, label="x" * 121)), ("c1", "cases.0.label", "text_too_long")),
        (branch(*[case(f"a{n}", SWEDISH) for n in range(21)]), ("c1", "cases", "too_many_cases")),
        (branch(case("a", SWEDISH, next="nowhere")), ("c1", "cases.0.next", "next_unknown")),
        (branch(case("a", SWEDISH), otherwise="c1"), ("c1", "otherwise", "loop")),
    ],
)
def test_branch_that_can_not_work_is_a_fault(card: Json, fault: tuple[str, str, str]) -> None:
    assert fault in found(stream(card))
    assert {code for _card, _field, code in found(stream(card))} <= {fault[2], "second_parent"}


@pytest.mark.req("DG-13")
def test_two_cases_with_one_id_are_faults() -> None:
    assert found(stream(branch(case("a", SWEDISH), case("a", AVAILABLE)))) == {
        ("c1", "cases.0.id", "duplicate_id"),
        ("c1", "cases.1.id", "duplicate_id"),
    }


@pytest.mark.req("DG-13")
def test_lists_are_asked_for_only_on_prime_and_the_rest_everywhere() -> None:
    assert found(stream(branch(case("a", CUSTOMER))), SELECT) == {("c1", "cases.0.conditions", "prime_only")}
    assert found(stream(branch(case("a", SWEDISH, AVAILABLE))), SELECT) == set()
    assert found(stream(branch(case("a", {"match": "any", "items": [SWEDISH, CUSTOMER]})))) == set()


@pytest.mark.parametrize(
    ("conditions", "field"),
    [
        (3, "cases.0.conditions"),
        ({"items": {}}, "cases.0.conditions.items"),
        ({"items": [{"attribute": "a\x00"}]}, "cases.0.conditions.items.0.attribute"),
        ({"items": [{"colour": "red"}]}, "cases.0.conditions.items.0.colour"),
    ],
)
def test_conditions_that_can_not_be_read_are_named(conditions: Any, field: str) -> None:
    with pytest.raises(StreamInvalid) as refused:
        parse_stream(stream_json(branch({"id": "a", "conditions": conditions})))
    assert (refused.value.card_id, refused.value.field) == ("c1", field)


def test_conditions_come_back_as_they_were_written() -> None:
    wanted = {"match": "any", "items": [SWEDISH, {"items": [asks("size", "in_list", [1, "2"])]}]}
    raw = stream_json(branch({"id": "a", "label": "", "conditions": wanted, "next": None}, otherwise=None))
    assert dump_stream(parse_stream(raw)) == raw
