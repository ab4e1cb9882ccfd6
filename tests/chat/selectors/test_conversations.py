from __future__ import annotations

import uuid

import pytest

from agents.models import User
from chat.errors import ConversationNotFound
from chat.models import LiveChat
from chat.selectors.conversations import (
    get_conversation_for_agent,
    list_conversations_of,
)
from chat.services.live_chats import end_by_visitor
from tests.factories import UserFactory, grant
from tests.stage import agent_at_work, offer_chat, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("DL-10", "LC-38")]


def may_read(user: User, chat: LiveChat) -> bool:
    user = User.objects.get(pk=user.pk)  # permissions are remembered by the object
    try:
        return (
            get_conversation_for_agent(user=user, public_id=chat.conversation.public_id) == chat.conversation
        )
    except ConversationNotFound:
        return False


def test_agent_reads_own_chats_running_and_past() -> None:
    agent = agent_at_work()
    chat = start_chat()
    assert may_read(agent, chat)
    end_by_visitor(conversation_id=chat.conversation_id)
    assert may_read(agent, chat)


def test_agent_reads_nobody_elses_chat() -> None:
    agent_at_work()
    chat = start_chat()
    assert not may_read(agent_at_work(), chat)
    end_by_visitor(conversation_id=chat.conversation_id)
    assert not may_read(agent_at_work(), chat)


def test_agent_who_is_only_asked_reads_nothing() -> None:
    agent = agent_at_work()
    assert not may_read(agent, offer_chat().live_chat)


def test_supervisor_reads_all() -> None:
    agent_at_work()
    supervisor = UserFactory.create(permissions=["view_all_conversations"])
    assert may_read(supervisor, start_chat())


def test_agent_who_lost_the_permission_reads_nothing() -> None:
    agent = agent_at_work()
    chat = start_chat()
    agent.user_permissions.clear()
    assert not may_read(agent, chat)
    grant(agent, "view_my_conversations")
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert not may_read(agent, chat)


def test_user_without_permissions_lists_nothing() -> None:
    agent_at_work()
    start_chat()
    assert list(list_conversations_of(UserFactory.create())) == []


@pytest.mark.parametrize("public_id", ["", "1", "rubbish", "\0", str(uuid.UUID(int=7)), "é" * 36])
def test_rubbish_is_no_conversation(public_id: str) -> None:
    agent = agent_at_work()
    start_chat()
    with pytest.raises(ConversationNotFound):
        get_conversation_for_agent(user=agent, public_id=public_id)
