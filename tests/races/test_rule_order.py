"""Custom rules that several people put in order in the same instant (LC-17)."""

from __future__ import annotations

from functools import partial

import pytest

from routing.models import Rule
from routing.selectors.rule_order import list_rule_numbers
from routing.services.rule_order import OrderChanged, Shown, order_rules
from tests.factories import RuleFactory
from tests.races.at_once import Crowd

pytestmark = pytest.mark.req("LC-17")
ROUNDS = 5


def put_in_order(shown: list[int], wanted: list[int]) -> list[int] | None:
    try:
        order_rules(shown=Shown(shown, 0, len(shown)), wanted=wanted, by=None)
    except OrderChanged:
        return None
    return wanted


def test_one_of_several_orders_wins_whole_and_the_others_are_told(crowd: Crowd) -> None:
    for number in range(5):
        RuleFactory.create(priority=10 * number + 10)
    with crowd.of(4) as people:
        for _round in range(ROUNDS):
            shown = [*list_rule_numbers()]
            orders = [[*shown[turn:], *shown[:turn]] for turn in range(1, 5)]
            answers = people.run([partial(put_in_order, shown, wanted) for wanted in orders])
            (winner,) = [answer for answer in answers if answer]
            assert [*list_rule_numbers()] == winner
            assert len({*Rule.objects.values_list("priority", flat=True)}) == 5
