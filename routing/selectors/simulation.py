"""What routing would do with a visitor who doesn't exist: the same decision, and nothing written (LC-20)."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chat.selectors.known import Known
from chat.selectors.usage import is_engagement_limit_reached
from config.installation.models import Installation
from config.installation.selectors import get_installation
from routing.models import RobinPointer
from routing.policy import Candidate, Scope, Verdict, count_allowed_attempts
from routing.selectors.candidates import list_candidates
from routing.selectors.decisions import Decided, Wish, decide


@dataclass(frozen=True, slots=True)
class Case:
    """A visitor at a Live chat card. ``package`` is as it is where empty. ``at`` None is now; at any other
    time nobody knows who will have an inbox open or a seat free, so then everybody has both.
    """

    card: Mapping[str, Any]
    attributes: Mapping[str, str]
    lists: frozenset[int] = frozenset()
    package: str = ""
    at: datetime | None = None


class _SketchDesk:
    """Reads where the real one locks, and says yes where the real one asks."""

    def __init__(
        self, installation: Installation, tried: frozenset[int], now: datetime, is_now: bool
    ) -> None:
        self._installation = installation
        self._tried = tried
        self._now = now
        self._is_now = is_now

    def judge(self, agent_ids: frozenset[int] | None) -> list[Candidate]:
        found = list_candidates(
            agent_ids=agent_ids, tried=self._tried, installation=self._installation, now=self._now
        )
        return found if self._is_now else [_free_seat(candidate) for candidate in found]

    def take_turn(self, pointer: str) -> int:
        return read_turn(pointer)

    def ask(self, candidate: Candidate, scope: Scope) -> bool:
        return True


def read_turn(pointer: str) -> int:
    """Return who was asked last in a round robin, 0 for nobody yet."""
    last = RobinPointer.objects.filter(scope=pointer).values_list("last_agent_id", flat=True).first()
    return last or 0


def simulate(case: Case, *, now: datetime) -> list[Decided]:
    """Return what would be decided, and once more for each agent who may let the offer pass (LC-23)."""
    installation = _imagine(case, get_installation())
    known = Known({name: value for name, value in case.attributes.items() if value.strip()}, case.lists)
    allowed = count_allowed_attempts(is_prime=installation.is_prime, option=str(case.card.get("option", "")))
    wish = Wish(case.card, known, installation, 0, lambda: is_engagement_limit_reached(installation))
    tried, rounds = frozenset[int](), list[Decided]()
    for attempts in range(allowed):
        desk = _SketchDesk(installation, tried, case.at or now, is_now=case.at is None)
        decided = decide(replace(wish, attempts=attempts), desk)
        rounds.append(decided)
        if decided.chosen is None:
            break
        tried |= {decided.chosen.agent_id}
    return rounds


def _imagine(case: Case, installation: Installation) -> Installation:
    imagined = copy(installation)
    imagined.package = case.package or installation.package
    imagined.require_reachable = installation.require_reachable and case.at is None
    return imagined


def _free_seat(candidate: Candidate) -> Candidate:
    return replace(candidate, verdict=Verdict.ABLE) if candidate.verdict is Verdict.NO_SEAT else candidate
