from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.streams import CheckContext, Fault, check_stream, parse_stream, publishable
from tests.chat.streams.builders import (
    PRIME,
    SELECT,
    UNHURRIED,
    Json,
    advice,
    capture,
    chain,
    choice,
    faults_of,
    found,
    goal,
    graphs,
    live_chat,
    message,
    question,
    stream,
    trees,
)

GOOD = chain(
    message('Hi {{first_name:"there"}}'),
    capture("first_name"),
    capture("email", "email", skip_if_known=True),
    goal(),
    message("Thanks"),
)


@pytest.mark.req("DG-13")
def test_sound_stream_has_no_faults_and_may_be_published() -> None:
    assert check_stream(GOOD, SELECT) == []
    assert publishable([])


@pytest.mark.req("DG-13")
def test_only_errors_keep_a_stream_from_being_published() -> None:
    hint = Fault("c1", None, "hint", "A thought.", "advice")
    assert publishable([hint, hint])
    assert not publishable([hint, Fault("c1", None, "wrong", "Wrong.")])


@pytest.mark.req("DG-13", "DG-10")
@pytest.mark.parametrize(
    ("card", "field", "code"),
    [
        (message(""), "text", "text_empty"),
        (message(" \n "), "text", "text_empty"),
        (message("x" * 2001), "text", "text_too_long"),
        (goal(""), "name", "text_empty"),
        (goal("x" * 121), "name", "text_too_long"),
        (question(choice("a"), text=""), "text", "text_empty"),
        (question(choice("a"), text="x" * 2001), "text", "text_too_long"),
        (question(), "choices", "no_way_out"),
        (question(*[choice(f"a{n}") for n in range(13)]), "choices", "too_many_choices"),
        (question(choice("a"), choice("b", " ")), "choices.1.label", "text_empty"),
        (question(choice("a", "x" * 121)), "choices.0.label", "text_too_long"),
        (question(choice("a", value="x" * 501)), "choices.0.value", "text_too_long"),
        (question(choice("a"), attribute="First Name"), "attribute", "attribute_name"),
        (capture(text=""), "text", "text_empty"),
        (capture(text="x" * 2001), "text", "text_too_long"),
        (capture(invalid_text="x" * 2001), "invalid_text", "text_too_long"),
        (capture(""), "attribute", "attribute_name"),
        (capture("firstName"), "attribute", "attribute_name"),
        (capture("1st"), "attribute", "attribute_name"),
        (capture("email\n"), "attribute", "attribute_name"),
        (capture("x" * 41), "attribute", "attribute_name"),
        (capture(kind="picklist"), "options", "no_way_out"),
        (capture(kind="picklist", options=[str(n) for n in range(101)]), "options", "too_many_options"),
        (capture(kind="picklist", options=["A", ""]), "options.1", "text_empty"),
        (capture(kind="picklist", options=["x" * 121]), "options.0", "text_too_long"),
        (capture(kind="picklist", options=["A", "B", " a "]), "options.2", "duplicate_option"),
        (live_chat(text="x" * 2001), "text", "text_too_long"),
        (live_chat(option="agent"), "agent_id", "agent_missing"),
        (live_chat(option="agent", agent_id=8), "agent_id", "agent_unknown"),
        (live_chat(option="team"), "team_id", "team_missing"),
        (live_chat(option="team", team_id=4), "team_id", "team_unknown"),
    ],
)
def test_fault_of_a_card_is_shown_at_its_field(card: Json, field: str, code: str) -> None:
    assert found(chain(message(), card)) == {("c2", field, code)}


@pytest.mark.req("DG-13", "DG-10")
@pytest.mark.parametrize(
    "card",
    [
        message("x" * 2000),
        goal("x" * 120),
        question(choice("a")),
        question(*[choice(f"a{n}") for n in range(12)]),
        question(choice("a", "x" * 120, value="y" * 500), attribute=""),
        capture("a" * 40),
        capture(kind="picklist", options=[str(n) for n in range(100)]),
        capture(kind="text", options=["", ""]),
        live_chat(),
        live_chat(text=""),
        live_chat(option="agent", agent_id=7),
        live_chat(option="rules"),
        live_chat(option="team", team_id=3),
        live_chat(option="round_robin", agent_id=8, team_id=4),
    ],
)
def test_card_at_its_limits_is_no_error(card: Json) -> None:
    assert found(stream(card)) == set()


