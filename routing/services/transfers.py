"""Handing an active chat over to a colleague or a team: an offer of its own kind (LC-34).

The sender keeps the chat until somebody accepts. Lock order as everywhere: robin pointer -> agent -> live
chat -> offer -> conversation; a transfer changes only under its chat's lock.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from agents.models import Agent, Team, User
from chat.errors import NotYourChat
from chat.models import LiveChat, TimelineEntry
from chat.services.departures import Why
from chat.services.live_chats import hand_over, lock_conversation, lock_live_chat, note
from chat.services.messages import storable
from chat.services.notes import keep_note
from chat.services.seats import take_seat
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.lib.events import publish
from config.lib.failpoints import failpoint
from routing.errors import TargetNotFound, TransferPending, TransferRefused
from routing.events import OfferMade, TransferChanged
from routing.models import Decision, Offer, RobinPointer, Transfer
from routing.policy import Candidate, Scope, Step, explain_refusal
from routing.selectors.candidates import list_candidates
from routing.selectors.decisions import Decided, decide_within
from routing.services.requests import DELIVER_WITHIN, lock_pointer
from routing.services.settling import settle_offer


class _Full(Exception):
    """The agent's last seat went to somebody else in between."""


def start_transfer(
    *,
    conversation_id: int,
    sender_id: int,
    agent_id: int = 0,
    team_id: int = 0,
    note: str = "",
    now: datetime | None = None,
) -> Transfer:
    """Offer the sender's active chat to a colleague, or to the next one of a team who can take it.

    Raises ``NotYourChat``, ``TargetNotFound``, ``TransferPending``, or ``TransferRefused`` with the reason
    where nobody can take it now: then nothing has changed.
    """
    now = now or timezone.now()
    with transaction.atomic():
        live_chat = LiveChat.objects.filter(conversation_id=conversation_id).order_by("-pk").first()
        if live_chat is None or not _has(live_chat, sender_id):
            raise NotYourChat
        wanted = _find_target(agent_id, team_id, sender_id)
        wanted.live_chat, wanted.sender_id = live_chat, sender_id
        wanted.note, wanted.started_at = storable(note).strip(), now
        desk = _TransferDesk(wanted, now)
        decided = decide_within(_get_scope(wanted), desk)
        if desk.offer is None:
            raise _refuse(wanted, decided)
        _finish(desk, decided, now)
    failpoint("transfer.started")
    return wanted


def continue_transfer(*, transfer_id: int, now: datetime | None = None) -> None:
    """Ask the next one of the team, where the last one let it pass; nobody left: it has failed.

    Safe to call at any time, by anybody, twice at once: one that isn't due is left alone.
    """
    now = now or timezone.now()
    with transaction.atomic():
        due = (
            Transfer.objects.filter(pk=transfer_id, next_at__isnull=False).select_related("live_chat").first()
        )
        if due is None:
            return
        desk = _TransferDesk(due, now)
        decided = decide_within(_get_scope(due), desk)
        if desk.offer is not None:
            _finish(desk, decided, now)
        elif (live_chat := desk.lock_chat()) is not None:
            _close(due, live_chat, Transfer.Status.FAILED, outcome="nobody", now=now)


def take_back_transfer(*, conversation_id: int, sender_id: int, now: datetime | None = None) -> None:
    """The sender keeps the chat after all (LC-34). Nothing to take back is
    no error; somebody else's chat is ``NotYourChat``.
    """
    now = now or timezone.now()
    with transaction.atomic():
        newest = LiveChat.objects.filter(conversation_id=conversation_id).order_by("-pk").first()
        live_chat = lock_live_chat(newest.pk) if newest else None
        if live_chat is None or not _has(live_chat, sender_id):
            raise NotYourChat
        _stop(live_chat, "taken_back", now)


def stop_transfer(live_chat: LiveChat, why: Why, now: datetime) -> None:
    """The locked chat ends, or its agent is lost: nobody is asked to take it over any more."""
    _stop(live_chat, why, now)


