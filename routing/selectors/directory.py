"""Who stands where: accounts, teams and rules, as routing asks for them. Replays bring their own."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from agents.models import Team, User
from routing.models import Account, Rule


class AccountRow(NamedTuple):
    """An account, by what it is found by."""

    name: str
    name_key: str
    domain: str | None
    owner_id: int


class RuleRow(NamedTuple):
    """A custom rule; ``conditions`` is the JSON as text."""

    pk: int
    name: str
    team_id: int | None
    conditions: str


class TeamRow(NamedTuple):
    """A team and its members, whether they take live chats or not."""

    name: str
    members: frozenset[int]


@cache
def _list_written() -> "QuerySet[Rule, tuple[Any, ...]]":
    """Return the question for the rules, put together once."""
    enabled = Rule.objects.filter(is_enabled=True).order_by("priority", "name")
    written = enabled.annotate(written=Cast("conditions", TextField()))
    return written.values_list("pk", "name", "team_id", "written")


class Directory:
    """As the database has it at this moment; each question is a query or two."""

    # Whether anybody will read why a rule didn't match: the words cost more than the look.
    in_words = True

    def list_accounts(self, domains: Collection[str], company: str) -> list[AccountRow]:
        """Return the accounts with one of the domains, or of this name, the oldest first."""
        wanted = Q(domain__in=domains) | (Q(name_key=company) if company else Q(pk__in=[]))
        rows = Account.objects.filter(wanted).order_by("pk")
        return [AccountRow(*row) for row in rows.values_list("name", "name_key", "domain", "owner_id")]

    def get_name(self, user_id: int) -> str | None:
        """Return the name of a card's agent, if there is such a person."""
        chosen = User.objects.filter(pk=user_id).first()
        return chosen.display_name if chosen else None

    def get_team(self, team_id: int) -> TeamRow | None:
        """Return a card's team, if it is still there."""
        team = Team.objects.filter(pk=team_id).first()
        if team is None:
            return None
        members = Team.members.through.objects.filter(team=team).values_list("agent_id", flat=True)
        return TeamRow(team.name, frozenset(members))

    def list_rules(self) -> Iterable[RuleRow]:
        """Return the rules that are on, in the order in which they are tried."""
        return [RuleRow._make(row) for row in _list_written().all()]

    def list_rule_members(self, teams: Mapping[int, int | None]) -> dict[int, frozenset[int]]:
        """Return each rule's agents, its own and its team's; ``teams`` is rule -> team."""
        by_rule, by_team = defaultdict(set), defaultdict(set)
        chosen = Rule.agents.through.objects.filter(rule__in=teams).values_list("rule_id", "agent_id")
        for rule_id, agent_id in chosen:
            by_rule[rule_id].add(agent_id)
        # Also the question that has no answer takes time to put.
        if asked := {team for team in teams.values() if team}:
            in_teams = Team.members.through.objects.filter(team__in=asked)
            for team_id, agent_id in in_teams.values_list("team_id", "agent_id"):
                by_team[team_id].add(agent_id)
        return {pk: frozenset(by_rule[pk] | (by_team[team] if team else set())) for pk, team in teams.items()}
