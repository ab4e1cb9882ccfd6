"""The one language for conditions on visitors: routing rules (LC-17), audiences and branches (DG-07).

A group is `{"match": "all" | "any", "items": [condition or group, …]}`, a condition is
`{"attribute": "company", "operator": "is", "value": "Acme"}`. A group without items matches everybody.
"""

from .attributes import KNOWN_ATTRIBUTES, get_attribute_label, is_attribute_name
from .matching import explain, matches
from .nodes import Condition, Group, Item, Operator, to_json
from .parsing import ConditionError, ConditionsInvalid, parse_conditions
from .wording import describe, describe_condition

__all__ = [
    "KNOWN_ATTRIBUTES",
    "Condition",
    "ConditionError",
    "ConditionsInvalid",
    "Group",
    "Item",
    "Operator",
    "describe",
    "describe_condition",
    "explain",
    "get_attribute_label",
    "is_attribute_name",
    "matches",
    "parse_conditions",
    "to_json",
]
