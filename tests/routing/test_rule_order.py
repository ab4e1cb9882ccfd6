"""The order of the custom rules, changed all at once or not at all (LC-17)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.audit.models import Change
from config.lib.errors import InvalidInput
from routing.models import Rule, RuleBook
from routing.selectors.rule_order import get_last_number, list_rule_numbers
from routing.services.rule_order import OrderChanged, Shown, order_rules, renumber
from tests.factories import RuleFactory, UserFactory

pytestmark = pytest.mark.req("LC-17")


def make_rules(*numbers: int) -> list[int]:
    return [RuleFactory.create(name=f"R{n}", priority=number).pk for n, number in enumerate(numbers)]


def order(
    ids: Sequence[int], wanted: Sequence[int], *, before: int = 0, total: int | None = None
) -> list[str]:
    shown = Shown(ids, before, len(ids) if total is None else total)
    return [rule.name for rule in order_rules(shown=shown, wanted=wanted, by=None)]


def tried() -> list[str]:
    return [*Rule.objects.order_by("priority", "name").values_list("name", flat=True)]


@pytest.mark.django_db
def test_moved_rule_alone_gets_another_number_and_a_line_in_the_audit_log() -> None:
    first, second, third = make_rules(10, 20, 30)
    edition, boss = RuleBook.objects.get().edition, UserFactory.create(first_name="Signe")
    shown = Shown([first, second, third], 0, 3)
    (moved,) = order_rules(shown=shown, wanted=[third, first, second], by=boss)
    assert (moved.pk, tried()) == (third, ["R2", "R0", "R1"])
    (line,) = Change.objects.filter(kind="routing.rule")
    assert (line.object_name, line.values, line.actor) == ("R2", {"priority": [30, 5]}, boss)
    assert RuleBook.objects.get().edition == edition + 1


@pytest.mark.django_db
def test_order_that_is_sent_twice_changes_nothing_more() -> None:
    ids = make_rules(10, 20, 30)
    assert order(ids, ids[::-1]) != []
    edition = RuleBook.objects.get().edition
    assert order(ids, ids[::-1]) == []
    assert RuleBook.objects.get().edition == edition


@pytest.mark.django_db
def test_rules_of_one_number_are_told_apart_in_the_order_of_their_names() -> None:
    ids = make_rules(10, 10, 10)
    order(ids, [ids[0], ids[2], ids[1]])
    assert tried() == ["R0", "R2", "R1"]
    assert len({*list_rule_numbers().values()}) == 3


@pytest.mark.django_db
def test_page_of_a_longer_list_moves_its_own_rules() -> None:
    ids = make_rules(10, 20, 30, 40, 50)
    order(ids[2:4], [ids[3], ids[2]], before=2, total=5)
    assert tried() == ["R0", "R1", "R3", "R2", "R4"]


MEANWHILE: dict[str, Callable[[list[int]], object]] = {
    "added": lambda ids: RuleFactory.create(priority=99),
    "deleted": lambda ids: Rule.objects.filter(pk=ids[1]).delete(),
    "moved": lambda ids: Rule.objects.filter(pk=ids[0]).update(priority=25),
    "exchanged": lambda ids: (Rule.objects.filter(pk=ids[1]).delete(), RuleFactory.create(priority=20)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", MEANWHILE)
def test_order_of_rules_that_changed_meanwhile_is_refused(change: str) -> None:
    ids = make_rules(10, 20, 30)
    MEANWHILE[change](ids)
    before = list_rule_numbers()
    with pytest.raises(OrderChanged):
        order(ids, ids[::-1])
    assert list_rule_numbers() == before
    assert not Change.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [[], [0], [0, 1, 1], [0, 1, 1, 2], [0, 1, 7]])
def test_order_of_other_rules_than_were_shown_is_refused(wanted: list[int]) -> None:
    ids = make_rules(10, 20, 30)
    with pytest.raises(InvalidInput):
        order(ids, [ids[n] if n < 3 else 0 for n in wanted])
    assert tried() == ["R0", "R1", "R2"]


@pytest.mark.django_db
def test_new_rule_is_tried_last() -> None:
    assert get_last_number() == 10
    make_rules(7, 3)
    assert get_last_number() == 17
    RuleFactory.create(priority=9_995)
    assert get_last_number() == 10_000


@pytest.mark.parametrize(
    ("numbers", "fitted"),
    [
        ([10, 20, 30], [10, 20, 30]),
        ([30, 10, 20], [5, 10, 20]),
        ([20, 30, 10], [20, 30, 40]),
        ([10, 30, 20, 40], [10, 15, 20, 40]),
        ([1, 3, 2], [10, 20, 30]),
        ([2, 1], [10, 20]),
        ([10_000, 9_999], [4_999, 9_999]),
        ([9_999, 10_000, 1], [10, 20, 30]),
    ],
)
def test_as_many_numbers_as_can_be_stay(numbers: list[int], fitted: list[int]) -> None:
    assert renumber(numbers) == fitted


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=40))
def test_numbers_always_rise_within_their_bounds(numbers: list[int]) -> None:
    fitted = renumber(numbers)
    assert all(one < other for one, other in pairwise([0, *fitted, 10_001]))
