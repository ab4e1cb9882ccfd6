"""What the panel beside a chat reads of the visitor's past."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.models import Conversation, LiveChat, Message
from chat.protocol.visitor import Page
from chat.services.pages import note_view
from tests.factories import NOW, AgentFactory, ConversationFactory, LiveChatFactory, UserFactory
from tests.stage import agent_at_work, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-39")]


def history_of(conversation: Conversation) -> str:
    return reverse("inbox-history", args=[conversation.public_id])


def earlier_of(conversation: Conversation, earlier: uuid.UUID) -> str:
    return reverse("inbox-earlier-chat", args=[conversation.public_id, earlier])


def agent_of(chat: LiveChat) -> User:
    assert chat.agent is not None
    return chat.agent


def make_earlier(chat: LiveChat, **live_chat: object) -> Conversation:
    earlier: Conversation = ConversationFactory(
        visitor=chat.conversation.visitor, is_open=False, closed_at=NOW, last_seq=1
    )
    Message.objects.create(
        conversation=earlier, seq=1, author="visitor", text="<b>Before</b>", created_at=NOW
    )
    if live_chat:
        LiveChatFactory(conversation=earlier, ended_at=NOW, status="ended", **live_chat)
    return earlier


@pytest.fixture
def chat() -> LiveChat:
    agent_at_work()
    return start_chat()


def get_agent(chat: LiveChat) -> User:
    assert chat.agent is not None
    return chat.agent


def test_history_comes_in_pages_for_the_chats_own_agent(client: Client, chat: LiveChat) -> None:
    for number in range(21):
        page = Page(f"https://a.example/{number}", f"Page {number}")
        note_view(visitor_id=chat.conversation.visitor_id, page=page)
    client.force_login(agent_of(chat))
    first = client.get(history_of(chat.conversation))
    assert first["Content-Type"] == "application/json"
    found = first.json()
    assert [entry["title"] for entry in found["entries"]] == [f"Page {n}" for n in range(20, 0, -1)]
    rest = client.get(history_of(chat.conversation), {"before": found["older"]}).json()
    assert ([entry["title"] for entry in rest["entries"]], rest["older"]) == (["Page 0"], None)
    for bad in ("nonsense", "2026-03-02T12:00:00", "0001-01-01T00:00:00+14:00"):
        assert client.get(history_of(chat.conversation), {"before": bad}).json() == found


def test_earlier_dialogue_is_read_in_place(client: Client, chat: LiveChat) -> None:
    earlier = make_earlier(chat)
    client.force_login(agent_of(chat))
    found = client.get(earlier_of(chat.conversation, earlier.public_id)).json()
    assert [message["text"] for message in found["messages"]] == ["<b>Before</b>"]
    assert found["has_earlier"] is False


@pytest.mark.req("LC-38")
def test_history_of_somebody_elses_chat_does_not_exist(client: Client, chat: LiveChat) -> None:
    anothers = make_earlier(chat, agent=AgentFactory())
    client.force_login(agent_of(chat))
    assert client.get(earlier_of(chat.conversation, anothers.public_id)).status_code == 404
    client.force_login(AgentFactory())
    for address in (history_of(chat.conversation), earlier_of(chat.conversation, anothers.public_id)):
        assert client.get(address).status_code == 404
    client.force_login(AgentFactory(permissions=["view_all_conversations"]))
    assert client.get(history_of(chat.conversation)).status_code == 200
    assert client.get(earlier_of(chat.conversation, anothers.public_id)).status_code == 200


@pytest.mark.req("LC-05")
def test_history_is_for_agents_alone(client: Client, chat: LiveChat) -> None:
    addresses = (history_of(chat.conversation), earlier_of(chat.conversation, uuid.uuid4()))
    assert [client.get(address).status_code for address in addresses] == [302, 302]
    client.force_login(UserFactory(permissions=["view_all_conversations"]))
    assert [client.get(address).status_code for address in addresses] == [403, 403]
