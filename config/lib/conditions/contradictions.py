"""Conditions that nobody can meet: found before anybody waits for them to match."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .attributes import LISTS
from .matching import matches
from .nodes import Condition, Group, Item
from .values import compare
from .wording import describe

_NEED_A_TEXT = frozenset(
    {"is_not_empty", "is", "in_list", "contains", "starts_with", "greater_than", "less_than"}
)


def find_contradiction(group: Group) -> str:
    """Return in words what of this no visitor can meet at once; empty where somebody might.

    It finds what people write by mistake, not every contradiction: an "any" is one when all its parts are.
    """
    return "" if (found := _find(group)) is None else describe(found)


def _find(group: Group) -> Group | None:
    if group.match == "any":
        parts = [_find_in_item(item) for item in group.items]
        return group if parts and all(part is not None for part in parts) else None
    wanted = [*_iter_required(group)]
    for item in wanted:
        if isinstance(item, Group) and (found := _find(item)) is not None:
            return found
    return _find_clash(item for item in wanted if isinstance(item, Condition))


def _find_in_item(item: Item) -> Group | None:
    return _find(item if isinstance(item, Group) else Group("all", (item,)))


def _iter_required(group: Group) -> Iterator[Item]:
    """What must hold in any case: an "all" inside an "all" is one with it."""
    for item in group.items:
        if isinstance(item, Group) and (item.match == "all" or len(item.items) == 1):
            yield from _iter_required(item)
        else:
            yield item


def _find_clash(conditions: Iterable[Condition]) -> Group | None:
    by_attribute = defaultdict(list)
    for condition in conditions:
        by_attribute[condition.attribute].append(condition)
    for attribute, asked in by_attribute.items():
        clashing = _clashes_on_lists(asked) if attribute == LISTS else _clashes(attribute, asked)
        if clashing:
            return Group("all", tuple(asked))
    return None


def _clashes(attribute: str, asked: list[Condition]) -> bool:
    """An attribute has one text: try each that may be, where they can be counted."""
    named = [condition.values for condition in asked if condition.operator in ("is", "in_list")]
    if named:
        together = Group("all", tuple(asked))
        return not any(matches(together, {attribute: text}) for text in named[0])
    operators = {condition.operator for condition in asked}
    if "is_empty" in operators and operators & _NEED_A_TEXT:
        return True
    return _has_no_room(asked) or _begins_differently(asked)


def _has_no_room(asked: list[Condition]) -> bool:
    """Greater than ten and less than five, or dates the wrong way round. Numbers against dates, too."""
    lows = [condition.values[0] for condition in asked if condition.operator == "greater_than"]
    highs = [condition.values[0] for condition in asked if condition.operator == "less_than"]
    return any(compare(low, high) != -1 for low in lows for high in highs)


def _begins_differently(asked: list[Condition]) -> bool:
    begins = [condition for condition in asked if condition.operator == "starts_with"]
    longest = max((condition.values[0] for condition in begins), key=len, default="")
    return bool(begins) and not matches(Group("all", tuple(begins)), {begins[0].attribute: longest})


def _clashes_on_lists(asked: list[Condition]) -> bool:
    """Somebody may be on many lists: only on one and on none, or on one and not on it, exclude each other."""
    on = {value for condition in asked if condition.operator == "is" for value in condition.values}
    off = {value for condition in asked if condition.operator == "is_not" for value in condition.values}
    operators = {condition.operator for condition in asked}
    return bool(on & off) or ("is_empty" in operators and bool(operators & _NEED_A_TEXT))
