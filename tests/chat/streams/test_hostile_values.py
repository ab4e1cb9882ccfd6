"""What visitors write is data: never a token, never a condition, never markup that we made (S21, DG-11)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.protocol import state
from chat.streams import DocumentFacts, RunContext, begin, parse_stream, poke_text, respond
from tests.chat.streams.builders import (
    UNHURRIED,
    action,
    asks,
    branch,
    capture,
    case,
    chain,
    choice,
    document,
    live_chat,
    message,
    question,
    stream,
)

pytestmark = pytest.mark.req("DG-11")

HOSTILE = [
    "{{email}}",
    '{{email:"x"}}',
    "{{{{email}}}}",
    "{{lead.email}}",
    "%(email)s",
    "{email}",
    "{0.__class__}",
    "${email}",
    "{% debug %}",
    "\\1\\g<name>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "</textarea><svg/onload=alert(1)>",
    '"}}]},"type":"bye"',
    "&lt;b&gt;",
    "\u2028{{email}}\u2029",
]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECRET = "secret@acme.example"
FACTS = DocumentFacts("Prices", 1, 2, "/documents/1/")
EVERY_TEXT = (
    (message("Hi {{name}}"), "Hi %s"),
    (question(choice("a"), text="Hi {{name}}"), "Hi %s"),
    (capture("phone", text="Hi {{name}}"), "Hi %s"),
    (document(text="For {{name}}"), "For %s"),
    (live_chat(text="Wait, {{name}}"), "Wait, %s"),
)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(("card", "expected"), EVERY_TEXT, ids=lambda part: str(part)[:20])
def test_value_is_put_in_as_it_is_in_every_text(card: dict[str, object], expected: str, value: str) -> None:
    context = RunContext({"name": value, "email": SECRET}, documents={5: FACTS})
    (output,) = begin(stream(card), context).outputs
    assert output.text == expected % value.strip()  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", HOSTILE)
def test_value_that_was_captured_and_copied_is_still_only_a_value(value: str) -> None:
    cards = chain(
        capture("name"), action(sets={"copy": "{{name}}", "again": "{{copy}}"}), message("{{again}}")
    )
    run = respond(cards, "c1", value, RunContext({"email": SECRET}))
    said = [output.text for output in run.outputs]  # type: ignore[attr-defined]
    assert SECRET not in said[0]
    assert said == [run.attributes["name"]]


@pytest.mark.parametrize("value", HOSTILE)
def test_value_is_compared_as_it_is_and_decides_nothing_else(value: str) -> None:
    way = branch(case("a", asks("name", "is", SECRET), next="c2"), otherwise="c3")
    cards = stream(way, message("Known"), message("Unknown"))
    (output,) = begin(cards, RunContext({"name": value, "email": SECRET})).outputs
    assert output.text == "Unknown"  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", HOSTILE)
def test_value_travels_as_one_text_of_the_frame(value: str) -> None:
    frame = state.Message("c", 1, "bot", "text", f"Hi {value}", at=NOON)
    assert json.loads(msgspec.json.encode(frame))["text"] == f"Hi {value}"


@UNHURRIED
@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60))
def test_any_value_comes_out_once_and_unchanged(value: str) -> None:
    context = RunContext({"name": value, "email": SECRET})
    said = [output.text for output in begin(stream(message("<{{name}}>")), context).outputs]  # type: ignore[attr-defined]
    assert said == [f"<{value.strip()}>"]


@pytest.mark.req("DG-12")
def test_poke_is_the_first_text_there_is() -> None:
    context = RunContext({"name": "Ada"}, documents={5: FACTS})
    for card, expected in EVERY_TEXT:
        assert poke_text(stream(card), context) == expected % "Ada"
    way = branch(case("a", asks("name", "is", "Ada"), next="c3"), otherwise="c4")
    cards = (action(sets={"plan": "Gold"}, next="c2"), way, message("{{plan}}, {{name}}"), message("Hello"))
    assert poke_text(stream(*cards), context) == "Gold, Ada"
    assert poke_text(stream(*cards), RunContext()) == "Hello"
    assert poke_text(chain(message("{{unknown}}"), message("Hello")), RunContext()) == "Hello"
    assert poke_text(chain(document(), message("A look?")), context) == "A look?"
    assert poke_text(parse_stream({}), context) == ""
    assert poke_text(stream(live_chat()), context) == ""