@pytest.mark.req("DG-13")
def test_answers_that_cannot_be_told_apart_are_faults_at_each_of_them() -> None:
    twins = question(choice("a", "Yes"), choice("b", "No"), choice("a", " yes"))
    assert found(stream(twins)) == {
        ("c1", "choices.0.id", "duplicate_id"),
        ("c1", "choices.2.id", "duplicate_id"),
        ("c1", "choices.0.label", "duplicate_label"),
        ("c1", "choices.2.label", "duplicate_label"),
    }


@pytest.mark.req("DG-13", "LC-15")
def test_team_is_refused_on_select_whether_it_exists_or_not() -> None:
    on_select = CheckContext(team_ids={3})
    assert found(stream(live_chat(option="team", team_id=3)), on_select) == {("c1", "option", "prime_only")}
    assert found(stream(live_chat(option="team")), on_select) == {("c1", "option", "prime_only")}


@pytest.mark.req("DG-13", "LC-15")
def test_custom_rules_are_refused_while_there_are_none() -> None:
    assert found(stream(live_chat(option="rules")), SELECT) == {("c1", "option", "rules_missing")}


@pytest.mark.req("DG-13", "LC-14")
def test_live_chat_that_is_not_last_is_the_one_fault_of_its_branch() -> None:
    assert found(stream(live_chat(next="c2"), message())) == {("c1", "next", "live_chat_not_last")}


@pytest.mark.req("LC-14")
def test_question_and_contact_before_live_chat_are_advised_and_never_forced() -> None:
    bare = stream(live_chat())
    assert advice(bare) == {("c1", None, "no_question_before"), ("c1", None, "no_contact_before")}
    assert publishable(faults_of(bare))


@pytest.mark.req("LC-14")
def test_nothing_is_advised_when_question_and_contact_come_before_live_chat() -> None:
    cards = [question(choice("a", next="c2")), capture("first_name", next="c3"), capture("email", next="c4")]
    assert advice(stream(*cards, live_chat())) == set()


@pytest.mark.req("LC-14")
@pytest.mark.parametrize("asked", [["email"], ["first_name"], ["company", "phone"]])
def test_half_a_contact_is_still_advised_about(asked: list[str]) -> None:
    cards = [capture(name, next=f"c{number}") for number, name in enumerate(asked, start=3)]
    checked = stream(question(choice("a", next="c2")), *cards, live_chat())
    assert advice(checked) == {(f"c{len(asked) + 2}", None, "no_contact_before")}


@pytest.mark.req("LC-14")
def test_advice_looks_at_the_branch_of_the_card_and_at_no_other() -> None:
    checked = stream(
        question(choice("a", next="c2"), choice("b", next="c4")),
        capture("first_name", next="c3"),
        capture("email"),
        live_chat(),
    )
    assert advice(checked) == {("c4", None, "no_contact_before")}


@pytest.mark.req("DG-11", "DG-13")
@pytest.mark.parametrize(
    ("card", "field"),
    [
        (message("Hi {{first name}}"), "text"),
        (question(choice("a"), text="{{a"), "text"),
        (question(choice("a"), choice("b", "B}}")), "choices.1.label"),
        (capture(text="{{}} ok?"), "text"),
        (capture(invalid_text="{{"), "invalid_text"),
    ],
)
def test_malformed_token_is_advice_at_its_field(card: Json, field: str) -> None:
    assert advice(stream(card)) == {("c1", field, "token_malformed")}
    assert publishable(faults_of(stream(card)))


@pytest.mark.req("DG-11", "DG-13")
def test_malformed_token_in_the_text_of_live_chat_is_advice_too() -> None:
    assert ("c1", "text", "token_malformed") in advice(stream(live_chat(text="{{")))


@pytest.mark.req("DG-11", "DG-13")
def test_text_of_nothing_but_a_token_without_default_is_advice() -> None:
    assert advice(stream(message("{{first_name}}"))) == {("c1", "text", "text_may_vanish")}
    assert advice(stream(message('{{first_name:"You"}}'))) == set()


