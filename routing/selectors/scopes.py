"""Where to look for an agent, in order: account owner,
then the card's own option, then anybody (LC-15 to LC-19).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from agents.models import Team, User
from chat.selectors.known import Known
from config.installation.models import Installation
from config.lib.conditions import ConditionsInvalid, Group, explain, matches, parse_conditions
from routing.models import Account, Rule
from routing.policy import Scope, Step


@dataclass(slots=True)
class Route:
    """The circles to look in, in order, with the rules that didn't match in their places."""

    scopes: list[Scope] = field(default_factory=list)
    has_no_rule: bool = False


def find_route(*, card: Mapping[str, Any], known: Known, installation: Installation) -> Route:
    """Return where to look for this visitor, in a constant number of queries."""
    route = Route()
    owner = _find_account_scope(known.attributes) if installation.is_prime else None
    if owner is not None:
        route.scopes.append(owner)
    _OPTIONS[str(card.get("option", "round_robin"))](route, card, known)
    looked_in = {scope.step for scope in route.scopes if not scope.why_not}
    if installation.try_all_agents and looked_in & {Step.TEAM, Step.RULE}:
        route.scopes.append(Scope(Step.ANYBODY, pointer="all"))
    return route


def _find_account_scope(attributes: Mapping[str, str]) -> Scope | None:
    """The account with the visitor's e-mail domain, or a
    parent of it, wins over one with the company's name.
    """
    domains = list_parent_domains(attributes.get("email", ""))
    company = " ".join(attributes.get("company", "").split()).casefold()
    wanted = Q(domain__in=domains) | (Q(name_key=company) if company else Q(pk__in=[]))
    found = list(Account.objects.filter(wanted).values_list("name", "domain", "owner_id").order_by("pk"))
    if not found:
        return None
    name, _domain, owner_id = min(
        found, key=lambda row: domains.index(row[1]) if row[1] in domains else len(domains)
    )
    return Scope(Step.ACCOUNT, name, frozenset({owner_id}))


def list_parent_domains(email: str) -> list[str]:
    """Return the domains an account of this address may have, the nearest first: mail.acme.com, acme.com."""
    _name, at, domain = email.rpartition("@")
    labels = domain.strip().lower().rstrip(".").split(".") if at else []
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _by_robin(route: Route, card: Mapping[str, Any], known: Known) -> None:
    route.scopes.append(Scope(Step.ROBIN, pointer="all"))


def _by_agent(route: Route, card: Mapping[str, Any], known: Known) -> None:
    chosen = User.objects.filter(pk=card.get("agent_id") or 0).first()
    # One who is gone is a step without agents, so that the explanation has it.
    name, ids = (chosen.display_name, {chosen.pk}) if chosen else ("", ())
    route.scopes.append(Scope(Step.AGENT, name, frozenset(ids)))


def _by_team(route: Route, card: Mapping[str, Any], known: Known) -> None:
    team = Team.objects.filter(pk=card.get("team_id") or 0).first()
    if team is None:
        route.scopes.append(Scope(Step.TEAM, agent_ids=frozenset()))
        return
    members = frozenset(Team.members.through.objects.filter(team=team).values_list("agent_id", flat=True))
    route.scopes.append(Scope(Step.TEAM, team.name, members, f"team:{team.pk}"))


def _by_rules(route: Route, card: Mapping[str, Any], known: Known) -> None:
    """Every rule in priority order; those that match are looked in, one after the other (LC-17)."""
    facts = known.facts()
    enabled = Rule.objects.filter(is_enabled=True).order_by("priority", "name")
    written = enabled.annotate(written=Cast("conditions", TextField()))
    judged = [
        (pk, name, team_id, _find_mismatch(conditions, facts))
        for pk, name, team_id, conditions in written.values_list("pk", "name", "team_id", "written")
    ]
    teams = {pk: team_id for pk, _name, team_id, why_not in judged if why_not is None}
    members = _list_rule_members(teams)
    route.scopes += [
        Scope(Step.RULE, name, members.get(pk, frozenset()), f"rule:{pk}", why_not)
        for pk, name, _team_id, why_not in judged
    ]
    route.has_no_rule = not teams


def _find_mismatch(conditions: str, facts: Mapping[str, object]) -> Callable[[], str] | None:
    """Return what says why a rule doesn't match; the words cost more than the look, and few are read."""
    group = _read_conditions(conditions)
    if group is None:
        return lambda: _("The conditions can't be read.")
    return None if matches(group, facts) else partial(explain, group, facts)


@lru_cache(maxsize=4_096)
def _read_conditions(text: str) -> Group | None:
    """Return a rule's conditions by their very text, so that a change is another entry.

    None for what can't be read: it can't be saved in the admin, and may not stop the rules behind it.
    """
    try:
        return parse_conditions(json.loads(text))
    except ConditionsInvalid:
        return None


def _list_rule_members(teams: Mapping[int, int | None]) -> dict[int, frozenset[int]]:
    """Return each rule's agents, its own and its team's; ``teams`` is rule -> team."""
    by_rule, by_team = defaultdict(set), defaultdict(set)
    chosen = Rule.agents.through.objects.filter(rule__in=teams).values_list("rule_id", "agent_id")
    for rule_id, agent_id in chosen:
        by_rule[rule_id].add(agent_id)
    in_teams = Team.members.through.objects.filter(team__in={team for team in teams.values() if team})
    for team_id, agent_id in in_teams.values_list("team_id", "agent_id"):
        by_team[team_id].add(agent_id)
    return {pk: frozenset(by_rule[pk] | (by_team[team] if team else set())) for pk, team in teams.items()}


_OPTIONS = {"round_robin": _by_robin, "agent": _by_agent, "team": _by_team, "rules": _by_rules}
