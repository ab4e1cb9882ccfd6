"""A rule in plain words, whom it would have matched, and what is wrong with it, beside its form."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext

from config.lib.conditions import ConditionsInvalid, Group, describe, parse_conditions
from routing.models import Rule
from routing.selectors.findings import Doubts, LastWeek, count_matches


@dataclass(frozen=True)
class Findings:
    """All of it in words; ``matches`` and ``tally`` are empty where the conditions can't be read."""

    matches: str
    tally: str
    warnings: list[str]


def find_of_rule(rule: Rule, *, now: datetime) -> Findings:
    """Of a rule as it is saved."""
    ids = [agent.pk for agent in rule.agents.all()]
    return _find(_read(rule.conditions), ids, rule.team_id, now)


def find_in_form(data: QueryDict, *, now: datetime) -> Findings:
    """Of a rule as somebody is writing it; what isn't a number is nobody."""
    ids = [int(text) for text in data.getlist("agents") if _is_id(text)]
    team = data.get("team", "")
    try:
        raw: object = json.loads(data.get("conditions") or "{}")
    except (ValueError, RecursionError):
        raw = None
    return _find(_read(raw), ids, int(team) if _is_id(team) else None, now)


def list_warnings(rule: Rule, doubts: Doubts) -> list[str]:
    """Of one of many rules; the row brings its agents."""
    ids = [agent.pk for agent in rule.agents.all()]
    return doubts.list_warnings(_read(rule.conditions), agent_ids=ids, team_id=rule.team_id)


def show_tally(rule: Rule, week: LastWeek) -> str:
    """How many of last week's visitors one of many rules matches; a dash where that can't be said."""
    group = _read(rule.conditions)
    tally = week.count(group) if group else None
    if not tally or not tally.seen:
        return "–"
    return gettext("%(matched)d of %(seen)d") % {"matched": tally.matched, "seen": tally.seen}


def _find(group: Group | None, agent_ids: Collection[int], team_id: int | None, now: datetime) -> Findings:
    warnings = Doubts(now).list_warnings(group, agent_ids=agent_ids, team_id=team_id)
    if group is None:
        return Findings("", "", warnings)
    words = gettext("Matches when: %(conditions)s.") % {"conditions": describe(group)}
    return Findings(words, str(count_matches(group, now=now)), warnings)


def _read(raw: object) -> Group | None:
    try:
        return parse_conditions(raw)
    except ConditionsInvalid:
        return None


def _is_id(text: str) -> bool:
    # What the database's largest number holds.
    return text.isascii() and text.isdigit() and len(text) <= 18
