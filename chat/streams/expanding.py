"""Putting flows into the streams that run them, when these are frozen: the runner knows nothing of flows.

A flow's card has the id of the card that runs it in front of its own: `book~name`. The card that runs it
stays, so that later on it can be told which flows a frozen stream has in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from chat.streams.cards import FlowCard
from chat.streams.context import CheckContext
from chat.streams.errors import StreamInvalid
from chat.streams.faults import Fault
from chat.streams.parsing import Stream, dump_stream, parse_stream

ID_LIMIT = 120

RawCards = dict[str, dict[str, Any]]


def expand_flows(stream: Stream, flows: Mapping[int, Stream]) -> Stream:
    """The stream with its flows' cards in it, as it is to be frozen (DG-20).

    `flows` are the published flows' frozen streams, which have their own flows in them already. Where a flow
    ends, it goes on with the card after it. Raises `StreamInvalid` at the card whose flow isn't there or
    stands too deep, or for the whole where it gets too large.
    """
    if not get_flow_ids(stream):
        return stream
    cards = _dump_cards(stream)
    for card_id, card in stream.cards.items():
        if isinstance(card, FlowCard):
            flow = _find(card_id, card, flows)
            cards[card_id]["start"] = None if flow.start is None else _inside(card_id, flow.start)
            cards |= _copy(card_id, flow, after=card.next)
    return parse_stream({"start": stream.start, "cards": cards}, frozen=True)


def fold_flows(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """A frozen stream's JSON as it was drawn: without the cards of the flows that it runs."""
    drawn = {card_id: card for card_id, card in frozen.get("cards", {}).items() if "~" not in card_id}
    return {**frozen, "cards": {card_id: _fold(card) for card_id, card in drawn.items()}}


def get_flow_ids(stream: Stream) -> frozenset[int]:
    """The flows that a stream runs; of a frozen one also those that these run."""
    cards = (card for card in stream.cards.values() if isinstance(card, FlowCard))
    return frozenset(card.flow_id for card in cards if card.flow_id is not None)


def check_flows(stream: Stream, context: CheckContext) -> Iterator[Fault]:
    """What is wrong with the flows in a stream beyond each card: circles, and what gets too large (DG-13)."""
    for card_id, card in stream.cards.items():
        if isinstance(card, FlowCard) and context.flow_id is not None and card.flow_id != context.flow_id:
            flow = context.flows.get(card.flow_id or 0)
            if flow is not None and context.flow_id in get_flow_ids(flow):
                message = _("That flow runs this one, so they would go round in circles. Choose another one.")
                yield Fault(card_id, "flow_id", "flow_loop", str(message))
    if get_flow_ids(stream) <= context.flows.keys():
        try:
            expand_flows(stream, context.flows)
        except StreamInvalid as error:
            field = "flow_id" if error.card_id else None
            # A flow that wasn't chosen yet is a fault of its card already.
            if error.code != "flow_unknown":
                yield Fault(error.card_id, field, error.code, str(error))


def _find(card_id: str, card: FlowCard, flows: Mapping[int, Stream]) -> Stream:
    flow = None if card.flow_id is None else flows.get(card.flow_id)
    if flow is None:
        message = _("This flow isn't published. Publish it first, or choose another one.")
        raise StreamInvalid(message, code="flow_unknown", card_id=card_id)
    return flow


def _copy(card_id: str, flow: Stream, *, after: str | None) -> RawCards:
    """The flow's cards under their new ids, leading to each other, and at their ends to the card after."""
    copies = _dump_cards(flow)
    for inner_id, inner in flow.cards.items():
        for way in inner.ways():
            if way.target is not None:
                _put(copies[inner_id], way.field, _inside(card_id, way.target))
            elif not inner.is_last:
                _put(copies[inner_id], way.field, after)
    return {_inside(card_id, inner_id): copy for inner_id, copy in copies.items()}


def _inside(card_id: str, inner_id: str) -> str:
    joined = f"{card_id}~{inner_id}"
    if len(joined) > ID_LIMIT:
        message = _(
            "This flow runs flows that run flows: that is too deep. Use a flow with fewer flows in it."
        )
        raise StreamInvalid(message, code="flow_too_deep", card_id=card_id)
    return joined


def _fold(card: Mapping[str, Any]) -> dict[str, Any]:
    is_flow = card.get("type") == "flow"
    return {name: value for name, value in card.items() if not (is_flow and name == "start")}


def _dump_cards(stream: Stream) -> RawCards:
    cards: Any = dump_stream(stream)["cards"]
    return dict(cards)


def _put(card: dict[str, Any], field: str, value: str | None) -> None:
    *path, name = field.split(".")
    place: Any = card
    for step in path:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[name] = value
