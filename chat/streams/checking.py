"""The check of a whole stream before it is published; every fault at its card (DG-13)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from chat.streams.cards.base import Place
from chat.streams.context import CheckContext
from chat.streams.expanding import check_flows
from chat.streams.faults import Fault
from chat.streams.parsing import Stream
from chat.streams.shape import Visit, parents, visits


def check_stream(stream: Stream, context: CheckContext) -> list[Fault]:
    """Everything wrong with the stream, and all advice, in the order the cards are met. Never raises.

    Errors keep it from being published, advice never does (DG-13, LC-14); see `publishable`.
    """
    faults = [*_start_faults(stream)]
    above = parents(stream)
    for visit in visits(stream):
        faults += _tree_faults(stream, visit, above.get(visit.card_id, []))
        before = tuple(stream.cards[card_id] for card_id in visit.before)
        place = Place(visit.card_id, before, context)
        faults += visit.card.faults(place)
        for field, text in visit.card.texts():
            faults += place.check_tokens(field, text)
    return [*faults, *check_flows(stream, context)]


def _start_faults(stream: Stream) -> Iterator[Fault]:
    if not stream.cards:
        yield Fault(None, None, "stream_empty", _("There are no cards yet. Add a first card."))
    elif stream.start is None:
        yield Fault(None, "start", "start_missing", _("No card is the first one. Choose where to begin."))
    elif stream.start not in stream.cards:
        message = _("The first card “%(card)s” doesn't exist. Choose where to begin.") % {
            "card": stream.start
        }
        yield Fault(None, "start", "start_unknown", message)


def _tree_faults(stream: Stream, visit: Visit, above: list[str]) -> Iterator[Fault]:
    for way in visit.card.ways():
        if way.target is None:
            continue
        if way.target not in stream.cards:
            message = _("The next card “%(card)s” doesn't exist.") % {"card": way.target}
            yield Fault(visit.card_id, way.field, "next_unknown", message)
        elif visit.closes_loop(way.target):
            message = _("This leads back to “%(card)s”: the visitor would go round in circles.")
            yield Fault(visit.card_id, way.field, "loop", message % {"card": way.target})
    if visit.card_id == stream.start and above:
        message = _("This is the first card, so no other card can lead to it: %(cards)s.")
        yield Fault(visit.card_id, None, "second_parent", message % {"cards": ", ".join(above)})
    elif len(above) > 1:
        message = _("More than one way leads here, from: %(cards)s. Give each branch a card of its own.")
        yield Fault(visit.card_id, None, "second_parent", message % {"cards": ", ".join(above)})
    if not visit.reached:
        message = _("No branch leads to this card. Connect it or delete it.")
        yield Fault(visit.card_id, None, "unreachable", message)
