"""What becomes of an offer: exactly one of accepted, declined, expired, undelivered, withdrawn (LC-22 to
LC-25).

Lock order: installation (Select only) -> live chat -> offer, conversation. Whoever comes second finds the
offer settled and says so.
"""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agents.models import Agent, User
from chat.errors import ChatAlreadyActive
from chat.models import Engagement, LiveChat, TimelineEntry
from chat.selectors.usage import is_engagement_limit_reached
from chat.services.live_chats import (
    abandon,
    connect_agent,
    fall_back,
    lock_live_chat,
    lose_agent,
    mark_requested,
    note,
)
from chat.services.messages import storable
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.lib.failpoints import failpoint
from routing.errors import OfferGone, OfferNotFound
from routing.models import Offer
from routing.policy import count_allowed_attempts
from routing.selectors.offers import describe_settled
from routing.services.requests import ATTEMPTS, is_engaged_already, route_live_chat
from routing.services.settling import settle_offer
from routing.services.transfers import complete_transfer, continue_transfer, pass_transfer


def accept_offer(*, offer_id: str, agent_id: int, now: datetime | None = None) -> Offer:
    """The agent takes the chat (LC-25). Accepting what one has accepted already is the same answer.

    Raises ``OfferGone``, with what happened instead, and ``OfferNotFound`` for somebody else's offer. Too
    late, without the permission, or beyond the engagement limit settles the offer accordingly (LC-02).
    """
    now = now or timezone.now()
    found = _find(offer_id, agent_id)
    with transaction.atomic():
        installation = get_installation()
        if not installation.is_prime:
            installation = get_installation(lock=True)
        live_chat, offer = _lock(found)
        if offer.status == Offer.Status.PENDING:
            _accept(offer, live_chat, installation, now)
    _go_on(live_chat, offer, now)
    failpoint("offer.accepted")
    if offer.status != Offer.Status.ACCEPTED:
        raise OfferGone(describe_settled(offer), offer_id=offer.pk, code=offer.outcome or offer.status)
    return offer


def decline_offer(*, offer_id: str, agent_id: int, reason: str = "", now: datetime | None = None) -> Offer:
    """The agent passes; like an expiry, at once (LC-24). An offer that is settled already stays as it is."""
    found = _find(offer_id, agent_id)
    now = now or timezone.now()

    def decline(live_chat: LiveChat, offer: Offer) -> None:
        offer.decline_reason = storable(reason)
        settle_offer(offer, live_chat, Offer.Status.DECLINED, now=now)
        _let_pass(offer, live_chat, now)

    return _settle_pending(found, decline, now)


def confirm_shown(*, offer_id: str, agent_id: int, now: datetime | None = None) -> None:
    """An inbox of the agent has the banner on screen: the offer is delivered (LC-24). Repeatable."""
    now = now or timezone.now()
    found = _find(offer_id, agent_id)
    pending = Offer.objects.filter(pk=found.pk, status=Offer.Status.PENDING, shown_at__isnull=True)
    with transaction.atomic():
        if pending.update(shown_at=now):
            note(found.live_chat, TimelineEntry.Kind.SHOWN, now=now, agent_id=agent_id)


def expire_offer(*, offer_id: int, now: datetime | None = None) -> None:
    """The time to accept is over (LC-22); the next attempt if the option has one left, else the fallback."""
    now = now or timezone.now()

    def expire(live_chat: LiveChat, offer: Offer) -> None:
        if offer.expires_at <= now:
            settle_offer(offer, live_chat, Offer.Status.EXPIRED, now=now)
            _let_pass(offer, live_chat, now)
            failpoint("offer.expired")

    _settle_pending(Offer.objects.get(pk=offer_id), expire, now)


