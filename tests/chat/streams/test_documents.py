from __future__ import annotations

import pytest

from chat.streams import DocumentFacts, RunContext, Say, ShowDocument, begin
from tests.chat.streams.builders import capture, chain, document, found, message, stream

pytestmark = pytest.mark.req("DG-10")

PRICES = DocumentFacts("Prices 2027", pages=4, size=81_000, url="/documents/1f/")
READER = RunContext({"first_name": "Ada"}, documents={5: PRICES})


def test_document_is_shown_and_the_stream_goes_on_at_once() -> None:
    played = begin(chain(document(text="For you:"), message("Any questions?"), capture()), READER)
    assert played.outputs[:2] == (ShowDocument("c1", "For you:", 5, PRICES), Say("c2", "Any questions?"))
    assert played.awaiting == "c3"


@pytest.mark.req("DG-11")
def test_tokens_in_the_words_about_a_document_are_replaced() -> None:
    shown = stream(document(text='For {{first_name:"you"}}:'))
    assert [output.text for output in begin(shown, READER).outputs] == ["For Ada:"]  # type: ignore[attr-defined]
    (unknown,) = begin(shown, RunContext(documents={5: PRICES})).outputs
    assert unknown == ShowDocument("c1", "For you:", 5, PRICES)


def test_document_that_was_deleted_leaves_its_words_and_the_way_on() -> None:
    played = begin(chain(document(text="For you:"), message("Any questions?")), RunContext())
    assert played.outputs == (Say("c1", "For you:"), Say("c2", "Any questions?"))
    assert begin(stream(document()), RunContext()).outputs == ()


@pytest.mark.req("DG-13")
@pytest.mark.parametrize(
    ("document_id", "code"), [(None, "document_missing"), (6, "document_unknown"), (5, None)]
)
def test_document_that_is_not_there_is_a_fault(document_id: int | None, code: str | None) -> None:
    faults = found(stream(document(document_id)))
    assert faults == ({("c1", "document_id", code)} if code else set())


@pytest.mark.req("DG-13")
def test_words_about_a_document_have_a_limit_and_may_be_missing() -> None:
    assert found(stream(document(text="x" * 2_001))) == {("c1", "text", "text_too_long")}
    assert found(stream(document(text=""))) == set()
