"""Two things happen to one offer, in either order: one outcome, and whoever was second is told (LC-25)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from chat.errors import ChatAlreadyActive, NotYourChat
from chat.models import LiveChat, Message, TimelineEntry
from chat.services.live_chats import end_by_agent, end_by_visitor
from config.lib.errors import ConflictError, DomainError
from routing.errors import OfferGone
from routing.events import OfferSettled
from routing.models import Offer
from routing.services.offers import (
    accept_offer,
    cancel_waiting,
    decline_offer,
    expire_offer,
    withdraw_undelivered,
)
from routing.services.timers import release_lost_agents
from tests.agents.conftest import Hear
from tests.invariants import check_invariants
from tests.stage import agent_at_work, at, dismiss, offer_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-25")]


def accept(offer: Offer, seconds: float) -> None:
    accept_offer(offer_id=str(offer.public_id), agent_id=offer.agent_id, now=at(seconds))


def decline(offer: Offer, seconds: float) -> None:
    decline_offer(offer_id=str(offer.public_id), agent_id=offer.agent_id, now=at(seconds))


def expire(offer: Offer, seconds: float) -> None:
    expire_offer(offer_id=offer.pk, now=at(seconds))


def undeliver(offer: Offer, seconds: float) -> None:
    withdraw_undelivered(offer_id=offer.pk, now=at(seconds))


def cancel(offer: Offer, seconds: float) -> None:
    cancel_waiting(conversation_id=offer.live_chat.conversation_id, now=at(seconds))


def lose_agent(offer: Offer, seconds: float) -> None:
    dismiss(offer.agent)
    release_lost_agents(now=at(seconds))


def end_for_visitor(offer: Offer, seconds: float) -> None:
    end_by_visitor(conversation_id=offer.live_chat.conversation_id, now=at(seconds))


def end_for_agent(offer: Offer, seconds: float) -> None:
    end_by_agent(conversation_id=offer.live_chat.conversation_id, agent_id=offer.agent_id, now=at(seconds))


Act = Callable[[Offer, float], None]
# What each makes of an offer that is pending; the ends leave it alone.
OUTCOMES: dict[Act, str] = {
    accept: "accepted",
    decline: "declined",
    expire: "expired",
    undeliver: "undelivered",
    cancel: "withdrawn",
    lose_agent: "withdrawn",
    end_for_visitor: "pending",
    end_for_agent: "pending",
}
# What the second one raises, where the first was accept, or something else that settled it.
AFTER_ACCEPT: dict[Act, type[DomainError]] = {cancel: ChatAlreadyActive}
AFTER_OTHERS: dict[Act, type[DomainError]] = {accept: OfferGone, end_for_agent: NotYourChat}
SETTLED = ("accepted", "declined", "expired", "undelivered", "withdrawn")
PAIRS = [
    pytest.param(first, second, id=f"{first.__name__}-{second.__name__}")
    for first, second in product(OUTCOMES, OUTCOMES)
]


@pytest.fixture
def offer() -> Offer:
    agent_at_work()
    agent_at_work()
    return offer_chat()


def run(act: Act, offer: Offer, seconds: float) -> type[DomainError] | None:
    try:
        act(offer, seconds)
    except DomainError as refused:
        return type(refused)
    return None


@pytest.mark.req("LC-07", "LC-22", "LC-24", "LC-27", "LC-32")
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_one_outcome_in_either_order(first: Act, second: Act, offer: Offer, hear: Hear) -> None:
    is_late = expire in (first, second)
    with hear(OfferSettled) as heard:
        # An accept that comes first is in time; one that comes with the expiry isn't.
        first_error = run(first, offer, 100 if first is expire else 98)
        second_error = run(second, offer, 100 if is_late and second is not accept else 99)
    offer.refresh_from_db()
    expected = OUTCOMES[first] if OUTCOMES[first] != "pending" else OUTCOMES[second]
    assert offer.status == expected
    settled = [event for event in heard if event.offer_id == offer.pk]
    assert len(settled) == (expected != "pending")
    entries = TimelineEntry.objects.filter(live_chat=offer.live_chat, agent=offer.agent_id, kind__in=SETTLED)
    assert entries.count() == (expected != "pending")
    _check_errors(first, second, first_error, second_error)
    _check_chat(first, second, LiveChat.objects.get(pk=offer.live_chat_id))
    check_invariants()


def _check_errors(
    first: Act, second: Act, first_error: type[DomainError] | None, second_error: type[DomainError] | None
) -> None:
    while_waiting: dict[Act, type[DomainError]] = {end_for_visitor: ConflictError, end_for_agent: NotYourChat}
    assert first_error is while_waiting.get(first)
    if first in while_waiting:
        assert second_error is while_waiting.get(second)
    elif first is accept:
        assert second_error is AFTER_ACCEPT.get(second)
    elif second is end_for_visitor:
        # Another agent is being asked, or the chat is over.
        assert second_error in {None, ConflictError}
    else:
        assert second_error is AFTER_OTHERS.get(second)


def _check_chat(first: Act, second: Act, chat: LiveChat) -> None:
    acts = [act for act in (first, second) if act not in (end_for_visitor, end_for_agent)]
    if first is accept and second in (end_for_visitor, end_for_agent):
        assert chat.status == "ended"
    elif first is accept and second is lose_agent:
        assert (chat.status, chat.agent) == ("offered", None)
    elif acts and acts[0] is accept:
        assert (chat.status, chat.agent is not None) == ("active", True)
    elif cancel in acts and acts[0] not in (decline, expire):
        assert chat.status == "abandoned"
    elif acts and acts[0] in (decline, expire):
        assert (chat.status, chat.end_reason) == ("fallback", "not_accepted")
    else:
        assert chat.status == "offered"


@pytest.mark.parametrize("winner", [decline, undeliver, expire, cancel, lose_agent])
def test_agent_who_accepts_second_is_told_why_not(winner: Act, offer: Offer) -> None:
    winner(offer, 100)
    with pytest.raises(OfferGone) as gone:
        accept(offer, 100)
    assert gone.value.code in {"declined", "undelivered", "expired", "cancelled", "access_lost"}
    assert str(gone.value) not in {"", "None"}
    assert Offer.objects.filter(live_chat=offer.live_chat_id, status="accepted").count() == 0


def test_visitor_hears_the_same_outcome(offer: Offer) -> None:
    accept(offer, 99.9)
    expire(offer, 100)
    chat = LiveChat.objects.get(pk=offer.live_chat_id)
    notices = Message.objects.filter(conversation=chat.conversation_id)
    assert [message.payload.get("notice") for message in notices] == ["joined"]
    assert chat.agent == offer.agent