def pass_transfer(offer: Offer, live_chat: LiveChat, *, now: datetime) -> None:
    """Whoever was asked let it pass: a team's next one is due; a colleague's transfer has failed."""
    asked = Transfer.objects.get(offers=offer)
    if asked.agent_id is None:
        asked.next_at = now
        asked.save(update_fields=["next_at"])
    else:
        _close(asked, live_chat, Transfer.Status.FAILED, outcome=offer.outcome or offer.status, now=now)


def complete_transfer(offer: Offer, live_chat: LiveChat, *, now: datetime) -> None:
    """Whoever was asked has accepted: the chat is theirs, with the note, and the sender's seat is free."""
    accepted = Transfer.objects.select_related("sender").get(offers=offer)
    if accepted.note:
        client_id = f"transfer-{accepted.public_id}"
        keep_note(lock_conversation(live_chat), accepted.sender, client_id, accepted.note, now)
    hand_over(live_chat, User.objects.get(pk=offer.agent_id), now=now)
    _close(accepted, live_chat, Transfer.Status.ACCEPTED, outcome="", now=now)


def _has(live_chat: LiveChat, agent_id: int) -> bool:
    return live_chat.status == LiveChat.Status.ACTIVE and live_chat.agent_id == agent_id


def _find_target(agent_id: int, team_id: int, sender_id: int) -> Transfer:
    """Return a transfer to exactly one colleague or team; teams are for Prime (LC-09)."""
    if agent_id and not team_id and agent_id != sender_id:
        agent = Agent.objects.filter(pk=agent_id).first()
        if agent is not None:
            return Transfer(agent_id=agent.pk, target_name=agent.display_name)
    if team_id and not agent_id and get_installation().is_prime:
        team = Team.objects.filter(pk=team_id).first()
        if team is not None:
            return Transfer(team=team, target_name=team.name)
    raise TargetNotFound


def _get_scope(wanted: Transfer) -> Scope:
    if wanted.agent_id is not None:
        return Scope(Step.TRANSFER, wanted.target_name, frozenset({wanted.agent_id}))
    members = Team.members.through.objects.filter(team=wanted.team_id).exclude(agent_id=wanted.sender_id)
    ids = frozenset(members.values_list("agent_id", flat=True))
    return Scope(Step.TRANSFER, wanted.target_name, ids, f"team:{wanted.team_id}")


def _refuse(wanted: Transfer, decided: Decided) -> TransferRefused:
    """Say why nobody can be asked: of one colleague the very reason (LC-34)."""
    found = [each["verdict"] for step in decided.steps for each in step["agents"]]
    reason = explain_refusal(found[0]) if wanted.agent_id is not None and found else None
    return TransferRefused(reason, params={"name": wanted.target_name})


