"""Whether conditions hold for a visitor, and which of them decided."""

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .nodes import Condition, Group, Item
from .values import compare, fold, fold_all
from .wording import describe, describe_condition, quote

Attributes = Mapping[str, object]


def matches(group: Group, attributes: Attributes) -> bool:
    """Say whether the visitor with these attributes meets the conditions (LC-17, DG-07).

    An attribute that is missing, None or only space is empty; one may have several values (lists). Never
    raises, whatever the attributes hold. What isn't asked isn't looked up.
    """
    # One item settles "any" by holding and "all" by failing. A loop, since routing goes through hundreds of
    # rules for each request: a generator for each would cost as much as the look.
    settles = group.match == "any"
    for item in group.items:
        if _holds(item, attributes) is settles:
            return settles
    return not (settles and group.items)


def explain(group: Group, attributes: Attributes) -> str:
    """Say in one sentence which condition decided, for the routing decision and the simulator (LC-20)."""
    if not group.items:
        return _("Matches, because it has no conditions.")
    held, decider = _find_decider(group, attributes)
    if isinstance(decider, Group):
        return _explain_group(held, decider)
    sentence = (
        _("Matches: %(condition)s; it is %(actual)s.")
        if held
        else _("Doesn't match: %(condition)s is required; it is %(actual)s.")
    )
    return sentence % {
        "condition": _describe_in(get_language(), decider),
        "actual": _describe_actual(_get_texts(attributes, decider.attribute)),
    }


def _explain_group(held: bool, group: Group) -> str:
    if held:
        return _("Matches, because all of this holds: %(rule)s.") % {"rule": describe(group)}
    return _("Doesn't match, because none of this holds: %(rule)s.") % {"rule": describe(group)}


@lru_cache(maxsize=4_096)
def _describe_in(language: str | None, condition: Condition) -> str:
    """One in words, put together once for each language: each request explains dozens of the same rules."""
    return describe_condition(condition)


def _describe_actual(texts: tuple[str, ...]) -> str:
    return ", ".join(quote(text) for text in texts if text) or _("empty")


def _find_decider(item: Item, attributes: Attributes) -> tuple[bool, Item]:
    """Go down to the one condition that settled it, or to the group whose items settled it together."""
    held = _holds(item, attributes)
    if isinstance(item, Condition) or not item.items:
        return held, item
    # One item settles "any" by holding and "all" by failing; otherwise it took every item.
    settled_by_one = held == (item.match == "any")
    if not settled_by_one and len(item.items) > 1:
        return held, item
    decisive = next(child for child in item.items if _holds(child, attributes) == held)
    return _find_decider(decisive, attributes)


def _holds(item: Item, attributes: Attributes) -> bool:
    return matches(item, attributes) if isinstance(item, Group) else _condition_holds(item, attributes)


def _get_texts(attributes: Attributes, name: str) -> tuple[str, ...]:
    """One text, or as many as the attribute has; a lone empty one where there is none."""
    value = attributes.get(name)
    if isinstance(value, str):
        return (value.strip(),)
    values = value if isinstance(value, tuple | list | set | frozenset) else (value,)
    return tuple("" if each is None else str(each).strip() for each in values) or ("",)


def _condition_holds(condition: Condition, attributes: Attributes) -> bool:
    actual = _get_texts(attributes, condition.attribute)
    match condition.operator:
        case "is_empty":
            return not any(actual)
        case "is_not_empty":
            return any(actual)
        case "is_not":
            return not any(fold(text) in fold_all(condition.values) for text in actual)
        case _:
            return any(_text_holds(condition, text) for text in actual)


def _text_holds(condition: Condition, actual: str) -> bool:
    match condition.operator:
        case "is" | "in_list":
            return fold(actual) in fold_all(condition.values)
        case "greater_than":
            return compare(actual, cast(str, condition.value)) == 1
        case "less_than":
            return compare(actual, cast(str, condition.value)) == -1
        case "contains":
            return all(part in fold(actual) for part in fold_all(condition.values))
        case "starts_with":
            return all(fold(actual).startswith(part) for part in fold_all(condition.values))
        case _:
            return False
