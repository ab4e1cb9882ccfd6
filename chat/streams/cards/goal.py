"""Goal: a point worth counting; the visitor sees nothing of it."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from chat.streams.cards.base import LABEL_LIMIT, Card, CardId, CardText, Place, Step, Way
from chat.streams.context import RunContext
from chat.streams.faults import Fault
from chat.streams.forms import CardForm, FieldForm
from chat.streams.outputs import Goal


class GoalCard(Card, frozen=True, tag="goal"):
    form = CardForm(
        label=_("Goal"),
        description=_("Counts that a visitor came this far. The visitor sees nothing of it."),
        fields=(
            FieldForm(
                "name",
                _("Name"),
                "line",
                _("As it is called in reports."),
                required=True,
                max_length=LABEL_LIMIT,
            ),
            FieldForm("next", _("Next card"), "card", _("Leave empty to end the branch here.")),
        ),
        example={"name": _("Left an e-mail address"), "next": "action-1"},
    )

    name: CardText
    next: CardId | None = None

    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),)

    def faults(self, place: Place) -> Iterator[Fault]:
        return place.check_text("name", self.name, limit=LABEL_LIMIT)

    def play(self, card_id: str, context: RunContext) -> Step:
        return Step(goals=(Goal(card_id, self.name.strip()),), next=self.next)
