from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import msgspec
import pytest
from django.utils.functional import Promise

from chat.streams import (
    CARD_TYPES,
    Fault,
    RunContext,
    Say,
    Stream,
    begin,
    card_form_schema,
    check_stream,
    parse_stream,
)
from chat.streams.cards import Card, MessageCard
from chat.streams.cards.base import Place, Step, Way
from chat.streams.cards.flow import FlowCard
from chat.streams.cards.live_chat import LiveChatCard
from chat.streams.forms import CardForm
from tests.chat.streams.builders import PRIME, SELECT

pytestmark = pytest.mark.req("DG-10")


class NoteCard(Card, frozen=True, tag="note"):
    """A card type the rest has never heard of."""

    form: ClassVar[CardForm] = CardForm("Note", "Remembers something.", (), {"note": "VIP"})

    value: str
    next: str | None = None

    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),)

    def faults(self, place: Place) -> Iterator[Fault]:
        if not place.context.is_prime:
            yield place.error(None, "prime_only", "Notes are part of Prime.")

    def play(self, card_id: str, context: RunContext) -> Step:
        return Step(attributes={"note": self.value}, next=self.next)


NOTED = Stream("c1", {"c1": NoteCard(value="VIP", next="c2"), "c2": MessageCard(text="Hello {{note}}")})

BOOKED = Stream("c1", {"c1": MessageCard(text="Booked")})


def test_new_card_type_is_played_without_anything_else_knowing_it() -> None:
    played = begin(NOTED, RunContext())
    assert (played.outputs, played.attributes) == ((Say("c2", "Hello VIP"),), {"note": "VIP"})


def test_new_card_type_is_checked_without_anything_else_knowing_it() -> None:
    assert [(fault.card_id, fault.code) for fault in check_stream(NOTED, SELECT)] == [("c1", "prime_only")]


def test_every_card_type_of_the_package_is_registered_under_its_own_name() -> None:
    ours = [card for card in Card.__subclasses__() if card.__module__.startswith("chat.streams.cards.")]
    assert set(CARD_TYPES) == set(ours)
    assert [entry["type"] for entry in card_form_schema()] == [
        "message",
        "question",
        "capture",
        "document",
        "branch",
        "goal",
        "action",
        "flow",
        "live_chat",
    ]


@pytest.mark.parametrize("card", CARD_TYPES, ids=lambda card: card.__name__)
def test_form_of_a_card_has_a_field_for_everything_that_can_be_set(card: type[Card]) -> None:
    settable = {field.name for field in msgspec.structs.fields(card)}
    # Live chat's is readable only to be refused, since it is last; a flow's is written when it is frozen.
    hidden: dict[type[Card], set[str]] = {LiveChatCard: {"next"}, FlowCard: {"start"}}
    settable -= hidden.get(card, set())
    assert {field.name for field in card.form.fields} == settable


@pytest.mark.parametrize("card", CARD_TYPES, ids=lambda card: card.__name__)
def test_what_a_form_requires_and_offers_is_what_the_card_takes(card: type[Card]) -> None:
    by_name = {field.name: field for field in msgspec.structs.fields(card)}
    for shown in card.form.fields:
        field = by_name[shown.name]
        if field.default is msgspec.NODEFAULT:
            assert shown.required
        if shown.kind == "select":
            taken = msgspec.inspect.type_info(field.type)
            assert isinstance(taken, msgspec.inspect.LiteralType)
            assert {option.value for option in shown.options} == set(taken.values)


def test_examples_of_the_cards_make_a_stream_that_can_be_published() -> None:
    schema = json.loads(json.dumps(card_form_schema()))
    cards = {f"{entry['type']}-1": {"type": entry["type"], **entry["example"]} for entry in schema}
    stream = parse_stream({"start": "message-1", "cards": cards})
    assert tuple(type(card) for card in stream.cards.values()) == CARD_TYPES
    known = replace(PRIME, document_ids={1}, flows={1: BOOKED})
    # It asks for an address alone; the example to begin with asks for the name too.
    assert [(fault.severity, fault.code) for fault in check_stream(stream, known)] == [
        ("advice", "no_contact_before")
    ]


def test_form_schema_is_plain_data_an_editor_can_build_from() -> None:
    schema = json.loads(json.dumps(card_form_schema()))
    capture = next(entry for entry in schema if entry["type"] == "capture")
    kind = next(field for field in capture["fields"] if field["name"] == "kind")
    assert capture["label"] == "Information capture"
    assert [option["value"] for option in kind["options"]] == ["text", "email", "phone", "picklist"]
    options = next(field for field in capture["fields"] if field["name"] == "options")
    assert options["shown_when"] == ["kind", "picklist"]
    question = next(entry for entry in schema if entry["type"] == "question")
    choices = next(field for field in question["fields"] if field["name"] == "choices")
    assert [field["name"] for field in choices["fields"]] == ["id", "label", "value", "next"]


@pytest.mark.req("LC-15")
def test_form_marks_the_routing_option_that_only_prime_has() -> None:
    option = next(field for field in LiveChatCard.form.fields if field.name == "option")
    assert {entry.value: entry.prime for entry in option.options} == {
        "round_robin": False,
        "agent": False,
        "rules": False,
        "team": True,
    }


def test_words_of_every_form_wait_for_the_readers_language() -> None:
    for card in CARD_TYPES:
        assert isinstance(card.form.label, Promise)
        assert isinstance(card.form.description, Promise)
        for field in card.form.fields:
            words = [
                field.label,
                *(option.label for option in field.options),
                *(f.label for f in field.fields),
            ]
            assert all(isinstance(word, Promise) for word in words)
