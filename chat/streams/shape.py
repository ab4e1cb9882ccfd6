"""The shape of a stream: in which order its cards come, and where it is not a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chat.streams.cards import Card
from chat.streams.parsing import Stream


@dataclass(frozen=True, slots=True)
class Visit:
    """A card as it is met on the way down; `before` are the ids above it, from the first to its parent."""

    card_id: str
    card: Card
    before: tuple[str, ...]
    reached: bool

    def closes_loop(self, target: str | None) -> bool:
        return target == self.card_id or target in self.before


def visits(stream: Stream) -> Iterator[Visit]:
    """Every card exactly once, branch by branch from the start; then those no branch reaches."""
    seen: set[str] = set()
    for root in _roots(stream):
        # A stack of our own: a stream may be deeper than Python's.
        waiting: list[tuple[str, tuple[str, ...]]] = [(root, ())]
        while waiting:
            card_id, before = waiting.pop()
            if card_id in seen or card_id not in stream.cards:
                continue
            seen.add(card_id)
            visit = Visit(card_id, stream.cards[card_id], before, reached=root == stream.start)
            yield visit
            targets = [way.target for way in visit.card.ways() if way.target is not None]
            waiting += [(target, (*before, card_id)) for target in reversed(targets)]


def parents(stream: Stream) -> dict[str, list[str]]:
    """For each card that is some card's next one: those cards, without the ways that close a loop."""
    found: dict[str, list[str]] = {}
    for visit in visits(stream):
        for way in visit.card.ways():
            if way.target in stream.cards and not visit.closes_loop(way.target):
                found.setdefault(str(way.target), []).append(visit.card_id)
    return found


def _roots(stream: Stream) -> Iterator[str]:
    if stream.start is not None:
        yield stream.start
    pointed_at = {way.target for card in stream.cards.values() for way in card.ways()}
    # Unreached branches from their own first card, so that what hangs together is met together.
    yield from (card_id for card_id in stream.cards if card_id not in pointed_at)
    yield from stream.cards
