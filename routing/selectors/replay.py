"""Past requests once more, under the rules as they are now and under a draft of them (LC-20).

Each goes through the very decision that real ones go through, and nothing is written. What stood in the way
of an agent is taken from the decision that was kept; of agents it doesn't name, from today's hours and from
the chats they had then. Who of those had an inbox open, or had switched to unavailable, isn't known.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, Q

from agents.models import Team
from chat.models import LiveChat
from chat.selectors.known import Known, list_known
from config.installation.models import Installation
from config.installation.selectors import get_installation
from routing.models import Account, Decision, Rule
from routing.policy import Candidate, Scope, Verdict
from routing.selectors.decisions import Decided, Wish, decide
from routing.selectors.directory import AccountRow, Directory, RuleRow, TeamRow
from routing.selectors.history import History, read_verdicts
from routing.selectors.scopes import list_parent_domains, make_company_key

# Two decisions for each: more wouldn't fit into the time that somebody waits for a page.
MOST_REQUESTS = 300


@dataclass(frozen=True, slots=True)
class Draft:
    """One rule as somebody thinks of having it."""

    rule_id: int
    is_enabled: bool
    priority: int
    conditions: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who was asked through which circle, or why nobody was."""

    step: str = ""
    label: str = ""
    agent: str = ""
    reason: str = ""

    @property
    def circle(self) -> tuple[str, str, str]:
        """What the rules decide; which of a circle's agents is whose turn it is."""
        return self.step, self.label, self.reason


@dataclass(frozen=True, slots=True)
class Replayed:
    """One request: what happened, what would by the rules of now, and by the draft where there is one."""

    live_chat: LiveChat
    was: Outcome
    now: Outcome
    draft: Outcome | None = None

    @property
    def differs(self) -> bool:
        """Whether the draft would have led elsewhere; without one, whether the rules of now would have."""
        before, after = (self.was, self.now) if self.draft is None else (self.now, self.draft)
        return before.circle != after.circle


def replay(*, since: datetime, until: datetime, draft: Draft | None = None) -> list[Replayed]:
    """Decide the newest 300 requests of a time again, the oldest first; a constant number of queries.

    Both decisions about a request see the same turns of the round robins, so that only the draft differs.
    """
    decisions = _list_first_decisions(since, until)
    if not decisions:
        return []
    chats = [decision.live_chat for decision in decisions]
    known = list_known([chat.conversation for chat in chats])
    past = _Past(get_installation(), known, since=chats[0].requested_at)
    drafts = None if draft is None else past.keep_rules(draft)
    rules = past.keep_rules(None)
    return [
        _replay(past, decision, each, rules, drafts) for decision, each in zip(decisions, known, strict=True)
    ]


def _list_first_decisions(since: datetime, until: datetime) -> list[Decision]:
    """The first decision about each request; later ones had somebody to leave out."""
    asked = LiveChat.objects.filter(requested_at__gte=since, requested_at__lt=until, decisions__isnull=False)
    newest = list(asked.distinct().order_by("-pk").values_list("pk", flat=True)[:MOST_REQUESTS])
    named = Decision.objects.filter(live_chat__in=newest).order_by().values("live_chat")
    rows = Decision.objects.filter(pk__in=named.annotate(first=Min("pk")).values("first"))
    found = rows.select_related("offer__agent", "live_chat__conversation__visitor__lead__merged_into")
    return sorted(found, key=lambda decision: (decision.live_chat.requested_at, decision.pk))


def _replay(
    past: "_Past", decision: Decision, known: Known, rules: Directory, drafts: Directory | None
) -> Replayed:
    was = _read(decision)
    wish = Wish(
        card=decision.live_chat.card,
        known=known,
        installation=past.installation,
        attempts=0,
        # What is used of the package's limit now says nothing about then.
        is_over_limit=lambda: decision.reason == LiveChat.End.LIMIT,
    )
    # The draft first: only what the rules of now decide moves a turn.
    desk = _PastDesk(past, decision)
    drafted = None if drafts is None else decide(wish, desk, drafts)
    desk.moves = True
    current = decide(wish, desk, rules)
    return Replayed(
        decision.live_chat, was, _describe(current), None if drafted is None else _describe(drafted)
    )


def _read(decision: Decision) -> Outcome:
    if decision.offer is None:
        return Outcome(reason=decision.reason)
    last = decision.steps[-1] if decision.steps else {}
    label = str(last.get("label", ""))
    return Outcome(decision.offer.via, label, decision.offer.agent.display_name)


