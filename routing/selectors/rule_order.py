"""In what order the custom rules are tried."""

from __future__ import annotations

from django.db.models import Max

from routing.models import Rule

# Between the numbers that rules get by themselves, so that one moves in between without touching the others.
STEP = 10
HIGHEST = 10_000


def list_rule_numbers() -> dict[int, int]:
    """Return each rule's number by its id, in the order in which the rules are tried; one query (LC-17)."""
    return dict(Rule.objects.order_by("priority", "name").values_list("pk", "priority"))


def get_last_number() -> int:
    """Return the number with which a new rule is tried after all the others (LC-17)."""
    last = Rule.objects.aggregate(last=Max("priority"))["last"] or 0
    return min(last + STEP, HIGHEST)
