"""A stream between JSON and typed cards. What can be read may be half-written: the check judges that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from chat.streams.cards import AnyCard, Card
from chat.streams.cards.base import FROZEN_ID_PATTERN, ID_PATTERN, CardId
from chat.streams.errors import StreamInvalid
from chat.streams.unreadable import bad_id, describe

CARDS_LIMIT = 500
SIZE_LIMIT = 200_000  # bytes of JSON


@dataclass(frozen=True, slots=True)
class Stream:
    """Cards by id, and the one to begin with. Made by `parse_stream` only, so each type is known."""

    start: str | None
    cards: Mapping[str, Card]


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    start: CardId | None = None
    cards: dict[str, msgspec.Raw] = {}


_envelope = msgspec.json.Decoder(_Envelope)
_card: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyCard)


def parse_stream(raw: object, *, frozen: bool = False) -> Stream:
    """Read a stream from JSON text, bytes, or decoded data (a JSONField's value). `{}` is the empty stream.

    At most 500 cards and 200 kB. Ids have at most 40 signs; in a `frozen` stream, which has its flows' cards
    in it, 120 and ~ too. Raises `StreamInvalid`, which names the card and the field in words (DG-13).
    """
    encoded = _encode(raw)
    if len(encoded) > SIZE_LIMIT:
        raise StreamInvalid(
            _("This stream is too large: at most %(limit)d kB."),
            code="too_large",
            params={"limit": SIZE_LIMIT // 1000},
        )
    envelope = _read_envelope(encoded)
    if len(envelope.cards) > CARDS_LIMIT:
        raise StreamInvalid(
            _("This stream has too many cards: at most %(limit)d."),
            code="too_many_cards",
            params={"limit": CARDS_LIMIT},
        )
    cards = {card_id: _read_card(card_id, card) for card_id, card in envelope.cards.items()}
    stream = Stream(envelope.start, cards)
    _check_ids(stream, FROZEN_ID_PATTERN if frozen else ID_PATTERN)
    return stream


def dump_stream(stream: Stream) -> dict[str, object]:
    """The stream as JSON data; `parse_stream` gives back an equal stream."""
    cards = {card_id: msgspec.to_builtins(card) for card_id, card in stream.cards.items()}
    # to_builtins leaves tuples as they are; a JSONField would read back lists.
    return {"start": stream.start, "cards": msgspec.json.decode(msgspec.json.encode(cards))}


def _encode(raw: object) -> bytes:
    try:
        if isinstance(raw, bytes):
            return raw
        return raw.encode() if isinstance(raw, str) else msgspec.json.encode(raw)
    except (TypeError, ValueError, RecursionError):
        raise StreamInvalid from None


def _read_envelope(encoded: bytes) -> _Envelope:
    try:
        return _envelope.decode(encoded)
    except msgspec.ValidationError as problem:
        raise _unreadable(*describe(str(problem))) from None
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise StreamInvalid(_("The stream can't be read: this is not JSON.")) from None


def _check_ids(stream: Stream, pattern: str) -> None:
    """The cards' own ids, and those they lead to: one that may not be can't be meant."""
    if stream.start is not None and not re.match(pattern, stream.start):
        raise _unreadable(*bad_id("start"))
    for card_id, card in stream.cards.items():
        if not re.match(pattern, card_id):
            raise StreamInvalid(
                _("“%(card)s” can't be a card's id: small letters, digits, - and _ only, at most 40."),
                code="card_id_invalid",
                card_id=card_id,
                params={"card": card_id[:80]},
            )
        for way in card.ways():
            if way.target is not None and not re.match(pattern, way.target):
                raise _unreadable_card(card_id, *bad_id(way.field))


def _unreadable(field: str, words: str) -> StreamInvalid:
    sentence = _("The stream can't be read: %(problem)s")
    return StreamInvalid(sentence, field=field or None, params={"problem": words})


def _unreadable_card(card_id: str, field: str, words: str) -> StreamInvalid:
    return StreamInvalid(
        _("Card “%(card)s” can't be read: %(problem)s"),
        card_id=card_id,
        field=field or None,
        params={"card": card_id, "problem": words},
    )


def _read_card(card_id: str, raw: msgspec.Raw) -> Card:
    try:
        card: Card = _card.decode(raw)
    except msgspec.ValidationError as problem:
        raise _unreadable_card(card_id, *describe(str(problem))) from None
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise StreamInvalid(
            _("Card “%(card)s” can't be read: this is not JSON."), card_id=card_id, params={"card": card_id}
        ) from None
    return card
