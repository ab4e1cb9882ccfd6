from __future__ import annotations

from typing import Any

import pytest

from chat.errors import ConversationClosed, ConversationNotFound
from chat.events import ConversationChanged
from chat.models import Conversation, Dialogue, GoalReached, LiveChat, Message, Visitor
from chat.protocol.visitor import Page
from chat.services.conversations import Answered, Greeting, answer_card, greet_visitor
from chat.services.dialogues import publish_dialogue, unpublish_dialogue
from chat.streams import AnswerInvalid, AnswerLate
from routing.services.offers import cancel_waiting
from tests.agents.conftest import Hear
from tests.chat.streams.builders import capture, choice, goal, live_chat, message, question, stream_json
from tests.factories import NOW, DialogueFactory, VisitorFactory
from tests.stage import agent_at_work, at, configure, start_chat

pytestmark = pytest.mark.django_db

PAGE = Page(url="https://acme.example/pricing", title="Pricing", referrer="https://search.example/")
HALF_HOUR = 1_801


def ask_then_end() -> dict[str, Any]:
    """A question with two answers, each the end of its branch."""
    return stream_json(question(choice("yes"), choice("no"), attribute="wants_demo"))


def ask_then_human() -> dict[str, Any]:
    return stream_json(
        message("Welcome!", next="c2"),
        question(choice("yes", next="c3"), choice("no"), text="Talk to us?"),
        capture("email", "email", next="c4"),
        live_chat(text="One moment, please."),
    )


def make_dialogue(stream: dict[str, Any] | None = None, **fields: Any) -> Dialogue:
    dialogue: Dialogue = DialogueFactory.create(stream=stream or ask_then_end(), **fields)
    publish_dialogue(dialogue_id=dialogue.pk, user=None, now=NOW)
    dialogue.refresh_from_db()
    return dialogue


def republish(dialogue: Dialogue, stream: dict[str, Any]) -> None:
    Dialogue.objects.filter(pk=dialogue.pk).update(stream=stream)
    publish_dialogue(dialogue_id=dialogue.pk, user=None, now=NOW)


def greet(seconds: float = 0, *, key: str = "vera", show: bool = True, page: Page = PAGE) -> Greeting:
    return greet_visitor(key=key, page=page, language="en", show=show, now=at(seconds))


def shown(greeting: Greeting) -> Conversation:
    assert greeting.conversation is not None
    return Conversation.objects.select_related("version__dialogue").get(pk=greeting.conversation.pk)


def answer(
    conversation: Conversation, value: str, *, card: str = "c1", client_id: str = "", seconds: float = 1
) -> Answered:
    return answer_card(
        visitor_id=conversation.visitor_id,
        conversation_id=conversation.pk,
        card=card,
        client_id=client_id or f"client-{card}",
        value=value,
        now=at(seconds),
    )


def dialogue_of(greeting: Greeting) -> Dialogue:
    return shown(greeting).version.dialogue


def texts(conversation: Conversation) -> list[tuple[str, str]]:
    return list(
        Message.objects.filter(conversation=conversation).order_by("seq").values_list("author", "text")
    )


# Which dialogue


@pytest.mark.req("DG-03")
def test_visitor_gets_the_dialogue_with_the_highest_priority() -> None:
    make_dialogue(name="Second", priority=2)
    first = make_dialogue(name="First", priority=1)
    DialogueFactory.create(name="Draft", priority=1)
    assert dialogue_of(greet()) == first


@pytest.mark.req("DG-03")
def test_completed_dialogue_is_never_shown_again_also_after_it_is_republished() -> None:
    first, second = make_dialogue(priority=1), make_dialogue(priority=2)
    answer(shown(greet()), "no")
    republish(first, stream_json(question(choice("new"))))
    assert dialogue_of(greet(5)) == second
    assert dialogue_of(greet(HALF_HOUR * 2)) == second


@pytest.mark.req("DG-03")
def test_dialogue_that_one_visitor_completed_is_shown_to_another() -> None:
    dialogue = make_dialogue()
    answer(shown(greet()), "no")
    assert dialogue_of(greet(5, key="bo")) == dialogue


