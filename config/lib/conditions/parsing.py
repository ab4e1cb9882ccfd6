"""From JSON to conditions, naming every place that is wrong (LC-51)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.errors import InvalidInput

from .attributes import AGENT_AVAILABLE, LISTS, is_attribute_name
from .nodes import (
    MATCHES,
    MAX_CONDITIONS,
    MAX_DEPTH,
    MAX_LIST_LENGTH,
    MAX_VALUE_LENGTH,
    OPERATORS,
    ORDERING,
    WITHOUT_VALUE,
    Condition,
    Group,
    Item,
    Match,
    Operator,
)
from .values import is_orderable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_ERRORS = 20
_LISTS_OPERATORS = frozenset({"is", "is_not", "in_list", "is_empty", "is_not_empty"})
_LIST_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
# PostgreSQL stores neither NUL nor lone surrogates in JSON.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class ConditionError:
    """One wrong place: `path` is like `items[1].value`, empty for the whole."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


def _join(errors: tuple[ConditionError, ...]) -> str:
    return "\n".join(str(error) for error in errors)


_join_lazily = lazy(_join, str)


class ConditionsInvalid(InvalidInput):
    """The conditions break a rule of the language; `errors` names the first 20 places."""

    code = "conditions_invalid"
    message: StrOrPromise = gettext_lazy("The conditions can't be read.")

    def __init__(self, errors: Sequence[ConditionError] = (), *, field: str | None = None) -> None:
        self.errors = tuple(errors)
        super().__init__(_join_lazily(self.errors) if self.errors else None, field=field)


def parse_conditions(raw: object, *, field: str | None = None, in_branch: bool = False) -> Group:
    """Read a group from parsed JSON (LC-17, DG-07). Texts are trimmed, numbers become texts.

    `{}` is the group that matches everybody. Whether an agent is available now can be asked only `in_branch`.
    Raises `ConditionsInvalid`.
    """
    parser = _Parser(in_branch)
    group = parser.read_group(raw, path="", depth=1)
    if parser.errors or group is None:
        raise ConditionsInvalid(parser.errors, field=field)
    return group


