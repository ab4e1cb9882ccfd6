"""What becomes of an offer."""

from __future__ import annotations

import uuid

import pytest

from agents.models import User
from agents.services.availability import set_availability
from chat.errors import ChatAlreadyActive
from chat.events import AgentChatsChanged, ConversationChanged
from chat.models import Engagement, LiveChat, Message, Seat, TimelineEntry
from chat.selectors.messages import list_messages
from chat.services.live_chats import end_by_visitor
from chat.services.messages import Post, post_message
from routing.errors import OfferGone, OfferNotFound
from routing.events import OfferSettled
from routing.models import Offer
from routing.selectors.offers import get_settled_offer
from routing.services import timers
from routing.services.offers import accept_offer, cancel_waiting, confirm_shown, decline_offer
from routing.services.timers import release_lost_agents, route_waiting, settle_offers
from tests.agents.conftest import Hear
from tests.factories import NOW, TeamFactory, VisitorFactory, grant
from tests.invariants import check_invariants
from tests.stage import (
    accept,
    agent_at_work,
    ask_for_human,
    at,
    configure,
    dismiss,
    list_notices,
    offer_chat,
    start_chat,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agent() -> User:
    return agent_at_work(first_name="Ann", last_name="Berg")


def reload(chat: LiveChat) -> LiveChat:
    return LiveChat.objects.select_related("conversation").get(pk=chat.pk)


def take(offer: Offer, seconds: float = 1, *, agent: User | None = None) -> Offer:
    return accept_offer(
        offer_id=str(offer.public_id), agent_id=agent.pk if agent else offer.agent_id, now=at(seconds)
    )


def decline(offer: Offer, seconds: float = 1, reason: str = "") -> Offer:
    return decline_offer(
        offer_id=str(offer.public_id), agent_id=offer.agent_id, reason=reason, now=at(seconds)
    )


def show(offer: Offer, seconds: float = 1) -> None:
    confirm_shown(offer_id=str(offer.public_id), agent_id=offer.agent_id, now=at(seconds))


def status(offer: Offer) -> str:
    return Offer.objects.get(pk=offer.pk).status


def pending(chat: LiveChat) -> Offer:
    return Offer.objects.get(live_chat=chat, status="pending")


# Accepting


@pytest.mark.req("LC-25", "LC-02")
def test_accepting_starts_the_chat(agent: User) -> None:
    chat = ask_for_human()
    offer = take(offer_chat(chat), 30)
    chat = reload(chat)
    assert (offer.status, offer.settled_at) == ("accepted", at(30))
    assert (chat.status, chat.agent, chat.accepted_at) == ("active", agent, at(30))
    assert list_notices(chat) == ["joined"]
    assert Seat.objects.get().agent == agent
    engagement = Engagement.objects.get()
    assert (engagement.live_chat, engagement.created_at) == (chat, at(30))
    check_invariants()


@pytest.mark.req("LC-25")
def test_outcome_is_told_to_both_sides(agent: User, hear: Hear) -> None:
    offer = offer_chat()
    with (
        hear(OfferSettled) as settled,
        hear(ConversationChanged) as changed,
        hear(AgentChatsChanged) as inboxes,
    ):
        take(offer)
        assert settled == changed == []
    # Sets: each of the three listeners lets the events of all three arrive.
    assert set(settled) == {OfferSettled(offer.pk)}
    assert set(changed) == {ConversationChanged(offer.live_chat.conversation_id)}
    assert set(inboxes) == {AgentChatsChanged(agent.pk)}


@pytest.mark.req("LC-25")
def test_second_click_is_the_same_answer() -> None:
    offer = offer_chat()
    take(offer, 1)
    assert take(offer, 2).status == "accepted"
    assert take(offer, 500).status == "accepted"
    assert list_notices(offer.live_chat) == ["joined"]
    assert Engagement.objects.count() == 1


@pytest.mark.req("LC-25", "DL-10")
@pytest.mark.parametrize("offer_id", ["", "rubbish", "\0", str(uuid.uuid4())])
def test_rubbish_is_no_offer(agent: User, offer_id: str) -> None:
    for service in (accept_offer, decline_offer, confirm_shown):
        with pytest.raises(OfferNotFound):
            service(offer_id=offer_id, agent_id=agent.pk)  # type: ignore[operator]


@pytest.mark.req("LC-25", "DL-10")
def test_somebody_elses_offer_is_not_there() -> None:
    offer, other = offer_chat(), agent_at_work()
    for service in (accept_offer, decline_offer, confirm_shown):
        with pytest.raises(OfferNotFound):
            service(offer_id=str(offer.public_id), agent_id=other.pk)  # type: ignore[operator]
    offer.refresh_from_db()
    assert (offer.status, offer.shown_at) == ("pending", None)


@pytest.mark.req("LC-22", "LC-25")
@pytest.mark.parametrize(("seconds", "outcome"), [(99.999, "accepted"), (100, "expired"), (101, "expired")])
def test_accept_is_in_time_or_it_is_not(seconds: float, outcome: str) -> None:
    offer = offer_chat()
    if outcome == "accepted":
        take(offer, seconds)
    else:
        with pytest.raises(OfferGone) as gone:
            take(offer, seconds)
        assert (gone.value.code, str(gone.value)) == ("expired", "The time to accept was over.")
    assert status(offer) == outcome
    check_invariants()


@pytest.mark.req("LC-07", "LC-25")
def test_agent_without_the_permission_accepts_nothing(agent: User) -> None:
    offer, heir = offer_chat(), agent_at_work()
    dismiss(agent)
    with pytest.raises(OfferGone) as gone:
        take(offer)
    assert gone.value.code == "access_lost"
    assert status(offer) == "withdrawn"
    assert pending(offer.live_chat).agent == heir
    check_invariants()


@pytest.mark.req("LC-01", "LC-02")
def test_limit_is_exact_one_accept_after_the_other() -> None:
    configure(engagement_limit=3)
    offers = [offer_chat() for _number in range(5)]
    outcomes = []
    for offer in offers:
        try:
            outcomes.append(take(offer).status)
        except OfferGone as gone:
            outcomes.append(gone.code)
    assert outcomes == ["accepted"] * 3 + ["limit"] * 2
    assert Engagement.objects.count() == 3
    for offer in offers[3:]:
        chat = reload(offer.live_chat)
        assert (chat.status, chat.end_reason) == ("fallback", "limit")
        assert Message.objects.filter(conversation=chat.conversation, kind="fallback").count() == 1
    check_invariants()


@pytest.mark.req("LC-02")
def test_engagement_counts_once_a_session_and_again_in_the_next() -> None:
    visitor = VisitorFactory.create()
    for session, counted in ((1, 1), (1, 1), (2, 2)):
        visitor.session_number = session
        visitor.save()
        chat = ask_for_human(visitor=visitor)
        start_chat(chat)
        take_leave(chat)
        assert Engagement.objects.count() == counted


def take_leave(chat: LiveChat) -> None:
    end_by_visitor(conversation_id=chat.conversation_id)


@pytest.mark.req("LC-02")
def test_cancelled_and_missed_chats_count_nothing() -> None:
    cancel_waiting(conversation_id=offer_chat().live_chat.conversation_id)
    decline(offer_chat())
    assert Engagement.objects.count() == 0


@pytest.mark.req("LC-01", "LC-07")
def test_chat_that_is_counted_is_passed_on_also_at_the_limit(agent: User) -> None:
    configure(engagement_limit=1)
    chat, heir = start_chat(), agent_at_work()
    chat.conversation.visitor.session_number = 2  # he was silent for long, the chat went on
    chat.conversation.visitor.save()
    dismiss(agent)
    release_lost_agents(now=at(10))
    accept(pending(chat), now=at(11))
    assert (reload(chat).status, reload(chat).agent) == ("active", heir)
    assert Engagement.objects.count() == 1
    check_invariants()


@pytest.mark.req("LC-27")
def test_what_was_written_while_waiting_is_there_for_whoever_accepts() -> None:
    offer = offer_chat()
    chat = offer.live_chat
    post_message(Post(chat.conversation_id, "visitor", chat.conversation.visitor_id, "client-1", "Hurry!"))
    take(offer)
    shown = list_messages(conversation=chat.conversation)
    assert [(message.author, message.text or message.notice) for message in shown] == [
        ("visitor", "Hurry!"),
        ("system", "joined"),
    ]


# Declining and expiring


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
    expire = timers.expire_offer

    def fail_one(*, offer_id: int, now: object) -> None:
        if offer_id == first.pk:
            raise RuntimeError("broken")
        expire(offer_id=offer_id, now=now)  # type: ignore[arg-type]

    monkeypatch.setattr(timers, "expire_offer", fail_one)
    assert settle_offers(now=at(100)) == 1
    assert (status(first), status(second)) == ("pending", "expired")


# One more attempt (LC-23)


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


# Undelivered (LC-24)


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


# Cancelling (LC-27)


@pytest.mark.req("LC-27")
@pytest.mark.parametrize("is_offered", [False, True])
def test_visitor_stops_waiting(is_offered: bool, hear: Hear) -> None:
    chat = ask_for_human()
    offer = offer_chat(chat) if is_offered else None
    with hear(OfferSettled) as settled:
        cancel_waiting(conversation_id=chat.conversation_id, now=at(7))
    chat = reload(chat)
    assert (chat.status, chat.end_reason, chat.ended_at) == ("abandoned", "cancelled", at(7))
    assert (list_notices(chat), chat.conversation.is_open) == (["cancelled"], False)
    assert settled == ([OfferSettled(offer.pk)] if offer else [])
    if offer:
        with pytest.raises(OfferGone) as gone:
            take(offer, 8)
        assert (gone.value.code, str(gone.value)) == ("cancelled", "The visitor stopped waiting.")
    check_invariants()


@pytest.mark.req("LC-27")
def test_cancelling_again_or_where_nothing_waits_is_no_error() -> None:
    chat = ask_for_human()
    for seconds in (1, 2):
        cancel_waiting(conversation_id=chat.conversation_id, now=at(seconds))
    cancel_waiting(conversation_id=1_000_000)
    assert (reload(chat).ended_at, list_notices(chat)) == (at(1), ["cancelled"])


@pytest.mark.req("LC-27", "LC-25")
def test_agent_who_was_quicker_than_the_cancel_keeps_the_chat() -> None:
    chat = start_chat()
    with pytest.raises(ChatAlreadyActive):
        cancel_waiting(conversation_id=chat.conversation_id)
    assert reload(chat).status == "active"


# Lost agents (LC-07)


@pytest.mark.req("LC-24", "LC-12")
def test_agent_who_switches_off_keeps_the_pending_offer(agent: User) -> None:
    agent_at_work()
    offer = offer_chat()
    show(offer)
    set_availability(agent=agent, available=False, now=at(2))
    release_lost_agents(now=at(3))
    settle_offers(now=at(4))
    assert status(offer) == "pending"
    assert take(offer, 5).status == "accepted"


@pytest.mark.req("LC-07", "LC-24")
@pytest.mark.parametrize("how", ["permission", "deactivated"])
def test_lost_agents_pending_offer_goes_to_the_next_at_once(agent: User, how: str) -> None:
    offer, heir = offer_chat(), agent_at_work()
    lose(agent, how)
    assert release_lost_agents(now=at(1)) == 1
    offer.refresh_from_db()
    assert (offer.status, offer.outcome) == ("withdrawn", "access_lost")
    second = pending(offer.live_chat)
    assert (second.agent, second.attempt) == (heir, 1)
    check_invariants()


def lose(agent: User, how: str) -> None:
    if how == "permission":
        dismiss(agent)
    else:
        User.objects.filter(pk=agent.pk).update(is_active=False)


@pytest.mark.req("LC-07")
@pytest.mark.parametrize("how", ["permission", "deactivated"])
def test_lost_agents_chats_are_offered_onward_and_never_without_an_owner(agent: User, how: str) -> None:
    chats = [start_chat() for _number in range(3)]
    heir = agent_at_work()
    lose(agent, how)
    assert release_lost_agents(now=at(9)) == 3
    for chat in chats:
        lost = reload(chat)
        assert (lost.status, lost.agent, lost.agent_name) == ("offered", None, "")
        assert list_notices(chat) == ["joined", "agent_left"]
        assert pending(chat).agent == heir
    check_invariants()
    accept(pending(chats[0]), now=at(10))
    assert (reload(chats[0]).status, reload(chats[0]).agent) == ("active", heir)
    assert list_notices(chats[0]) == ["joined", "agent_left", "joined"]
    assert Engagement.objects.count() == 3
    assert release_lost_agents(now=at(11)) == 0
    check_invariants()


@pytest.mark.req("LC-07")
def test_chat_that_nobody_can_take_over_ends_with_the_fallback(agent: User) -> None:
    chat = start_chat()
    dismiss(agent)
    release_lost_agents(now=at(9))
    chat = reload(chat)
    assert (chat.status, chat.end_reason, chat.conversation.is_open) == ("ended", "agent_gone", False)
    assert Message.objects.filter(conversation=chat.conversation, kind="fallback").count() == 1
    check_invariants()


@pytest.mark.req("LC-07")
def test_chat_that_nobody_takes_over_in_time_ends(agent: User) -> None:
    chat = start_chat()
    agent_at_work()
    dismiss(agent)
    release_lost_agents(now=at(9))
    show(pending(chat), 10)
    settle_offers(now=at(109))
    assert (reload(chat).status, reload(chat).end_reason) == ("ended", "agent_gone")
    check_invariants()


@pytest.mark.req("LC-07")
def test_agent_who_was_asked_before_may_be_asked_to_take_over(agent: User) -> None:
    configure(package="prime")
    other = agent_at_work()
    team = TeamFactory.create(members=[agent, other])
    chat = ask_for_human(card={"option": "team", "team_id": team.pk})
    decline(offer_chat(chat), 1)
    accept(pending(chat), now=at(2))
    lost = reload(chat).agent
    assert lost == other
    dismiss(other)
    release_lost_agents(now=at(3))
    assert pending(chat).agent == agent


@pytest.mark.req("LC-07")
def test_agent_with_the_permission_loses_nothing(agent: User) -> None:
    chat, offer = start_chat(), offer_chat()
    dismiss(agent)
    grant(agent, "view_my_conversations")
    assert release_lost_agents(now=at(1)) == 0
    assert (reload(chat).status, status(offer)) == ("active", "pending")


# Requests that were left (LC-22)


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