class _TransferDesk:
    """Where a transfer is decided: the sender's chat stays active, and asking somebody makes the offer."""

    def __init__(self, wanted: Transfer, now: datetime) -> None:
        self.transfer = wanted
        self._is_new = wanted._state.adding
        self.offer: Offer | None = None
        self.pointer: RobinPointer | None = None
        self._now = now
        self._installation: Installation = get_installation()
        offers = Offer.objects.none() if self._is_new else Offer.objects.filter(transfer=wanted)
        self._tried = frozenset(offers.values_list("agent_id", flat=True))

    def judge(self, agent_ids: frozenset[int] | None) -> list[Candidate]:
        return list_candidates(
            agent_ids=agent_ids, tried=self._tried, installation=self._installation, now=self._now
        )

    def take_turn(self, pointer: str) -> int:
        self.pointer = lock_pointer(pointer)
        return self.pointer.last_agent_id

    def ask(self, candidate: Candidate, scope: Scope) -> bool:
        try:
            # A savepoint of its own: rolling back frees the agent's row before the next one is locked.
            with transaction.atomic():
                self.offer = self._make_offer(candidate)
        except _Full:
            return False
        return self.offer is not None

    def lock_chat(self) -> LiveChat | None:
        """Lock the chat; None where the transfer is no longer due. Raises where a new one may not begin."""
        live_chat = lock_live_chat(self.transfer.live_chat_id)
        pending = Transfer.objects.filter(live_chat=live_chat, status=Transfer.Status.PENDING).first()
        if not self._is_new:
            is_due = pending is not None and pending.pk == self.transfer.pk and pending.next_at is not None
            return live_chat if is_due else None
        if not _has(live_chat, self.transfer.sender_id):
            raise NotYourChat
        if pending is not None:
            raise TransferPending
        return live_chat

    def _make_offer(self, candidate: Candidate) -> Offer | None:
        """Make the offer and take a seat for it, under the agent's lock, then the chat's (LC-10)."""
        agent = User.objects.select_for_update(no_key=True).get(pk=candidate.agent_id)
        live_chat = self.lock_chat()
        if live_chat is None:
            return None
        if take_seat(agent, live_chat.pk, self._installation) is None:
            raise _Full
        self.transfer.next_at = None
        self.transfer.save()
        return Offer.objects.create(live_chat=live_chat, transfer=self.transfer, agent=agent, **self._terms())

    def _terms(self) -> dict[str, Any]:
        expires_at = self._now + timedelta(seconds=self._installation.accept_seconds)
        reachable = self._installation.require_reachable
        return {
            "via": Step.TRANSFER,
            "attempt": len(self._tried) + 1,
            "offered_at": self._now,
            "expires_at": expires_at,
            "deliver_by": self._now + DELIVER_WITHIN if reachable else expires_at,
        }


def _finish(desk: _TransferDesk, decided: Decided, now: datetime) -> None:
    """Keep whose turn it was, and why, and tell both colleagues (LC-16, LC-20)."""
    offer = desk.offer
    assert offer is not None  # noqa: S101 - says to the type checker what the callers hold
    if desk.pointer is not None:
        desk.pointer.last_agent_id = offer.agent_id
        desk.pointer.save(update_fields=["last_agent_id"])
    Decision.objects.create(
        live_chat=offer.live_chat,
        offer=offer,
        outcome=Decision.Outcome.OFFERED,
        steps=decided.steps,
        made_at=now,
    )
    if offer.attempt == 1:
        said = {"to": desk.transfer.target_name}
        kind = TimelineEntry.Kind.TRANSFER
        note(offer.live_chat, kind, now=now, agent_id=desk.transfer.sender_id, data=said)
    note(
        offer.live_chat, TimelineEntry.Kind.OFFERED, now=now, agent_id=offer.agent_id, data={"via": offer.via}
    )
    publish(OfferMade(offer.pk))
    publish(TransferChanged(desk.transfer.pk))


def _stop(live_chat: LiveChat, why: str, now: datetime) -> None:
    pending = Transfer.objects.filter(live_chat=live_chat, status=Transfer.Status.PENDING).first()
    if pending is None:
        return
    offers = Offer.objects.filter(transfer=pending, status=Offer.Status.PENDING)
    for offer in offers.select_for_update(no_key=True):
        settle_offer(offer, live_chat, Offer.Status.WITHDRAWN, now=now, outcome=why)
    _close(pending, live_chat, Transfer.Status.WITHDRAWN, outcome=why, now=now)


def _close(
    ended: Transfer, live_chat: LiveChat, status: Transfer.Status, *, outcome: str, now: datetime
) -> None:
    """Store how a transfer ended, under its chat's lock."""
    ended.status, ended.outcome = status, outcome
    ended.settled_at, ended.next_at = now, None
    ended.save(update_fields=["status", "outcome", "settled_at", "next_at"])
    is_done = status == Transfer.Status.ACCEPTED
    kind = TimelineEntry.Kind.TRANSFERRED if is_done else TimelineEntry.Kind.TRANSFER_OFF
    said = {"to": ended.target_name, **({"outcome": outcome} if outcome else {})}
    note(live_chat, kind, now=now, agent_id=live_chat.agent_id, data=said)
    publish(TransferChanged(ended.pk))
