"""Accepting an offer, and what the visitor may do meanwhile."""

from __future__ import annotations

import pytest

from agents.models import User
from chat.errors import ChatAlreadyActive
from chat.events import AgentChatsChanged, ConversationChanged
from chat.models import Engagement, LiveChat, Message, Seat
from chat.selectors.messages import list_messages
from chat.services.live_chats import end_by_visitor
from chat.services.messages import Post
from routing.errors import OfferGone, OfferNotFound
from routing.events import OfferSettled
from routing.services.offers import (
    accept_offer,
    cancel_waiting,
    confirm_shown,
    decline_offer,
)
from routing.services.timers import release_lost_agents
from tests.agents.conftest import Hear
from tests.factories import VisitorFactory
from tests.invariants import check_invariants
from tests.routing.steps import decline, pending, reload, status, take
from tests.stage import (
    accept,
    agent_at_work,
    ask_for_human,
    at,
    configure,
    dismiss,
    list_notices,
    offer_chat,
    post_message,
    start_chat,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agent() -> User:
    return agent_at_work(first_name="Ann", last_name="Berg")


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
@pytest.mark.parametrize("offer_id", ["", "rubbish", "\0", "0d1f6a5e-7a44-4c3c-9d3f-3f2f6f6d1a11"])
def test_rubbish_is_no_offer(agent: User, offer_id: str) -> None:
    for service in (accept_offer, decline_offer, confirm_shown):
        with pytest.raises(OfferNotFound):
            service(offer_id=offer_id, agent_id=agent.pk)


@pytest.mark.req("LC-25", "DL-10")
def test_somebody_elses_offer_is_not_there() -> None:
    offer, other = offer_chat(), agent_at_work()
    for service in (accept_offer, decline_offer, confirm_shown):
        with pytest.raises(OfferNotFound):
            service(offer_id=str(offer.public_id), agent_id=other.pk)
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
