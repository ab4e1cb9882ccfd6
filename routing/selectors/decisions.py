"""Who is asked for a request, and why: the decision alone, which writes nothing (LC-15 to LC-20).

Whoever wants one brings a desk. The routing of real requests has one that takes locks and makes the offer;
the simulator has one that only answers. Everything else is the same code for both.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from chat.models import LiveChat
from chat.selectors.known import Known
from config.installation.models import Installation
from routing.policy import Candidate, Scope, Verdict, rotate
from routing.selectors.directory import Directory
from routing.selectors.scopes import find_route, list_parent_domains

# Kept of one step's agents; of the others the number by verdict.
EXPLAINED_AGENTS = 200
# Of so many steps it is said in words why a rule doesn't match; later ones are only named, in one step.
EXPLAINED_STEPS = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What a decision goes by: ``attempts`` is how many agents let their offer pass in this round; whether
    the package lets this visitor be connected is asked where it comes to that (LC-01).
    """

    card: Mapping[str, Any]
    known: Known
    installation: Installation
    attempts: int
    is_over_limit: Callable[[], bool]


class Desk(Protocol):
    """What a decision asks on its way."""

    def judge(self, agent_ids: frozenset[int] | None) -> list[Candidate]:
        """Return a verdict on each of these agents, or on everybody."""

    def take_turn(self, pointer: str) -> int:
        """Return who was asked last in this round robin, and keep its place until the decision is made."""

    def ask(self, candidate: Candidate, scope: Scope) -> bool:
        """Ask an agent who could take it when looked at; False where the last seat went meanwhile."""


@dataclass(slots=True)
class Decided:
    """The outcome: somebody asked, in one of the circles, or the reason for the fallback; and each step."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    chosen: Candidate | None = None
    scope: Scope | None = None
    reason: str = ""


def decide(wish: Wish, desk: Desk, directory: Directory | None = None) -> Decided:
    """Look through the circles in order until somebody could be asked, or give the reason why nobody was."""
    refused = _find_refusal(wish)
    if refused is not None:
        return Decided(reason=refused)
    route = find_route(
        card=wish.card,
        known=wish.known,
        installation=wish.installation,
        directory=directory or Directory(),
    )
    pool = _Pool(desk, route.scopes)
    decided = Decided()
    for scope in route.scopes:
        decided.chosen = _look_in(scope, pool, desk, decided.steps)
        if decided.chosen is not None:
            decided.scope = scope
            return decided
    nobody = LiveChat.End.NO_RULE if route.has_no_rule else LiveChat.End.NO_AGENT
    decided.reason = LiveChat.End.NOT_ACCEPTED if wish.attempts else nobody
    return decided


def decide_within(scope: Scope, desk: Desk) -> Decided:
    """Look in one circle and no further: whom a transfer asks (LC-34)."""
    decided = Decided()
    decided.chosen = _look_in(scope, _Pool(desk, [scope]), desk, decided.steps)
    if decided.chosen is not None:
        decided.scope = scope
    return decided


def _find_refusal(wish: Wish) -> LiveChat.End | None:
    """Why this visitor is connected to nobody, before anybody is looked for (LC-01, LC-36)."""
    blocked = wish.installation.blocked_domain_set
    if blocked and not blocked.isdisjoint(list_parent_domains(wish.known.attributes.get("email", ""))):
        return LiveChat.End.BLOCKED
    return LiveChat.End.LIMIT if wish.is_over_limit() else None


class _Pool:
    """Whom the steps may ask: those that any names, judged at once; everybody only if it comes to that."""

    def __init__(self, desk: Desk, scopes: Iterable[Scope]) -> None:
        self._desk = desk
        named = frozenset[int]().union(*(scope.agent_ids for scope in scopes if scope.agent_ids))
        self._everybody: list[Candidate] | None = None
        found = desk.judge(named) if named else []
        self._by_id = {candidate.agent_id: candidate for candidate in found}

    def list_members(self, scope: Scope) -> list[Candidate]:
        """Return the circle's agents; one who isn't an agent (any more) only where a step names him."""
        if scope.agent_ids is not None:
            return [self._by_id[agent_id] for agent_id in scope.agent_ids & self._by_id.keys()]
        if self._everybody is None:
            self._everybody = self._desk.judge(None)
        return self._everybody


def _look_in(scope: Scope, pool: _Pool, desk: Desk, steps: list[dict[str, Any]]) -> Candidate | None:
    """Ask the first one of a circle who can take it; nobody who can: explain, and don't lock the robin."""
    if scope.why_not:
        _explain_unmatched(scope, scope.why_not, steps)
        return None
    members = pool.list_members(scope)
    if not any(candidate.verdict is Verdict.ABLE for candidate in members):
        steps.append(_explain(scope, rotate(members, 0), "nobody"))
        return None
    last = desk.take_turn(scope.pointer) if scope.pointer else 0
    passed: list[Candidate] = []
    for candidate in rotate(members, last):
        if candidate.verdict is Verdict.ABLE and desk.ask(candidate, scope):
            chosen = Candidate(candidate.agent_id, candidate.name, Verdict.OFFERED)
            steps.append(_explain(scope, [*passed, chosen], "offered"))
            return chosen
        # Able when looked at, so the last seat went meanwhile.
        verdict = Verdict.NO_SEAT if candidate.verdict is Verdict.ABLE else candidate.verdict
        passed.append(Candidate(candidate.agent_id, candidate.name, verdict))
    steps.append(_explain(scope, passed, "nobody"))
    return None


def _explain(scope: Scope, considered: Iterable[Candidate], result: str) -> dict[str, Any]:
    agents = [{"id": each.agent_id, "name": each.name, "verdict": each.verdict} for each in considered]
    # The last one is who was asked.
    kept, rest = agents[-EXPLAINED_AGENTS:], agents[:-EXPLAINED_AGENTS]
    more = dict(Counter(str(agent["verdict"]) for agent in rest))
    return {"step": scope.step, "label": scope.label, "result": result, "agents": kept, "more": more}


def _explain_unmatched(scope: Scope, why_not: Callable[[], str], steps: list[dict[str, Any]]) -> None:
    """Of rules far down the list the names have to do: a step for each made most of what a decision keeps."""
    step = {"step": scope.step, "result": "no_match"}
    if len(steps) < EXPLAINED_STEPS:
        steps.append({**step, "label": scope.label, "why": why_not()})
    elif "labels" in steps[-1]:
        steps[-1]["labels"].append(scope.label)
    else:
        steps.append({**step, "labels": [scope.label]})
