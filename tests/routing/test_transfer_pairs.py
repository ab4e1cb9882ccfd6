"""Two things happen to one transfer, in either order: one outcome, and always an owner (LC-34)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from agents.models import User
from chat.models import Conversation, LiveChat, TimelineEntry
from chat.services.idle import settle_idle_chats
from chat.services.live_chats import end_by_agent, end_by_visitor
from config.lib.errors import DomainError
from routing.models import Offer, Transfer
from routing.services.offers import accept_offer, decline_offer, expire_offer, withdraw_undelivered
from routing.services.timers import release_lost_agents
from routing.services.transfers import start_transfer, take_back_transfer
from tests.invariants import check_invariants
from tests.stage import agent_at_work, at, configure, dismiss, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-34", "LC-25")]


def sender_of(offer: Offer) -> User:
    return Transfer.objects.get(offers=offer).sender


def accept(offer: Offer, seconds: float) -> None:
    accept_offer(offer_id=str(offer.public_id), agent_id=offer.agent_id, now=at(seconds))


def decline(offer: Offer, seconds: float) -> None:
    decline_offer(offer_id=str(offer.public_id), agent_id=offer.agent_id, now=at(seconds))


def expire(offer: Offer, seconds: float) -> None:
    expire_offer(offer_id=offer.pk, now=at(seconds))


def undeliver(offer: Offer, seconds: float) -> None:
    withdraw_undelivered(offer_id=offer.pk, now=at(seconds))


def take_back(offer: Offer, seconds: float) -> None:
    conversation_id = offer.live_chat.conversation_id
    take_back_transfer(conversation_id=conversation_id, sender_id=sender_of(offer).pk, now=at(seconds))


def transfer_again(offer: Offer, seconds: float) -> None:
    start_transfer(
        conversation_id=offer.live_chat.conversation_id,
        sender_id=sender_of(offer).pk,
        agent_id=offer.agent_id,
        now=at(seconds),
    )


def end_for_visitor(offer: Offer, seconds: float) -> None:
    end_by_visitor(conversation_id=offer.live_chat.conversation_id, now=at(seconds))


def end_for_sender(offer: Offer, seconds: float) -> None:
    end_by_agent(
        conversation_id=offer.live_chat.conversation_id, agent_id=sender_of(offer).pk, now=at(seconds)
    )


def end_idle(offer: Offer, seconds: float) -> None:
    """Nobody has written for ten minutes, and both were warned."""
    long_ago = at(seconds) - timedelta(minutes=11)
    LiveChat.objects.filter(pk=offer.live_chat_id, status="active").update(
        idle_at=at(seconds), idle_warned_at=long_ago + timedelta(minutes=9)
    )
    Conversation.objects.filter(pk=offer.live_chat.conversation_id).update(active_at=long_ago)
    settle_idle_chats(now=at(seconds))


def lose_sender(offer: Offer, seconds: float) -> None:
    dismiss(sender_of(offer))
    release_lost_agents(now=at(seconds))


def lose_receiver(offer: Offer, seconds: float) -> None:
    dismiss(offer.agent)
    release_lost_agents(now=at(seconds))


Act = Callable[[Offer, float], None]
# What each makes of a transfer that is pending: the offer's status, the transfer's, and why.
OUTCOMES: dict[Act, tuple[str, str, str]] = {
    accept: ("accepted", "accepted", ""),
    decline: ("declined", "failed", "declined"),
    expire: ("expired", "failed", "expired"),
    undeliver: ("undelivered", "failed", "undelivered"),
    take_back: ("withdrawn", "withdrawn", "taken_back"),
    transfer_again: ("pending", "pending", ""),
    end_for_visitor: ("withdrawn", "withdrawn", "chat_ended"),
    end_for_sender: ("withdrawn", "withdrawn", "chat_ended"),
    end_idle: ("withdrawn", "withdrawn", "chat_ended"),
    lose_sender: ("withdrawn", "withdrawn", "sender_lost"),
    lose_receiver: ("withdrawn", "failed", "access_lost"),
}
ENDS = (end_for_visitor, end_for_sender, end_idle)
PAIRS = [
    pytest.param(first, second, id=f"{first.__name__}-{second.__name__}")
    for first, second in product(OUTCOMES, OUTCOMES)
]


@pytest.fixture
def offer() -> Offer:
    configure(package="prime")
    agent_at_work(first_name="Ida")
    chat = start_chat()
    bo = agent_at_work(first_name="Bo")
    assert chat.agent_id is not None
    start_transfer(
        conversation_id=chat.conversation_id, sender_id=chat.agent_id, agent_id=bo.pk, note="Hi", now=at(0)
    )
    return Offer.objects.get(live_chat=chat, status="pending")


def run(act: Act, offer: Offer, seconds: float) -> str:
    try:
        act(offer, seconds)
    except DomainError as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_one_outcome_in_either_order(first: Act, second: Act, offer: Offer) -> None:
    is_late = expire in (first, second)
    told = run(first, offer, 100 if first is expire else 98)
    run(second, offer, 100 if is_late and second is not accept else 99)
    assert bool(told) == (first is transfer_again)
    decisive = second if first is transfer_again else first
    transfer = Transfer.objects.order_by("pk")[0]
    offer.refresh_from_db()
    assert (offer.status, transfer.status, transfer.outcome) == OUTCOMES[decisive]
    settled = ("accepted", "declined", "expired", "undelivered", "withdrawn")
    entries = TimelineEntry.objects.filter(live_chat=offer.live_chat, agent=offer.agent_id, kind__in=settled)
    assert entries.filter(at__gte=offer.offered_at)[:1].count() == (decisive is not transfer_again)
    _check_owner(first, second, offer, transfer)
    check_invariants()


def _check_owner(first: Act, second: Act, offer: Offer, transfer: Transfer) -> None:
    """Whose chat it is then, or how it ended."""
    chat = LiveChat.objects.get(pk=offer.live_chat_id)
    owner = offer.agent if transfer.status == "accepted" else transfer.sender
    lost: dict[Act, User] = {lose_sender: transfer.sender, lose_receiver: offer.agent}
    is_over = first in ENDS or second in ENDS
    if first is accept and second is end_for_sender:
        # Somebody else's chat can't be ended any more.
        assert (chat.status, chat.agent) == ("active", offer.agent)
    elif {lost.get(first), lost.get(second)} & {owner}:
        assert is_over or chat.status in {"offered", "ended", "active"}
        assert chat.agent != owner or chat.status == "ended"
    elif is_over:
        assert chat.status == "ended"
    else:
        assert (chat.status, chat.agent) == ("active", owner)
