from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chat.streams import (
    AnswerInvalid,
    AnswerLate,
    AnswerMisplaced,
    Ask,
    AskedChoice,
    AskedInput,
    Goal,
    Run,
    RunContext,
    Say,
    Stream,
    begin,
    parse_stream,
    publishable,
    respond,
)
from config.lib.errors import ConflictError, InvalidInput
from tests.chat.streams.builders import (
    UNHURRIED,
    Json,
    capture,
    chain,
    choice,
    faults_of,
    goal,
    graphs,
    live_chat,
    message,
    question,
    stream,
    trees,
)

pytestmark = pytest.mark.req("DG-10")

NOBODY = RunContext()
ADA = RunContext({"first_name": "Ada", "email": "ada@example.com"})


def test_beginning_plays_to_the_first_card_that_waits() -> None:
    played = begin(chain(message("Hi"), message("Welcome"), question(choice("a", "Buy"))), NOBODY)
    assert played == Run(
        outputs=(
            Say("c1", "Hi"),
            Say("c2", "Welcome"),
            Ask("c3", "What brings you here?", (AskedChoice("a", "Buy"),)),
        ),
        awaiting="c3",
    )


def test_branch_without_a_next_card_completes() -> None:
    assert begin(chain(message("Hi"), message("Bye")), NOBODY) == Run(
        outputs=(Say("c1", "Hi"), Say("c2", "Bye")), completed=True
    )


def test_empty_stream_completes_with_nothing() -> None:
    assert begin(parse_stream({}), NOBODY) == Run(completed=True)


def test_each_answer_of_a_question_is_its_own_branch() -> None:
    asked = stream(
        question(choice("a", "Buy", next="c2"), choice("b", "Look", next="c3"), choice("c", "Go")),
        message("Great"),
        message("Sure"),
    )
    assert respond(asked, "c1", "a", NOBODY) == Run((Say("c2", "Great"),), completed=True, shown_answer="Buy")
    assert respond(asked, "c1", "b", NOBODY) == Run((Say("c3", "Sure"),), completed=True, shown_answer="Look")
    assert respond(asked, "c1", "c", NOBODY) == Run(completed=True, shown_answer="Go")


@pytest.mark.parametrize(
    ("picked", "stored"), [(choice("a", "Buy", value="sales"), "sales"), (choice("a", " Buy "), "Buy")]
)
def test_question_stores_the_value_which_may_differ_from_what_is_shown(picked: Json, stored: str) -> None:
    asked = stream(question(picked, attribute="interest"))
    answered = respond(asked, "c1", "a", NOBODY)
    assert (answered.shown_answer, answered.attributes) == ("Buy", {"interest": stored})


def test_question_without_an_attribute_stores_nothing() -> None:
    assert respond(stream(question(choice("a", value="x"))), "c1", "a", NOBODY).attributes == {}


@pytest.mark.parametrize("answer", ["", "A", "Buy", "b", "a "])
def test_question_takes_the_id_of_a_choice_only(answer: str) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        respond(stream(question(choice("a", "Buy"))), "c1", answer, NOBODY)
    assert (refused.value.code, refused.value.field) == ("choice_unknown", "value")
    assert isinstance(refused.value, InvalidInput)


def test_capture_asks_with_its_kind_attribute_and_options() -> None:
    asked = stream(capture("size", "picklist", options=["Small ", "Large"], required=False))
    expected = AskedInput("picklist", "size", ("Small", "Large"), required=False)
    assert begin(asked, NOBODY).outputs == (Ask("c1", "Your size?", input=expected),)


def test_options_are_shown_with_a_picklist_only() -> None:
    assert begin(stream(capture(options=["A"])), NOBODY).outputs == (
        Ask("c1", "Your email?", input=AskedInput("text", "email")),
    )


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", "  Ada \x00", "Ada"),
        ("email", " ada@EXAMPLE.com ", "ada@example.com"),
        ("phone", "+41 79 123 45 67", "+41791234567"),
        ("picklist", "large", "Large"),
    ],
)
def test_capture_stores_and_shows_the_answer_tidied(kind: str, typed: str, stored: str) -> None:
    asked = stream(capture("answer", kind, options=["Large"], next="c2"), message("You said {{answer}}"))
    assert respond(asked, "c1", typed, NOBODY) == Run(
        outputs=(Say("c2", f"You said {stored}"),),
        attributes={"answer": stored},
        completed=True,
        shown_answer=stored,
    )


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("text", " \n", "answer_empty"),
        ("text", "x" * 501, "answer_too_long"),
        ("email", "ada", "email_invalid"),
        ("email", "", "answer_empty"),
        ("phone", "none", "phone_invalid"),
        ("picklist", "Medium", "option_unknown"),
    ],
)
def test_invalid_input_is_refused_with_a_reason(kind: str, typed: str, code: str) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        respond(stream(capture("answer", kind, options=["Large"])), "c1", typed, NOBODY)
    assert (refused.value.code, refused.value.field) == (code, "value")
    assert str(refused.value)


