"""Who can take a chat, in which order, and after how many tries it ends: pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Step(StrEnum):
    """Where in the routing order somebody is looked for (LC-15, LC-18, LC-19, LC-34)."""

    ACCOUNT = "account"
    AGENT = "agent"
    ROBIN = "robin"
    RULE = "rule"
    TEAM = "team"
    ANYBODY = "anybody"
    TRANSFER = "transfer"


class Verdict(StrEnum):
    """What was found of one agent."""

    ABLE = "able"
    OFFERED = "offered"
    ALREADY_ASKED = "already_asked"
    NOT_AN_AGENT = "not_an_agent"
    OUTSIDE_HOURS = "outside_hours"
    UNAVAILABLE = "unavailable"
    NO_SEAT = "no_seat"
    UNREACHABLE = "unreachable"


VERDICTS: "dict[Verdict, StrOrPromise]" = {
    Verdict.ABLE: _("could take it"),
    Verdict.OFFERED: _("was asked"),
    Verdict.ALREADY_ASKED: _("was asked before"),
    Verdict.NOT_AN_AGENT: _("doesn't take live chats"),
    Verdict.OUTSIDE_HOURS: _("outside hours"),
    Verdict.UNAVAILABLE: _("switched to unavailable"),
    Verdict.NO_SEAT: _("no free seat"),
    Verdict.UNREACHABLE: _("no open inbox"),
}
STEPS: "dict[Step, StrOrPromise]" = {
    Step.ACCOUNT: _("Account owner"),
    Step.AGENT: _("Chosen agent"),
    Step.ROBIN: _("Round robin"),
    Step.RULE: _("Custom rule"),
    Step.TEAM: _("Team"),
    Step.ANYBODY: _("Anybody available"),
    Step.TRANSFER: _("Handed over by a colleague"),
}


_REFUSALS: "dict[Verdict, StrOrPromise]" = {
    Verdict.NOT_AN_AGENT: _("%(name)s doesn't take live chats any more."),
    Verdict.OUTSIDE_HOURS: _("%(name)s is outside hours."),
    Verdict.UNAVAILABLE: _("%(name)s is switched to unavailable."),
    Verdict.NO_SEAT: _("%(name)s has no free seat."),
    Verdict.UNREACHABLE: _("%(name)s has no inbox open."),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent who was considered."""

    agent_id: int
    name: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Scope:
    """A circle of agents to look in; ``agent_ids`` None is everybody, ``pointer`` names its round robin.

    ``why_not`` says in words, when asked, why it isn't looked in after all: a rule that doesn't match.
    """

    step: Step
    label: str = ""
    agent_ids: frozenset[int] | None = None
    pointer: str = ""
    why_not: Callable[[], str] | None = None


def explain_refusal(verdict: str) -> "StrOrPromise | None":
    """Return the sentence why a colleague can't be asked now, ``%(name)s`` to be filled in (LC-34)."""
    return _REFUSALS.get(Verdict(verdict))


def rotate(candidates: Iterable[Candidate], last_agent_id: int) -> Sequence[Candidate]:
    """Order by id, beginning after the agent who was offered the last chat (LC-16)."""
    ordered = sorted(candidates, key=lambda candidate: candidate.agent_id)
    behind = [candidate for candidate in ordered if candidate.agent_id > last_agent_id]
    return behind + [candidate for candidate in ordered if candidate.agent_id <= last_agent_id]


def count_allowed_attempts(*, is_prime: bool, option: str) -> int:
    """How many agents may let an offer pass before the fallback (LC-23)."""
    return 2 if is_prime and option == "team" else 1