@pytest.mark.req("DG-03")
def test_visitor_who_completed_everything_sees_the_last_conversation() -> None:
    make_dialogue()
    first = shown(greet())
    answer(first, "no")
    again = shown(greet(5))
    assert (again, again.is_open) == (first, False)


@pytest.mark.req("DG-03")
def test_engaged_dialogue_follows_to_every_page_and_into_the_next_session() -> None:
    make_dialogue(ask_then_human())
    first = shown(greet())
    answer(first, "yes", card="c2")
    assert shown(greet(5, page=Page(url="https://acme.example/jobs"))) == first
    assert shown(greet(HALF_HOUR * 10)) == first


@pytest.mark.req("DG-02")
def test_engaged_visitor_goes_on_with_the_version_he_began() -> None:
    dialogue = make_dialogue(ask_then_human())
    first = shown(greet())
    answer(first, "yes", card="c2")
    republish(dialogue, ask_then_end())
    assert shown(greet(5)).version.number == 1
    answer(first, "vera@acme.example", card="c3", seconds=6)
    assert LiveChat.objects.get(conversation=first).card["type"] == "live_chat"


@pytest.mark.req("DG-02")
def test_engaged_visitor_goes_on_after_the_dialogue_is_unpublished() -> None:
    dialogue = make_dialogue(ask_then_human())
    first = shown(greet())
    answer(first, "yes", card="c2")
    unpublish_dialogue(dialogue_id=dialogue.pk)
    assert shown(greet(5)) == first


@pytest.mark.req("DG-02")
def test_visitor_who_only_saw_it_gets_the_newest_version() -> None:
    dialogue = make_dialogue(ask_then_human())
    first = shown(greet())
    republish(dialogue, ask_then_end())
    newer = shown(greet(5))
    assert newer != first
    assert newer.version.number == 2
    first.refresh_from_db()
    assert (first.is_open, first.closed_at) == (False, at(5))


@pytest.mark.req("DG-02")
def test_visitor_who_only_saw_it_gets_the_next_dialogue_when_it_is_unpublished() -> None:
    first, second = make_dialogue(priority=1), make_dialogue(priority=2)
    assert dialogue_of(greet()) == first
    unpublish_dialogue(dialogue_id=first.pk)
    assert dialogue_of(greet(5)) == second


@pytest.mark.req("DG-02")
def test_visitor_who_only_saw_it_gets_nothing_when_nothing_is_left() -> None:
    dialogue = make_dialogue()
    greet()
    unpublish_dialogue(dialogue_id=dialogue.pk)
    assert greet(5).conversation is None


@pytest.mark.req("DG-06")
def test_switch_turns_all_dialogues_off_and_on_at_once() -> None:
    dialogue = make_dialogue()
    greet(key="only-saw")
    engaged = make_engaged_conversation()
    configure(dialogues_enabled=False)
    assert greet(5, key="somebody-new") == Greeting(None, None)
    assert greet(5, key="only-saw").conversation is None
    assert shown(greet(5, key="engaged")) == engaged
    configure(dialogues_enabled=True)
    assert dialogue_of(greet(6, key="only-saw")) == dialogue


def make_engaged_conversation() -> Conversation:
    """Of the visitor `engaged`, in the dialogue that is there, at its first answer."""
    conversation = shown(greet(key="engaged"))
    Conversation.objects.filter(pk=conversation.pk).update(engaged_at=NOW)
    return conversation


@pytest.mark.req("DL-10")
def test_nothing_is_stored_of_a_visitor_who_gets_nothing() -> None:
    assert greet() == Greeting(None, None)
    make_dialogue()
    assert greet(show=False) == Greeting(None, None)
    assert not Visitor.objects.exists()


@pytest.mark.req("LC-33")
@pytest.mark.parametrize("seconds", [5, HALF_HOUR * 2])
def test_running_live_chat_is_kept_whatever_happens_to_the_dialogue(seconds: float) -> None:
    agent_at_work()
    dialogue = make_dialogue(stream_json(message("Welcome!", next="c2"), live_chat()))
    greeting = greet()
    assert greeting.live_chat_id is not None
    chat = start_chat(LiveChat.objects.get(pk=greeting.live_chat_id))
    republish(dialogue, ask_then_end())
    assert shown(greet(seconds)) == chat.conversation
    assert shown(greet(seconds)).is_open
    unpublish_dialogue(dialogue_id=dialogue.pk)
    configure(dialogues_enabled=False)
    assert shown(greet(seconds + 1)).is_open