def withdraw_undelivered(*, offer_id: int, now: datetime | None = None) -> None:
    """Nobody confirmed the banner: no attempt, and the next agent is asked at once (LC-24)."""
    now = now or timezone.now()

    def withdraw(live_chat: LiveChat, offer: Offer) -> None:
        if offer.shown_at is None and offer.deliver_by <= now:
            settle_offer(offer, live_chat, Offer.Status.UNDELIVERED, now=now)
            _ask_next(offer, live_chat, now)

    _settle_pending(Offer.objects.get(pk=offer_id), withdraw, now)


def withdraw_from_lost_agent(*, offer_id: int, now: datetime | None = None) -> None:
    """The agent may no longer take chats: the next one is asked, and it is no attempt (LC-07, LC-24)."""
    now = now or timezone.now()

    def withdraw(live_chat: LiveChat, offer: Offer) -> None:
        if not _may_take_chats(offer.agent_id):
            settle_offer(offer, live_chat, Offer.Status.WITHDRAWN, now=now, outcome="access_lost")
            _ask_next(offer, live_chat, now)

    _settle_pending(Offer.objects.get(pk=offer_id), withdraw, now)


def pass_on_from_lost_agent(*, live_chat_id: int, now: datetime | None = None) -> None:
    """An active chat's agent may no longer take chats: it is offered onward, never left alone (LC-07)."""
    now = now or timezone.now()
    with transaction.atomic():
        live_chat = lock_live_chat(live_chat_id)
        if live_chat.status != LiveChat.Status.ACTIVE or _may_take_chats(live_chat.agent_id):
            return
        lose_agent(live_chat, now=now)
    failpoint("agent.lost")
    _route_if_requested(live_chat, now)


def cancel_waiting(*, conversation_id: int, now: datetime | None = None) -> None:
    """The visitor stops waiting (LC-27). Raises
    ``ChatAlreadyActive`` when an agent was quicker; repeatable.
    """
    now = now or timezone.now()
    with transaction.atomic():
        live_chat = _lock_newest(conversation_id)
        if live_chat is not None and live_chat.status == LiveChat.Status.ACTIVE:
            raise ChatAlreadyActive
        if live_chat is not None and live_chat.status in LiveChat.WAITING:
            stop_waiting(live_chat, reason=LiveChat.End.CANCELLED, now=now)


def stop_waiting(live_chat: LiveChat, *, reason: LiveChat.End, now: datetime) -> None:
    """Take the banner away and let a locked, waiting chat end, because its visitor wants it so (LC-27)."""
    pending = Offer.objects.filter(live_chat=live_chat, status=Offer.Status.PENDING)
    for offer in pending.select_for_update(no_key=True):
        settle_offer(offer, live_chat, Offer.Status.WITHDRAWN, now=now, outcome="cancelled")
    abandon(live_chat, reason=reason, now=now)


def _lock_newest(conversation_id: int) -> LiveChat | None:
    newest = LiveChat.objects.filter(conversation_id=conversation_id).order_by("-pk").first()
    return lock_live_chat(newest.pk) if newest else None


def _find(offer_id: str, agent_id: int) -> Offer:
    try:
        public_id = uuid.UUID(offer_id)
    except ValueError:
        raise OfferNotFound from None
    found = Offer.objects.select_related("live_chat").filter(public_id=public_id, agent_id=agent_id).first()
    if found is None:
        raise OfferNotFound
    return found


def _lock(found: Offer) -> tuple[LiveChat, Offer]:
    """Lock the chat, then the offer, and read both anew."""
    live_chat = lock_live_chat(found.live_chat_id)
    return live_chat, Offer.objects.select_for_update(no_key=True).get(pk=found.pk)


def _settle_pending(found: Offer, settle: Callable[[LiveChat, Offer], None], now: datetime) -> Offer:
    """Run ``settle`` on an offer that is still pending, under
    its locks; then look for the next agent if one is due.
    """
    with transaction.atomic():
        live_chat, offer = _lock(found)
        if offer.status != Offer.Status.PENDING:
            return offer
        settle(live_chat, offer)
    failpoint("offer.settled")
    _go_on(live_chat, offer, now)
    return offer


