from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agents.models import Presence
from chat.models import Conversation, LiveChat
from chat.selectors.states import Audience, get_state
from chat.services.idle import settle_idle_chats
from chat.services.live_chats import end_by_visitor
from routing.services.offers import cancel_waiting
from routing.services.requests import route_live_chat
from tests.factories import NOW, ConversationFactory
from tests.stage import agent_at_work, ask_for_human, at, offer_chat, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("DL-04")]


def ended() -> LiveChat:
    chat = start_chat()
    end_by_visitor(conversation_id=chat.conversation_id)
    return chat


def missed() -> LiveChat:
    Presence.objects.all().delete()
    chat = ask_for_human()
    route_live_chat(live_chat_id=chat.pk, now=NOW)
    return chat


def abandoned() -> LiveChat:
    chat = ask_for_human()
    cancel_waiting(conversation_id=chat.conversation_id)
    return chat


def offered() -> LiveChat:
    return offer_chat().live_chat


def fresh(chat: LiveChat) -> Conversation:
    return Conversation.objects.get(pk=chat.conversation_id)


@pytest.mark.parametrize(
    ("make", "phase", "visitor_can", "staff_can"),
    [
        (ask_for_human, "waiting", ["post", "cancel", "contact"], []),
        (offered, "waiting", ["post", "cancel", "contact"], []),
        (start_chat, "active", ["post", "end"], ["post", "end"]),
        (ended, "ended", [], []),
        (missed, "missed", [], []),
        (abandoned, "abandoned", [], []),
    ],
)
def test_phase_says_what_each_side_may_do(
    make: Callable[[], LiveChat], phase: str, visitor_can: list[str], staff_can: list[str]
) -> None:
    agent_at_work()
    conversation = fresh(make())
    visitor, staff = get_state(conversation, "visitor"), get_state(conversation, "staff")
    assert (visitor.phase, visitor.can) == (phase, visitor_can)
    assert (staff.phase, staff.can) == (phase, staff_can)


def test_bot_waits_for_the_visitors_answer() -> None:
    conversation = ConversationFactory.create(awaiting_card="c1")
    state = get_state(conversation, "visitor")
    assert (state.phase, state.can, state.awaiting) == ("bot", ["answer"], "c1")
    assert get_state(conversation, "staff").can == []


def test_closed_dialogue_is_done() -> None:
    assert get_state(ConversationFactory.create(is_open=False, closed_at=NOW), "visitor").phase == "done"


@pytest.mark.req("LC-27")
def test_visitor_sees_since_when_an_agent_is_asked() -> None:
    assert get_state(fresh(ask_for_human()), "visitor").waiting_since == NOW


@pytest.mark.req("LC-30")
def test_state_carries_the_marks() -> None:
    conversation = ConversationFactory.create(
        last_seq=9, visitor_delivered=4, visitor_read=3, agent_delivered=2, agent_read=1
    )
    marks = get_state(conversation, "visitor").marks
    assert marks is not None
    assert (marks.visitor_delivered, marks.visitor_read, marks.agent_delivered, marks.agent_read) == (
        4,
        3,
        2,
        1,
    )


@pytest.mark.parametrize("audience", ["visitor", "staff"])
def test_state_costs_one_query_also_of_a_warned_chat(
    audience: Audience, django_assert_num_queries: Any
) -> None:
    agent_at_work()
    conversation = fresh(start_chat())
    settle_idle_chats(now=at(540))
    conversation.refresh_from_db()
    with django_assert_num_queries(1):
        assert get_state(conversation, audience).idle_at == at(600)
