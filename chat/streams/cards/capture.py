"""Information capture: the visitor types or picks something that is kept as an attribute."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.streams.answers import email_answer, phone_answer, picklist_answer, text_answer, tidy
from chat.streams.cards.base import LABEL_LIMIT, TEXT_LIMIT, Card, CardId, CardText, Place, Reply, Step, Way
from chat.streams.context import RunContext
from chat.streams.errors import AnswerInvalid
from chat.streams.faults import Fault
from chat.streams.forms import CardForm, FieldForm, Option
from chat.streams.outputs import Ask, AskedInput, InputKind
from chat.streams.tokens import render

OPTIONS_LIMIT = 100
_READ: Mapping[InputKind, Callable[[str], str]] = {
    "text": text_answer,
    "email": email_answer,
    "phone": phone_answer,
}


class CaptureCard(Card, frozen=True, tag="capture"):
    form = CardForm(
        label=_("Information capture"),
        description=_("Asks the visitor for something, such as a name or an e-mail address, and keeps it."),
        fields=(
            FieldForm(
                "text", _("Question"), "text", _("Tokens are replaced."), required=True, max_length=TEXT_LIMIT
            ),
            FieldForm(
                "attribute",
                _("Keep it as"),
                "attribute",
                _("For example first_name or email."),
                required=True,
            ),
            FieldForm(
                "kind",
                _("What is asked"),
                "select",
                required=True,
                options=(
                    Option("text", _("Text")),
                    Option("email", _("E-mail address")),
                    Option("phone", _("Phone number")),
                    Option("picklist", _("One of a list")),
                ),
            ),
            FieldForm(
                "options",
                _("List"),
                "lines",
                _("One a line."),
                max_length=LABEL_LIMIT,
                shown_when=("kind", "picklist"),
            ),
            FieldForm("required", _("Required"), "switch", _("Off: the visitor may leave it out.")),
            FieldForm(
                "overwrite",
                _("If it is known already"),
                "select",
                required=True,
                options=(
                    Option("overwrite", _("Replace what is known")),
                    Option("keep", _("Keep what is known")),
                ),
            ),
            FieldForm(
                "skip_if_known", _("Skip when known"), "switch", _("Don't ask visitors who told us before.")
            ),
            FieldForm(
                "invalid_text",
                _("When the answer is wrong"),
                "line",
                _("Said to the visitor before asking again. Empty: a standard sentence that fits."),
                max_length=TEXT_LIMIT,
            ),
            FieldForm("next", _("Next card"), "card", _("Leave empty to end the branch here.")),
        ),
        example={
            "text": _("What is your e-mail address?"),
            "attribute": "email",
            "kind": "email",
            "next": "branch-1",
        },
    )

    text: CardText
    attribute: CardText
    kind: InputKind = "text"
    options: tuple[CardText, ...] = ()
    required: bool = True
    overwrite: Literal["overwrite", "keep"] = "overwrite"
    skip_if_known: bool = False
    invalid_text: CardText | None = None
    next: CardId | None = None

    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),)

    def texts(self) -> Iterable[tuple[str, str]]:
        yield "text", self.text
        yield "invalid_text", self.invalid_text or ""

    def faults(self, place: Place) -> Iterator[Fault]:
        yield from place.check_text("text", self.text)
        yield from place.check_attribute("attribute", self.attribute)
        yield from place.check_length("invalid_text", self.invalid_text or "")
        if self.kind == "picklist":
            yield from self._option_faults(place)

    def play(self, card_id: str, context: RunContext) -> Step:
        if self.skip_if_known and context.knows(self.attribute):
            return Step(next=self.next)
        return Step(outputs=(self.ask(card_id, context),), waits=True)

    def ask(self, card_id: str, context: RunContext) -> Ask:
        options = tuple(option.strip() for option in self.options) if self.kind == "picklist" else ()
        asked = AskedInput(self.kind, self.attribute, options, self.required)
        return Ask(card_id, render(self.text, context.attributes), input=asked)

    def reply(self, answer: str, context: RunContext) -> Reply:
        given = tidy(answer)
        if not given and not self.required:
            return Reply(gettext("Skipped"), self.next)
        stored = self._read(given, context)
        keeps = self.overwrite == "keep" and context.knows(self.attribute)
        return Reply(stored, self.next, {} if keeps else {self.attribute: stored})

    def _read(self, given: str, context: RunContext) -> str:
        try:
            if not given:
                raise AnswerInvalid(_("Please write something."), code="answer_empty")
            return (
                picklist_answer(given, self.options) if self.kind == "picklist" else _READ[self.kind](given)
            )
        except AnswerInvalid as error:
            reason = render(self.invalid_text or "", context.attributes).strip()
            if not reason:
                raise
            raise AnswerInvalid(reason, code=error.code) from None

    def _option_faults(self, place: Place) -> Iterator[Fault]:
        if not self.options:
            message = gettext("Add options to the list: without one the visitor is stuck here.")
            yield place.error("options", "no_way_out", message)
        if len(self.options) > OPTIONS_LIMIT:
            message = gettext("At most %(limit)d options.") % {"limit": OPTIONS_LIMIT}
            yield place.error("options", "too_many_options", message)
        seen: set[str] = set()
        for number, option in enumerate(self.options):
            yield from place.check_text(f"options.{number}", option, limit=LABEL_LIMIT)
            if option.strip() and option.strip().casefold() in seen:
                yield place.error(
                    f"options.{number}", "duplicate_option", gettext("This option is there twice.")
                )
            seen.add(option.strip().casefold())
