from __future__ import annotations

import pytest

from chat.streams import RunContext, Say, begin, parse_stream, respond
from chat.streams.errors import StreamInvalid
from tests.chat.streams.builders import (
    SELECT,
    Json,
    action,
    advice,
    asks,
    branch,
    capture,
    case,
    chain,
    found,
    message,
    stream,
    stream_json,
)

pytestmark = pytest.mark.req("DG-10")


def test_action_sets_attributes_that_the_next_card_knows_unseen() -> None:
    played = begin(chain(action(sets={"interest": "prices"}), message("So: {{interest}}")), RunContext())
    assert (played.attributes, played.outputs) == ({"interest": "prices"}, (Say("c2", "So: prices"),))
    assert played.completed


def test_empty_value_forgets_what_is_known() -> None:
    context = RunContext({"interest": "prices"})
    played = begin(chain(action(sets={"interest": ""}), message('So: {{interest:"nothing"}}')), context)
    assert (played.attributes, played.outputs) == ({"interest": ""}, (Say("c2", "So: nothing"),))


@pytest.mark.req("DG-11")
def test_action_sets_from_tokens_and_sees_what_it_set_before() -> None:
    sets = {"greeting": 'Hi {{first_name:"you"}}', "shout": "{{greeting}}!"}
    played = begin(stream(action(sets=sets)), RunContext({"first_name": "Ada"}))
    assert played.attributes == {"greeting": "Hi Ada", "shout": "Hi Ada!"}


def test_value_that_tokens_made_too_long_is_cut() -> None:
    played = begin(stream(action(sets={"note": "{{note}}{{note}}"})), RunContext({"note": "x" * 400}))
    assert played.attributes == {"note": "x" * 500}


def test_action_changes_lists_that_the_next_branch_sees() -> None:
    way = branch(case("on", asks("lists", "is", "8"), next="c3"), otherwise="c4")
    cards = (action(add_to=[8], remove_from=[9], next="c2"), way, message("On it"), message("Not on it"))
    played = begin(stream(*cards), RunContext(lists=frozenset({9})))
    assert played.memberships == {8: True, 9: False}
    assert played.outputs == (Say("c3", "On it"),)


def test_later_action_has_the_last_word() -> None:
    played = begin(chain(action(add_to=[8]), action(remove_from=[8], sets={"a": "2"})), RunContext())
    assert (played.memberships, played.attributes) == ({8: False}, {"a": "2"})


def test_action_after_an_answer_is_in_the_same_run() -> None:
    played = respond(
        chain(capture("company"), action(sets={"note": "{{company}}"})), "c1", "Acme", RunContext()
    )
    assert played.attributes == {"company": "Acme", "note": "Acme"}


@pytest.mark.req("DG-13")
@pytest.mark.parametrize(
    ("card", "fault"),
    [
        (action(), ("c1", "assignments", "action_empty")),
        (action(sets={"Bad Name": "x"}), ("c1", "assignments.0.attribute", "attribute_name")),
        (action(sets={"lists": "x"}), ("c1", "assignments.0.attribute", "attribute_reserved")),
        (action(sets={"agent_available": "yes"}), ("c1", "assignments.0.attribute", "attribute_reserved")),
        (action(sets={"note": "x" * 501}), ("c1", "assignments.0.value", "text_too_long")),
        (action(add_to=[10]), ("c1", "add_to", "list_unknown")),
        (action(remove_from=[10]), ("c1", "remove_from", "list_unknown")),
        (action(add_to=[8], remove_from=[8]), ("c1", "remove_from", "list_in_both")),
        (action(sets={f"a{n}": "x" for n in range(21)}), ("c1", "assignments", "too_many_assignments")),
    ],
)
def test_action_that_can_not_be_done_is_a_fault(card: Json, fault: tuple[str, str, str]) -> None:
    assert found(stream(card)) == {fault}


@pytest.mark.req("DG-13")
def test_attribute_set_twice_is_a_fault_at_both() -> None:
    twice = {"type": "action", "assignments": [{"attribute": "a", "value": "1"}, {"attribute": "a"}]}
    assert found(stream(twice)) == {
        ("c1", "assignments.0.attribute", "duplicate_attribute"),
        ("c1", "assignments.1.attribute", "duplicate_attribute"),
    }


@pytest.mark.req("DG-13")
def test_action_is_only_on_prime() -> None:
    assert found(stream(action(sets={"a": "1"})), SELECT) == {("c1", None, "prime_only")}
    assert found(stream(action(sets={"a": "1"}, add_to=[8], remove_from=[9]))) == set()


@pytest.mark.req("DG-11")
def test_token_not_written_right_in_a_value_is_advised_against() -> None:
    checked = stream(action(sets={"a": "Hi {{first_name"}))
    assert ("c1", "assignments.0.value", "token_malformed") in advice(checked)


def test_value_that_can_not_be_stored_is_refused_when_read() -> None:
    with pytest.raises(StreamInvalid) as refused:
        parse_stream(stream_json(action(sets={"a": "\x00"})))
    assert (refused.value.card_id, refused.value.field) == ("c1", "assignments.0.value")