def _describe(decided: Decided) -> Outcome:
    if decided.chosen is None or decided.scope is None:
        return Outcome(reason=str(decided.reason))
    return Outcome(str(decided.scope.step), decided.scope.label, decided.chosen.name)


class _PastDesk:
    """Answers as it was then, once for both decisions, and moves only its own turns, where it does."""

    def __init__(self, past: "_Past", decision: Decision) -> None:
        self._past = past
        self._at = decision.made_at
        self._kept = read_verdicts(decision)
        self._judged: dict[frozenset[int] | None, list[Candidate]] = {}
        self.moves = False

    def judge(self, agent_ids: frozenset[int] | None) -> list[Candidate]:
        if agent_ids not in self._judged:
            self._judged[agent_ids] = self._past.history.judge(agent_ids, at=self._at, kept=self._kept)
        return self._judged[agent_ids]

    def take_turn(self, pointer: str) -> int:
        return self._past.turns.get(pointer, 0)

    def ask(self, candidate: Candidate, scope: Scope) -> bool:
        if self.moves and scope.pointer:
            self._past.turns[scope.pointer] = candidate.agent_id
        return candidate.verdict is Verdict.ABLE


class _Past:
    """All that the decisions ask for, read once."""

    def __init__(self, installation: Installation, known: Sequence[Known], *, since: datetime) -> None:
        self.installation = installation
        self.history = History(installation, since=since)
        self.turns: dict[str, int] = {}
        self.accounts = _list_accounts(known) if installation.is_prime else []
        self.teams = _list_teams()
        # By name, so that ordering by priority alone leaves those with the same one in their order.
        self._rules = list(Rule.objects.order_by("name"))
        chosen = Rule.agents.through.objects.values_list("rule_id", "agent_id")
        self.own = defaultdict[int, set[int]](set)
        for rule_id, agent_id in chosen:
            self.own[rule_id].add(agent_id)

    def keep_rules(self, draft: Draft | None) -> Directory:
        """Return the directory with the rules as they are, or as the draft has one of them."""
        rows = [
            (draft.is_enabled, draft.priority, rule, draft.conditions)
            if draft is not None and rule.pk == draft.rule_id
            else (rule.is_enabled, rule.priority, rule, rule.conditions)
            for rule in self._rules
        ]
        ordered = sorted((row for row in rows if row[0]), key=lambda row: row[1])
        return _KeptDirectory(
            self,
            [RuleRow(rule.pk, rule.name, rule.team_id, json.dumps(has)) for _on, _at, rule, has in ordered],
        )


class _KeptDirectory(Directory):
    """Answers from what was read."""

    in_words = False

    def __init__(self, past: _Past, rules: Sequence[RuleRow]) -> None:
        self._past = past
        self._rules = rules

    def list_accounts(self, domains: Collection[str], company: str) -> list[AccountRow]:
        return [
            row
            for row in self._past.accounts
            if row.domain in domains or (company and row.name_key == company)
        ]

    def get_name(self, user_id: int) -> str | None:
        return self._past.history.names.get(user_id)

    def get_team(self, team_id: int) -> TeamRow | None:
        return self._past.teams.get(team_id)

    def list_rules(self) -> Sequence[RuleRow]:
        return self._rules

    def list_rule_members(self, teams: Mapping[int, int | None]) -> dict[int, frozenset[int]]:
        members = {pk: team.members for pk, team in self._past.teams.items()}
        return {
            pk: frozenset(self._past.own[pk]) | (members.get(team, frozenset()) if team else frozenset())
            for pk, team in teams.items()
        }


def _list_accounts(known: Sequence[Known]) -> list[AccountRow]:
    domains = {name for each in known for name in list_parent_domains(each.attributes.get("email", ""))}
    companies = {make_company_key(each.attributes) for each in known} - {""}
    rows = Account.objects.filter(Q(domain__in=domains) | Q(name_key__in=companies)).order_by("pk")
    return [AccountRow(*row) for row in rows.values_list("name", "name_key", "domain", "owner_id")]


def _list_teams() -> dict[int, TeamRow]:
    members = defaultdict[int, set[int]](set)
    for team_id, agent_id in Team.members.through.objects.values_list("team_id", "agent_id"):
        members[team_id].add(agent_id)
    return {team.pk: TeamRow(team.name, frozenset(members[team.pk])) for team in Team.objects.all()}
