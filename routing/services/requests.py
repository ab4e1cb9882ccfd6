"""Routing a request for a human: who is asked next, or
the fallback; every decision explained and kept (LC-20).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from agents.models import User
from chat.models import Engagement, LiveChat, TimelineEntry
from chat.selectors.known import get_known
from chat.selectors.usage import is_engagement_limit_reached
from chat.services.live_chats import fall_back, lock_live_chat, mark_offered, note
from chat.services.seats import take_seat
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.lib.events import publish
from config.lib.failpoints import failpoint
from routing.events import OfferMade
from routing.models import Decision, Offer, RobinPointer
from routing.policy import Candidate, Scope
from routing.selectors.candidates import list_candidates
from routing.selectors.decisions import Decided, Wish, decide
from routing.services.rule_versions import EDITION, RulesChanged, stamp_rules

# An inbox confirms within this time that the banner is on screen, or the next agent is asked (LC-24).
DELIVER_WITHIN = timedelta(seconds=5)
# What counts against the attempts that an option has (LC-23, LC-24).
ATTEMPTS = (Offer.Status.EXPIRED, Offer.Status.DECLINED)


class _Full(Exception):
    """The agent's last seat went to somebody else in between."""


class _Settled(Exception):
    """The chat was routed or settled by somebody else in between."""


@dataclass(frozen=True, slots=True)
class _Request:
    """A chat that looks for an agent, as it was read."""

    live_chat: LiveChat
    installation: Installation
    tried: frozenset[int]
    attempts: int
    # Of the custom rules; LC-60.
    edition: int
    now: datetime


def route_live_chat(*, live_chat_id: int, now: datetime | None = None) -> Offer | None:
    """Offer a requested chat to the next agent, or give the visitor the fallback message (LC-15 to LC-19).

    Safe to call at any time, by anybody, twice at once: a chat that isn't
    requested (any more) is left alone. Returns the new offer, or None.
    """
    now = now or timezone.now()
    try:
        with transaction.atomic():
            request = _read_request(live_chat_id, now)
            return _route(request) if request else None
    except _Settled:
        return None
    except RulesChanged:
        # By the rules as they are now: what is kept of a decision is the very version that made it.
        return route_live_chat(live_chat_id=live_chat_id, now=now)


def _read_request(live_chat_id: int, now: datetime) -> _Request | None:
    live_chat = _list_requested().filter(pk=live_chat_id).first()
    if live_chat is None:
        return None
    offers = Offer.objects.filter(live_chat=live_chat, offered_at__gte=live_chat.routing_since)
    made = list(offers.values_list("agent_id", "status"))
    return _Request(
        live_chat=live_chat,
        installation=get_installation(),
        tried=frozenset(agent_id for agent_id, _status in made),
        attempts=sum(status in ATTEMPTS for _agent_id, status in made),
        edition=live_chat.edition,
        now=now,
    )


@cache
def _list_requested() -> "QuerySet[Any]":
    """Return the question, put together once: that takes longer than its answer."""
    rows = LiveChat.objects.filter(status=LiveChat.Status.REQUESTED).annotate(edition=EDITION)
    return rows.select_related("conversation__visitor__lead")


def _route(request: _Request) -> Offer | None:
    live_chat, desk = request.live_chat, _OfferDesk(request)
    wish = Wish(
        card=live_chat.card,
        known=get_known(live_chat.conversation.visitor, live_chat.conversation),
        installation=request.installation,
        attempts=request.attempts,
        is_over_limit=lambda: _is_over_limit(live_chat, request.installation),
    )
    decided = decide(wish, desk)
    if desk.offer is None:
        _give_up(request, decided)
    else:
        _finish(desk.offer, desk.pointer, request, decided)
    return desk.offer


def _is_over_limit(live_chat: LiveChat, installation: Installation) -> bool:
    return is_engagement_limit_reached(installation) and not is_engaged_already(live_chat)


def is_engaged_already(live_chat: LiveChat) -> bool:
    """Whether this chat or another one of the visitor's session is counted, so that it is free (LC-02)."""
    visitor = live_chat.conversation.visitor
    session = Q(visitor_key=visitor.public_id, session_number=visitor.session_number)
    return Engagement.objects.filter(session | Q(live_chat=live_chat)).exists()


