"""Which custom rules a decision was made under: frozen when they are first routed by (LC-60)."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import BigIntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from config.lib.errors import ConflictError
from routing.models import Rule, RuleBook, RuleVersion

# For a query that reads it along with something else.
EDITION: Final = Coalesce(
    Subquery(RuleBook.objects.values("edition")[:1]), Value(0), output_field=BigIntegerField()
)


class RulesChanged(ConflictError):
    """Somebody changed the custom rules while a decision was made."""

    code = "rules_changed"
    message = _("Somebody changed the custom rules just now.")


def stamp_rules(*, edition: int, now: datetime) -> int:
    """Return the id of the rules' version in this edition, which was read before the rules were (LC-60).

    One query, and some more once after a change. Raises RulesChanged where the rules are others by now.
    Call it after all that takes locks: of two who freeze the same rules, the second waits for the first.
    """
    known = RuleVersion.objects.filter(edition=OuterRef("edition")).values("pk")[:1]
    found = RuleBook.objects.values_list("edition", Subquery(known)).first()
    current, version_id = found or (0, None)
    if current != edition:
        raise RulesChanged
    return version_id or _freeze(edition, now)


def _freeze(edition: int, now: datetime) -> int:
    rules = list_frozen_rules()
    if RuleBook.objects.values_list("edition", flat=True).first() not in (edition, None):
        raise RulesChanged
    version, _is_new = RuleVersion.objects.get_or_create(
        digest=digest_rules(rules), defaults={"edition": edition, "rules": rules, "made_at": now}
    )
    RuleVersion.objects.filter(pk=version.pk, edition__lt=edition).update(edition=edition)
    return version.pk


def list_frozen_rules() -> list[dict[str, Any]]:
    """Return all rules, those that are off too, in the order in which they are tried; two queries."""
    agents = defaultdict(list)
    # By the table between: a rule's agent who takes no live chats any more is in the rule all the same.
    chosen = Rule.agents.through.objects.select_related("agent").order_by("agent_id")
    for row in chosen:
        agents[row.rule_id].append({"id": row.agent_id, "name": row.agent.display_name})
    rules = Rule.objects.select_related("team").order_by("priority", "name")
    return [_freeze_rule(rule, agents[rule.pk]) for rule in rules]


def _freeze_rule(rule: Rule, agents: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": rule.name,
        "priority": rule.priority,
        "is_enabled": rule.is_enabled,
        "conditions": rule.conditions,
        "agents": agents,
        "team": {"id": rule.team.pk, "name": rule.team.name} if rule.team else None,
    }


def digest_rules(rules: Sequence[dict[str, Any]]) -> str:
    """Return what tells rules apart, as 64 hexadecimal digits. Names of colleagues don't."""
    deciding = [
        {
            **rule,
            "agents": [agent["id"] for agent in rule["agents"]],
            "team": rule["team"]["id"] if rule["team"] else None,
        }
        for rule in rules
    ]
    written = json.dumps(deciding, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