# What is shown


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
    chat = LiveChat.objects.get(pk=answered.live_chat_id)
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


# Counting (DG-04)


@pytest.mark.req("DG-04")
@pytest.mark.parametrize("steps", [["greet"], ["greet"] * 5, ["greet", "other page", "hidden"]])
def test_triggered_once_however_often_the_page_is_loaded(steps: list[str]) -> None:
    make_dialogue()
    for number, step in enumerate(steps):
        page = Page(url="https://acme.example/other") if step == "other page" else PAGE
        greet(number, show=step != "hidden", page=page)
    assert list(Conversation.objects.values_list("triggered_at", "engaged_at", "completed_at")) == [
        (NOW, None, None)
    ]


@pytest.mark.req("DG-04")
def test_triggered_again_in_the_next_session() -> None:
    make_dialogue()
    greet()
    greet(HALF_HOUR)
    rows = Conversation.objects.order_by("pk").values_list("session_number", "triggered_at", "is_open")
    assert list(rows) == [(1, NOW, False), (2, at(HALF_HOUR), True)]


@pytest.mark.req("DG-04")
def test_engaged_at_the_first_answer_and_not_again_at_the_second() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2", seconds=7)
    answer(conversation, "vera@acme.example", card="c3", seconds=9)
    conversation.refresh_from_db()
    assert conversation.engaged_at == at(7)


@pytest.mark.req("DG-04")
def test_invalid_answer_engages_nobody() -> None:
    make_dialogue()
    conversation = shown(greet())
    with pytest.raises(AnswerInvalid):
        answer(conversation, "maybe")
    conversation.refresh_from_db()
    assert conversation.engaged_at is None


@pytest.mark.req("DG-04")
def test_completed_once_and_kept_when_the_live_chat_is_cancelled() -> None:
    make_dialogue(stream_json(live_chat()))
    conversation = shown(greet())
    assert conversation.completed_at == NOW
    cancel_waiting(conversation_id=conversation.pk, now=at(5))
    conversation.refresh_from_db()
    assert (conversation.completed_at, conversation.closed_at) == (NOW, at(5))


@pytest.mark.req("DG-04")
def test_unfinished_dialogue_is_not_completed() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2")
    conversation.refresh_from_db()
    assert conversation.completed_at is None


# Limits (LC-03)


@pytest.mark.req("LC-03")
def test_dialogues_stop_at_the_monthly_limit_until_the_month_ends() -> None:
    configure(monthly_limit=1)
    make_dialogue()
    answer(shown(greet()), "no")
    assert greet(5, key="bo") == Greeting(None, None)
    april = (NOW.replace(month=4, day=1, hour=0) - NOW).total_seconds()
    assert greet(april - 1, key="bo").conversation is None
    assert greet(april, key="bo").conversation is not None


@pytest.mark.req("LC-03")
def test_dialogues_go_on_once_the_limit_is_raised() -> None:
    configure(monthly_limit=1)
    make_dialogue()
    answer(shown(greet()), "no")
    configure(monthly_limit=2)
    assert greet(5, key="bo").conversation is not None


@pytest.mark.req("LC-03")
def test_prime_has_no_monthly_limit() -> None:
    configure(monthly_limit=1, package="prime")
    make_dialogue()
    answer(shown(greet()), "no")
    assert greet(5, key="bo").conversation is not None


@pytest.mark.req("LC-03")
def test_conversation_that_runs_goes_on_at_the_limit() -> None:
    configure(monthly_limit=1)
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2")
    assert shown(greet(5)) == conversation
    assert answer(conversation, "vera@acme.example", card="c3").live_chat_id is not None


def test_greeting_costs_the_same_queries_however_much_was_said(django_assert_max_num_queries: Any) -> None:
    make_dialogue(ask_then_human())
    for number in range(20):
        make_dialogue(priority=20 + number)
    greet()
    with django_assert_max_num_queries(9):
        greet(1)
