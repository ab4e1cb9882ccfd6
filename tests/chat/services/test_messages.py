from __future__ import annotations

from typing import Any

import pytest

from agents.models import User
from chat.errors import ConversationClosed, ConversationNotFound, MessageEmpty, NobodyListening, NotYourChat
from chat.events import MessagesPosted
from chat.models import Conversation, LiveChat, Message
from chat.protocol.state import Ack
from chat.selectors.messages import list_messages
from chat.services.live_chats import end_by_agent
from chat.services.messages import Draft, Post, append_messages, post_messages
from routing.models import Offer
from routing.services.timers import release_lost_agents
from tests.agents.conftest import Hear
from tests.factories import NOW, ConversationFactory
from tests.stage import (
    accept,
    agent_at_work,
    ask_for_human,
    at,
    dismiss,
    offer_chat,
    post_message,
    start_chat,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return agent_at_work()


@pytest.fixture
def chat(agent: User) -> LiveChat:
    return start_chat()


def from_visitor(chat: LiveChat, client_id: str, text: str = "Hi", writer_id: int | None = None) -> Post:
    writer = chat.conversation.visitor_id if writer_id is None else writer_id
    return Post(chat.conversation_id, "visitor", writer, client_id, text)


def from_agent(chat: LiveChat, client_id: str, text: str = "Hello", writer_id: int | None = None) -> Post:
    return Post(chat.conversation_id, "agent", writer_id or chat.agent_id or 0, client_id, text)


def texts(chat: LiveChat) -> list[str]:
    rows = Message.objects.filter(conversation=chat.conversation_id, kind="text").order_by("seq")
    return list(rows.values_list("text", flat=True))


def seqs(conversation_id: int) -> list[int]:
    rows = Message.objects.filter(conversation=conversation_id).order_by("seq")
    return list(rows.values_list("seq", flat=True))


def kinds(answers: list[Any]) -> list[type]:
    return [type(answer) for answer in answers]


@pytest.mark.req("DL-01", "LC-29")
def test_message_is_stored_as_it_was_written(chat: LiveChat) -> None:
    text = "Line one\n\nLine two 👋 https://example.com <b>"
    ack = post_message(from_visitor(chat, "client-1", text), now=at(5))
    message = Message.objects.get(conversation=chat.conversation_id, client_id="client-1")
    assert (message.text, message.author, message.created_at) == (text, "visitor", at(5))
    assert ack == Ack(str(chat.conversation.public_id), "client-1", message.seq, at(5))


@pytest.mark.req("DL-01")
def test_message_is_told_after_the_commit_with_its_number(chat: LiveChat, hear: Hear) -> None:
    with hear(MessagesPosted) as heard:
        ack = post_message(from_agent(chat, "client-1"), now=at(5))
        assert heard == []
    (frame,) = heard[0].messages
    assert (frame.seq, frame.client_id, frame.name) == (ack.seq, "client-1", chat.agent_name)


@pytest.mark.req("LC-08")
def test_agents_message_carries_the_name_of_the_chat(chat: LiveChat, agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(first_name="Zoe")
    post_message(from_agent(chat, "client-1"))
    message = Message.objects.get(client_id="client-1")
    assert (message.agent, message.payload["name"]) == (agent, chat.agent_name)


@pytest.mark.req("DL-03")
def test_numbers_have_no_gaps_over_bot_visitor_and_agent(chat: LiveChat) -> None:
    post_messages([from_visitor(chat, "client-1"), from_agent(chat, "client-2")])
    post_message(from_visitor(chat, "client-3"))
    conversation = Conversation.objects.get(pk=chat.conversation_id)
    append_messages(conversation, [Draft(Message.Author.BOT, "a"), Draft(Message.Author.BOT, "b")], now=NOW)
    found = seqs(conversation.pk)
    assert found == list(range(1, conversation.last_seq + 1))
    assert len(found) == 6  # with the notice that the agent joined


@pytest.mark.req("DL-03")
def test_nothing_to_append_takes_no_number() -> None:
    conversation = ConversationFactory.create()
    assert append_messages(conversation, [], now=NOW) == []
    assert Conversation.objects.get(pk=conversation.pk).last_seq == 0


@pytest.mark.req("DL-02")
def test_same_client_id_again_is_the_same_message(chat: LiveChat) -> None:
    first = post_message(from_visitor(chat, "client-1", "Hi"), now=at(1))
    again = post_message(from_visitor(chat, "client-1", "Hi, changed"), now=at(2))
    assert again == first
    assert texts(chat) == ["Hi"]


@pytest.mark.req("DL-02")
def test_duplicates_within_one_batch_are_one_message(chat: LiveChat) -> None:
    answers = post_messages([from_visitor(chat, "client-1")] * 3 + [from_visitor(chat, "client-2")])
    assert answers[0] == answers[1] == answers[2] != answers[3]
    assert len(texts(chat)) == 2


@pytest.mark.req("DL-02")
def test_same_client_id_of_both_sides_is_two_messages(chat: LiveChat) -> None:
    mine, yours = post_messages([from_visitor(chat, "client-1"), from_agent(chat, "client-1")])
    assert isinstance(mine, Ack)
    assert isinstance(yours, Ack)
    assert mine.seq != yours.seq


@pytest.mark.req("DL-02")
def test_same_client_id_of_another_visitor_is_a_message_of_its_own(agent: User) -> None:
    chats = [start_chat(), start_chat()]
    answers = post_messages([from_visitor(chat, "client-1") for chat in chats])
    assert kinds(answers) == [Ack, Ack]
    assert [texts(chat) for chat in chats] == [["Hi"], ["Hi"]]


@pytest.mark.req("DL-02")
def test_retry_after_the_end_is_still_acknowledged(chat: LiveChat, agent: User) -> None:
    posts = [from_visitor(chat, "client-1"), from_agent(chat, "client-2")]
    first = post_messages(posts)
    end_by_agent(conversation_id=chat.conversation_id, agent_id=agent.pk)
    assert post_messages(posts) == first


@pytest.mark.req("DL-02", "LC-07")
def test_retry_by_an_agent_who_lost_the_chat_is_still_acknowledged(chat: LiveChat, agent: User) -> None:
    first = post_message(from_agent(chat, "client-1"))
    dismiss(agent)
    release_lost_agents()
    assert post_message(from_agent(chat, "client-1", writer_id=agent.pk)) == first


@pytest.mark.req("DL-02", "LC-07")
def test_new_owner_with_an_id_of_the_old_ones_breaks_no_batch(chat: LiveChat, agent: User) -> None:
    first = post_message(from_agent(chat, "client-1"), now=at(1))
    dismiss(agent)
    heir = agent_at_work()
    release_lost_agents(now=at(2))
    taken = accept(Offer.objects.get(agent=heir), now=at(3))
    answers = post_messages(
        [from_agent(taken, "client-1", "Mine"), from_visitor(taken, "client-9")], now=at(4)
    )
    assert kinds(answers) == [Ack, Ack]
    assert answers[0] == first


@pytest.mark.req("DL-02", "LC-51")
def test_bad_posts_leave_the_good_ones_of_a_batch_alone(chat: LiveChat) -> None:
    closed = ConversationFactory.create(is_open=False, closed_at=NOW)
    posts = [
        from_visitor(chat, "client-1", "one"),
        from_visitor(chat, "client-2", "  \n\t "),
        Post(1_000_000, "visitor", chat.conversation.visitor_id, "client-3", "lost"),
        from_visitor(chat, "client-4", "two"),
        Post(closed.pk, "visitor", closed.visitor_id, "client-5", "late"),
        from_agent(chat, "client-6", "three"),
    ]
    answers = post_messages(posts)
    assert kinds(answers) == [Ack, MessageEmpty, ConversationNotFound, Ack, ConversationClosed, Ack]
    assert texts(chat) == ["one", "two", "three"]
    assert answers[1].field == "text"  # type: ignore[union-attr]


@pytest.mark.req("DL-03")
def test_order_of_a_batch_is_kept_in_every_conversation(agent: User) -> None:
    chats = [start_chat() for _number in range(3)]
    posts = [from_visitor(chats[number % 3], f"client-{number}", str(number)) for number in range(30)]
    answers = post_messages(posts)
    assert [answer.client_id for answer in answers] == [post.client_id for post in posts]  # type: ignore[union-attr]
    for place, chat in enumerate(chats):
        assert texts(chat) == [str(number) for number in range(place, 30, 3)]
        assert seqs(chat.conversation_id) == list(range(1, 12))
        assert Conversation.objects.get(pk=chat.conversation_id).last_seq == 11


@pytest.mark.req("DL-03")
def test_servers_with_clocks_apart_number_in_the_order_of_commits(chat: LiveChat) -> None:
    for number, skew in enumerate((0, -300, 420), start=1):
        post_message(from_visitor(chat, f"client-{number}", str(number)), now=at(60 + skew))
    shown = [row.text for row in list_messages(conversation=chat.conversation) if row.kind == "text"]
    assert shown == ["1", "2", "3"]


@pytest.mark.req("LC-31")
def test_message_counts_as_activity_and_a_refused_one_does_not(chat: LiveChat) -> None:
    post_message(from_visitor(chat, "client-1"), now=at(30))
    post_messages([from_visitor(chat, "client-2", " ")], now=at(90))
    assert Conversation.objects.get(pk=chat.conversation_id).active_at == at(30)


@pytest.mark.req("LC-29")
def test_nul_in_a_message_harms_nobody(chat: LiveChat) -> None:
    answers = post_messages(
        [
            from_visitor(chat, "client-1", "a\0b"),
            from_visitor(chat, "client-2", "\0"),
            from_agent(chat, "client-3"),
        ]
    )
    assert kinds(answers) == [Ack, MessageEmpty, Ack]
    assert texts(chat) == ["ab", "Hello"]


@pytest.mark.req("LC-27")
def test_visitor_may_write_while_an_agent_is_asked() -> None:
    waiting = ask_for_human()
    post_message(from_visitor(waiting, "client-1", "Are you there?"))
    assert texts(waiting) == ["Are you there?"]


@pytest.mark.req("DL-10")
def test_free_text_to_the_bot_is_refused() -> None:
    conversation = ConversationFactory.create()
    with pytest.raises(NobodyListening):
        post_message(Post(conversation.pk, "visitor", conversation.visitor_id, "client-1", "Hi"))


@pytest.mark.req("DL-10")
def test_another_visitor_can_neither_write_nor_learn_what_is_there(chat: LiveChat) -> None:
    stranger = ConversationFactory.create().visitor_id
    post_message(from_visitor(chat, "client-1"))
    answers = post_messages(
        [
            from_visitor(chat, "client-1", writer_id=stranger),
            from_visitor(chat, "client-2"),
            from_visitor(chat, "client-2", writer_id=stranger),
            from_visitor(chat, "client-3", writer_id=stranger),
            from_visitor(chat, "client-3"),
        ]
    )
    assert kinds(answers) == [ConversationNotFound, Ack, ConversationNotFound, ConversationNotFound, Ack]
    assert len(texts(chat)) == 3


@pytest.mark.req("DL-10")
def test_another_agent_can_neither_write_nor_learn_what_is_there(chat: LiveChat) -> None:
    other = agent_at_work()
    post_message(from_agent(chat, "client-1"))
    answers = post_messages(
        [from_agent(chat, "client-1", writer_id=other.pk), from_agent(chat, "client-2", writer_id=other.pk)]
    )
    assert kinds(answers) == [NotYourChat, NotYourChat]
    assert len(texts(chat)) == 1


@pytest.mark.req("DL-10", "LC-27")
def test_agent_who_is_only_asked_cannot_write(agent: User) -> None:
    offer = offer_chat()
    with pytest.raises(NotYourChat):
        post_message(Post(offer.live_chat.conversation_id, "agent", agent.pk, "client-1", "Hi"))


@pytest.mark.req("DL-10", "LC-32")
def test_nobody_writes_into_a_chat_that_has_ended(chat: LiveChat, agent: User) -> None:
    end_by_agent(conversation_id=chat.conversation_id, agent_id=agent.pk)
    answers = post_messages([from_visitor(chat, "client-1"), from_agent(chat, "client-2")])
    assert kinds(answers) == [ConversationClosed, NotYourChat]
    assert texts(chat) == []


def test_batch_costs_the_same_queries_for_many_conversations(
    agent: User, django_assert_num_queries: Any
) -> None:
    chats = [start_chat() for _number in range(5)]
    for number, some in enumerate((chats[:1], chats)):
        posts = [from_visitor(chat, f"client-{number}-{place}") for chat in some for place in range(10)]
        with django_assert_num_queries(4):  # with the savepoint of the test's transaction
            post_messages(posts)


@pytest.mark.req("DL-02")
def test_empty_batch_is_no_work() -> None:
    assert post_messages([]) == []
