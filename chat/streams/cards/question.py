"""Question: the visitor chooses one of several answers, and each is a branch of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.streams.cards.base import (
    LABEL_LIMIT,
    TEXT_LIMIT,
    Card,
    CardId,
    CardText,
    PartId,
    Place,
    Reply,
    Step,
    Way,
)
from chat.streams.context import RunContext
from chat.streams.errors import AnswerInvalid
from chat.streams.faults import Fault
from chat.streams.forms import CardForm, FieldForm
from chat.streams.outputs import Ask, AskedChoice
from chat.streams.tokens import render

CHOICES_LIMIT = 12
VALUE_LIMIT = 500


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer: `label` is what the visitor sees, `value` what is stored (None: what was seen)."""

    id: PartId
    label: CardText
    value: CardText | None = None
    next: CardId | None = None

    def shown(self, context: RunContext) -> str:
        # An answer is never invisible: a label of nothing but an unknown token shows as it is written.
        return render(self.label, context.attributes).strip() or self.label

    def stored(self, context: RunContext) -> str:
        return (self.value or "").strip() or self.shown(context)


class QuestionCard(Card, frozen=True, tag="question"):
    form = CardForm(
        label=_("Question"),
        description=_("The visitor chooses an answer. Each answer is a branch of its own."),
        fields=(
            FieldForm(
                "text", _("Question"), "text", _("Tokens are replaced."), required=True, max_length=TEXT_LIMIT
            ),
            FieldForm("attribute", _("Store the answer as"), "attribute", _("Leave empty to store nothing.")),
            FieldForm(
                "choices",
                _("Answers"),
                "rows",
                _("Up to 12."),
                required=True,
                fields=(
                    FieldForm("id", _("Id"), "line", required=True, max_length=40),
                    FieldForm("label", _("Answer"), "line", required=True, max_length=LABEL_LIMIT),
                    FieldForm("value", _("Stored as"), "line", _("Empty: as shown."), max_length=VALUE_LIMIT),
                    FieldForm("next", _("Next card"), "card", _("Leave empty to end the branch here.")),
                ),
            ),
        ),
        example={
            "text": _("What can we help you with?"),
            "attribute": "topic",
            "choices": [
                {"id": "pricing", "label": _("Prices"), "next": "capture-1"},
                {"id": "looking", "label": _("I'm just looking"), "next": "document-1"},
            ],
        },
    )

    text: CardText
    choices: tuple[Choice, ...] = ()
    attribute: CardText | None = None

    def ways(self) -> tuple[Way, ...]:
        return tuple(Way(f"choices.{number}.next", choice.next) for number, choice in enumerate(self.choices))

    def texts(self) -> Iterable[tuple[str, str]]:
        yield "text", self.text
        for number, choice in enumerate(self.choices):
            yield f"choices.{number}.label", choice.label

    def faults(self, place: Place) -> Iterator[Fault]:
        yield from place.check_text("text", self.text)
        if self.attribute:
            yield from place.check_attribute("attribute", self.attribute)
        if not self.choices:
            yield place.error(
                "choices", "no_way_out", gettext("Add an answer: without one the visitor is stuck here.")
            )
        if len(self.choices) > CHOICES_LIMIT:
            message = gettext("At most %(limit)d answers: use a picklist for more.") % {
                "limit": CHOICES_LIMIT
            }
            yield place.error("choices", "too_many_choices", message)
        yield from self._choice_faults(place)

    def play(self, card_id: str, context: RunContext) -> Step:
        return Step(outputs=(self.ask(card_id, context),), waits=True)

    def ask(self, card_id: str, context: RunContext) -> Ask:
        choices = tuple(AskedChoice(choice.id, choice.shown(context)) for choice in self.choices)
        return Ask(card_id, render(self.text, context.attributes), choices)

    def reply(self, answer: str, context: RunContext) -> Reply:
        for choice in self.choices:
            if choice.id == answer:
                stored = {self.attribute: choice.stored(context)} if self.attribute else {}
                return Reply(choice.shown(context), choice.next, stored)
        raise AnswerInvalid(_("Please choose one of the answers."), code="choice_unknown")

    def _choice_faults(self, place: Place) -> Iterator[Fault]:
        ids = Counter(choice.id for choice in self.choices)
        labels = Counter(choice.label.strip().casefold() for choice in self.choices)
        for number, choice in enumerate(self.choices):
            field = f"choices.{number}"
            yield from place.check_text(f"{field}.label", choice.label, limit=LABEL_LIMIT)
            yield from place.check_length(f"{field}.value", choice.value or "", limit=VALUE_LIMIT)
            if ids[choice.id] > 1:
                yield place.error(f"{field}.id", "duplicate_id", gettext("Another answer has the same id."))
            if choice.label.strip() and labels[choice.label.strip().casefold()] > 1:
                yield place.error(
                    f"{field}.label", "duplicate_label", gettext("Another answer reads the same.")
                )
