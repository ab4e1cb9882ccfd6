"""What a visitor is shown, and what becomes of the answers."""

from __future__ import annotations

import pytest

from chat.errors import ConversationClosed, ConversationNotFound
from chat.events import ConversationChanged
from chat.models import GoalReached, LiveChat, Message, Visitor
from chat.protocol.visitor import Page
from chat.services.conversations import Answered, answer_card
from chat.services.greeting import greet_visitor
from chat.streams import AnswerInvalid, AnswerLate
from tests.agents.conftest import Hear
from tests.chat.services.talking import (
    HALF_HOUR,
    PAGE,
    answer,
    ask_then_human,
    greet,
    make_dialogue,
    shown,
    texts,
)
from tests.chat.streams.builders import choice, goal, message, question, stream_json
from tests.factories import NOW, VisitorFactory
from tests.stage import at

pytestmark = pytest.mark.django_db


@pytest.mark.req("DG-04", "DL-03")
def test_first_cards_are_shown_in_order_with_the_choices_kept_for_a_reload() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    assert texts(conversation) == [("bot", "Welcome!"), ("bot", "Talk to us?")]
    asked = Message.objects.get(conversation=conversation, kind="card").payload["ask"]
    assert asked["choices"] == [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]
    assert (conversation.awaiting_card, conversation.last_seq) == ("c2", 2)


def test_page_is_kept_with_the_conversation() -> None:
    make_dialogue()
    conversation = shown(greet())
    assert (conversation.page_url, conversation.page_title, conversation.referrer) == (
        PAGE.url,
        PAGE.title,
        PAGE.referrer,
    )


@pytest.mark.req("LC-51")
def test_nul_in_what_a_browser_says_harms_nobody() -> None:
    make_dialogue()
    page = Page(url="https://acme.example/\0", title="\0Pricing", referrer="\0")
    greeting = greet_visitor(key="vera", page=page, language="e\0n", now=NOW)
    assert shown(greeting).page_title == "Pricing"
    assert Visitor.objects.get().language == "en"


@pytest.mark.req("DG-10")
def test_answer_is_shown_stored_and_played_on() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answered = answer(conversation, "yes", card="c2")
    assert answered == Answered(conversation.pk, "client-c2", None)
    assert texts(conversation)[2:] == [("visitor", "Yes"), ("bot", "Your email?")]
    conversation.refresh_from_db()
    assert (conversation.awaiting_card, conversation.last_seq) == ("c3", 4)


@pytest.mark.req("LC-14")
def test_branch_that_ends_at_a_live_chat_card_asks_for_a_human() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2")
    answered = answer(conversation, "vera@acme.example", card="c3", seconds=2)
    chat = LiveChat.objects.get(conversation=conversation)
    assert answered.live_chat_id == chat.pk
    assert (chat.status, chat.card["type"], chat.card_id) == ("requested", "live_chat", "c4")
    assert (chat.requested_at, chat.routing_since, chat.route_at) == (at(2), at(2), at(4))
    assert texts(conversation)[-1] == ("bot", "One moment, please.")
    assert Visitor.objects.get().attributes == {"email": "vera@acme.example"}
    conversation.refresh_from_db()
    assert (conversation.is_open, conversation.awaiting_card) == (True, "")


@pytest.mark.req("DG-03", "DG-04")
def test_branch_that_ends_closes_the_conversation() -> None:
    make_dialogue()
    conversation = shown(greet())
    answer(conversation, "no")
    conversation.refresh_from_db()
    assert (conversation.is_open, conversation.closed_at, conversation.completed_at) == (False, at(1), at(1))


@pytest.mark.req("DG-10")
def test_invalid_answer_changes_nothing_and_may_be_given_again() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2")
    with pytest.raises(AnswerInvalid):
        answer(conversation, "not an address", card="c3", seconds=HALF_HOUR * 2)
    assert Visitor.objects.get().session_number == 1
    assert answer(conversation, "vera@acme.example", card="c3").live_chat_id is not None


@pytest.mark.req("DL-02")
def test_answer_sent_again_is_the_same_answer() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2")
    first = answer(conversation, "vera@acme.example", card="c3")
    said = texts(conversation)
    assert answer(conversation, "vera@acme.example", card="c3") == first
    assert texts(conversation) == said
    assert LiveChat.objects.count() == 1


@pytest.mark.req("DL-02")
def test_answer_sent_again_after_the_end_is_the_same_answer() -> None:
    make_dialogue()
    conversation = shown(greet())
    assert answer(conversation, "no") == answer(conversation, "no")


@pytest.mark.req("DL-06")
def test_answer_from_a_second_tab_is_late() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2", client_id="client-one")
    with pytest.raises(AnswerLate):
        answer(conversation, "no", card="c2", client_id="client-two")


@pytest.mark.req("DL-10")
def test_conversation_of_another_visitor_is_not_there() -> None:
    make_dialogue()
    conversation = shown(greet())
    with pytest.raises(ConversationNotFound):
        answer_card(
            visitor_id=VisitorFactory.create().pk,
            conversation_id=conversation.pk,
            card="c1",
            client_id="client-1",
            value="no",
            now=NOW,
        )
    assert texts(conversation) == [("bot", "What brings you here?")]


@pytest.mark.req("DL-10")
def test_closed_conversation_takes_no_answer() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "no", card="c2")
    with pytest.raises(ConversationClosed):
        answer(conversation, "yes", card="c2", client_id="client-late")


@pytest.mark.req("DL-10")
def test_erased_visitor_answers_nothing() -> None:
    make_dialogue()
    conversation = shown(greet())
    Visitor.objects.all().delete()
    with pytest.raises(ConversationNotFound):
        answer(conversation, "no")


def test_goals_with_names_that_begin_alike_are_all_kept() -> None:
    name = "A visitor who wants to buy a great many of them"
    make_dialogue(stream_json(goal(f"{name}: today", next="c2"), goal(f"{name}: soon", next="c3"), message()))
    greet()
    reached = GoalReached.objects.order_by("pk").values_list("card_id", "name")
    assert list(reached) == [("c1", f"{name}: today"), ("c2", f"{name}: soon")]


@pytest.mark.req("DG-10")
def test_goals_of_one_name_count_where_they_were_reached() -> None:
    asked = question(choice("later", next="c4"))
    make_dialogue(stream_json(goal("Lead", next="c2"), goal("Lead", next="c3"), asked, goal("Lead")))
    greet()
    assert list(GoalReached.objects.order_by("pk").values_list("card_id", flat=True)) == ["c1", "c2"]


def test_attributes_captured_in_one_dialogue_are_known_in_the_next() -> None:
    make_dialogue(priority=1)
    make_dialogue(stream_json(question(choice("ok"), text='Demo: {{wants_demo:"?"}}')), priority=2)
    answer(shown(greet()), "yes")
    assert texts(shown(greet(5))) == [("bot", "Demo: Yes")]


def test_every_change_of_state_is_told_with_a_higher_revision(hear: Hear) -> None:
    make_dialogue(ask_then_human())
    with hear(ConversationChanged) as heard:
        conversation = shown(greet())
    before = conversation.revision
    answer(conversation, "yes", card="c2")
    conversation.refresh_from_db()
    assert conversation.revision > before > 0
    assert heard == [ConversationChanged(conversation.pk)]