def _go_on(live_chat: LiveChat, offer: Offer, now: datetime) -> None:
    """Ask the next agent now; should this process die before, a deadline is due and the sweeper does it."""
    _route_if_requested(live_chat, now)
    if offer.transfer_id is not None:
        continue_transfer(transfer_id=offer.transfer_id, now=now)


def _route_if_requested(live_chat: LiveChat, now: datetime) -> None:
    if live_chat.status == LiveChat.Status.REQUESTED:
        route_live_chat(live_chat_id=live_chat.pk, now=now)


def _accept(offer: Offer, live_chat: LiveChat, installation: Installation, now: datetime) -> None:
    if now >= offer.expires_at:
        settle_offer(offer, live_chat, Offer.Status.EXPIRED, now=now)
        _let_pass(offer, live_chat, now)
    elif not _may_take_chats(offer.agent_id):
        settle_offer(offer, live_chat, Offer.Status.WITHDRAWN, now=now, outcome="access_lost")
        _ask_next(offer, live_chat, now)
    elif offer.transfer_id is not None:
        # The visitor is with an agent already: no further engagement (LC-02).
        settle_offer(offer, live_chat, Offer.Status.ACCEPTED, now=now)
        complete_transfer(offer, live_chat, now=now)
    elif not _count_engagement(live_chat, installation, now):
        settle_offer(offer, live_chat, Offer.Status.WITHDRAWN, now=now, outcome="limit")
        fall_back(live_chat, reason=LiveChat.End.LIMIT, now=now)
    else:
        connect_agent(live_chat, User.objects.get(pk=offer.agent_id), now=now)
        settle_offer(offer, live_chat, Offer.Status.ACCEPTED, now=now)


def _count_engagement(live_chat: LiveChat, installation: Installation, now: datetime) -> bool:
    """Count the visitor's engagement, once per session; False where the limit forbids one more (LC-02).

    On Select the installation's row is locked, so that counting and adding is one step.
    """
    visitor = live_chat.conversation.visitor
    if is_engaged_already(live_chat):
        return True
    if is_engagement_limit_reached(installation):
        return False
    Engagement.objects.get_or_create(
        visitor_key=visitor.public_id,
        session_number=visitor.session_number,
        defaults={"visitor": visitor, "live_chat": live_chat, "created_at": now},
    )
    return True


def _let_pass(offer: Offer, live_chat: LiveChat, now: datetime) -> None:
    """An agent let it pass. A chat that is being handed over isn't lost: its sender still has it (LC-34)."""
    if offer.transfer_id is None:
        _try_next(live_chat, now)
    else:
        pass_transfer(offer, live_chat, now=now)


def _ask_next(offer: Offer, live_chat: LiveChat, now: datetime) -> None:
    """The offer was no attempt: somebody else is asked at once (LC-24)."""
    if offer.transfer_id is None:
        mark_requested(live_chat, now=now)
    else:
        pass_transfer(offer, live_chat, now=now)


def _try_next(live_chat: LiveChat, now: datetime) -> None:
    """An agent let it pass: one more is asked where the
    option has another attempt, else the fallback (LC-23).
    """
    installation = get_installation()
    attempts = Offer.objects.filter(
        live_chat=live_chat, offered_at__gte=live_chat.routing_since, status__in=ATTEMPTS
    ).count()
    allowed = count_allowed_attempts(is_prime=installation.is_prime, option=live_chat.card.get("option", ""))
    if attempts < allowed:
        mark_requested(live_chat, now=now)
    else:
        fall_back(live_chat, reason=LiveChat.End.NOT_ACCEPTED, now=now)


def _may_take_chats(agent_id: int | None) -> bool:
    return agent_id is not None and Agent.objects.filter(pk=agent_id).exists()