@dataclass
class _Parser:
    """Reads on after an error, so that a form shows all of them at once."""

    in_branch: bool = False
    errors: list[ConditionError] = field(default_factory=list)
    conditions: int = 0

    def refuse(self, path: str, message: StrOrPromise) -> None:
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(ConditionError(path, str(message)))

    def read_group(self, raw: object, *, path: str, depth: int) -> Group | None:
        if not isinstance(raw, dict):
            self.refuse(path, _("must be a group with “match” and “items”."))
            return None
        if depth > MAX_DEPTH:
            message = _("groups can be at most %(limit)d deep.") % {"limit": MAX_DEPTH}
            self.refuse(path, message)
            return None
        self.refuse_unknown_keys(raw, {"match", "items"}, path)
        match = raw.get("match", "all")
        if match not in MATCHES:
            self.refuse(_join_path(path, "match"), _("must be “all” or “any”."))
        items = self.read_items(raw.get("items", []), path=_join_path(path, "items"), depth=depth)
        return Group(match=cast(Match, match), items=items)

    def read_items(self, raw: object, *, path: str, depth: int) -> tuple[Item, ...]:
        if not isinstance(raw, list | tuple):
            self.refuse(path, _("must be a list."))
            return ()
        if not raw and depth > 1:
            self.refuse(path, _("a group inside a group needs at least one condition."))
        if len(raw) > MAX_CONDITIONS:
            self.refuse_too_many(path)
            return ()
        items = (self.read_item(item, path=f"{path}[{index}]", depth=depth) for index, item in enumerate(raw))
        return tuple(item for item in items if item is not None)

    def read_item(self, raw: object, *, path: str, depth: int) -> Item | None:
        if isinstance(raw, dict) and ("items" in raw or "match" in raw):
            return self.read_group(raw, path=path, depth=depth + 1)
        self.conditions += 1
        if self.conditions == MAX_CONDITIONS + 1:
            self.refuse_too_many(path)
        if self.conditions > MAX_CONDITIONS:
            return None
        return self.read_condition(raw, path=path)

    def read_condition(self, raw: object, *, path: str) -> Condition | None:
        if not isinstance(raw, dict):
            self.refuse(path, _("must be a condition or a group."))
            return None
        self.refuse_unknown_keys(raw, {"attribute", "operator", "value"}, path)
        attribute, operator = raw.get("attribute"), raw.get("operator")
        if not isinstance(attribute, str) or not is_attribute_name(attribute):
            self.refuse(_join_path(path, "attribute"), _("isn't the name of an attribute."))
            attribute = ""
        if not isinstance(operator, str) or operator not in OPERATORS:
            message = _("must be one of %(operators)s.") % {"operators": ", ".join(OPERATORS)}
            self.refuse(_join_path(path, "operator"), message)
            return None
        value = self.read_value(raw.get("value"), operator, path=_join_path(path, "value"))
        condition = Condition(attribute=attribute, operator=cast(Operator, operator), value=value)
        self.check_lists(condition, path=path)
        self.check_availability(condition, path=path)
        return condition

    def check_lists(self, condition: Condition, *, path: str) -> None:
        if condition.attribute != LISTS:
            return
        if condition.operator not in _LISTS_OPERATORS:
            message = _("must be one of %(operators)s.") % {"operators": ", ".join(sorted(_LISTS_OPERATORS))}
            self.refuse(_join_path(path, "operator"), message)
        elif not all(_LIST_ID.fullmatch(value) for value in condition.values if value):
            self.refuse(_join_path(path, "value"), _("must be the id of a list."))

    def check_availability(self, condition: Condition, *, path: str) -> None:
        if condition.attribute != AGENT_AVAILABLE:
            return
        if not self.in_branch:
            message = _("can only be asked by a branching card, when a visitor comes to it.")
            self.refuse(_join_path(path, "attribute"), message)
        elif condition.operator != "is" or condition.value not in ("yes", "no"):
            self.refuse(path, _("must be “is” with “yes” or “no”."))

    def read_value(self, raw: object, operator: str, *, path: str) -> str | tuple[str, ...]:
        if operator in WITHOUT_VALUE:
            if raw not in (None, ""):
                self.refuse(path, _("must be left out: this operator needs no value."))
            return ""
        if operator == "in_list":
            return self.read_list(raw, path=path)
        text = self.read_text(raw, path=path)
        if text and operator in ORDERING and not is_orderable(text):
            self.refuse(path, _("must be a number such as 12.5, or a date such as 2026-01-31."))
        return text

    def read_list(self, raw: object, *, path: str) -> tuple[str, ...]:
        if not isinstance(raw, list | tuple) or not raw:
            self.refuse(path, _("must be a list with at least one value."))
            return ()
        if len(raw) > MAX_LIST_LENGTH:
            self.refuse(path, _("can have at most %(limit)d values.") % {"limit": MAX_LIST_LENGTH})
            return ()
        return tuple(self.read_text(value, path=f"{path}[{index}]") for index, value in enumerate(raw))

    def read_text(self, raw: object, *, path: str) -> str:
        if isinstance(raw, int) and not isinstance(raw, bool) and raw.bit_length() <= 64:
            raw = str(raw)
        elif isinstance(raw, float):
            raw = f"{raw:.10f}".rstrip("0").rstrip(".") if abs(raw) < 1e15 else None
        if not isinstance(raw, str):
            self.refuse(path, _("must be a text."))
            return ""
        text = raw.strip()
        if not text:
            self.refuse(path, _("is empty. To test for nothing, use the operator “is empty”."))
        if len(text) > MAX_VALUE_LENGTH:
            self.refuse(path, _("can have at most %(limit)d characters.") % {"limit": MAX_VALUE_LENGTH})
        if _UNSTORABLE.search(text):
            self.refuse(path, _("has characters that can't be stored."))
        return text

    def refuse_too_many(self, path: str) -> None:
        self.refuse(path, _("there can be at most %(limit)d conditions.") % {"limit": MAX_CONDITIONS})

    def refuse_unknown_keys(self, raw: dict[Any, Any], known: set[str], path: str) -> None:
        for key in raw:
            if key not in known:
                # Cut: the sentence is shown in a form, and the key is whatever was sent.
                self.refuse(_join_path(path, str(key)[:40]), _("isn't known here."))


def _join_path(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
