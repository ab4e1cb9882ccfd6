"""The one language for conditions on visitors: routing rules (LC-17), audiences and branches (DG-07).

A group is `{"match": "all" | "any", "items": [condition or group, …]}`, a condition is
`{"attribute": "company", "operator": "is", "value": "Acme"}`. A group without items matches everybody.

Two attributes are asked for in their own way. `lists` holds the ids of the lists that the visitor is on:
`{"attribute": "lists", "operator": "is", "value": "7"}`, or `is_not`, `in_list`, `is_empty`, `is_not_empty`.
`agent_available`, in branches only, is "yes" or "no": `{…, "operator": "is", "value": "yes"}`.
"""

from .attributes import (
    AGENT_AVAILABLE,
    KNOWN_ATTRIBUTES,
    LISTS,
    RESERVED_ATTRIBUTES,
    get_attribute_label,
    is_attribute_name,
)
from .contradictions import find_contradiction
from .matching import explain, matches
from .nodes import Condition, Group, Item, Operator, asks_for, get_list_ids, list_conditions, to_json
from .parsing import ConditionError, ConditionsInvalid, parse_conditions
from .wording import describe, describe_condition

__all__ = [
    "AGENT_AVAILABLE",
    "KNOWN_ATTRIBUTES",
    "LISTS",
    "RESERVED_ATTRIBUTES",
    "Condition",
    "ConditionError",
    "ConditionsInvalid",
    "Group",
    "Item",
    "Operator",
    "asks_for",
    "describe",
    "describe_condition",
    "explain",
    "find_contradiction",
    "get_attribute_label",
    "get_list_ids",
    "is_attribute_name",
    "list_conditions",
    "matches",
    "parse_conditions",
    "to_json",
]
