"""Routing a request for a human: who is asked next, or
the fallback; every decision explained and kept (LC-20).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agents.models import User
from chat.models import Engagement, LiveChat, TimelineEntry, Visitor
from chat.selectors.known import Known, get_known
from chat.selectors.usage import is_engagement_limit_reached
from chat.services.live_chats import fall_back, lock_live_chat, mark_offered, note
from chat.services.seats import take_seat
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.lib.events import publish
from config.lib.failpoints import failpoint
from routing.events import OfferMade
from routing.models import Decision, Offer, RobinPointer
from routing.policy import Candidate, Scope, Verdict, rotate
from routing.selectors.candidates import list_candidates
from routing.selectors.scopes import find_route, list_parent_domains

# An inbox confirms within this time that the banner is on screen, or the next agent is asked (LC-24).
DELIVER_WITHIN = timedelta(seconds=5)
# Kept of one step's agents; of the others the number by verdict.
EXPLAINED_AGENTS = 200
# Of so many steps it is said in words why a rule doesn't match; of later ones only that it doesn't.
EXPLAINED_STEPS = 50
# What counts against the attempts that an option has (LC-23, LC-24).
ATTEMPTS = (Offer.Status.EXPIRED, Offer.Status.DECLINED)


class _Full(Exception):
    """The agent's last seat went to somebody else in between."""


class _Settled(Exception):
    """The chat was routed or settled by somebody else in between."""


@dataclass(slots=True)
class _Request:
    """A chat that looks for an agent, and all that the decision about it goes by."""

    live_chat: LiveChat
    visitor: Visitor
    known: Known
    installation: Installation
    tried: set[int]
    attempts: int
    now: datetime
    steps: list[dict[str, Any]] = field(default_factory=list)


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


def _read_request(live_chat_id: int, now: datetime) -> _Request | None:
    rows = LiveChat.objects.select_related("conversation__visitor__lead")
    live_chat = rows.filter(pk=live_chat_id, status=LiveChat.Status.REQUESTED).first()
    if live_chat is None:
        return None
    offers = Offer.objects.filter(live_chat=live_chat, offered_at__gte=live_chat.routing_since)
    made = list(offers.values_list("agent_id", "status"))
    return _Request(
        live_chat=live_chat,
        visitor=live_chat.conversation.visitor,
        known=get_known(live_chat.conversation.visitor, live_chat.conversation),
        installation=get_installation(),
        tried={agent_id for agent_id, _status in made},
        attempts=sum(status in ATTEMPTS for _agent_id, status in made),
        now=now,
    )


def _route(request: _Request) -> Offer | None:
    refused = _find_refusal(request)
    if refused is not None:
        _give_up(request, refused)
        return None
    route = find_route(card=request.live_chat.card, known=request.known, installation=request.installation)
    pool = _Pool(request, route.scopes)
    for scope in route.scopes:
        offer = _offer_in(scope, pool, request)
        if offer is not None:
            return offer
    nobody = LiveChat.End.NO_RULE if route.has_no_rule else LiveChat.End.NO_AGENT
    _give_up(request, LiveChat.End.NOT_ACCEPTED if request.attempts else nobody)
    return None


def _find_refusal(request: _Request) -> LiveChat.End | None:
    """Why this visitor is connected to nobody, before anybody is looked for (LC-01, LC-36)."""
    blocked = request.installation.blocked_domain_set
    if blocked and not blocked.isdisjoint(list_parent_domains(request.known.attributes.get("email", ""))):
        return LiveChat.End.BLOCKED
    if is_engagement_limit_reached(request.installation) and not is_engaged_already(request.live_chat):
        return LiveChat.End.LIMIT
    return None


def is_engaged_already(live_chat: LiveChat) -> bool:
    """Whether this chat or another one of the visitor's session is counted, so that it is free (LC-02)."""
    visitor = live_chat.conversation.visitor
    session = Q(visitor_key=visitor.public_id, session_number=visitor.session_number)
    return Engagement.objects.filter(session | Q(live_chat=live_chat)).exists()


class _Pool:
    """Whom the steps may ask: those that any names, judged at once; everybody only if it comes to that."""

    def __init__(self, request: _Request, scopes: Iterable[Scope]) -> None:
        self._request = request
        self._named = frozenset[int]().union(*(scope.agent_ids for scope in scopes if scope.agent_ids))
        self._everybody: list[Candidate] | None = None
        found = self._judge(self._named) if self._named else []
        self._by_id = {candidate.agent_id: candidate for candidate in found}

    def list_members(self, scope: Scope) -> list[Candidate]:
        """Return the circle's agents; one who isn't an agent (any more) only where a step names him."""
        if scope.agent_ids is not None:
            return [self._by_id[agent_id] for agent_id in scope.agent_ids & self._by_id.keys()]
        if self._everybody is None:
            self._everybody = self._judge(None)
        return self._everybody

    def _judge(self, agent_ids: frozenset[int] | None) -> list[Candidate]:
        request = self._request
        return list_candidates(
            agent_ids=agent_ids, tried=request.tried, installation=request.installation, now=request.now
        )


