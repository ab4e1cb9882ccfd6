from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.streams import StreamInvalid, dump_stream, parse_stream
from chat.streams.cards import CaptureCard, GoalCard, LiveChatCard, MessageCard, QuestionCard
from config.lib.errors import InvalidInput
from tests.chat.streams.builders import (
    UNHURRIED,
    capture,
    choice,
    goal,
    graphs,
    live_chat,
    message,
    question,
    stream_json,
)

pytestmark = pytest.mark.req("DG-10", "DG-13")

EVERY_CARD = stream_json(
    message(next="c2"),
    question(choice("yes", next="c3"), choice("no", value="declined"), attribute="interest"),
    capture(kind="picklist", options=["A", "B"], invalid_text="Please pick.", next="c4"),
    goal(next="c5"),
    live_chat(text="One moment", option="agent", agent_id=7),
)


def refusal(raw: object) -> StreamInvalid:
    with pytest.raises(StreamInvalid) as refused:
        parse_stream(raw)
    assert isinstance(refused.value, InvalidInput)
    return refused.value


def refused_card(card: Any) -> tuple[str | None, str | None, str]:
    error = refusal({"start": "c1", "cards": {"c1": card}})
    return error.card_id, error.field, str(error)


@pytest.mark.parametrize("raw", [EVERY_CARD, json.dumps(EVERY_CARD), json.dumps(EVERY_CARD).encode()])
def test_stream_is_read_from_data_text_or_bytes(raw: object) -> None:
    cards = parse_stream(raw).cards
    assert [type(card) for card in cards.values()] == [
        MessageCard,
        QuestionCard,
        CaptureCard,
        GoalCard,
        LiveChatCard,
    ]


def test_new_dialogue_has_an_empty_stream_that_can_be_read() -> None:
    empty = parse_stream({})
    assert (empty.start, dict(empty.cards)) == (None, {})


def test_what_is_left_out_has_its_default() -> None:
    cards = parse_stream(stream_json(capture(), live_chat(), question(choice("a")))).cards
    assert cards["c1"] == CaptureCard(
        text="Your email?",
        attribute="email",
        required=True,
        overwrite="overwrite",
        skip_if_known=False,
        next=None,
    )
    assert cards["c2"] == LiveChatCard(
        text=None, option="round_robin", agent_id=None, team_id=None, next=None
    )


def test_dumped_stream_is_plain_json_and_reads_back_equal() -> None:
    dumped = dump_stream(parse_stream(EVERY_CARD))
    assert json.loads(json.dumps(dumped)) == dumped
    assert parse_stream(dumped) == parse_stream(EVERY_CARD)


@pytest.mark.parametrize(
    ("card", "field", "words"),
    [
        ({"text": "Hi"}, "type", "“type” is missing"),
        ({"type": "poem", "text": "Hi"}, "type", "no card type “poem”"),
        ({"type": 3}, "type", "“type” must be a text"),
        ({"type": "message"}, "text", "“text” is missing"),
        ({"type": "message", "text": 3}, "text", "“text” must be a text"),
        (message("a\x00b"), "text", "“text” has an invisible character"),
        (message(nxet="c2"), "nxet", "no field “nxet”"),
        (message(next="Card 2"), "next", "“next” must be an id"),
        (message(next="c2\n"), "next", "“next” must be an id"),
        (message(next="x" * 41), "next", "“next” must be an id"),
        (message(next=2), "next", "“next” must be a text or nothing (null)"),
        (question(choice("A")), "choices.0.id", "“choices.0.id” must be an id"),
        (question(choice("a"), {"id": "b"}), "choices.1.label", "“choices.1.label” is missing"),
        (question(choice("a", hint="x")), "choices.0.hint", "no field “choices.0.hint”"),
        ({"type": "question", "text": "?", "choices": {}}, "choices", "“choices” must be a list"),
        (question(3), "choices.0", "“choices.0” must be an object"),  # type: ignore[arg-type]
        (capture(kind="fax"), "kind", "“kind” can't be “fax”"),
        (capture(overwrite="maybe"), "overwrite", "“overwrite” can't be “maybe”"),
        (capture(required=1), "required", "“required” must be true or false"),
        (live_chat(option="nearest"), "option", "“option” can't be “nearest”"),
        (live_chat(agent_id="7"), "agent_id", "“agent_id” must be a whole number or nothing"),
        (live_chat(agent_id=True), "agent_id", "“agent_id” must be a whole number"),
        ("Hi", None, "must be an object with fields"),
        (None, None, "must be an object with fields"),
    ],
)
def test_unreadable_card_is_named_with_its_field_in_words(card: Any, field: str | None, words: str) -> None:
    card_id, named_field, sentence = refused_card(card)
    assert (card_id, named_field) == ("c1", field)
    assert "“c1”" in sentence
    assert words in sentence


