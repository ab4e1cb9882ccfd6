"""What every card of a stream can do (DG-10). A card type is one subclass in a module of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import msgspec
from django.utils.translation import gettext as _

from chat.streams.context import CheckContext, RunContext
from chat.streams.errors import AnswerMisplaced
from chat.streams.faults import Fault
from chat.streams.forms import CardForm
from chat.streams.outputs import Ask, Goal, Output
from chat.streams.tokens import has_malformed_token, render
from config.lib.conditions import RESERVED_ATTRIBUTES

ID_PATTERN = r"\A[a-z0-9_-]{1,40}\Z"
# In a frozen stream a flow's cards are behind the flow card's id: book~name, book~later~name.
FROZEN_ID_PATTERN = r"\A[a-z0-9_~-]{1,120}\Z"
# PostgreSQL keeps no NUL in text or JSON: a stream with one could be drawn but never saved.
TEXT_PATTERN = r"\A[^\x00]*\Z"
ATTRIBUTE_PATTERN = r"\A[a-z][a-z0-9_]{0,39}\Z"

# Of a card that is led to. In a draft it is held to ID_PATTERN when the stream is read.
CardId = Annotated[str, msgspec.Meta(pattern=FROZEN_ID_PATTERN)]
# Of a part of a card.
PartId = Annotated[str, msgspec.Meta(pattern=ID_PATTERN)]
CardText = Annotated[str, msgspec.Meta(pattern=TEXT_PATTERN)]

TEXT_LIMIT = 2_000
LABEL_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Way:
    """One way on: the field of the card it is written in, and the card it leads to (None ends the branch)."""

    field: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """What playing a card does: wait for the visitor, ask for an agent, or go on to `next` (None ends)."""

    outputs: tuple[Output, ...] = ()
    next: str | None = None
    waits: bool = False
    asks_agent: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    # Lists to put the visitor on (True) and to take the visitor off (False), by id.
    memberships: Mapping[int, bool] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What an accepted answer does: how the visitor sees it, what is stored, and the next card."""

    shown: str
    next: str | None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card stands when it is checked, and how it words faults; `before` is its branch above it."""

    card_id: str
    before: tuple[Card, ...]
    context: CheckContext

    def error(self, field: str | None, code: str, message: str) -> Fault:
        return Fault(self.card_id, field, code, message)

    def advice(self, field: str | None, code: str, message: str) -> Fault:
        return Fault(self.card_id, field, code, message, "advice")

    def check_text(self, field: str, text: str, *, limit: int = TEXT_LIMIT) -> Iterator[Fault]:
        """A text that must be there: not blank, not longer than `limit` characters."""
        if not text.strip():
            yield self.error(field, "text_empty", _("Write something here: it is empty."))
        yield from self.check_length(field, text, limit=limit)

    def check_length(self, field: str, text: str, *, limit: int = TEXT_LIMIT) -> Iterator[Fault]:
        if len(text) > limit:
            message = _("This is %(length)d characters long; at most %(limit)d are allowed.")
            yield self.error(field, "text_too_long", message % {"length": len(text), "limit": limit})

    def check_attribute(self, field: str, name: str) -> Iterator[Fault]:
        if not re.match(ATTRIBUTE_PATTERN, name):
            message = _(
                "An attribute's name has small letters, digits and _ only, like first_name (at most 40)."
            )
            yield self.error(field, "attribute_name", message)
        if name in RESERVED_ATTRIBUTES:
            message = _("“%(name)s” is found out and can't be set. Choose another name.")
            yield self.error(field, "attribute_reserved", message % {"name": name})

    def check_lists(self, field: str, list_ids: Iterable[int]) -> Iterator[Fault]:
        """Lists are part of Prime, and a list may have been deleted."""
        if not self.context.is_prime:
            message = _("Lists are part of the Prime package.")
            yield self.error(field, "prime_only", message)
        elif not set(list_ids) <= self.context.list_ids:
            yield self.error(field, "list_unknown", _("This list no longer exists. Choose another one."))

    def check_tokens(self, field: str, text: str) -> Iterator[Fault]:
        if has_malformed_token(text):
            message = _(
                'A token is not written right and will show as it is. Write it like {{first_name:"there"}}.'
            )
            yield self.advice(field, "token_malformed", message)
        if text.strip() and not render(text, {}).strip():
            message = _(
                "For a visitor we don't know, nothing is left of this text. Give its token a default."
            )
            yield self.advice(field, "text_may_vanish", message)


class Card(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """One card; its fields are what the stream's JSON holds. It may be half-written: `faults` judges it."""

    form: ClassVar[CardForm]
    # Nothing can come after it, also where it stands in a flow that goes on.
    is_last: ClassVar[bool] = False

    def ways(self) -> tuple[Way, ...]:
        """Every way on from this card, also those that end the branch."""
        return ()

    def texts(self) -> Iterable[tuple[str, str]]:
        """Field and text of everything a visitor sees, in which tokens are replaced."""
        return ()

    def faults(self, place: Place) -> Iterator[Fault]:
        """What is wrong with this card itself; the tree and the tokens are checked for all cards alike."""
        raise NotImplementedError

    def play(self, card_id: str, context: RunContext) -> Step:
        """What happens when the visitor comes to this card."""
        raise NotImplementedError

    def ask(self, card_id: str, context: RunContext) -> Ask | None:
        """What this card asks the visitor, None where it asks nothing."""
        return None

    def reply(self, answer: str, context: RunContext) -> Reply:
        """Take the visitor's answer. Raises `AnswerInvalid`, or `AnswerMisplaced` where nothing was asked."""
        raise AnswerMisplaced
