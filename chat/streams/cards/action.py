"""Action: sets attributes and changes lists, unseen by the visitor (Prime)."""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.streams.cards.base import Card, CardId, CardText, Place, Step, Way
from chat.streams.context import RunContext
from chat.streams.faults import Fault
from chat.streams.forms import CardForm, FieldForm
from chat.streams.tokens import render

ASSIGNMENTS_LIMIT = 20
VALUE_LIMIT = 500


class Assignment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attribute and what it becomes; an empty value forgets what is known."""

    attribute: CardText
    value: CardText = ""


class ActionCard(Card, frozen=True, tag="action"):
    form = CardForm(
        label=_("Action"),
        description=_(
            "Sets attributes and puts the visitor on lists or off them. The visitor sees nothing of it."
        ),
        fields=(
            FieldForm(
                "assignments",
                _("Attributes"),
                "rows",
                _("Up to 20."),
                fields=(
                    FieldForm("attribute", _("Attribute"), "attribute", required=True),
                    FieldForm(
                        "value",
                        _("Value"),
                        "line",
                        _("Tokens are replaced. Empty: forget what is known."),
                        max_length=VALUE_LIMIT,
                    ),
                ),
            ),
            FieldForm("add_to", _("Put on the lists"), "lists"),
            FieldForm("remove_from", _("Take off the lists"), "lists"),
            FieldForm("next", _("Next card"), "card", _("Leave empty to end the branch here.")),
        ),
        example={
            "assignments": [{"attribute": "interest", "value": _("Prices")}],
            "add_to": [],
            "remove_from": [],
            "next": "live_chat-1",
        },
        prime=True,
    )

    assignments: tuple[Assignment, ...] = ()
    add_to: tuple[int, ...] = ()
    remove_from: tuple[int, ...] = ()
    next: CardId | None = None

    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),)

    def texts(self) -> Iterable[tuple[str, str]]:
        for number, assignment in enumerate(self.assignments):
            yield f"assignments.{number}.value", assignment.value

    def faults(self, place: Place) -> Iterator[Fault]:
        if not place.context.is_prime:
            message = gettext("Actions are part of the Prime package. Remove this card.")
            yield place.error(None, "prime_only", message)
            return
        if not (self.assignments or self.add_to or self.remove_from):
            message = gettext("This does nothing yet: set an attribute or choose a list.")
            yield place.error("assignments", "action_empty", message)
        yield from self._assignment_faults(place)
        yield from self._list_faults(place)

    def play(self, card_id: str, context: RunContext) -> Step:
        # Each sees what the ones above it set; what a visitor wrote is put in, never read as a token.
        changes: dict[str, str] = {}
        for assignment in self.assignments:
            text = render(assignment.value, {**context.attributes, **changes})
            changes[assignment.attribute] = text.strip()[:VALUE_LIMIT]
        memberships = dict.fromkeys(self.remove_from, False) | dict.fromkeys(self.add_to, True)
        return Step(next=self.next, attributes=changes, memberships=memberships)

    def _assignment_faults(self, place: Place) -> Iterator[Fault]:
        if len(self.assignments) > ASSIGNMENTS_LIMIT:
            message = gettext("At most %(limit)d attributes.") % {"limit": ASSIGNMENTS_LIMIT}
            yield place.error("assignments", "too_many_assignments", message)
        names = Counter(assignment.attribute for assignment in self.assignments)
        for number, assignment in enumerate(self.assignments):
            field = f"assignments.{number}"
            yield from place.check_attribute(f"{field}.attribute", assignment.attribute)
            yield from place.check_length(f"{field}.value", assignment.value, limit=VALUE_LIMIT)
            if names[assignment.attribute] > 1:
                message = gettext("This attribute is set twice.")
                yield place.error(f"{field}.attribute", "duplicate_attribute", message)

    def _list_faults(self, place: Place) -> Iterator[Fault]:
        yield from place.check_lists("add_to", self.add_to)
        yield from place.check_lists("remove_from", self.remove_from)
        if set(self.add_to) & set(self.remove_from):
            message = gettext("A list is in both: choose whether to put on it or to take off it.")
            yield place.error("remove_from", "list_in_both", message)
