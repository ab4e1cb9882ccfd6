"""Transfers, as the agents' pages show them (LC-34)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from agents.models import Agent, Team, User
from chat.models import Seat
from chat.protocol import agent as frames
from chat.selectors.answers import list_answers
from config.installation.selectors import get_installation
from routing.models import Offer, Transfer
from routing.policy import VERDICTS, Candidate, Verdict
from routing.selectors.candidates import list_candidates

# How long a page that comes back is told that a transfer came to nothing.
TOLD_FOR = timedelta(minutes=10)


def list_targets(*, sender: User, now: datetime) -> list[frames.Target]:
    """Return everybody, and on Prime every team, whom this agent could hand a chat over to; those who
    can take it first, then by name. A constant number of queries.
    """
    installation = get_installation()
    found = list_candidates(agent_ids=None, tried=(), installation=installation, now=now)
    others = [candidate for candidate in found if candidate.agent_id != sender.pk]
    busy = _Busy(installation.seat_limit)
    targets = [busy.describe(candidate) for candidate in others]
    if installation.is_prime:
        able = {each.agent_id for each in others if each.verdict is Verdict.ABLE}
        targets += _list_teams(able, {each.agent_id for each in others})
    return sorted(targets, key=lambda each: (not each.able, each.kind != "agent", each.name.casefold()))


class _Busy:
    """How many chats each agent has, and may have: two queries for all of them."""

    def __init__(self, seat_limit: int) -> None:
        taken = Seat.objects.values_list("agent_id").annotate(Count("pk"))
        self._taken: dict[int, int] = dict(taken.order_by())
        self._limits = dict(Agent.objects.values_list("pk", "seat_limit"))
        self._seat_limit = seat_limit

    def describe(self, candidate: Candidate) -> frames.Target:
        able = candidate.verdict is Verdict.ABLE
        pk = candidate.agent_id
        seats = {"taken": self._taken.get(pk, 0), "seats": self._limits.get(pk) or self._seat_limit}
        text = _("In %(taken)d of %(seats)d chats") % seats
        if not able:
            text = f"{VERDICTS[candidate.verdict]}"
        return frames.Target("agent", pk, candidate.name, able, text[:1].upper() + text[1:])


def _list_teams(able: set[int], agents: set[int]) -> list[frames.Target]:
    members = defaultdict(set)
    for team_id, agent_id in Team.members.through.objects.values_list("team_id", "agent_id"):
        members[team_id].add(agent_id)
    return [
        _describe_team(pk, name, members[pk] & able, members[pk] & agents)
        for pk, name in Team.objects.values_list("pk", "name")
    ]


def _describe_team(pk: int, name: str, able: set[int], members: set[int]) -> frames.Target:
    if not able:
        return frames.Target("team", pk, name, able=False, text=_("Nobody can take a chat now"))
    text = _("%(able)d of %(members)d can take it") % {"able": len(able), "members": len(members)}
    return frames.Target("team", pk, name, able=True, text=text)


def list_told_transfers(*, sender: User, now: datetime) -> list[frames.TransferNow]:
    """Return what of this agent's chats is pending, and what came to nothing lately. Two queries."""
    rows = _with_names().filter(sender=sender, live_chat__agent=sender, live_chat__status="active")
    lately = Q(status=Transfer.Status.FAILED, settled_at__gt=now - TOLD_FOR)
    latest: dict[int, Transfer] = {}
    for row in rows.filter(Q(status=Transfer.Status.PENDING) | lately).order_by("pk"):
        latest[row.live_chat_id] = row
    return _describe(latest.values())


def get_transfer(**which: int | str) -> frames.TransferNow | None:
    """Return a transfer by ``pk`` or ``public_id``, as its sender sees it."""
    (found,) = _describe(_with_names().filter(**which)[:1]) or (None,)
    return found


def find_handed_over(*, sender: User, conversation_id: int) -> frames.TransferNow | None:
    """Return the transfer by which this agent's last chat of a conversation went to somebody else."""
    rows = _with_names().filter(sender=sender, live_chat__conversation=conversation_id)
    (found,) = _describe(rows.filter(status=Transfer.Status.ACCEPTED).order_by("-pk")[:1]) or (None,)
    return found


def list_handovers(offers: Iterable[Offer]) -> dict[int, frames.Handover]:
    """Return what is told of each offer that a colleague's transfer made, by its id; one query, or none."""
    handed = [offer for offer in offers if offer.transfer is not None]
    answers = list_answers([offer.live_chat.conversation_id for offer in handed]) if handed else {}
    return {
        offer.pk: _describe_handover(offer.transfer, answers.get(offer.live_chat.conversation_id, []))
        for offer in handed
        if offer.transfer is not None
    }


def _describe_handover(transfer: Transfer, answers: list[frames.Answer]) -> frames.Handover:
    team = transfer.target_name if transfer.agent_id is None else ""
    return frames.Handover(transfer.sender.display_name, transfer.note, team, answers)


def _with_names() -> "QuerySet[Transfer]":
    return Transfer.objects.select_related("sender", "agent", "live_chat__conversation")


def _describe(transfers: Iterable[Transfer]) -> list[frames.TransferNow]:
    rows = list(transfers)
    last: dict[int | None, Offer] = {}
    for offer in Offer.objects.filter(transfer__in=rows).select_related("agent").order_by("pk"):
        last[offer.transfer_id] = offer
    return [_frame(row, last[row.pk]) for row in rows]


def _frame(transfer: Transfer, last: Offer) -> frames.TransferNow:
    is_waiting = transfer.status == Transfer.Status.PENDING
    return frames.TransferNow(
        conversation=str(transfer.live_chat.conversation.public_id),
        status=transfer.status,  # type: ignore[arg-type]
        text=_say(transfer, last),
        id=str(transfer.public_id),
        offered_at=last.offered_at if is_waiting else None,
        expires_at=last.expires_at if is_waiting else None,
    )


def _say(transfer: Transfer, last: Offer) -> str:
    """Say what the transfer waits for, or what became of it, to its sender."""
    names = {"name": last.agent.display_name, "team": transfer.target_name}
    if transfer.status == Transfer.Status.ACCEPTED:
        return _("%(name)s has taken over the chat.") % names
    if transfer.status == Transfer.Status.PENDING:
        is_team = transfer.agent_id is None
        return (_("Waiting for %(name)s (%(team)s)") if is_team else _("Waiting for %(name)s")) % names
    if transfer.outcome == "declined" and last.decline_reason:
        return _("%(name)s declined: %(reason)s") % {**names, "reason": last.decline_reason}
    return _OUTCOMES.get(transfer.outcome, _unknown)() % names


def _unknown() -> str:
    return _("%(name)s didn't take the chat. You still have it.")


_OUTCOMES = {
    "declined": lambda: _("%(name)s declined. You still have the chat."),
    "expired": lambda: _("%(name)s didn't answer in time. You still have the chat."),
    "undelivered": lambda: _("%(name)s's inbox didn't answer. You still have the chat."),
    "access_lost": lambda: _("%(name)s doesn't take live chats any more. You still have the chat."),
    "nobody": lambda: _("Nobody in %(team)s took the chat. You still have it."),
    "taken_back": lambda: _("You kept the chat."),
    "chat_ended": lambda: _("The chat ended, so nobody takes it over."),
    "sender_lost": lambda: _("The chat went to somebody else."),
}
