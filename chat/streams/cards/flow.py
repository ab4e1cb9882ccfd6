"""Conversational flow: a flow's cards as a part of this stream (DG-20)."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.streams.cards.base import Card, CardId, Place, Step, Way
from chat.streams.context import RunContext
from chat.streams.faults import Fault
from chat.streams.forms import CardForm, FieldForm


class FlowCard(Card, frozen=True, tag="flow"):
    form = CardForm(
        label=_("Conversational flow"),
        description=_("Runs a published flow here, and goes on where the flow ends."),
        fields=(
            FieldForm(
                "flow_id",
                _("Flow"),
                "flow",
                _("As it is published when you publish; publish again to take over its later changes."),
                required=True,
            ),
            FieldForm(
                "next",
                _("Next card"),
                "card",
                _("After the flow's branches, except those that end with a live chat. Empty: end with them."),
            ),
        ),
        example={"flow_id": 1, "next": None},
    )

    flow_id: int | None = None
    next: CardId | None = None
    # The flow's own first card; written when the stream is frozen with the flow's cards in it.
    start: CardId | None = None

    def ways(self) -> tuple[Way, ...]:
        after = Way("next", self.next)
        return (after,) if self.start is None else (Way("start", self.start), after)

    def faults(self, place: Place) -> Iterator[Fault]:
        if self.flow_id is None:
            yield place.error("flow_id", "flow_missing", gettext("Choose the flow to run here."))
        elif self.flow_id == place.context.flow_id:
            yield place.error("flow_id", "flow_loop", gettext("A flow can't run itself. Choose another one."))
        elif self.flow_id not in place.context.flows:
            message = gettext("This flow isn't published. Publish it first, or choose another one.")
            yield place.error("flow_id", "flow_unknown", message)

    def play(self, card_id: str, context: RunContext) -> Step:
        return Step(next=self.start or self.next)
