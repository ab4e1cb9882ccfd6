"""Which dialogue, and which version of it, a visitor gets."""

from __future__ import annotations

import pytest

from chat.models import Conversation, LiveChat, Visitor
from chat.protocol.visitor import Page
from chat.services.dialogues import unpublish_dialogue
from chat.services.greeting import Greeting
from tests.chat.services.talking import (
    HALF_HOUR,
    answer,
    ask_then_end,
    ask_then_human,
    dialogue_of,
    greet,
    make_dialogue,
    republish,
    shown,
)
from tests.chat.streams.builders import choice, live_chat, message, question, stream_json
from tests.factories import NOW, DialogueFactory
from tests.stage import agent_at_work, at, configure, start_chat

pytestmark = pytest.mark.django_db


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
