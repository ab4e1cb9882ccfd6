"""Conditions in plain words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .attributes import AGENT_AVAILABLE, LISTS, get_attribute_label
from .nodes import Condition, Group, Item, Operator

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_LISTED = 10
MAX_QUOTED = 80

_PHRASES: Mapping[Operator, "StrOrPromise"] = {
    "is": gettext_lazy("%(attribute)s is %(value)s"),
    "is_not": gettext_lazy("%(attribute)s is not %(value)s"),
    "contains": gettext_lazy("%(attribute)s contains %(value)s"),
    "starts_with": gettext_lazy("%(attribute)s starts with %(value)s"),
    "is_empty": gettext_lazy("%(attribute)s is empty"),
    "is_not_empty": gettext_lazy("%(attribute)s is not empty"),
    "greater_than": gettext_lazy("%(attribute)s is greater than %(value)s"),
    "less_than": gettext_lazy("%(attribute)s is less than %(value)s"),
    "in_list": gettext_lazy("%(attribute)s is one of %(value)s"),
}
_LIST_PHRASES: Mapping[str, "StrOrPromise"] = {
    "is": gettext_lazy("is on the list %(value)s"),
    "is_not": gettext_lazy("is not on the list %(value)s"),
    "in_list": gettext_lazy("is on one of the lists %(value)s"),
    "is_empty": gettext_lazy("is on no list"),
    "is_not_empty": gettext_lazy("is on some list"),
}
# Names of lists by their ids.
Names = Mapping[str, str]


def describe(group: Group, lists: Names | None = None) -> str:
    """Give the rule in plain words, in the active language: company contains “Acme” and (… or …).

    `lists` are the lists' names by id as text; one that isn't there is called by its number.
    """
    if not group.items:
        return _("everybody")
    joint = _(" or ") if group.match == "any" else _(" and ")
    return joint.join(_describe_item(item, lists, alone=len(group.items) == 1) for item in group.items)


def describe_condition(condition: Condition, lists: Names | None = None) -> str:
    """Give one condition in plain words; of a long list only the beginning."""
    if condition.attribute == LISTS and condition.operator in _LIST_PHRASES:
        names = tuple((lists or {}).get(value, f"#{value}") for value in condition.values)
        return str(_LIST_PHRASES[condition.operator]) % {"value": _describe_values(names)}
    if condition.attribute == AGENT_AVAILABLE:
        return _("an agent is available") if condition.value == "yes" else _("no agent is available")
    return str(_PHRASES[condition.operator]) % {
        "attribute": get_attribute_label(condition.attribute),
        "value": _describe_values(condition.values),
    }


def quote(text: str) -> str:
    """Put a text in the language's quotation marks, cut to what reads well in a sentence."""
    cut = text if len(text) <= MAX_QUOTED else f"{text[: MAX_QUOTED - 1]}…"
    return _("“%(text)s”") % {"text": cut}


def _describe_item(item: Item, lists: Names | None, *, alone: bool) -> str:
    if isinstance(item, Condition):
        return describe_condition(item, lists)
    words = describe(item, lists)
    return words if alone or len(item.items) == 1 else f"({words})"


def _describe_values(values: tuple[str, ...]) -> str:
    listed = ", ".join(quote(value) for value in values[:MAX_LISTED])
    rest = len(values) - MAX_LISTED
    if rest <= 0:
        return listed
    more = ngettext("%(count)d more", "%(count)d more", rest) % {"count": rest}
    return _("%(listed)s and %(more)s") % {"listed": listed, "more": more}