def _offer_in(scope: Scope, pool: _Pool, request: _Request) -> Offer | None:
    """Ask the first one of a circle who can take it; nobody who can: explain, and don't lock the robin."""
    if scope.why_not:
        # Of the rules far down the list the name has to do.
        why = scope.why_not() if len(request.steps) < EXPLAINED_STEPS else ""
        request.steps.append(_explain_unmatched(scope, why))
        return None
    members = pool.list_members(scope)
    if not any(candidate.verdict is Verdict.ABLE for candidate in members):
        request.steps.append(_explain(scope, rotate(members, 0), "nobody"))
        return None
    pointer = _lock_pointer(scope.pointer) if scope.pointer else None
    passed: list[Candidate] = []
    for candidate in rotate(members, pointer.last_agent_id if pointer else 0):
        offer = _offer_to(candidate, scope, request) if candidate.verdict is Verdict.ABLE else None
        if offer is not None:
            chosen = Candidate(candidate.agent_id, candidate.name, Verdict.OFFERED)
            request.steps.append(_explain(scope, [*passed, chosen], "offered"))
            _finish(offer, pointer, request)
            return offer
        # Able when looked at, so the last seat went meanwhile.
        verdict = Verdict.NO_SEAT if candidate.verdict is Verdict.ABLE else candidate.verdict
        passed.append(Candidate(candidate.agent_id, candidate.name, verdict))
    request.steps.append(_explain(scope, passed, "nobody"))
    return None


def _lock_pointer(scope: str) -> RobinPointer:
    """Lock a round robin's place: the first of all locks,
    so that turns are taken one after the other (LC-16).
    """
    pointers = RobinPointer.objects.select_for_update(no_key=True).filter(scope=scope)
    pointer = pointers.first()
    if pointer is None:
        RobinPointer.objects.get_or_create(scope=scope)
        pointer = pointers.get()
    return pointer


def _offer_to(candidate: Candidate, scope: Scope, request: _Request) -> Offer | None:
    try:
        # A savepoint of its own: rolling back gives the agent's row free again before the next one is locked.
        with transaction.atomic():
            return _make_offer(candidate, scope, request)
    except _Full:
        return None


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


def _finish(offer: Offer, pointer: RobinPointer | None, request: _Request) -> None:
    if pointer is not None:
        pointer.last_agent_id = offer.agent_id
        pointer.save(update_fields=["last_agent_id"])
    _decide(request, Decision.Outcome.OFFERED, offer=offer)
    note(
        offer.live_chat,
        TimelineEntry.Kind.OFFERED,
        now=request.now,
        agent_id=offer.agent_id,
        data={"via": offer.via},
    )
    publish(OfferMade(offer.pk))
    failpoint("offer.made")


def _give_up(request: _Request, reason: LiveChat.End) -> None:
    """Nobody is left to ask: the fallback, under the chat's lock."""
    live_chat = _lock_requested(request)
    _decide(request, Decision.Outcome.FALLBACK, reason=reason)
    fall_back(live_chat, reason=reason, now=request.now)


def _decide(
    request: _Request, outcome: Decision.Outcome, *, offer: Offer | None = None, reason: str = ""
) -> None:
    Decision.objects.create(
        live_chat=request.live_chat,
        offer=offer,
        outcome=outcome,
        reason=reason,
        steps=request.steps,
        made_at=request.now,
    )


def _explain(scope: Scope, considered: Iterable[Candidate], result: str) -> dict[str, Any]:
    agents = [{"id": each.agent_id, "name": each.name, "verdict": each.verdict} for each in considered]
    # The last one is who was asked.
    kept, rest = agents[-EXPLAINED_AGENTS:], agents[:-EXPLAINED_AGENTS]
    more = dict(Counter(str(agent["verdict"]) for agent in rest))
    return {"step": scope.step, "label": scope.label, "result": result, "agents": kept, "more": more}


def _explain_unmatched(scope: Scope, why: str) -> dict[str, Any]:
    return {
        "step": scope.step,
        "label": scope.label,
        "result": "no_match",
        "why": why,
        "agents": [],
        "more": {},
    }