@pytest.mark.req("DG-13")
@pytest.mark.parametrize(
    ("raw", "field", "code"),
    [
        ({}, None, "stream_empty"),
        ({"start": "c1"}, None, "stream_empty"),
        ({"cards": {"c1": message()}}, "start", "start_missing"),
        ({"start": "c9", "cards": {"c1": message()}}, "start", "start_unknown"),
    ],
)
def test_stream_without_a_first_card_is_a_fault_of_the_whole(raw: Json, field: str | None, code: str) -> None:
    assert (None, field, code) in found(parse_stream(raw))


@pytest.mark.req("DG-13")
def test_reference_to_a_missing_card_is_a_fault_where_it_is_written() -> None:
    checked = stream(question(choice("a", next="c2"), choice("b", next="c9")), message(next="c8"))
    assert found(checked) == {("c1", "choices.1.next", "next_unknown"), ("c2", "next", "next_unknown")}


@pytest.mark.req("DG-13")
@pytest.mark.parametrize("back_to", ["c1", "c2", "c3"])
def test_way_back_is_a_loop_at_the_card_that_leads_back(back_to: str) -> None:
    checked = stream(message(next="c2"), message(next="c3"), message(next=back_to))
    assert found(checked) == {("c3", "next", "loop")}
    assert back_to in faults_of(checked)[0].message


@pytest.mark.req("DG-13")
def test_card_with_two_parents_is_a_fault_that_names_them() -> None:
    checked = stream(question(choice("a", next="c2"), choice("b", next="c3")), message(next="c3"), message())
    assert found(checked) == {("c3", None, "second_parent")}
    (fault,) = faults_of(checked)
    assert "c1" in fault.message
    assert "c2" in fault.message


@pytest.mark.req("DG-13")
def test_two_answers_with_the_same_next_card_make_two_ways_to_it() -> None:
    checked = stream(question(choice("a", next="c2"), choice("b", next="c2")), message())
    assert found(checked) == {("c2", None, "second_parent")}


@pytest.mark.req("DG-13")
def test_first_card_must_not_be_the_next_one_of_a_stray_card() -> None:
    checked = stream(message(), message(next="c1"))
    assert found(checked) == {("c1", None, "second_parent"), ("c2", None, "unreachable")}


@pytest.mark.req("DG-13")
def test_cards_no_branch_leads_to_are_faults_each() -> None:
    checked = stream(message(), message(next="c3"), message())
    assert found(checked) == {("c2", None, "unreachable"), ("c3", None, "unreachable")}


@pytest.mark.req("DG-13", "LC-14")
def test_unreachable_branch_is_judged_from_its_own_first_card() -> None:
    contact = [capture("email", next="c3"), question(choice("a", next="c2"))]
    checked = stream(message(), *contact[:1], live_chat(), contact[1])
    assert advice(checked) == {("c3", None, "no_contact_before")}


@pytest.mark.req("DG-13")
def test_loop_among_unreachable_cards_is_found_too() -> None:
    checked = stream(message(), message(next="c3"), message(next="c2"))
    assert found(checked) == {
        ("c2", None, "unreachable"),
        ("c3", None, "unreachable"),
        ("c3", "next", "loop"),
    }


@pytest.mark.req("DG-13")
def test_faults_come_in_the_order_the_cards_are_met() -> None:
    checked = stream(
        question(choice("a", next="c4"), choice("b", next="c2"), text=""),
        message(""),
        message(""),
        message(""),
    )
    assert [fault.card_id for fault in faults_of(checked)] == ["c1", "c4", "c2", "c3", "c3"]


@pytest.mark.req("DG-13")
def test_stream_as_deep_as_allowed_is_checked() -> None:
    assert faults_of(chain(*[message()] * 500)) == []


CONTEXTS = st.sampled_from([PRIME, SELECT, CheckContext()])


@pytest.mark.req("DG-13")
@UNHURRIED
@given(graphs() | trees(), CONTEXTS)
def test_every_readable_stream_can_be_checked(raw: dict[str, Any], context: CheckContext) -> None:
    checked = parse_stream(raw)
    for fault in check_stream(checked, context):
        assert fault.card_id is None or fault.card_id in checked.cards
        assert fault.message
        assert fault.code


@pytest.mark.req("DG-13")
@UNHURRIED
@given(trees())
def test_tree_has_no_fault_of_shape(raw: dict[str, Any]) -> None:
    shape = {"loop", "second_parent", "unreachable", "next_unknown", "start_missing", "start_unknown"}
    assert not shape & {fault.code for fault in faults_of(parse_stream(raw))}
