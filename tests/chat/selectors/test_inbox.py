from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest

from agents.models import User
from chat.delivery.intake import SERVER_LIMIT
from chat.models import LiveChat, Message
from chat.protocol.agent import Chat
from chat.selectors.inbox import LINE, get_chat, list_active_chats, list_past_chats
from chat.services.idle import settle_idle_chats
from chat.services.live_chats import end_by_visitor
from chat.services.messages import MarkUpdate, Post, save_marks
from routing.selectors.offers import get_offer, list_pending_offers
from routing.services.timers import settle_offers
from tests.factories import NOW
from tests.stage import agent_at_work, ask_for_human, at, offer_chat, post_message, start_chat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agent() -> User:
    return agent_at_work()


def say(chat: LiveChat, text: str, seconds: float) -> None:
    post = Post(chat.conversation_id, "visitor", chat.conversation.visitor_id, f"client-{seconds}", text)
    post_message(post, now=at(seconds))


def ids(chats: list[Chat]) -> list[str]:
    return [chat.state.conversation for chat in chats]


def public(*chats: LiveChat) -> list[str]:
    return [str(chat.conversation.public_id) for chat in chats]


@pytest.mark.req("LC-37")
def test_chat_last_spoken_in_comes_first(agent: User) -> None:
    chats = [start_chat(now=at(number)) for number in range(3)]
    say(chats[0], "Hello", 10)
    assert ids(list_active_chats(agent=agent)) == public(chats[0], chats[2], chats[1])


@pytest.mark.req("LC-37", "LC-39")
def test_chat_is_listed_with_its_last_line_visitor_and_unread_count(agent: User) -> None:
    attributes = {"first_name": "Vera", "email": "vera@acme.example", "budget": "high"}
    chat = start_chat(ask_for_human(attributes=attributes, page_title="Pricing"))
    say(chat, "x" * 300, 5)
    say(chat, "y" * 300, 6)
    (row,) = list_active_chats(agent=agent)
    assert (row.last_text, row.last_at, row.unread) == ("y" * LINE, at(6), 2)
    assert (row.visitor.name, row.visitor.page_title) == ("Vera", "Pricing")
    assert row.visitor.attributes == {"budget": "high"}
    assert row == get_chat(live_chat=chat)
    save_marks([MarkUpdate(chat.conversation_id, "agent", 2, 2)])
    assert list_active_chats(agent=agent)[0].unread == 1


def answer(chat: LiveChat, agent: User, seconds: float) -> None:
    post = Post(chat.conversation_id, "agent", agent.pk, f"client-{seconds}", "Hi")
    post_message(post, now=at(seconds))


@pytest.mark.req("LC-37")
def test_visitor_waits_from_the_first_word_that_nobody_answered(agent: User) -> None:
    chat = ask_for_human()
    say(chat, "Anybody there?", -1)
    chat = start_chat(chat)
    assert list_active_chats(agent=agent)[0].waiting_since == chat.accepted_at
    answer(chat, agent, 5)
    assert list_active_chats(agent=agent)[0].waiting_since is None
    say(chat, "One more", 7)
    say(chat, "Hello?", 9)
    assert list_active_chats(agent=agent)[0].waiting_since == at(7)
    end_by_visitor(conversation_id=chat.conversation_id)
    assert list_past_chats(agent=agent)[0].waiting_since is None


@pytest.mark.req("LC-37")
def test_visitor_without_a_word_waits_from_the_accept(agent: User) -> None:
    chat = start_chat()
    assert list_active_chats(agent=agent)[0].waiting_since == chat.accepted_at
    answer(chat, agent, 90)
    assert list_active_chats(agent=agent)[0].waiting_since is None


@pytest.mark.req("LC-39")
def test_panel_lists_answers_before_what_the_browser_told_and_the_page_once(agent: User) -> None:
    told = {"device": "phone", "page_url": "https://a.example/", "referrer": "https://b.example/"}
    chat = start_chat(
        ask_for_human(
            attributes={"first_name": "Vera", "crm_status": "Customer", "budget": "high"},
            visitor__inferred=told,
            referrer="https://b.example/",
        )
    )
    card = get_chat(live_chat=chat).visitor
    assert [*card.attributes] == ["budget", "device"]
    assert (card.crm_status, card.referrer) == ("Customer", "https://b.example/")


