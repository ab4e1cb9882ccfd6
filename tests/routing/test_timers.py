"""Offers that are declined, run out or reach nobody, and requests that were left."""

from __future__ import annotations

import pytest

from agents.models import User
from chat.models import Engagement, LiveChat, Seat, TimelineEntry
from routing.errors import OfferGone
from routing.events import OfferSettled
from routing.models import Offer
from routing.selectors.offers import get_settled_offer
from routing.services import timers
from routing.services.offers import (
    expire_offer,
)
from routing.services.timers import route_waiting, settle_offers
from tests.agents.conftest import Hear
from tests.factories import NOW, TeamFactory
from tests.invariants import check_invariants
from tests.routing.steps import decline, pending, reload, show, status, take
from tests.stage import (
    agent_at_work,
    ask_for_human,
    at,
    configure,
    offer_chat,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agent() -> User:
    return agent_at_work(first_name="Ann", last_name="Berg")


@pytest.mark.req("LC-24")
def test_declining_counts_as_an_expiry_at_once() -> None:
    agent_at_work()
    offer = offer_chat()
    assert decline(offer, 3, "Lunch\0").status == "declined"
    offer.refresh_from_db()
    assert (offer.decline_reason, offer.settled_at) == ("Lunch", at(3))
    chat = reload(offer.live_chat)
    assert (chat.status, chat.end_reason, Seat.objects.count()) == ("fallback", "not_accepted", 0)
    entry = TimelineEntry.objects.get(live_chat=chat, kind="declined")
    assert (entry.data, entry.agent_id) == ({"reason": "Lunch"}, offer.agent_id)
    check_invariants()


@pytest.mark.req("LC-24")
def test_declining_what_is_settled_changes_nothing() -> None:
    offer = offer_chat()
    take(offer)
    assert decline(offer, 2, "Too late").status == "accepted"
    offer.refresh_from_db()
    assert (offer.status, offer.decline_reason) == ("accepted", "")


@pytest.mark.req("LC-22")
def test_offer_expires_at_its_time_and_the_visitor_gets_the_fallback() -> None:
    agent_at_work()
    offer = offer_chat()
    show(offer)
    settle_offers(now=at(99.999))
    assert status(offer) == "pending"
    settle_offers(now=at(100))
    assert status(offer) == "expired"
    chat = reload(offer.live_chat)
    assert (chat.status, chat.end_reason, chat.ended_at) == ("fallback", "not_accepted", at(100))
    assert not chat.conversation.is_open
    check_invariants()


@pytest.mark.req("LC-22")
def test_overdue_offers_expire_however_late_the_sweeper_is() -> None:
    offers = [offer_chat() for _number in range(3)]
    for offer in offers:
        show(offer)
    assert settle_offers(now=at(100_000)) == 3
    assert [status(offer) for offer in offers] == ["expired"] * 3
    assert settle_offers(now=at(100_001)) == 0
    check_invariants()


@pytest.mark.req("LC-22")
def test_offer_that_fails_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = offer_chat(), offer_chat()
    for offer in (first, second):
        show(offer)

    def fail_one(*, offer_id: int, now: object) -> None:
        if offer_id == first.pk:
            raise RuntimeError("broken")
        expire_offer(offer_id=offer_id, now=now)  # type: ignore[arg-type]

    monkeypatch.setattr(timers, "expire_offer", fail_one)
    assert settle_offers(now=at(100)) == 1
    assert (status(first), status(second)) == ("pending", "expired")


def team_chat(size: int) -> LiveChat:
    team = TeamFactory.create(members=[agent_at_work() for _number in range(size)])
    return ask_for_human(card={"option": "team", "team_id": team.pk})


@pytest.mark.req("LC-23")
@pytest.mark.parametrize("by", ["decline", "expire", "late accept"])
def test_prime_team_gets_one_more_agent_and_no_third(by: str) -> None:
    configure(package="prime")
    chat = team_chat(3)
    first = offer_chat(chat)
    show(first, 1)
    end_attempt(first, by, 100)
    second = pending(chat)
    assert (second.attempt, second.agent != first.agent, second.expires_at) == (2, True, at(200))
    show(second, 101)
    end_attempt(second, by, 200)
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "not_accepted")
    assert Offer.objects.filter(live_chat=chat).count() == 2
    check_invariants()


def end_attempt(offer: Offer, by: str, seconds: float) -> None:
    if by == "decline":
        decline(offer, seconds)
    elif by == "expire":
        settle_offers(now=at(seconds))
    else:
        with pytest.raises(OfferGone):
            take(offer, seconds)


