"""Where to look for an agent, in order: account owner,
then the card's own option, then anybody (LC-15 to LC-19).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from django.utils.translation import gettext as _

from chat.selectors.known import Known
from config.installation.models import Installation
from config.lib.conditions import ConditionsInvalid, Group, explain, matches, parse_conditions
from routing.policy import Scope, Step
from routing.selectors.directory import Directory


@dataclass(slots=True)
class Route:
    """The circles to look in, in order, with the rules that didn't match in their places."""

    directory: Directory
    scopes: list[Scope] = field(default_factory=list)
    has_no_rule: bool = False


def find_route(
    *, card: Mapping[str, Any], known: Known, installation: Installation, directory: Directory
) -> Route:
    """Return where to look for this visitor, in a constant number of queries."""
    route = Route(directory)
    owner = _find_account_scope(directory, known.attributes) if installation.is_prime else None
    if owner is not None:
        route.scopes.append(owner)
    _OPTIONS[str(card.get("option", "round_robin"))](route, card, known)
    looked_in = {scope.step for scope in route.scopes if not scope.why_not}
    if installation.try_all_agents and looked_in & {Step.TEAM, Step.RULE}:
        route.scopes.append(Scope(Step.ANYBODY, pointer="all"))
    return route


def _find_account_scope(directory: Directory, attributes: Mapping[str, str]) -> Scope | None:
    """The account with the visitor's e-mail domain, or a
    parent of it, wins over one with the company's name.
    """
    domains = list_parent_domains(attributes.get("email", ""))
    found = directory.list_accounts(domains, make_company_key(attributes))
    if not found:
        return None
    nearest = min(found, key=lambda row: domains.index(row.domain) if row.domain in domains else len(domains))
    return Scope(Step.ACCOUNT, nearest.name, frozenset({nearest.owner_id}))


def make_company_key(attributes: Mapping[str, str]) -> str:
    """Return the visitor's company in the form that accounts are found by."""
    return " ".join(attributes.get("company", "").split()).casefold()


def list_parent_domains(email: str) -> list[str]:
    """Return the domains an account of this address may have, the nearest first: mail.acme.com, acme.com."""
    _name, at, domain = email.rpartition("@")
    labels = domain.strip().lower().rstrip(".").split(".") if at else []
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _by_robin(route: Route, card: Mapping[str, Any], known: Known) -> None:
    route.scopes.append(Scope(Step.ROBIN, pointer="all"))


def _by_agent(route: Route, card: Mapping[str, Any], known: Known) -> None:
    agent_id = card.get("agent_id") or 0
    name = route.directory.get_name(agent_id)
    # One who is gone is a step without agents, so that the explanation has it.
    ids = () if name is None else (agent_id,)
    route.scopes.append(Scope(Step.AGENT, name or "", frozenset(ids)))


def _by_team(route: Route, card: Mapping[str, Any], known: Known) -> None:
    team_id = card.get("team_id") or 0
    team = route.directory.get_team(team_id)
    if team is None:
        route.scopes.append(Scope(Step.TEAM, agent_ids=frozenset()))
        return
    route.scopes.append(Scope(Step.TEAM, team.name, team.members, f"team:{team_id}"))


def _by_rules(route: Route, card: Mapping[str, Any], known: Known) -> None:
    """Every rule in priority order; those that match are looked in, one after the other (LC-17)."""
    facts = known.facts()
    say = explain if route.directory.in_words else _say_nothing
    judged = [(rule, _find_mismatch(rule.conditions, facts, say)) for rule in route.directory.list_rules()]
    teams = {rule.pk: rule.team_id for rule, why_not in judged if why_not is None}
    members = route.directory.list_rule_members(teams)
    route.scopes += [
        Scope(Step.RULE, rule.name, members.get(rule.pk, frozenset()), f"rule:{rule.pk}", why_not)
        for rule, why_not in judged
    ]
    route.has_no_rule = not teams


def _find_mismatch(
    conditions: str, facts: Mapping[str, object], say: Callable[[Group, Mapping[str, object]], str]
) -> Callable[[], str] | None:
    """Return what says why a rule doesn't match; the words cost more than the look, and few are read."""
    group = read_conditions(conditions)
    if group is None:
        return lambda: _("The conditions can't be read.")
    return None if matches(group, facts) else partial(say, group, facts)


def _say_nothing(group: Group, facts: Mapping[str, object]) -> str:
    return ""


@lru_cache(maxsize=4_096)
def read_conditions(text: str) -> Group | None:
    """Return a rule's conditions by their very text, so that a change is another entry.

    None for what can't be read: it can't be saved in the admin, and may not stop the rules behind it.
    """
    try:
        return parse_conditions(json.loads(text))
    except ConditionsInvalid:
        return None


_OPTIONS = {"round_robin": _by_robin, "agent": _by_agent, "team": _by_team, "rules": _by_rules}
