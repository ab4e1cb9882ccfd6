"""Who may open a conversation, asked from the conversation: the very same answer as asked from the person."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import User
from agents.querysets import LIVE_CHAT_PERMISSION
from chat.models import LiveChat
from chat.selectors.conversations import list_conversations_of
from chat.selectors.readers import Colleague, list_colleagues, list_readers
from chat.services.live_chats import end_by_agent
from routing.services.transfers import start_transfer
from tests.factories import AgentFactory, UserFactory
from tests.routing.steps import pending
from tests.stage import DAY, accept, agent_at_work, at, configure, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-38", "LC-42")]

SUPERVISOR = ["view_my_conversations", "view_all_conversations"]


@pytest.fixture
def chat() -> LiveChat:
    """Ann's; around it is everybody who is near to it in some way."""
    configure()
    agent_at_work(first_name="Ann")
    chat = start_chat()
    AgentFactory.create(first_name="Sue", permissions=SUPERVISOR)
    AgentFactory.create(first_name="Super", is_superuser=True)
    AgentFactory.create(first_name="Gone", permissions=SUPERVISOR, is_active=False)
    UserFactory.create(first_name="Boss", permissions=["view_all_conversations"])
    AgentFactory.create(first_name="Stranger")
    agent_at_work(first_name="Bo")
    return chat


def get(name: str) -> User:
    return User.objects.get(first_name=name)


def get_readers(chat: LiveChat) -> set[str]:
    """By the selector; and each person's own list of conversations says the same."""
    found = {reader.first_name for reader in list_readers(chat.conversation_id)}
    others = {
        user.first_name
        for user in User.objects.all()
        # The inbox is where one opens it.
        if user.has_perm(f"agents.{LIVE_CHAT_PERMISSION}")
        and list_conversations_of(user).filter(pk=chat.conversation_id).exists()
    }
    assert found == others
    return found


def hand_to(chat: LiveChat, name: str) -> None:
    chat.refresh_from_db()
    start_transfer(
        conversation_id=chat.conversation_id,
        sender_id=chat.agent_id or 0,
        agent_id=get(name).pk,
        now=at(10),
    )


def test_a_running_chat_is_read_by_who_has_it_and_by_supervisors(chat: LiveChat) -> None:
    assert get_readers(chat) == {"Ann", "Sue", "Super"}


@pytest.mark.req("LC-34")
def test_who_is_asked_to_take_it_over_reads_it_with_the_chat_and_the_sender_after_its_end(
    chat: LiveChat,
) -> None:
    hand_to(chat, "Bo")
    assert get_readers(chat) == {"Ann", "Sue", "Super"}
    accept(pending(chat), now=at(11))
    assert get_readers(chat) == {"Bo", "Sue", "Super"}
    end_by_agent(conversation_id=chat.conversation_id, agent_id=get("Bo").pk, now=at(20))
    assert get_readers(chat) == {"Ann", "Bo", "Sue", "Super"}
    get("Ann").user_permissions.clear()
    assert get_readers(chat) == {"Bo", "Sue", "Super"}


def test_colleagues_come_with_whether_they_are_there(chat: LiveChat) -> None:
    here = agent_at_work(first_name="Zoe", last_name="", permissions=SUPERVISOR)
    away = agent_at_work(
        first_name="Max",
        last_name="",
        permissions=SUPERVISOR,
        override_available=False,
        override_until=at(DAY),
    )
    # Switched on before going home.
    forgot = {"override_available": True, "override_until": at(DAY)}
    User.objects.filter(first_name__in=("Sue", "Super")).update(last_name="", **forgot)
    found = list_colleagues(conversation=chat.conversation, reader=get("Ann"), now=at(1))
    sue, sudo = get("Sue"), get("Super")
    assert found == [
        Colleague(here.pk, "Zoe", able=True, text="Available"),
        Colleague(away.pk, "Max", able=False, text="Unavailable"),
        Colleague(sue.pk, "Sue", able=False, text="No inbox open"),
        Colleague(sudo.pk, "Super", able=False, text="No inbox open"),
    ]


def test_many_colleagues_cost_as_many_queries_as_few(chat: LiveChat, django_assert_num_queries: Any) -> None:
    ann, conversation = get("Ann"), chat.conversation
    for count in (0, 8):
        for _each in range(count):
            AgentFactory.create(permissions=SUPERVISOR)
        with django_assert_num_queries(3):
            list_colleagues(conversation=conversation, reader=ann, now=at(1))
