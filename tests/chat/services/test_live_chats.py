from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from agents.models import User
from agents.services.availability import set_availability
from chat.errors import ConversationClosed, NotYourChat
from chat.events import AgentChatsChanged, ConversationChanged
from chat.models import Conversation, LiveChat, Seat, TimelineEntry
from chat.selectors.states import get_state
from chat.services.live_chats import VisitorWrote, end_by_agent, end_by_visitor
from chat.services.messages import Post
from config.lib.errors import ConflictError
from routing.services.offers import cancel_waiting
from routing.services.timers import release_lost_agents
from tests.agents.conftest import Hear
from tests.factories import ConversationFactory
from tests.stage import (
    agent_at_work,
    ask_for_human,
    at,
    dismiss,
    list_notices,
    offer_chat,
    post_message,
    start_chat,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agent() -> User:
    return agent_at_work(first_name="Ann", last_name="Berg")


def reload(chat: LiveChat) -> LiveChat:
    return LiveChat.objects.select_related("conversation").get(pk=chat.pk)


def kinds(chat: LiveChat) -> list[str]:
    return list(TimelineEntry.objects.filter(live_chat=chat).order_by("pk").values_list("kind", flat=True))


@pytest.mark.req("LC-32")
def test_agent_ends_the_chat(agent: User) -> None:
    chat = start_chat()
    end_by_agent(conversation_id=chat.conversation_id, agent_id=agent.pk, now=at(60))
    chat = reload(chat)
    assert (chat.status, chat.end_reason, chat.ended_at) == ("ended", "agent", at(60))
    assert (chat.conversation.is_open, chat.conversation.closed_at) == (False, at(60))
    assert list_notices(chat) == ["joined", "ended_by_agent"]
    assert (chat.route_at, chat.idle_at, Seat.objects.count()) == (None, None, 0)
    assert kinds(chat)[-1] == "ended"


@pytest.mark.req("LC-32")
def test_visitor_ends_the_chat() -> None:
    chat = start_chat()
    end_by_visitor(conversation_id=chat.conversation_id, now=at(60))
    chat = reload(chat)
    assert (chat.status, chat.end_reason, Seat.objects.count()) == ("ended", "visitor", 0)
    assert list_notices(chat) == ["joined", "ended_by_visitor"]


@pytest.mark.req("LC-32")
def test_first_end_counts_and_ending_again_is_no_error(agent: User) -> None:
    chat = start_chat()
    end_by_visitor(conversation_id=chat.conversation_id, now=at(60))
    end_by_agent(conversation_id=chat.conversation_id, agent_id=agent.pk, now=at(61))
    end_by_visitor(conversation_id=chat.conversation_id, now=at(62))
    chat = reload(chat)
    assert (chat.end_reason, chat.ended_at, list_notices(chat)) == (
        "visitor",
        at(60),
        ["joined", "ended_by_visitor"],
    )


@pytest.mark.req("LC-32")
def test_end_after_a_message_waits_for_no_word_that_came_later(agent: User) -> None:
    chat = start_chat()
    pk, seen = chat.conversation_id, reload(chat).conversation.last_seq
    visitor_id = reload(chat).conversation.visitor_id
    post_message(Post(pk, "visitor", visitor_id, "client-0001", "One more thing"))
    with pytest.raises(VisitorWrote):
        end_by_agent(conversation_id=pk, agent_id=agent.pk, after=seen)
    assert (reload(chat).status, Seat.objects.count()) == ("active", 1)
    end_by_agent(conversation_id=pk, agent_id=agent.pk, after=seen + 1)
    # Over is over, whatever was seen of it.
    end_by_agent(conversation_id=pk, agent_id=agent.pk, after=0)
    assert reload(chat).status == "ended"


@pytest.mark.req("LC-32", "DL-06")
def test_end_is_told_to_both_sides(agent: User, hear: Hear) -> None:
    chat = start_chat()
    with hear(ConversationChanged) as states, hear(AgentChatsChanged) as inboxes:
        end_by_visitor(conversation_id=chat.conversation_id)
    assert ConversationChanged(chat.conversation_id) in states
    assert AgentChatsChanged(agent.pk) in inboxes


@pytest.mark.req("LC-32", "DL-10")
def test_another_agent_cannot_end_it() -> None:
    chat = start_chat()
    with pytest.raises(NotYourChat):
        end_by_agent(conversation_id=chat.conversation_id, agent_id=agent_at_work().pk)
    assert reload(chat).status == "active"


@pytest.mark.req("LC-32", "DL-10")
def test_agent_who_is_only_asked_cannot_end_it(agent: User) -> None:
    offer = offer_chat()
    with pytest.raises(NotYourChat):
        end_by_agent(conversation_id=offer.live_chat.conversation_id, agent_id=agent.pk)


@pytest.mark.req("LC-32")
def test_where_there_is_no_chat_nothing_can_be_ended(agent: User) -> None:
    conversation = ConversationFactory.create()
    with pytest.raises(ConversationClosed):
        end_by_visitor(conversation_id=conversation.pk)
    with pytest.raises(NotYourChat):
        end_by_agent(conversation_id=conversation.pk, agent_id=agent.pk)


@pytest.mark.req("LC-32", "LC-27")
@pytest.mark.parametrize("is_offered", [False, True])
def test_visitor_who_waits_cancels_and_does_not_end(is_offered: bool) -> None:
    chat = ask_for_human()
    if is_offered:
        offer_chat(chat)
    with pytest.raises(ConflictError):
        end_by_visitor(conversation_id=chat.conversation_id)
    assert reload(chat).status in LiveChat.WAITING


@pytest.mark.req("LC-08")
def test_visitor_sees_name_and_picture_as_they_were_when_the_chat_began(
    agent: User, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    agent.avatar.save("old.webp", ContentFile(b"picture"))
    chat = start_chat()
    old = get_state(reload(chat).conversation, "visitor").agent
    assert old is not None
    assert (old.name, old.avatar) == ("Ann Berg", agent.avatar.url)
    User.objects.filter(pk=agent.pk).update(first_name="Zoe", avatar="avatars/new.webp")
    assert get_state(reload(chat).conversation, "visitor").agent == old
    end_by_visitor(conversation_id=chat.conversation_id)
    assert get_state(reload(chat).conversation, "visitor").agent == old
    new = get_state(reload(start_chat()).conversation, "visitor").agent
    assert new is not None
    assert (new.name, new.avatar.rpartition("/")[2]) == ("Zoe Berg", "new.webp")


@pytest.mark.req("LC-12")
def test_active_chat_is_unaffected_by_the_toggle(agent: User) -> None:
    chat = start_chat()
    set_availability(agent=agent, available=False, now=at(5))
    release_lost_agents(now=at(6))
    assert (reload(chat).status, reload(chat).agent) == ("active", agent)


@pytest.mark.req("LC-07")
def test_state_of_a_chat_whose_agent_was_lost_says_waiting_since_then(agent: User) -> None:
    chat = start_chat()
    agent_at_work()
    dismiss(agent)
    release_lost_agents(now=at(900))
    state = get_state(reload(chat).conversation, "visitor")
    assert (state.phase, state.agent, state.waiting_since) == ("waiting", None, at(900))
    assert state.can == ["post", "cancel", "contact"]


@pytest.mark.req("LC-07", "LC-27")
def test_cancelling_after_the_agent_was_lost_is_an_end_and_not_a_missed_chat(agent: User) -> None:
    chat = start_chat()
    agent_at_work()
    dismiss(agent)
    release_lost_agents(now=at(5))
    cancel_waiting(conversation_id=chat.conversation_id, now=at(6))
    chat = reload(chat)
    assert (chat.status, chat.end_reason, Seat.objects.count()) == ("ended", "cancelled", 0)


@pytest.mark.req("LC-57")
def test_timeline_tells_the_whole_chat() -> None:
    chat = start_chat()
    end_by_visitor(conversation_id=chat.conversation_id)
    assert kinds(chat) == ["offered", "accepted", "ended"]


@pytest.mark.req("LC-31")
def test_accepting_starts_the_idle_clock() -> None:
    chat = start_chat(now=at(30))
    assert chat.idle_at == at(30 + 540)
    assert Conversation.objects.get(pk=chat.conversation_id).active_at == at(30)
