"""A routing decision in words (LC-20), whatever steps it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import LiveChat
from routing.models import Decision
from routing.policy import STEPS, VERDICTS
from routing.selectors.decisions import Decided

_RESULTS: Mapping[str, Any] = {
    "offered": _("offered"),
    "nobody": _("nobody could take it"),
    "no_match": _("didn't match"),
}


@dataclass(frozen=True)
class AgentRead:
    name: str
    text: str


@dataclass(frozen=True)
class StepRead:
    label: str
    result: str
    agents: tuple[AgentRead, ...]


@dataclass(frozen=True)
class DecisionRead:
    at: datetime
    outcome: str
    reason: str
    agent: str
    steps: tuple[StepRead, ...]
    # The number of the custom rules' version; none of decisions before there were versions, and of handovers.
    rules: int | None = None


def describe_decision(decision: Decision) -> DecisionRead:
    """What was looked at in turn, and what was found of everybody considered."""
    return DecisionRead(
        at=decision.made_at,
        outcome=decision.get_outcome_display(),
        reason=name_reason(decision.reason),
        agent=str(decision.offer.agent) if decision.offer else "",
        steps=tuple(_describe_step(step) for step in decision.steps),
        rules=decision.rule_version_id,
    )


@dataclass(frozen=True)
class RoundRead:
    """One decision of the simulator: who is asked, or why nobody is."""

    agent: str
    circle: str
    reason: str
    steps: tuple[StepRead, ...]


def describe_round(decided: Decided) -> RoundRead:
    """A decision that was only imagined, in the words of a real one."""
    return RoundRead(
        agent=decided.chosen.name if decided.chosen else "",
        circle=name_circle(decided.scope.step, decided.scope.label) if decided.scope else "",
        reason=name_reason(decided.reason),
        steps=tuple(_describe_step(step) for step in decided.steps),
    )


@dataclass(frozen=True)
class ConsideredRead:
    """What one step of a decision found of one agent."""

    circle: str
    text: str


def describe_considered(decision: Decision, agent_id: int) -> tuple[ConsideredRead, ...]:
    """Every step in which this agent was looked at, with what was found (LC-56)."""
    return tuple(
        ConsideredRead(
            name_circle(str(step.get("step", "")), str(step.get("label", ""))), _describe_agent(agent).text
        )
        for step in decision.steps
        for agent in step.get("agents", ())
        if agent.get("id") == agent_id
    )


def name_circle(kind: str, label: str = "") -> str:
    """Where somebody was looked for: Custom rule “Nordics”."""
    name = str(dict(STEPS).get(kind, kind))  # type: ignore[call-overload]
    return gettext("%(step)s “%(label)s”") % {"step": name, "label": label} if label else name


def name_reason(reason: str) -> str:
    """Why nobody was asked."""
    return str(dict(LiveChat.End.choices).get(reason, reason))


def _describe_step(step: Mapping[str, Any]) -> StepRead:
    result = str(_RESULTS.get(step.get("result", ""), step.get("result", "")))
    # Rules far down the list share a step, which names them.
    why = str(step.get("why", "")) or ", ".join(map(str, step.get("labels", ())))
    return StepRead(
        label=name_circle(str(step.get("step", "")), str(step.get("label", ""))),
        result=gettext("%(result)s: %(why)s") % {"result": result, "why": why} if why else result,
        agents=(*_iter_more(step), *(_describe_agent(agent) for agent in step.get("agents", ()))),
    )


def _describe_agent(agent: Mapping[str, Any]) -> AgentRead:
    return AgentRead(
        str(agent.get("name", "")), str(agent.get("text") or _name_verdict(agent.get("verdict")))
    )


def _iter_more(step: Mapping[str, Any]) -> list[AgentRead]:
    """Agents beyond those that are named, counted by what was found."""
    more = step.get("more") or {}
    return [AgentRead(gettext("%(count)d others") % {"count": more[key]}, _name_verdict(key)) for key in more]


def _name_verdict(verdict: object) -> str:
    return str({str(key): words for key, words in VERDICTS.items()}.get(str(verdict), verdict))