@pytest.mark.req("LC-33", "DL-04")
def test_inbox_of_visitors_who_tell_all_they_may_fits_into_a_frame(agent: User) -> None:
    told = {f"fact_{number}": "\N{BICYCLE}" * 500 for number in range(50)}
    for number in range(10):
        start_chat(ask_for_human(attributes={"email": f"v{number}@a.example", **told}))
    chats = list_active_chats(agent=agent)
    assert len(chats) == 10
    assert len(msgspec.json.encode(chats)) < SERVER_LIMIT / 2
    assert [*chats[0].visitor.attributes][:2] == ["fact_0", "fact_1"]


@pytest.mark.req("LC-38")
def test_only_own_chats_are_listed(agent: User) -> None:
    chat = start_chat()
    assert list_active_chats(agent=agent_at_work()) == []
    end_by_visitor(conversation_id=chat.conversation_id)
    assert list_active_chats(agent=agent) == []
    assert ids(list_past_chats(agent=agent)) == public(chat)
    assert list_past_chats(agent=agent_at_work()) == []


@pytest.mark.req("LC-28")
def test_chat_that_nobody_accepted_never_appears(agent: User) -> None:
    chat = offer_chat().live_chat
    assert list_active_chats(agent=agent) == list_past_chats(agent=agent) == []
    settle_offers(now=at(100))
    settle_offers(now=at(300))
    chat.refresh_from_db()
    assert chat.status == "fallback"
    assert list_active_chats(agent=agent) == list_past_chats(agent=agent) == []


@pytest.mark.req("LC-38")
def test_pages_of_past_chats_join_also_where_many_ended_at_once(agent: User) -> None:
    chats = [start_chat() for _number in range(7)]
    settle_idle_chats(now=at(540))
    settle_idle_chats(now=at(600))
    found: list[str] = []
    page = list_past_chats(agent=agent, limit=3)
    while page:
        found += ids(page)
        page = list_past_chats(agent=agent, limit=3, before=uuid.UUID(found[-1]))
    assert found == public(*reversed(chats))
    assert list_past_chats(agent=agent, before=uuid.uuid4()) == []


@pytest.mark.req("LC-37")
@pytest.mark.parametrize("count", [1, 8])
def test_lists_cost_the_same_queries_however_long(
    agent: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        say(start_chat(), "Hello", 1 + number)
    settle_idle_chats(now=at(560))  # warned chats cost no more
    with django_assert_num_queries(2):
        assert len(list_active_chats(agent=agent)) == count
    for chat in LiveChat.objects.all():
        end_by_visitor(conversation_id=chat.conversation_id)
    # What was given away is looked for apart.
    with django_assert_num_queries(3):
        assert len(list_past_chats(agent=agent)) == count


@pytest.mark.req("LC-21", "LC-27")
@pytest.mark.parametrize("count", [1, 8])
def test_pending_offers_are_listed_oldest_first_in_one_query(
    agent: User, count: int, django_assert_num_queries: Any
) -> None:
    offers = []
    for number in range(count):
        chat = ask_for_human()
        say(chat, f"Hello {number}", 0.001)
        offers.append(offer_chat(chat))
    with django_assert_num_queries(1):
        listed = list_pending_offers(agent=agent, now=NOW)
    assert [offer.id for offer in listed] == [str(offer.public_id) for offer in offers]
    assert [offer.last_text for offer in listed] == [f"Hello {number}" for number in range(count)]
    assert listed[0] == get_offer(offers[0])
    assert list_pending_offers(agent=agent, now=at(100)) == []


@pytest.mark.req("LC-21")
def test_banner_quotes_what_was_said_and_not_what_was_filled_in(agent: User) -> None:
    chat = ask_for_human()
    say(chat, "Is the large one in stock?", 0.001)
    Message.objects.create(
        conversation=chat.conversation,
        seq=100,
        author="visitor",
        text="vera@acme.example",
        payload={"captured": True},
        created_at=at(1),
    )
    offer = offer_chat(chat)
    assert get_offer(offer).last_text == "Is the large one in stock?"
    assert list_pending_offers(agent=agent, now=NOW)[0].last_text == "Is the large one in stock?"
