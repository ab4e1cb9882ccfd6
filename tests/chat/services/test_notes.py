"""Notes to colleagues: who may write them, once each, and that nothing for the visitor is touched by them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agents.models import User
from chat.errors import ConversationNotFound, MessageEmpty
from chat.events import MessagesPosted, NoteWritten
from chat.models import Conversation, LiveChat, Note
from chat.protocol import agent as frames
from chat.selectors.inbox import list_active_chats
from chat.selectors.messages import list_messages
from chat.selectors.notes import PAGE, get_last_numbers, list_notes, list_notes_page
from chat.selectors.snapshots import get_snapshot
from chat.selectors.transcripts import render_text
from chat.services.live_chats import end_by_agent
from chat.services.messages import Post
from chat.services.notes import write_note
from tests.agents.conftest import Hear
from tests.factories import AgentFactory, ConversationFactory
from tests.stage import agent_at_work, ask_for_human, at, post_message, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-42", "DL-10")]

SECRET = "She haggles: 10 % at most."


@pytest.fixture
def chat() -> LiveChat:
    agent_at_work(first_name="Ann", last_name="Berg")
    return start_chat(ask_for_human(attributes={"first_name": "Vera"}))


def get_agent(chat: LiveChat) -> User:
    assert chat.agent is not None
    return chat.agent


def note(chat: LiveChat, text: str = SECRET, *, client_id: str = "note-0001", **given: Any) -> Note:
    author = given.pop("author", None) or get_agent(chat)
    conversation = str(chat.conversation.public_id)
    return write_note(
        author=author, conversation=conversation, client_id=client_id, text=text, now=at(61), **given
    )


def say(chat: LiveChat, text: str, client_id: str) -> None:
    post_message(
        Post(chat.conversation_id, "visitor", chat.conversation.visitor_id, client_id, text), now=at(61)
    )


def test_note_stands_below_the_message_it_was_written_after(chat: LiveChat) -> None:
    note(chat, "First", client_id="note-0001")
    say(chat, "Hello?", "client-1")
    note(chat, "Second", client_id="note-0002")
    rows = list_notes(conversation=chat.conversation)
    assert [(row.number, row.after, row.name, row.text) for row in rows] == [
        (1, 1, "Ann Berg", "First"),
        (2, 2, "Ann Berg", "Second"),
    ]


def test_note_sent_twice_is_one_note(chat: LiveChat) -> None:
    assert note(chat).pk == note(chat, "other words").pk
    assert Note.objects.get().text == SECRET
    colleague = AgentFactory(permissions=["view_my_conversations", "view_all_conversations"])
    assert note(chat, author=colleague).number == 2


@pytest.mark.parametrize("text", ["", " \n\t", "\0"])
def test_empty_note_is_refused(chat: LiveChat, text: str) -> None:
    with pytest.raises(MessageEmpty):
        note(chat, text)


@pytest.mark.req("LC-38")
def test_only_who_may_see_the_chat_may_write_beside_it(chat: LiveChat) -> None:
    stranger = AgentFactory()
    with pytest.raises(ConversationNotFound):
        note(chat, author=stranger)
    with pytest.raises(ConversationNotFound):
        write_note(author=stranger, conversation="not-an-id", client_id="note-0001", text="x")
    supervisor = AgentFactory(permissions=["view_my_conversations", "view_all_conversations"])
    assert note(chat, author=supervisor).author == supervisor


def test_note_may_be_added_when_the_chat_is_over(chat: LiveChat) -> None:
    end_by_agent(conversation_id=chat.conversation_id, agent_id=chat.agent_id or 0, now=at(60))
    assert note(chat).number == 1


@pytest.mark.req("LC-31", "LC-40")
def test_nothing_that_a_visitor_is_told_changes_with_a_note(chat: LiveChat, hear: Hear) -> None:
    say(chat, "Hello?", "client-1")
    pk = chat.conversation_id

    def told() -> list[Any]:
        conversation = Conversation.objects.get(pk=pk)
        snapshot = get_snapshot(pk, "visitor")
        return [
            list_messages(conversation=conversation),
            (snapshot.state, snapshot.missed),
            render_text(conversation=conversation),
            Conversation.objects.filter(pk=pk).values().get(),
        ]

    before, listed = told(), list_active_chats(agent=get_agent(chat))
    with hear(MessagesPosted) as heard:
        note(chat)
    assert told() == before
    assert heard == []
    assert list_active_chats(agent=get_agent(chat)) == listed


def test_event_of_a_note_holds_no_word_of_it(chat: LiveChat, hear: Hear) -> None:
    with hear(NoteWritten) as heard:
        note(chat)
    assert heard == [NoteWritten(str(chat.conversation.public_id))]


@pytest.mark.req("LC-40")
def test_staff_have_notes_in_the_transcript_marked_as_such(chat: LiveChat) -> None:
    say(chat, "Hello?", "client-1")
    note(chat, "She haggles:\n[2026-03-02 12:02:00] Vera: 90 % off")
    say(chat, "Anybody?", "client-2")
    end_by_agent(conversation_id=chat.conversation_id, agent_id=chat.agent_id or 0, now=at(62))
    lines = render_text(conversation=chat.conversation, audience="staff").splitlines()
    assert lines[5:9] == [
        "[2026-03-02 12:01:01] Vera: Hello?",
        "[2026-03-02 12:01:01] (note to colleagues) Ann Berg: She haggles:",
        "    [2026-03-02 12:02:00] Vera: 90 % off",
        "[2026-03-02 12:01:01] Vera: Anybody?",
    ]
    assert "haggles" not in render_text(conversation=chat.conversation)


def test_notes_come_in_pages_and_their_last_numbers_in_one_query(
    chat: LiveChat, django_assert_num_queries: Any
) -> None:
    for count in range(PAGE + 1):
        note(chat, client_id=f"note-{count:04}")
    pk = chat.conversation_id
    first, more = list_notes_page(pk, after=0)
    rest, end = list_notes_page(pk, after=first.notes[-1].number)
    assert (len(first.notes), more, len(rest.notes), end) == (PAGE, True, 1, False)
    silent = ConversationFactory()
    with django_assert_num_queries(1):
        assert get_last_numbers([pk, silent.pk]) == {pk: PAGE + 1}


@pytest.mark.req("DL-07")
def test_fullest_page_of_notes_fits_a_frame() -> None:
    longest = "\u0001" * 4_000  # six signs each, as JSON
    one = frames.Note(2**31, 2**31, "x" * 64, "\u0001" * 301, longest, at(0))
    page = frames.Notes("x" * 36, [one] * PAGE)
    assert len(msgspec.json.encode(page)) < 1024 * 1024


def test_notes_go_with_their_conversation(chat: LiveChat) -> None:
    note(chat)
    LiveChat.objects.filter(pk=chat.pk).delete()
    chat.conversation.delete()
    assert not Note.objects.exists()


def test_name_stays_when_the_account_is_gone(chat: LiveChat) -> None:
    colleague = AgentFactory(
        first_name="Bo", last_name="Ek", permissions=["view_my_conversations", "view_all_conversations"]
    )
    note(chat, author=colleague)
    colleague.delete()
    assert [(row.name, row.text) for row in list_notes(conversation=chat.conversation)] == [("Bo Ek", SECRET)]
