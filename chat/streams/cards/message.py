"""Message: the chatbot says something and goes on."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from chat.streams.cards.base import TEXT_LIMIT, Card, CardId, CardText, Place, Step, Way
from chat.streams.context import RunContext
from chat.streams.faults import Fault
from chat.streams.forms import CardForm, FieldForm
from chat.streams.outputs import Say
from chat.streams.tokens import render


class MessageCard(Card, frozen=True, tag="message"):
    form = CardForm(
        label=_("Message"),
        description=_("The chatbot says something and goes on."),
        fields=(
            FieldForm(
                "text", _("Text"), "text", _("Tokens are replaced."), required=True, max_length=TEXT_LIMIT
            ),
            FieldForm("next", _("Next card"), "card", _("Leave empty to end the branch here.")),
        ),
        example={"text": _("Welcome! We usually answer within a minute."), "next": "question-1"},
    )

    text: CardText
    next: CardId | None = None

    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),)

    def texts(self) -> Iterable[tuple[str, str]]:
        return (("text", self.text),)

    def faults(self, place: Place) -> Iterator[Fault]:
        return place.check_text("text", self.text)

    def play(self, card_id: str, context: RunContext) -> Step:
        text = render(self.text, context.attributes)
        # A text of nothing but an unknown token is left out: an empty bubble would only puzzle.
        return Step(outputs=(Say(card_id, text),) if text.strip() else (), next=self.next)
