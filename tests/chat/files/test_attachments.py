"""Files in a chat: with their message, for its two parties, while there is somebody to send them to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.models import User
from chat.errors import (
    ConversationClosed,
    ConversationNotFound,
    FilesOff,
    FilesTooMany,
    NobodyListening,
    NotYourChat,
)
from chat.events import MessagesPosted
from chat.models import Attachment, Conversation, LiveChat, Message, Visitor
from chat.selectors.states import get_state
from chat.selectors.transcripts import render_text
from chat.services import attachments
from chat.services.attachments import add_attachment, check_may_attach
from chat.services.idle import settle_idle_chats
from chat.services.live_chats import end_by_visitor
from chat.services.messages import Post
from chat.services.uploads import Upload, read_upload
from config.lib.errors import ConflictError
from tests.agents.conftest import Hear
from tests.chat.files.uploads import draw
from tests.factories import ConversationFactory, VisitorFactory
from tests.invariants import check_invariants
from tests.stage import agent_at_work, ask_for_human, at, configure, offer_chat, post_message, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-35")]
UPLOAD = read_upload("photo.png", draw())


def by_visitor(chat: LiveChat, client_id: str = "file-0001") -> Post:
    return Post(chat.conversation_id, "visitor", chat.conversation.visitor_id, client_id, "")


def by_agent(chat: LiveChat, client_id: str = "file-0001", agent: User | None = None) -> Post:
    writer = agent.pk if agent else chat.agent_id
    assert writer is not None
    return Post(chat.conversation_id, "agent", writer, client_id, "")


def list_files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_file_is_kept_and_shown_by_a_message(agent: User, hear: Hear, files_of_test: Path) -> None:
    chat = start_chat()
    with hear(MessagesPosted) as posted:
        message = add_attachment(by_visitor(chat), UPLOAD, now=at(30))
    attachment = Attachment.objects.get()
    assert message.file is not None
    assert (message.file.id, message.file.type) == (str(attachment.public_id), "image/png")
    assert (message.author, message.kind, message.text, message.client_id) == (
        "visitor",
        "text",
        "photo.png",
        "file-0001",
    )
    assert posted == [MessagesPosted((message,))]
    (path,) = list_files(files_of_test)
    assert path.read_bytes() == UPLOAD.data
    assert "photo" not in path.name
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert Conversation.objects.get().active_at == at(30)
    assert "(file) photo.png" in render_text(conversation=chat.conversation)
    check_invariants()


def test_agents_file_has_the_agents_name(agent: User) -> None:
    chat = start_chat()
    message = add_attachment(by_agent(chat), UPLOAD)
    assert (message.author, message.name) == ("agent", agent.display_name)
    assert Attachment.objects.get().agent == agent


@pytest.mark.req("DL-02")
def test_file_sent_again_is_the_same_message_also_after_the_chat(agent: User, files_of_test: Path) -> None:
    chat = start_chat()
    first = add_attachment(by_visitor(chat), UPLOAD, now=at(30))
    assert add_attachment(by_visitor(chat), UPLOAD, now=at(31)) == first
    end_by_visitor(conversation_id=chat.conversation_id, now=at(32))
    check_may_attach(by_visitor(chat))
    assert add_attachment(by_visitor(chat), UPLOAD, now=at(33)) == first
    assert len(list_files(files_of_test)) == Attachment.objects.count() == 1


def test_id_that_a_text_has_already_is_refused(agent: User, files_of_test: Path) -> None:
    chat = start_chat()
    post_message(Post(chat.conversation_id, "visitor", chat.conversation.visitor_id, "file-0001", "Hello"))
    with pytest.raises(ConflictError):
        add_attachment(by_visitor(chat), UPLOAD)
    assert not list_files(files_of_test)


@pytest.mark.req("LC-31")
def test_file_keeps_a_chat_open_and_takes_its_warning_back(agent: User) -> None:
    chat = start_chat()
    settle_idle_chats(now=at(541))
    warned = Conversation.objects.get()
    assert get_state(warned, "visitor").idle_at == at(601)
    add_attachment(by_visitor(chat), UPLOAD, now=at(560))
    kept = Conversation.objects.get()
    assert (get_state(kept, "visitor").idle_at, kept.active_at) == (None, at(560))
    assert kept.revision == warned.revision + 1


@pytest.mark.req("LC-27")
def test_visitor_may_send_files_while_an_agent_is_asked(agent: User) -> None:
    chat = offer_chat().live_chat
    assert add_attachment(by_visitor(chat), UPLOAD).seq == 1


@pytest.mark.req("DL-10")
def test_nobody_sends_a_file_where_no_message_may_be(agent: User, files_of_test: Path) -> None:
    chat = start_chat()
    other, stranger = agent_at_work(), VisitorFactory()
    waiting = ask_for_human()
    lone = ConversationFactory()
    refused: list[tuple[Post, type[Exception]]] = [
        (Post(chat.conversation_id, "visitor", stranger.pk, "file-0002", ""), ConversationNotFound),
        (Post(0, "visitor", stranger.pk, "file-0002", ""), ConversationNotFound),
        (by_agent(chat, agent=other), NotYourChat),
        (by_agent(waiting, agent=agent), NotYourChat),
        (Post(lone.pk, "visitor", lone.visitor_id, "file-0002", ""), NobodyListening),
    ]
    end_by_visitor(conversation_id=chat.conversation_id, now=at(40))
    refused += [(by_visitor(chat), ConversationClosed), (by_agent(chat), NotYourChat)]
    for post, error in refused:
        with pytest.raises(error):
            check_may_attach(post)
        with pytest.raises(error):
            add_attachment(post, UPLOAD)
    assert not Attachment.objects.exists()
    assert not list_files(files_of_test)


def test_switch_turns_files_off(agent: User) -> None:
    chat = start_chat()
    configure(files_enabled=False)
    for post in (by_visitor(chat), by_agent(chat)):
        with pytest.raises(FilesOff):
            check_may_attach(post)
        with pytest.raises(FilesOff):
            add_attachment(post, UPLOAD)


def test_one_visitor_sends_only_so_much_in_a_day(agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = start_chat()
    monkeypatch.setattr(attachments, "MOST_FILES", 2)
    for number in range(2):
        add_attachment(by_visitor(chat, f"file-000{number}"), UPLOAD, now=at(number))
    with pytest.raises(FilesTooMany):
        add_attachment(by_visitor(chat, "file-0003"), UPLOAD, now=at(3))
    add_attachment(by_agent(chat, "file-0004"), UPLOAD, now=at(4))
    monkeypatch.setattr(attachments, "MOST_FILES", 9)
    monkeypatch.setattr(attachments, "MOST_BYTES", 3 * len(UPLOAD.data) - 1)
    with pytest.raises(FilesTooMany):
        add_attachment(by_visitor(chat, "file-0005"), UPLOAD, now=at(5))
    add_attachment(by_visitor(chat, "file-0006"), UPLOAD, now=at(86_402))


def test_file_whose_message_failed_is_not_left_behind(
    agent: User, files_of_test: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = start_chat()

    def fail(*_args: Any, **_rest: Any) -> None:
        raise RuntimeError("no power")

    monkeypatch.setattr(attachments, "append_messages", fail)
    with pytest.raises(RuntimeError):
        add_attachment(by_visitor(chat), UPLOAD)
    assert not list_files(files_of_test)
    assert not Message.objects.exclude(client_id="").exists()


@pytest.mark.django_db(transaction=True)
def test_file_goes_with_its_visitor(agent: User, files_of_test: Path) -> None:
    chat = start_chat()
    add_attachment(by_visitor(chat), Upload("canary.png", "image/png", b"canary"))
    assert len(list_files(files_of_test)) == 1
    LiveChat.objects.all().delete()
    Visitor.objects.all().delete()
    assert not list_files(files_of_test)