def test_own_reason_of_the_card_comes_before_the_standard_one() -> None:
    asked = stream(capture(kind="email", invalid_text='100% sure, {{first_name:"friend"}}?'))
    with pytest.raises(AnswerInvalid) as refused:
        respond(asked, "c1", "ada", ADA)
    assert (str(refused.value), refused.value.code) == ("100% sure, Ada?", "email_invalid")


@pytest.mark.parametrize("own", ["", "  ", "{{unknown}}", None])
def test_blank_own_reason_leaves_the_standard_one(own: str | None) -> None:
    with pytest.raises(AnswerInvalid, match="e-mail address"):
        respond(stream(capture(kind="email", invalid_text=own)), "c1", "ada", NOBODY)


@pytest.mark.parametrize("kind", ["text", "email", "phone", "picklist"])
def test_optional_capture_may_be_left_out_and_stores_nothing(kind: str) -> None:
    asked = stream(capture("answer", kind, required=False, options=["A"], next="c2"), message("Fine"))
    skipped = respond(asked, "c1", "  ", RunContext({"answer": "before"}))
    assert skipped == Run((Say("c2", "Fine"),), completed=True, shown_answer="Skipped")


def test_optional_capture_still_refuses_a_wrong_answer() -> None:
    with pytest.raises(AnswerInvalid):
        respond(stream(capture(kind="email", required=False)), "c1", "ada", NOBODY)


@pytest.mark.parametrize(
    ("overwrite", "known", "changes"),
    [
        ("overwrite", {"email": "old@example.com"}, {"email": "new@example.com"}),
        ("keep", {"email": "old@example.com"}, {}),
        ("keep", {"email": " "}, {"email": "new@example.com"}),
        ("keep", {}, {"email": "new@example.com"}),
    ],
)
def test_known_value_is_overwritten_or_kept(
    overwrite: str, known: dict[str, str], changes: dict[str, str]
) -> None:
    asked = stream(capture(kind="email", overwrite=overwrite))
    answered = respond(asked, "c1", "new@example.com", RunContext(known))
    assert (answered.attributes, answered.shown_answer) == (changes, "new@example.com")


@pytest.mark.parametrize(
    ("skip", "known", "awaiting"),
    [(True, "ada@example.com", None), (True, " ", "c1"), (False, "ada@example.com", "c1")],
)
def test_capture_is_skipped_when_known_if_it_says_so(skip: bool, known: str, awaiting: str | None) -> None:
    asked = stream(capture(skip_if_known=skip, next="c2"), message("Thanks"))
    played = begin(asked, RunContext({"email": known}))
    assert (played.awaiting, played.completed) == (awaiting, awaiting is None)
    assert (Say("c2", "Thanks") in played.outputs) == (awaiting is None)


def test_capture_is_skipped_when_the_answer_before_made_it_known() -> None:
    asked = chain(capture("email", "email"), capture("email", skip_if_known=True), message("Thanks"))
    assert respond(asked, "c1", "ada@example.com", NOBODY).completed


def test_goal_is_reported_and_not_seen() -> None:
    played = begin(chain(goal(" Came in "), message("Hi"), goal("Read it")), NOBODY)
    assert played.goals == (Goal("c1", "Came in"), Goal("c3", "Read it"))
    assert played.outputs == (Say("c2", "Hi"),)


@pytest.mark.req("LC-14")
def test_live_chat_ends_the_branch_and_asks_for_an_agent() -> None:
    asked = chain(message("Hi"), live_chat(text='One moment, {{first_name:"please"}}'))
    assert begin(asked, ADA) == Run(
        outputs=(Say("c1", "Hi"), Say("c2", "One moment, Ada")), live_chat="c2", completed=True
    )


@pytest.mark.req("LC-14")
def test_live_chat_without_a_text_says_nothing_and_nothing_follows_it() -> None:
    assert begin(stream(live_chat(next="c2"), message()), NOBODY) == Run(live_chat="c1", completed=True)


@pytest.mark.req("DG-11")
def test_tokens_are_replaced_in_every_text_a_visitor_sees() -> None:
    asked = stream(
        message("1 {{first_name}}", next="c2"),
        question(choice("a", "3 {{first_name}}"), text="2 {{first_name}}", attribute="picked"),
    )
    assert begin(asked, ADA).outputs == (
        Say("c1", "1 Ada"),
        Ask("c2", "2 Ada", (AskedChoice("a", "3 Ada"),)),
    )
    answered = respond(asked, "c2", "a", ADA)
    assert (answered.shown_answer, answered.attributes) == ("3 Ada", {"picked": "3 Ada"})


