"""Conditional branching: which way it goes on depends on what is known, not on what is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.streams.cards.base import LABEL_LIMIT, Card, CardId, CardText, PartId, Place, Step, Way
from chat.streams.context import RunContext
from chat.streams.faults import Fault
from chat.streams.forms import CardForm, FieldForm
from config.lib import conditions

CASES_LIMIT = 20


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A condition or a group as it was written; `config.lib.conditions` says what is wrong with it."""

    match: CardText | msgspec.UnsetType = msgspec.UNSET
    items: tuple[Wanted, ...] | msgspec.UnsetType = msgspec.UNSET
    attribute: CardText | msgspec.UnsetType = msgspec.UNSET
    operator: CardText | msgspec.UnsetType = msgspec.UNSET
    value: CardText | int | float | bool | tuple[CardText | int | float, ...] | msgspec.UnsetType | None = (
        msgspec.UNSET
    )

    def parse(self) -> conditions.Group:
        """Raises `ConditionsInvalid`."""
        return conditions.parse_conditions(msgspec.to_builtins(self), in_branch=True)


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way on, for visitors who meet the conditions; `label` is for who edits the stream."""

    id: PartId
    label: CardText = ""
    conditions: Wanted = Wanted()
    next: CardId | None = None


class BranchCard(Card, frozen=True, tag="branch"):
    form = CardForm(
        label=_("Conditional branching"),
        description=_(
            "Goes on by what is known of the visitor, or by whether an agent is available now. "
            "The first case that fits is taken."
        ),
        fields=(
            FieldForm(
                "cases",
                _("Cases"),
                "rows",
                _("Up to 20, tried from the first."),
                required=True,
                fields=(
                    FieldForm("id", _("Id"), "line", required=True, max_length=40),
                    FieldForm("label", _("Name"), "line", _("Only you see it."), max_length=LABEL_LIMIT),
                    FieldForm("conditions", _("Conditions"), "conditions", required=True),
                    FieldForm("next", _("Next card"), "card", _("Leave empty to end the branch here.")),
                ),
            ),
            FieldForm(
                "otherwise",
                _("When no case fits"),
                "card",
                _("The next card. Leave empty to end the branch here."),
            ),
        ),
        example={
            "cases": [
                {
                    "id": "available",
                    "label": _("Somebody is there"),
                    "conditions": {
                        "items": [{"attribute": "agent_available", "operator": "is", "value": "yes"}]
                    },
                    "next": "goal-1",
                }
            ],
            "otherwise": "flow-1",
        },
    )

    cases: tuple[Case, ...] = ()
    otherwise: CardId | None = None

    def ways(self) -> tuple[Way, ...]:
        cases = tuple(Way(f"cases.{number}.next", case.next) for number, case in enumerate(self.cases))
        return (*cases, Way("otherwise", self.otherwise))

    def faults(self, place: Place) -> Iterator[Fault]:
        if not self.cases:
            yield place.error(
                "cases", "no_cases", gettext("Add a case: without one every visitor goes on alike.")
            )
        if len(self.cases) > CASES_LIMIT:
            message = gettext("At most %(limit)d cases.") % {"limit": CASES_LIMIT}
            yield place.error("cases", "too_many_cases", message)
        ids = Counter(case.id for case in self.cases)
        for number, case in enumerate(self.cases):
            field = f"cases.{number}"
            yield from place.check_length(f"{field}.label", case.label, limit=LABEL_LIMIT)
            if ids[case.id] > 1:
                yield place.error(f"{field}.id", "duplicate_id", gettext("Another case has the same id."))
            yield from _condition_faults(place, f"{field}.conditions", case.conditions)

    def play(self, card_id: str, context: RunContext) -> Step:
        facts = context.facts()
        fitting = (case.next for case in self.cases if _fits(case.conditions, facts))
        return Step(next=next(fitting, self.otherwise))


def _condition_faults(place: Place, field: str, wanted: Wanted) -> Iterator[Fault]:
    try:
        group = wanted.parse()
    except conditions.ConditionsInvalid as refusal:
        for error in refusal.errors:
            yield place.error(field, "conditions_invalid", str(error))
        return
    if not group.items:
        message = gettext("Add a condition: without one this case takes everybody.")
        yield place.error(field, "conditions_empty", message)
    if conditions.asks_for(group, conditions.LISTS):
        yield from place.check_lists(field, conditions.get_list_ids(group))


def _fits(wanted: Wanted, facts: Mapping[str, object]) -> bool:
    group = _read(wanted)
    return group is not None and conditions.matches(group, facts)


@lru_cache(maxsize=1_024)
def _read(wanted: Wanted) -> conditions.Group | None:
    """The conditions, read once for all visitors; None where they were never checked and can't be read."""
    try:
        return wanted.parse()
    except conditions.ConditionsInvalid:
        return None