@pytest.mark.req("LC-23")
def test_second_attempt_may_be_accepted() -> None:
    configure(package="prime")
    chat = team_chat(2)
    decline(offer_chat(chat))
    take(pending(chat), 2)
    assert (reload(chat).status, Engagement.objects.count()) == ("active", 1)


@pytest.mark.req("LC-23")
def test_team_of_one_has_nobody_for_a_second_attempt() -> None:
    configure(package="prime")
    chat = team_chat(1)
    decline(offer_chat(chat))
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "not_accepted")


@pytest.mark.req("LC-23")
@pytest.mark.parametrize(
    ("package", "option"), [("select", "team"), ("prime", "round_robin"), ("prime", "agent")]
)
def test_others_get_one_attempt(package: str, option: str, agent: User) -> None:
    configure(package=package)
    chat = team_chat(3)
    chat.card = {**chat.card, "option": option, "agent_id": agent.pk}
    chat.save()
    decline(offer_chat(chat))
    assert (reload(chat).status, Offer.objects.count()) == ("fallback", 1)


@pytest.mark.req("LC-24")
def test_offer_that_reaches_nobody_goes_to_the_next_agent_and_is_no_attempt() -> None:
    others = [agent_at_work() for _number in range(2)]
    offer = offer_chat()
    chat = offer.live_chat
    settle_offers(now=at(4.999))
    assert status(offer) == "pending"
    settle_offers(now=at(5))
    assert status(offer) == "undelivered"
    second = pending(chat)
    assert (second.agent, second.attempt, second.expires_at) == (others[0], 1, at(105))
    settle_offers(now=at(10))
    third = pending(chat)
    assert third.agent == others[1]
    settle_offers(now=at(15))
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "no_agent")
    check_invariants()


@pytest.mark.req("LC-24")
def test_confirmed_banner_keeps_the_offer() -> None:
    offer = offer_chat()
    show(offer, 4)
    show(offer, 50)
    settle_offers(now=at(60))
    offer.refresh_from_db()
    assert (offer.status, offer.shown_at) == ("pending", at(4))
    assert TimelineEntry.objects.filter(kind="shown").count() == 1


@pytest.mark.req("LC-24")
def test_banner_confirmed_too_late_changes_nothing() -> None:
    offer = offer_chat()
    settle_offers(now=at(5))
    show(offer, 6)
    offer.refresh_from_db()
    assert (offer.status, offer.shown_at) == ("undelivered", None)


@pytest.mark.req("LC-24", "LC-22")
def test_after_an_outage_what_nobody_saw_is_no_attempt() -> None:
    heir = agent_at_work()
    offer = offer_chat()
    settle_offers(now=at(500))
    assert status(offer) == "undelivered"
    assert pending(offer.live_chat).agent == heir


@pytest.mark.req("LC-24", "LC-13")
@pytest.mark.parametrize("settings", [{"require_reachable": False}, {"accept_seconds": 5}])
def test_offer_that_needs_no_confirmation_expires(settings: dict[str, object]) -> None:
    configure(**settings)
    agent_at_work()
    offer = offer_chat()
    settle_offers(now=offer.expires_at)
    assert status(offer) == "expired"


@pytest.mark.req("LC-24")
def test_undelivered_offer_is_told_to_the_agent_in_words(hear: Hear) -> None:
    offer = offer_chat()
    with hear(OfferSettled) as heard:
        settle_offers(now=at(5))
    assert heard == [OfferSettled(offer.pk)]
    offer.refresh_from_db()
    assert "didn't answer in time" in get_settled_offer(offer).text


@pytest.mark.req("LC-22")
def test_request_that_nobody_routed_is_routed_when_its_time_is_over() -> None:
    chat = ask_for_human()
    LiveChat.objects.filter(pk=chat.pk).update(route_at=at(2))
    assert route_waiting(now=at(1.999)) == 0
    assert route_waiting(now=at(2)) == 1
    assert pending(chat).offered_at == at(2)
    assert route_waiting(now=at(3)) == 0


@pytest.mark.req("LC-22")
def test_request_that_cannot_be_routed_holds_up_no_other() -> None:
    broken, whole = ask_for_human(card={"option": "nonsense"}), ask_for_human()
    assert route_waiting(now=NOW) == 1
    assert pending(whole).status == "pending"
    assert (reload(broken).status, reload(broken).route_at) == ("requested", at(5))
