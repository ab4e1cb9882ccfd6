"""What stood in the way of each agent at a moment that is past, as far as it was kept."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property

from agents.models import Agent, ScheduleBlock, User
from agents.policy import Block, is_available_now
from config.installation.models import Installation
from config.lib.zones import get_zone
from routing.models import Decision, Offer
from routing.policy import Candidate, Verdict

# A chat that was accepted longer before the oldest request isn't looked at: it is over, or nearly.
LONGEST_CHAT = timedelta(days=1)
_WAS_ABLE = frozenset({Verdict.ABLE, Verdict.OFFERED})


class History:
    """Everybody's hours, as they are today, and seats, as they were from ``since`` on. Five queries."""

    def __init__(self, installation: Installation, *, since: datetime) -> None:
        self._seat_limit = installation.seat_limit
        self._since = since - LONGEST_CHAT

    def judge(
        self, agent_ids: frozenset[int] | None, *, at: datetime, kept: Mapping[int, Verdict]
    ) -> list[Candidate]:
        """Return a verdict on each of these agents, or on everybody; those that were ``kept`` as they are."""
        wanted = self._agents.keys() if agent_ids is None else agent_ids
        found = [Candidate(pk, self._name(pk), self._judge(pk, at, kept)) for pk in wanted]
        return sorted(found, key=lambda candidate: candidate.agent_id)

    def _judge(self, agent_id: int, at: datetime, kept: Mapping[int, Verdict]) -> Verdict:
        agent = self._agents.get(agent_id)
        if agent is None:
            return Verdict.NOT_AN_AGENT
        if agent_id in kept:
            return Verdict.ABLE if kept[agent_id] in _WAS_ABLE else kept[agent_id]
        blocks, zone = self._blocks.get(agent_id, []), get_zone(agent.time_zone)
        if not is_available_now(zone=zone, blocks=blocks, override=None, now=at):
            return Verdict.OUTSIDE_HOURS
        held = sum(start < at < end for start, end in self._stretches.get(agent_id, ()))
        return Verdict.NO_SEAT if held >= (agent.seat_limit or self._seat_limit) else Verdict.ABLE

    def _name(self, agent_id: int) -> str:
        return self.names.get(agent_id, "")

    @cached_property
    def names(self) -> dict[int, str]:
        """Everybody's name by id, also of those who take no chats any more."""
        return {user.pk: user.display_name for user in User.objects.all()}

    @cached_property
    def _agents(self) -> dict[int, Agent]:
        return {agent.pk: agent for agent in Agent.objects.all()}

    @cached_property
    def _blocks(self) -> dict[int, list[Block]]:
        found = defaultdict[int, list[Block]](list)
        for row in ScheduleBlock.objects.all():
            found[row.agent_id].append(Block(row.weekday, row.starts, row.ends))
        return found

    @cached_property
    def _stretches(self) -> dict[int, list[tuple[datetime, datetime]]]:
        """From when to when each agent held a seat: for an offer, and for the chat that came of it."""
        found = defaultdict[int, list[tuple[datetime, datetime]]](list)
        rows = Offer.objects.filter(offered_at__gte=self._since).values_list(
            "agent_id", "offered_at", "status", "settled_at", "expires_at", "live_chat__ended_at"
        )
        for agent_id, start, status, settled_at, expires_at, ended_at in rows:
            took_it = status == Offer.Status.ACCEPTED
            end = (ended_at or datetime.max.replace(tzinfo=start.tzinfo)) if took_it else settled_at
            found[agent_id].append((start, end or expires_at))
        return found


def read_verdicts(decision: Decision) -> dict[int, Verdict]:
    """Return what a decision found of each agent that it names."""
    return {
        agent["id"]: Verdict(agent["verdict"])
        for step in decision.steps
        for agent in step.get("agents", ())
        if agent.get("verdict") in Verdict.__members__.values()
    }
