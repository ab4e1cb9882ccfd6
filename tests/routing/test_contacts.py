"""A visitor who leaves an address instead of waiting on (LC-27)."""

from __future__ import annotations

import pytest

from agents.models import User
from chat.errors import ChatAlreadyActive, ConversationClosed, ConversationNotFound
from chat.models import Lead, LiveChat, Seat
from chat.selectors.states import get_state
from chat.services.live_chats import end_by_visitor, lock_live_chat, lose_agent
from chat.streams import AnswerInvalid
from routing.services.contacts import leave_address
from routing.services.offers import cancel_waiting, expire_offer
from tests.factories import VisitorFactory
from tests.invariants import check_invariants
from tests.routing.steps import reload, status
from tests.stage import agent_at_work, at, list_notices, offer_chat, start_chat

pytestmark = pytest.mark.django_db
ADDRESS = "ada@fleet.example"


@pytest.fixture(autouse=True)
def agent() -> User:
    return agent_at_work()


def leave(chat: LiveChat, email: str = ADDRESS, seconds: float = 30) -> None:
    conversation = chat.conversation
    leave_address(
        visitor_id=conversation.visitor_id, conversation_id=conversation.pk, email=email, now=at(seconds)
    )


def get_address(chat: LiveChat) -> str:
    return str(reload(chat).conversation.visitor.attributes.get("email"))


@pytest.mark.req("LC-27")
def test_address_ends_the_waiting_and_is_kept() -> None:
    offer = offer_chat()
    chat = offer.live_chat
    leave(chat, " Ada@Fleet.Example ")
    chat = reload(chat)
    assert (chat.status, chat.end_reason, chat.ended_at) == ("abandoned", "contact", at(30))
    assert (status(offer), Seat.objects.count()) == ("withdrawn", 0)
    assert get_address(chat) == "Ada@fleet.example"
    assert list_notices(chat) == ["contact_left"]
    assert get_state(chat.conversation, "visitor").phase == "abandoned"
    check_invariants()


@pytest.mark.req("LC-27", "DL-02")
def test_address_sent_again_is_the_same_once_more() -> None:
    chat = offer_chat().live_chat
    leave(chat)
    leave(chat, seconds=31)
    assert list_notices(chat) == ["contact_left"]
    assert reload(chat).ended_at == at(30)


@pytest.mark.req("LC-27")
@pytest.mark.parametrize(
    "email", ["", "   ", "nobody", "a@b", "a@b\nBcc: c@d.example", "x" * 250 + "@a.example", "\0"]
)
def test_what_is_no_address_is_refused_and_the_visitor_waits_on(email: str) -> None:
    chat = offer_chat().live_chat
    with pytest.raises(AnswerInvalid):
        leave(chat, email)
    assert reload(chat).status == "offered"


@pytest.mark.req("LC-27", "LC-26")
def test_address_typed_while_nobody_came_in_time_is_not_lost() -> None:
    offer = offer_chat()
    expire_offer(offer_id=offer.pk, now=at(100))
    chat = reload(offer.live_chat)
    assert chat.status == "fallback"
    leave(chat, seconds=101)
    assert (reload(chat).status, get_address(chat)) == ("fallback", ADDRESS)
    check_invariants()


@pytest.mark.req("LC-27")
def test_address_comes_too_late_when_an_agent_was_quicker() -> None:
    chat = start_chat()
    with pytest.raises(ChatAlreadyActive):
        leave(chat)
    assert reload(chat).status == "active"
    end_by_visitor(conversation_id=chat.conversation_id, now=at(40))
    with pytest.raises(ConversationClosed):
        leave(chat, seconds=41)
    assert get_address(chat) != ADDRESS


@pytest.mark.req("LC-27", "DL-10")
def test_nobody_leaves_an_address_in_somebody_elses_chat() -> None:
    chat = offer_chat().live_chat
    stranger = VisitorFactory()
    with pytest.raises(ConversationClosed):
        leave_address(visitor_id=stranger.pk, conversation_id=chat.conversation_id, email=ADDRESS)
    with pytest.raises(ConversationNotFound):
        leave_address(visitor_id=0, conversation_id=chat.conversation_id, email=ADDRESS)
    assert reload(chat).status == "offered"


@pytest.mark.req("LC-27")
def test_cancelled_chat_still_takes_an_address() -> None:
    chat = offer_chat().live_chat
    cancel_waiting(conversation_id=chat.conversation_id, now=at(10))
    leave(chat)
    assert (reload(chat).end_reason, get_address(chat)) == ("cancelled", ADDRESS)


@pytest.mark.req("LC-27", "LC-07")
def test_chat_that_had_an_agent_has_ended_when_its_visitor_leaves_an_address() -> None:
    chat = start_chat()
    lose_agent(lock_live_chat(chat.pk), now=at(20))
    leave(chat)
    assert (reload(chat).status, reload(chat).end_reason) == ("ended", "contact")


@pytest.mark.req("DG-09")
def test_address_that_is_left_says_who_the_visitor_is() -> None:
    lead = Lead.objects.create(email=ADDRESS)
    chat = offer_chat().live_chat
    leave(chat, email="Ada@Fleet.example")
    assert reload(chat).conversation.visitor.lead == lead