@pytest.mark.req("DG-11")
def test_message_of_nothing_but_an_unknown_token_is_left_out() -> None:
    assert begin(chain(message("{{nick}}"), message("Hi")), NOBODY).outputs == (Say("c2", "Hi"),)


@pytest.mark.req("DG-11")
def test_answer_of_nothing_but_an_unknown_token_stays_visible() -> None:
    (asked,) = begin(stream(question(choice("a", "{{nick}}"))), NOBODY).outputs
    assert asked == Ask("c1", "What brings you here?", (AskedChoice("a", "{{nick}}"),))


@pytest.mark.parametrize("card_id", ["c1", "c4", "c9", "", "C2"])
def test_answer_to_a_card_that_asks_nothing_is_misplaced(card_id: str) -> None:
    asked = stream(message(next="c2"), question(choice("a", next="c3")), goal(next="c4"), live_chat())
    with pytest.raises(AnswerMisplaced) as refused:
        respond(asked, card_id, "a", NOBODY)
    assert isinstance(refused.value, ConflictError)


@pytest.mark.parametrize("awaiting", ["c2", None])
def test_answer_to_a_card_that_no_longer_waits_is_late(awaiting: str | None) -> None:
    asked = stream(question(choice("a", next="c2")), question(choice("a")))
    with pytest.raises(AnswerLate) as refused:
        respond(asked, "c1", "a", NOBODY, awaiting=awaiting)
    assert isinstance(refused.value, ConflictError)


def test_answer_to_the_card_that_waits_is_taken() -> None:
    assert respond(stream(question(choice("a"))), "c1", "a", NOBODY, awaiting="c1").completed


def test_visitors_attributes_are_left_untouched() -> None:
    known = {"email": "old@example.com"}
    respond(stream(capture(kind="email")), "c1", "new@example.com", RunContext(known))
    assert known == {"email": "old@example.com"}


@pytest.mark.parametrize("target", ["c1", "c2", "nowhere"])
def test_broken_stream_ends_instead_of_going_round(target: str) -> None:
    played = begin(stream(message("1", next="c2"), message("2", next=target)), NOBODY)
    assert played == Run((Say("c1", "1"), Say("c2", "2")), completed=True)


def test_stream_as_long_as_allowed_is_played_at_once() -> None:
    assert len(begin(chain(*[message()] * 500), NOBODY).outputs) == 500


ANSWERS = (
    st.sampled_from(["a0", "a1", "a2", "", "Red", "straße", "ada@example.com", "+41 79 123 45 67"])
    | st.text()
)
KNOWN = st.dictionaries(st.sampled_from(["email", "first_name", "phone"]), st.text(max_size=5), max_size=2)


@UNHURRIED
@given(trees() | graphs(), KNOWN, st.lists(ANSWERS, max_size=20))
def test_any_stream_runs_with_any_answers(
    raw: dict[str, Any], known: dict[str, str], answers: list[str]
) -> None:
    played = parse_stream(raw)
    run = begin(played, RunContext(known))
    for answer in answers:
        assert (run.awaiting is None) == run.completed
        if run.awaiting is None:
            break
        known = {**known, **run.attributes}
        try:
            run = respond(played, run.awaiting, answer, RunContext(known), awaiting=run.awaiting)
        except AnswerInvalid as error:
            str(error)


@UNHURRIED
@given(trees() | graphs(), KNOWN)
@pytest.mark.req("DG-13")
def test_stream_without_errors_never_leaves_the_visitor_without_a_way_on(
    raw: dict[str, Any], known: dict[str, str]
) -> None:
    played = parse_stream(raw)
    assume(publishable(faults_of(played)))
    cards_met: set[str] = set()
    for run in every_run(played, begin(played, RunContext(known)), known):
        assert run.completed != bool(run.awaiting)
        # In a tree no card is come to twice.
        if run.awaiting is not None:
            assert run.awaiting not in cards_met
            cards_met.add(run.awaiting)


def every_run(played: Stream, run: Run, known: dict[str, str]) -> Iterator[Run]:
    """This run and all that can follow it, with one fitting answer for each way on; at least one must fit."""
    yield run
    if run.awaiting is None:
        return
    known = {**known, **run.attributes}
    ask = run.outputs[-1]
    assert isinstance(ask, Ask)
    answers = fitting_answers(ask)
    assert answers
    for answer in answers:
        yield from every_run(played, respond(played, run.awaiting, answer, RunContext(known)), known)


def fitting_answers(ask: Ask) -> list[str]:
    if ask.input is None:
        assert all(choice.label.strip() for choice in ask.choices)
        return [choice.id for choice in ask.choices]
    samples = {"text": "Ada", "email": "ada@example.com", "phone": "+41791234567"}
    return [samples[ask.input.kind]] if ask.input.kind in samples else list(ask.input.options)[:1]