@pytest.mark.parametrize("card_id", ["", "C1", "a b", "é", "c1\n", "x" * 41, "%s"])
def test_card_with_an_impossible_id_is_named(card_id: str) -> None:
    error = refusal({"start": None, "cards": {card_id: message()}})
    assert (error.code, error.card_id) == ("card_id_invalid", card_id)
    assert card_id[:40] in str(error)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"start": 1, "cards": {}}, "start"),
        ({"start": "No", "cards": {}}, "start"),
        ({"start": None, "cards": []}, "cards"),
        ({"first": "c1"}, "first"),
        ([], None),
        ("null", None),
    ],
)
def test_what_is_no_stream_is_refused_with_the_field(raw: object, field: str | None) -> None:
    assert refusal(raw).field == field


@pytest.mark.parametrize(
    "raw",
    [
        "{oops",
        "",
        b"\xff\xfe",
        "\ud800",
        object(),
        {"cards": {"c1": object()}},
        {"cards": {"c1": message("\ud800")}},
        "[" * 100_000,
        '{"cards": {"c1": {"type": "message", "text": "\\ud800"}}}',
        '{"cards": {"c1": ' + "[" * 50_000 + "]" * 50_000 + "}}",
    ],
)
def test_what_is_no_json_is_refused(raw: object) -> None:
    assert refusal(raw).code == "stream_invalid"


def test_stream_may_have_500_cards_and_no_more() -> None:
    assert len(parse_stream(stream_json(*[message()] * 500)).cards) == 500
    error = refusal(stream_json(*[message()] * 501))
    assert (error.code, "500" in str(error)) == ("too_many_cards", True)


def test_stream_may_have_200_kilobytes_and_no_more() -> None:
    size = len(json.dumps(stream_json(message(""))))
    assert parse_stream(json.dumps(stream_json(message("x" * (200_000 - size)))))
    error = refusal(json.dumps(stream_json(message("x" * (200_001 - size)))))
    assert (error.code, "200 kB" in str(error)) == ("too_large", True)


def test_size_is_counted_in_bytes_not_in_characters() -> None:
    assert refusal(stream_json(message("€" * 70_000))).code == "too_large"


def read_or_refuse(raw: object) -> None:
    """Any other exception, also one while wording the sentence, fails the test."""
    try:
        parse_stream(raw)
    except StreamInvalid as error:
        str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["start", "cards", "c1", "type", "text", "choices"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@UNHURRIED
@given(JSON | st.text() | st.binary())
def test_anything_at_all_is_read_or_refused(raw: object) -> None:
    read_or_refuse(raw)


@UNHURRIED
@given(graphs(), st.sampled_from(["c1", "c2"]), st.text(max_size=8), JSON)
def test_card_with_any_field_changed_is_read_or_refused(
    raw: dict[str, Any], card_id: str, field: str, value: object
) -> None:
    raw["cards"].setdefault(card_id, {"type": "question"})[field or "type"] = value
    read_or_refuse(raw)


@UNHURRIED
@given(graphs())
def test_every_readable_stream_survives_being_dumped(raw: dict[str, Any]) -> None:
    stream = parse_stream(raw)
    assert parse_stream(dump_stream(stream)) == stream
