from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chat.models import Conversation, Message
from chat.selectors import messages as selectors
from chat.selectors.messages import PAGE, list_messages, list_missed
from chat.services.messages import Draft, append_messages
from tests.factories import NOW, ConversationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("DL-04")]


def conversation_of(count: int) -> Conversation:
    conversation: Conversation = ConversationFactory.create()
    drafts = [Draft(Message.Author.BOT, str(number)) for number in range(1, count + 1)]
    append_messages(conversation, drafts, now=NOW)
    return conversation


def test_client_gets_exactly_what_it_missed_in_order() -> None:
    conversation = conversation_of(5)
    conversation_of(3)
    missed = list_missed(conversation=conversation, after=2)
    assert [(message.seq, message.text) for message in missed.messages] == [(3, "3"), (4, "4"), (5, "5")]
    assert (missed.conversation, missed.more) == (str(conversation.public_id), False)


@pytest.mark.parametrize("after", [5, 6, 2_147_483_647])
def test_client_that_has_everything_gets_nothing(after: int) -> None:
    missed = list_missed(conversation=conversation_of(5), after=after)
    assert (missed.messages, missed.more) == ([], False)


@pytest.mark.parametrize("missed", [0, 1, 499, 500, 501, 1_234])
def test_pages_join_to_everything_that_was_missed(missed: int) -> None:
    conversation = conversation_of(missed + 3)
    got: list[int] = []
    pages, more = 0, True
    while more:
        page = list_missed(conversation=conversation, after=got[-1] if got else 3)
        got += [message.seq for message in page.messages]
        pages, more = pages + 1, page.more
    assert got == list(range(4, missed + 4))
    assert pages == max(1, -(-missed // PAGE))


def test_page_costs_one_query(django_assert_num_queries: Any) -> None:
    conversation = conversation_of(50)
    with django_assert_num_queries(1):
        assert len(list_messages(conversation=conversation)) == 50


def test_frame_says_the_same_when_stored_and_when_pushed() -> None:
    conversation = ConversationFactory.create()
    ask = {"card": "c1", "input": "choice", "choices": [{"id": "yes", "label": "Yes"}]}
    drafts = [
        Draft(Message.Author.BOT, "Hi"),
        Draft(Message.Author.BOT, "Well?", Message.Kind.CARD, {"ask": ask}),
        Draft(Message.Author.SYSTEM, kind=Message.Kind.NOTICE, payload={"notice": "joined", "name": "Ann"}),
        Draft(
            Message.Author.BOT, "Sorry", Message.Kind.FALLBACK, {"rich": [{"type": "text", "text": "Sorry"}]}
        ),
        Draft(Message.Author.VISITOR, "Ja", client_id="client-1"),
    ]
    written = append_messages(conversation, drafts, now=NOW)
    pushed = [selectors.as_frame(message, str(conversation.public_id)) for message in written]
    assert list_messages(conversation=conversation) == pushed
    assert pushed[1].ask is not None
    assert pushed[1].ask.choices[0].label == "Yes"
    assert (pushed[2].notice, pushed[2].name, len(pushed[3].rich)) == ("joined", "Ann", 1)


def test_page_of_long_messages_fits_a_frame_that_the_server_can_send() -> None:
    conversation: Conversation = ConversationFactory.create()
    # The longest text a client can send: four bytes a character.
    drafts = [Draft(Message.Author.VISITOR, "😀" * 4_000) for _number in range(70)]
    append_messages(conversation, drafts, now=NOW)
    got: list[int] = []
    more = True
    while more:
        page = list_missed(conversation=conversation, after=got[-1] if got else 0)
        assert len(msgspec.json.encode(page)) < 1024 * 1024
        got += [message.seq for message in page.messages]
        more = page.more
    assert got == list(range(1, 71))


def test_single_message_above_the_size_of_a_page_is_a_page() -> None:
    conversation: Conversation = ConversationFactory.create()
    append_messages(conversation, [Draft(Message.Author.BOT, "x" * 600_000)] * 2, now=NOW)
    page = list_missed(conversation=conversation, after=0)
    assert ([message.seq for message in page.messages], page.more) == ([1], True)
