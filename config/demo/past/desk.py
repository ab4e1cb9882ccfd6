"""Who was asked for a past request: the decision that real requests get, with the company as it was then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from chat.selectors.known import Known
from config.installation.models import Installation
from routing.policy import Candidate, Scope, Step, Verdict
from routing.selectors.decisions import Decided, Wish, decide, decide_within
from routing.selectors.directory import AccountRow, Directory, RuleRow, TeamRow

from .shifts import Worker


class KeptDirectory(Directory):
    """Asks the database once for each thing: nothing changes while the past is made."""

    def __init__(self) -> None:
        self._accounts = cache(lambda domains, company: Directory.list_accounts(self, domains, company))
        self._team = cache(lambda team_id: Directory.get_team(self, team_id))
        self._rules = cache(lambda: list(Directory.list_rules(self)))
        self._members = cache(lambda rules: Directory.list_rule_members(self, dict(rules)))

    def list_accounts(self, domains: Sequence[str], company: str) -> list[AccountRow]:  # type: ignore[override]
        return self._accounts(tuple(domains), company)

    def get_team(self, team_id: int) -> TeamRow | None:
        return self._team(team_id)

    def list_rules(self) -> list[RuleRow]:
        return self._rules()

    def list_rule_members(self, teams: Mapping[int, int | None]) -> dict[int, frozenset[int]]:
        return self._members(tuple(teams.items()))


@dataclass(frozen=True)
class Turn:
    """Somebody was asked in a round robin."""

    pointer: str
    agent_id: int


@dataclass
class Office:
    """Everybody at work: whose turn it is, and until when each seat is taken."""

    workers: Sequence[Worker]
    installation: Installation
    now: datetime
    directory: Directory = field(default_factory=KeptDirectory)
    turns: dict[str, int] = field(default_factory=dict)
    _seats: list[tuple[int, datetime, datetime]] = field(default_factory=list)

    def decide(
        self, card: Mapping[str, object], known: Known, *, tried: frozenset[int], attempts: int, at: datetime
    ) -> Decided:
        """The decision about a request, as `routing.services.requests` makes it."""
        wish = Wish(card, known, self.installation, attempts, is_over_limit=lambda: False)
        return decide(wish, _PastDesk(self, at, tried), self.directory)

    def decide_transfer(self, target: Worker, *, at: datetime) -> Decided:
        """The decision about handing a chat over to this colleague."""
        scope = Scope(Step.TRANSFER, target.name, frozenset({target.agent_id}))
        return decide_within(scope, _PastDesk(self, at, frozenset()))

    def is_anybody_able(self, at: datetime) -> bool:
        return any(self.judge(worker, at) is Verdict.ABLE for worker in self.workers)

    def judge(self, worker: Worker, at: datetime) -> Verdict:
        verdict = worker.judge(at, self.now)
        if verdict in (Verdict.OUTSIDE_HOURS, Verdict.UNAVAILABLE):
            return verdict
        taken = sum(agent == worker.agent_id and start <= at < end for agent, start, end in self._seats)
        return Verdict.NO_SEAT if taken >= self.installation.seat_limit else verdict

    def take_seat(self, agent_id: int, start: datetime, end: datetime) -> None:
        self._seats.append((agent_id, start, end))


class _PastDesk:
    """Answers for one moment; whoever is asked has had the turn."""

    def __init__(self, office: Office, at: datetime, tried: frozenset[int]) -> None:
        self._office, self._at, self._tried = office, at, tried

    def judge(self, agent_ids: frozenset[int] | None) -> list[Candidate]:
        return [
            Candidate(worker.agent_id, worker.name, self._look_at(worker))
            for worker in self._office.workers
            if agent_ids is None or worker.agent_id in agent_ids
        ]

    def take_turn(self, pointer: str) -> int:
        return self._office.turns.get(pointer, 0)

    def ask(self, candidate: Candidate, scope: Scope) -> bool:
        if scope.pointer:
            self._office.turns[scope.pointer] = candidate.agent_id
        return True

    def _look_at(self, worker: Worker) -> Verdict:
        if worker.agent_id in self._tried:
            return Verdict.ALREADY_ASKED
        return self._office.judge(worker, self._at)