class _OfferDesk:
    """Where real requests are decided: turns are locked, and asking an agent makes the offer."""

    def __init__(self, request: _Request) -> None:
        self._request = request
        self.pointer: RobinPointer | None = None
        self.offer: Offer | None = None

    def judge(self, agent_ids: frozenset[int] | None) -> list[Candidate]:
        request = self._request
        return list_candidates(
            agent_ids=agent_ids, tried=request.tried, installation=request.installation, now=request.now
        )

    def take_turn(self, pointer: str) -> int:
        self.pointer = lock_pointer(pointer)
        return self.pointer.last_agent_id

    def ask(self, candidate: Candidate, scope: Scope) -> bool:
        try:
            # A savepoint of its own: rolling back frees the agent's row before the next one is locked.
            with transaction.atomic():
                self.offer = _make_offer(candidate, scope, self._request)
        except _Full:
            return False
        if not scope.pointer:
            # A turn taken in an earlier circle, where nobody had a seat after all, doesn't move.
            self.pointer = None
        return True


def lock_pointer(scope: str) -> RobinPointer:
    """Lock a round robin's place: the first of all locks,
    so that turns are taken one after the other (LC-16).
    """
    pointers = RobinPointer.objects.select_for_update(no_key=True).filter(scope=scope)
    pointer = pointers.first()
    if pointer is None:
        RobinPointer.objects.get_or_create(scope=scope)
        pointer = pointers.get()
    return pointer


def _make_offer(candidate: Candidate, scope: Scope, request: _Request) -> Offer:
    """Make the offer and take a seat for it, under the agent's lock, then the chat's (LC-10)."""
    agent = User.objects.select_for_update(no_key=True).get(pk=candidate.agent_id)
    live_chat = _lock_requested(request)
    # Only now: whoever was quicker may have offered this very chat to this very agent.
    if take_seat(agent, live_chat.pk, request.installation) is None:
        raise _Full
    expires_at = request.now + timedelta(seconds=request.installation.accept_seconds)
    reachable = request.installation.require_reachable
    offer = Offer.objects.create(
        live_chat=live_chat,
        agent=agent,
        via=scope.step,
        attempt=request.attempts + 1,
        offered_at=request.now,
        expires_at=expires_at,
        deliver_by=request.now + DELIVER_WITHIN if reachable else expires_at,
    )
    mark_offered(live_chat)
    return offer


def _lock_requested(request: _Request) -> LiveChat:
    """Lock the chat; raise ``_Settled`` unless it stands as it was read.

    Another ``route_at`` is another request: somebody was asked and passed in between, who may not be asked
    again.
    """
    live_chat = lock_live_chat(request.live_chat.pk)
    if live_chat.status != LiveChat.Status.REQUESTED or live_chat.route_at != request.live_chat.route_at:
        raise _Settled
    return live_chat


def _finish(offer: Offer, pointer: RobinPointer | None, request: _Request, decided: Decided) -> None:
    if pointer is not None:
        pointer.last_agent_id = offer.agent_id
        pointer.save(update_fields=["last_agent_id"])
    _keep(request, decided, Decision.Outcome.OFFERED, offer=offer)
    note(
        offer.live_chat,
        TimelineEntry.Kind.OFFERED,
        now=request.now,
        agent_id=offer.agent_id,
        data={"via": offer.via},
    )
    publish(OfferMade(offer.pk))
    failpoint("offer.made")


def _give_up(request: _Request, decided: Decided) -> None:
    """Nobody is left to ask: the fallback, under the chat's lock."""
    live_chat = _lock_requested(request)
    _keep(request, decided, Decision.Outcome.FALLBACK)
    fall_back(live_chat, reason=LiveChat.End(decided.reason), now=request.now)


def _keep(
    request: _Request, decided: Decided, outcome: Decision.Outcome, *, offer: Offer | None = None
) -> None:
    """Keep the decision with its explanation, and the rules of that moment (LC-20, LC-60)."""
    Decision.objects.create(
        live_chat=request.live_chat,
        offer=offer,
        outcome=outcome,
        reason=decided.reason,
        steps=decided.steps,
        rule_version_id=stamp_rules(edition=request.edition, now=request.now),
        made_at=request.now,
    )
