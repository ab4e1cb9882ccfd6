"""The sweepers: what is overdue in the database is settled by the same services that a click calls (LC-22).

Each item is settled in a transaction of its own; one that fails is logged and tried again
by the next sweep, and holds up none of the others. Two sweepers at once do no harm.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from agents.models import Agent
from chat.models import LiveChat
from routing.models import Offer, Transfer
from routing.services.offers import (
    expire_offer,
    pass_on_from_lost_agent,
    withdraw_from_lost_agent,
    withdraw_undelivered,
)
from routing.services.requests import route_live_chat
from routing.services.transfers import continue_transfer

logger = logging.getLogger(__name__)
BATCH = 500


def settle_offers(*, now: datetime | None = None) -> int:
    """Expire what wasn't accepted in time, and withdraw what reached nobody (LC-22, LC-24)."""
    now = now or timezone.now()
    return _settle_offers(Offer.objects.all(), now) + continue_transfers(now=now)


def continue_transfers(*, now: datetime | None = None) -> int:
    """Ask the next of a team where whoever settled the last offer died before doing so (LC-34)."""
    now = now or timezone.now()
    due = Transfer.objects.filter(next_at__lte=now).order_by("next_at")
    return _sweep(due.values_list("pk", "live_chat"), lambda pk: continue_transfer(transfer_id=pk, now=now))


def route_waiting(*, now: datetime | None = None) -> int:
    """Route requests that nobody has routed: whoever took them died in between."""
    return _route_waiting(LiveChat.objects.all(), now or timezone.now())


def settle_overdue(*, conversation_ids: Collection[int], now: datetime | None = None) -> int:
    """Settle what is overdue for waiting visitors; costs three queries where nothing is (LC-22)."""
    now = now or timezone.now()
    offers = Offer.objects.filter(live_chat__conversation__in=conversation_ids)
    chats = LiveChat.objects.filter(conversation__in=conversation_ids)
    return _settle_offers(offers, now) + _route_waiting(chats, now)


def release_lost_agents(*, now: datetime | None = None) -> int:
    """Take offers and chats from agents who may no longer take any, and offer them onward (LC-07)."""
    now = now or timezone.now()
    agents = Agent.objects.values("pk")
    offers = Offer.objects.filter(status=Offer.Status.PENDING).exclude(agent__in=agents)
    chats = LiveChat.objects.filter(status=LiveChat.Status.ACTIVE).exclude(agent__in=agents)
    return _sweep(
        offers.values_list("pk", "live_chat"), lambda pk: withdraw_from_lost_agent(offer_id=pk, now=now)
    ) + _sweep(chats.values_list("pk", "pk"), lambda pk: pass_on_from_lost_agent(live_chat_id=pk, now=now))


def _settle_offers(offers: "QuerySet[Offer]", now: datetime) -> int:
    pending = offers.filter(status=Offer.Status.PENDING)
    overdue = pending.filter(expires_at__lte=now).order_by("expires_at")
    unseen = pending.filter(
        shown_at__isnull=True, deliver_by__lte=now, deliver_by__lt=F("expires_at")
    ).order_by("deliver_by")
    # First what nobody saw: after an outage both times are over, and it is no attempt (LC-24).
    return _sweep(
        unseen.values_list("pk", "live_chat"), lambda pk: withdraw_undelivered(offer_id=pk, now=now)
    ) + _sweep(overdue.values_list("pk", "live_chat"), lambda pk: expire_offer(offer_id=pk, now=now))


def _route_waiting(chats: "QuerySet[LiveChat]", now: datetime) -> int:
    due = chats.filter(status=LiveChat.Status.REQUESTED, route_at__lte=now).order_by("route_at")
    return _sweep(due.values_list("pk", "pk"), lambda pk: _route(pk, now))


def _route(live_chat_id: int, now: datetime) -> None:
    # One that can't be routed for a fault of ours may not keep the sweeper from the others for ever.
    LiveChat.objects.filter(pk=live_chat_id, status=LiveChat.Status.REQUESTED).update(
        route_at=now + timedelta(seconds=5)
    )
    route_live_chat(live_chat_id=live_chat_id, now=now)


def _sweep(due: "QuerySet[Any, tuple[int, int]]", settle: Callable[[int], object]) -> int:
    """Settle what is due, given as (its id, its live chat's id); return how many were settled."""
    done = 0
    for pk, live_chat_id in list(due[:BATCH]):
        try:
            if _is_free(live_chat_id):
                settle(pk)
                done += 1
        # The others are due too.
        except Exception:
            logger.exception("sweep failed id=%s", pk)
    return done


def _is_free(live_chat_id: int) -> bool:
    """Whether nobody is at work on this chat now.

    Looked at before the services take their locks in their order: a transaction that hangs on the oldest chat
    would otherwise hold every sweep for the lock timeout, and with it everybody's deadlines.
    """
    with transaction.atomic():
        rows = LiveChat.objects.select_for_update(of=("self", "conversation"), skip_locked=True, no_key=True)
        return rows.select_related("conversation").filter(pk=live_chat_id).exists()
