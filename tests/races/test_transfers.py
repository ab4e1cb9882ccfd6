"""A transfer against whatever else happens in the same instant: one outcome, and seats are exact."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

from agents.models import User
from chat.models import LiveChat, Seat
from chat.services.live_chats import end_by_agent, end_by_visitor
from routing.models import Offer, Transfer
from routing.services.offers import accept_offer, decline_offer
from routing.services.timers import continue_transfers
from routing.services.transfers import start_transfer, take_back_transfer
from tests.factories import TeamFactory
from tests.invariants import check_invariants
from tests.races.at_once import Crowd, Work
from tests.races.crowd import Refused
from tests.races.test_offers import accepting, count_of, end_chat, notices_of
from tests.scenes import make_agent, make_offer, set_up
from tests.screens import assert_all_agree

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def start_chat(agent: User) -> LiveChat:
    offer = make_offer(option="agent", agent_id=agent.pk)
    accepting(offer)()
    return LiveChat.objects.get(pk=offer.live_chat_id)


def handing(chat: LiveChat, **target: Any) -> Work:
    assert chat.agent_id is not None
    return partial(
        start_transfer, conversation_id=chat.conversation_id, sender_id=chat.agent_id, note="Hi", **target
    )


def rivals_of(offer: Offer, kind: str) -> list[Work]:
    conversation_id, sender_id = offer.live_chat.conversation_id, offer.live_chat.agent_id
    assert sender_id is not None
    sender: dict[str, Any] = {"conversation_id": conversation_id, "sender_id": sender_id}
    rivals: dict[str, list[Work]] = {
        "take back": [partial(take_back_transfer, **sender)],
        "visitor": [partial(end_by_visitor, conversation_id=conversation_id)],
        "sender": [partial(end_by_agent, conversation_id=conversation_id, agent_id=sender_id)],
        "decline": [partial(decline_offer, offer_id=str(offer.public_id), agent_id=offer.agent_id)],
        "again": [partial(start_transfer, agent_id=offer.agent_id, **sender)],
    }
    return rivals[kind]


@pytest.mark.req("LC-34", "LC-25")
@pytest.mark.parametrize("kind", ["take back", "visitor", "sender", "decline", "again"])
def test_accept_of_a_transfer_against_its_rivals_has_one_outcome(crowd: Crowd, kind: str) -> None:
    set_up()
    ida, bo = make_agent(), make_agent()
    with crowd.of(2) as people:
        for _round in range(ROUNDS):
            chat = start_chat(ida)
            handing(chat, agent_id=bo.pk)()
            offer = Offer.objects.select_related("live_chat").get(live_chat=chat, status="pending")
            accept = partial(accept_offer, offer_id=str(offer.public_id), agent_id=bo.pk)
            outcomes = people.run([accept, *rivals_of(offer, kind)])
            offer.refresh_from_db()
            assert isinstance(outcomes[0], Refused) == (offer.status != "accepted")
            assert Counter(notices_of(chat.pk))["transferred"] == (offer.status == "accepted")
            check_invariants()
            if LiveChat.objects.get(pk=chat.pk).status == LiveChat.Status.ACTIVE:
                end_chat(chat.pk)
    assert Seat.objects.count() == 0
    assert_all_agree()


@pytest.mark.req("LC-34", "LC-10")
def test_last_seat_of_a_colleague_is_given_once_to_ten_who_hand_over(crowd: Crowd) -> None:
    set_up()
    bo = make_agent(seat_limit=1)
    chats = [start_chat(make_agent()) for _ in range(10)]
    outcomes = crowd.run([handing(chat, agent_id=bo.pk) for chat in chats])
    assert sum(isinstance(one, Transfer) for one in outcomes) == 1
    assert {one.code for one in outcomes if isinstance(one, Refused)} == {"transfer_refused"}
    assert Seat.objects.filter(agent=bo).count() == 1
    assert_all_agree()


@pytest.mark.req("LC-34", "LC-16")
def test_one_chat_is_handed_over_once_and_a_team_in_turn(crowd: Crowd) -> None:
    set_up(package="prime")
    ida, bo, eve = make_agent(), make_agent(), make_agent()
    team = TeamFactory(members=[ida, bo, eve])
    with crowd.of(4) as people:
        for _round in range(ROUNDS):
            chat = start_chat(ida)
            outcomes = people.run([handing(chat, team_id=team.pk)] * 4)
            assert sum(isinstance(one, Transfer) for one in outcomes) == 1
            offer = Offer.objects.get(live_chat=chat, status="pending")
            decline = partial(decline_offer, offer_id=str(offer.public_id), agent_id=offer.agent_id)
            people.run([decline, continue_transfers, decline, continue_transfers])
            assert Offer.objects.filter(live_chat=chat, transfer__isnull=False).count() == 2
            check_invariants()
            end_chat(chat.pk)
            assert count_of(offer, "transfer_off") == 1  # type: ignore[arg-type]
    asked = Counter(Offer.objects.filter(transfer__isnull=False).values_list("agent_id", flat=True))
    assert asked == {bo.pk: ROUNDS, eve.pk: ROUNDS}
    assert_all_agree()
