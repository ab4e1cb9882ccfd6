"""Everything that can become of an offer, attempted in the same instant: one outcome, told to both sides."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents.models import Agent, User
from chat.errors import ChatAlreadyActive
from chat.models import Engagement, LiveChat, Message, Seat, TimelineEntry
from chat.services.live_chats import end_by_agent, end_by_visitor
from routing.errors import OfferGone
from routing.models import Offer
from routing.services.offers import (
    accept_offer,
    cancel_waiting,
    decline_offer,
    expire_offer,
)
from routing.services.requests import route_live_chat
from routing.services.timers import settle_offers
from tests.invariants import check_invariants
from tests.races.at_once import Crowd, Work
from tests.races.crowd import Failed, Refused, attempt
from tests.races.deeds import lose
from tests.races.test_conversation import Servers, spread
from tests.scenes import ask_for_human, ask_for_humans, make_agent, make_offer, set_up, sign_in
from tests.screens import assert_all_agree
from tests.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)

# Of the races whose rounds are long: a guard that is missing shows in the first.
ROUNDS = 2


def accepting(offer: Offer) -> Work:
    return partial(accept_offer, offer_id=str(offer.public_id), agent_id=offer.agent_id)


def count_of(offer: Offer, kind: TimelineEntry.Kind) -> int:
    return TimelineEntry.objects.filter(live_chat_id=offer.live_chat_id, kind=kind).count()


def notices_of(live_chat_id: int) -> list[str]:
    said = Message.objects.filter(conversation__live_chats=live_chat_id).order_by("seq")
    return [payload.get("notice", "fallback") for payload in said.values_list("payload", flat=True)]


def end_chat(live_chat_id: int) -> None:
    conversation_id = LiveChat.objects.get(pk=live_chat_id).conversation_id
    end_by_visitor(conversation_id=conversation_id)


@pytest.mark.req("LC-25", "LC-10")
def test_twenty_tabs_accept_one_offer_two_hundred_times(crowd: Crowd) -> None:
    set_up()
    agent = make_agent(seat_limit=1)
    with crowd.of(20) as tabs:
        for _round in range(200):
            offer = make_offer()
            outcomes = tabs.run([accepting(offer)] * 20)
            assert {(type(one), one.status) for one in outcomes} == {(Offer, Offer.Status.ACCEPTED)}
            assert count_of(offer, TimelineEntry.Kind.ACCEPTED) == 1
            assert notices_of(offer.live_chat_id) == ["joined"]
            assert Seat.objects.filter(agent=agent).count() == 1
            end_chat(offer.live_chat_id)
    assert Engagement.objects.count() == 200
    assert_all_agree()


@pytest.mark.req("LC-25", "DL-06")
def test_twenty_open_tabs_on_two_processes_all_hear_who_took_the_chat(stage: Stage, servers: Servers) -> None:
    set_up()
    agent = make_agent()
    tabs = stage.agents(spread(servers, 20), session_key=sign_in(agent))
    for _round in range(20):
        offer = make_offer()
        public_id, conversation = str(offer.public_id), str(offer.live_chat.conversation.public_id)
        stage.together([tab.until_offered(conversation) for tab in tabs])
        settled = stage.together([tab.accept(public_id) for tab in tabs])
        told = {(frame["status"], frame["text"], frame["conversation"]) for frame in settled}
        assert told == {("accepted", "You took this chat.", conversation)}
        assert count_of(offer, TimelineEntry.Kind.ACCEPTED) == 1
        stage.together([tab.until_chat(conversation) for tab in tabs])
        assert Seat.objects.filter(agent=agent).count() == 1
        end_chat(offer.live_chat_id)
    last = {str(chat.conversation.public_id): chat.conversation.last_seq for chat in LiveChat.objects.all()}
    for name, seq in last.items():
        stage.together([tab.until_shown(name, seq) for tab in tabs])
    assert_all_agree(*tabs)


@pytest.mark.req("LC-25")
def test_tab_that_accepts_what_another_declines_hears_one_story(stage: Stage, servers: Servers) -> None:
    set_up()
    agent = make_agent()
    tabs = stage.agents(spread(servers, 6), session_key=sign_in(agent))
    for _round in range(10):
        offer = make_offer()
        public_id, conversation = str(offer.public_id), str(offer.live_chat.conversation.public_id)
        stage.together([tab.until_offered(conversation) for tab in tabs])
        clicks = [
            {"type": "decline", "offer": public_id, "reason": "Lunch"},
            {"type": "accept", "offer": public_id},
        ]
        stage.together([tab.send(clicks[place % 2]) for place, tab in enumerate(tabs)])
        stage.together([tab.until_settled(public_id) for tab in tabs])
        offer.refresh_from_db()
        told = {frame["status"] for tab in tabs for frame in tab.settled[public_id]}
        assert told == {offer.status}
        assert [e for tab in tabs for e in tab.errors] == []
        if offer.status == Offer.Status.ACCEPTED:
            end_chat(offer.live_chat_id)
    assert_all_agree()


@pytest.mark.req("LC-01", "LC-02", "LC-25")
def test_fifty_accepts_at_99_of_100_engagements_connect_exactly_one(crowd: Crowd) -> None:
    agents = [make_agent() for _ in range(5)]
    Engagement.objects.bulk_create(
        Engagement(visitor_key=uuid4(), session_number=1, created_at=timezone.now()) for _ in range(99)
    )
    with crowd.of(50) as people:
        # One is left in each further round too: the limit goes up with what was used.
        for limit in range(100, 100 + ROUNDS):
            set_up(package="select", engagement_limit=limit)
            offers = [make_offer() for _ in range(50)]
            check_one_connected(offers, people.run([accepting(offer) for offer in offers]))
            assert Engagement.objects.count() == limit
            assert Seat.objects.filter(agent__in=agents).count() == 1
            check_invariants()
            end_chat(LiveChat.objects.get(status=LiveChat.Status.ACTIVE).pk)
    assert_all_agree()


def check_one_connected(offers: list[Offer], outcomes: list[Any]) -> None:
    """Of all who accepted, one has the last engagement, and each other heard why not."""
    refused = [one for one in outcomes if isinstance(one, Refused)]
    assert len(refused) == len(outcomes) - 1
    assert {(one.kind, one.code, "engagement limit" in one.text) for one in refused} == {
        (OfferGone, "limit", True)
    }
    asked = LiveChat.objects.filter(offers__in=offers)
    assert Counter(asked.values_list("status", "end_reason")) == {
        ("active", ""): 1,
        ("fallback", "limit"): 49,
    }
    fallen = asked.filter(status=LiveChat.Status.FALLBACK)
    assert {tuple(notices_of(chat.pk)) for chat in fallen} == {("fallback",)}


@pytest.mark.req("LC-10")
@pytest.mark.parametrize("option", ["agent", "round_robin"])
@pytest.mark.parametrize("limit", [10, 1])
def test_forty_requests_at_an_agents_last_seat_take_one(crowd: Crowd, limit: int, option: str) -> None:
    set_up()
    agent = make_agent(seat_limit=limit)
    for _ in range(limit - 1):
        accepting(make_offer())()
    # A round robin's turns are taken one after the other; an agent who is asked for has only their own lock.
    card = {"type": "live_chat", "option": option, "agent_id": agent.pk}
    with crowd.of(40) as people:
        for _round in range(ROUNDS):
            chats = LiveChat.objects.filter(pk__in=[chat.pk for chat in ask_for_humans(40)])
            chats.update(card=card)
            offers = people.run([partial(route_live_chat, live_chat_id=chat.pk) for chat in chats])
            assert sum(offer is not None for offer in offers) == 1
            assert Seat.objects.filter(agent=agent).count() == limit
            assert Counter(chats.values_list("status", flat=True)) == {"offered": 1, "fallback": 39}
            check_invariants()
            cancel_waiting(conversation_id=chats.get(status=LiveChat.Status.OFFERED).conversation_id)
    assert_all_agree()


@pytest.mark.req("LC-10")
def test_database_refuses_an_eleventh_seat() -> None:
    agent = make_agent()
    chats = [ask_for_human() for _ in range(11)]
    Seat.objects.bulk_create(Seat(agent=agent, number=n, live_chat=chats[n]) for n in range(1, 11))
    for number in (0, *range(1, 12)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Seat.objects.create(agent=agent, number=number, live_chat=chats[0])
    assert Seat.objects.filter(agent=agent).count() == 10


@pytest.mark.req("LC-15", "LC-33")
def test_one_request_routed_by_ten_at_once_is_offered_once(crowd: Crowd) -> None:
    set_up()
    agents = [make_agent() for _ in range(2)]
    with crowd.of(10) as routers:
        for _round in range(10):
            chat = ask_for_human()
            made = routers.run([partial(route_live_chat, live_chat_id=chat.pk)] * 10)
            assert sum(offer is not None for offer in made) == 1
            assert Offer.objects.filter(live_chat=chat).count() == 1
    assert Counter(Offer.objects.values_list("agent_id", flat=True)) == {agent.pk: 5 for agent in agents}
    assert_all_agree()


def due(offer: Offer) -> Offer:
    """The offer, on the edge of its deadline: an accept from before it and an expiry are both right."""
    Offer.objects.filter(pk=offer.pk).update(expires_at=timezone.now())
    return Offer.objects.get(pk=offer.pk)


def rivals_of(offer: Offer, kind: str) -> tuple[list[Work], set[str]]:
    """What else happens to the offer, and all that may then have become of it."""
    a_moment_ago = offer.expires_at - timedelta(milliseconds=1)
    conversation_id = offer.live_chat.conversation_id
    public_id, agent_id = str(offer.public_id), offer.agent_id
    accept = partial(accept_offer, offer_id=public_id, agent_id=agent_id, now=a_moment_ago)
    rivals: dict[str, tuple[list[Work], set[str]]] = {
        "expiry": ([accept, partial(expire_offer, offer_id=offer.pk)], {"accepted", "expired"}),
        "sweep": ([accept, settle_offers, settle_offers], {"accepted", "expired"}),
        "cancel": (
            [accept, partial(cancel_waiting, conversation_id=conversation_id)],
            {"accepted", "withdrawn"},
        ),
        "decline": (
            [accept, partial(decline_offer, offer_id=public_id, agent_id=agent_id)],
            {"accepted", "declined"},
        ),
        "lost agent": ([accept, partial(lose, agent_id, offer.pk)], {"accepted", "withdrawn"}),
    }
    return rivals[kind]


EXPECTED_LAST = {"accepted": "joined", "expired": "fallback", "declined": "fallback"}


def check_one_outcome(offer: Offer, kind: str, outcomes: list[Any], allowed: set[str]) -> str:
    """One outcome in every row, and each of those who asked heard it."""
    offer.refresh_from_db()
    assert offer.status in allowed
    settled = TimelineEntry.objects.filter(
        live_chat_id=offer.live_chat_id, kind__in=["accepted", "expired", "declined", "withdrawn"]
    )
    assert [entry.kind for entry in settled] == [offer.status]
    accept, rival = outcomes[0], outcomes[1]
    if offer.status == Offer.Status.ACCEPTED:
        assert isinstance(accept, Offer)
        assert not isinstance(rival, Refused) or rival.kind is ChatAlreadyActive
        assert notices_of(offer.live_chat_id)[0] == "joined"
    else:
        assert (accept.kind, accept.code) == (OfferGone, offer.outcome or offer.status)
        assert "joined" not in notices_of(offer.live_chat_id)
    return str(offer.status)


@pytest.mark.req("LC-22", "LC-24", "LC-25", "LC-27")
@pytest.mark.parametrize("kind", ["expiry", "sweep", "cancel", "decline", "lost agent"])
def test_accept_against_its_rivals_has_exactly_one_outcome(crowd: Crowd, kind: str) -> None:
    set_up()
    seen: Counter[str] = Counter()
    with crowd.of(3 if kind == "sweep" else 2) as people:
        for turn in range(30):
            make_agent()
            offer = make_offer()
            if kind in {"expiry", "sweep"}:
                offer = due(offer)
            works, allowed = rivals_of(offer, kind)
            outcomes = people.run(works) if turn > 1 else run_in_order(works, first=turn)
            seen[check_one_outcome(offer, kind, outcomes, allowed)] += 1
            clear_away(offer)
    assert set(seen) == allowed, f"only {seen}: the race was none"
    assert_all_agree()


def run_in_order(works: list[Work], *, first: int) -> list[Any]:
    """One after the other, beginning with the first or with the second."""
    outcomes: list[Any] = [None] * len(works)
    for place in chain([first], set(range(len(works))) - {first}):
        outcomes[place] = attempt(works[place])
    assert not any(isinstance(outcome, Failed) for outcome in outcomes), outcomes
    return outcomes


def clear_away(offer: Offer) -> None:
    """Nobody takes part in the next round who took part in this one."""
    chat = LiveChat.objects.get(pk=offer.live_chat_id)
    if chat.status == LiveChat.Status.ACTIVE:
        end_chat(chat.pk)
    elif chat.status in LiveChat.WAITING:
        cancel_waiting(conversation_id=chat.conversation_id)
    User.objects.filter(pk__in=Agent.objects.values("pk")).update(is_active=False)


@pytest.mark.req("LC-32")
def test_end_by_both_sides_at_once_ends_once(crowd: Crowd) -> None:
    set_up()
    agent = make_agent()
    with crowd.of(4) as people:
        for _round in range(20):
            offer = make_offer()
            accepting(offer)()
            conversation_id = offer.live_chat.conversation_id
            by_agent = partial(end_by_agent, conversation_id=conversation_id, agent_id=agent.pk)
            by_visitor = partial(end_by_visitor, conversation_id=conversation_id)
            assert people.run([by_agent, by_visitor, by_agent, by_visitor]) == [None] * 4
            said = notices_of(offer.live_chat_id)
            assert said[0] == "joined"
            assert said[1:] in (["ended_by_agent"], ["ended_by_visitor"])
            assert count_of(offer, TimelineEntry.Kind.ENDED) == 1
    assert Seat.objects.count() == 0
    assert_all_agree()


@pytest.mark.req("LC-22")
def test_two_sweepers_expire_a_hundred_overdue_offers_once_each(crowd: Crowd) -> None:
    set_up()
    for _ in range(10):
        make_agent()
    offers = [make_offer() for _ in range(100)]
    Offer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert all(isinstance(done, int) for done in crowd.run([settle_offers, settle_offers]))
    assert set(Offer.objects.values_list("status", flat=True)) == {Offer.Status.EXPIRED}
    assert {count_of(offer, TimelineEntry.Kind.EXPIRED) for offer in offers} == {1}
    assert {tuple(notices_of(offer.live_chat_id)) for offer in offers} == {("fallback",)}
    assert crowd.run([settle_offers, settle_offers]) == [0, 0]
    assert_all_agree()
