from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from chat.models import Conversation, LiveChat, Message, TimelineEntry
from chat.reads import Reads
from chat.services.live_chats import end_by_agent
from chat.services.messages import MarkUpdate, Post, save_marks
from chat.services.reads import Reader, note_reads
from routing.services.transfers import start_transfer
from tests.stage import (
    accept,
    agent_at_work,
    ask_for_human,
    at,
    configure,
    offer_chat,
    post_message,
    start_chat,
)

pytestmark = [pytest.mark.req("LC-57", "LC-30")]
needs_database = pytest.mark.django_db


@pytest.fixture
def chat() -> LiveChat:
    configure()
    agent_at_work(first_name="Ida")
    return start_chat()


def say(chat: LiveChat, side: str, *, seconds: float) -> int:
    writer = chat.agent_id if side == "agent" else chat.conversation.visitor_id
    assert writer is not None
    post = Post(chat.conversation_id, side, writer, f"{side}-{seconds}", "Hello")  # type: ignore[arg-type]
    return post_message(post, now=at(seconds)).seq


def read(chat: LiveChat, side: Any, *, seq: int, seconds: float) -> int:
    save_marks([MarkUpdate(chat.conversation_id, side, seq, seq)])
    return note_reads({(chat.conversation_id, side): at(seconds)})


def list_reads(chat: LiveChat) -> list[tuple[int | None, datetime, int]]:
    rows = TimelineEntry.objects.filter(live_chat=chat, kind=TimelineEntry.Kind.READ)
    return [(row.agent_id, row.at, row.data["seq"]) for row in rows]


@needs_database
def test_each_side_s_reading_of_the_other_is_noted_with_how_far(chat: LiveChat) -> None:
    asked = say(chat, "visitor", seconds=5)
    assert read(chat, "agent", seq=asked, seconds=6) == 1
    answered = say(chat, "agent", seconds=8)
    assert read(chat, "visitor", seq=answered, seconds=9) == 1
    assert list_reads(chat) == [(chat.agent_id, at(6), asked), (None, at(9), answered)]


@needs_database
def test_a_mark_that_passes_only_one_s_own_words_is_no_reading(chat: LiveChat) -> None:
    own = say(chat, "visitor", seconds=5)
    assert read(chat, "visitor", seq=own, seconds=6) == 0
    assert list_reads(chat) == []


@needs_database
def test_a_second_tab_that_says_the_same_adds_nothing(chat: LiveChat) -> None:
    seq = say(chat, "visitor", seconds=5)
    assert [read(chat, "agent", seq=seq, seconds=second) for second in (6, 7, 8)] == [1, 0, 0]


@needs_database
def test_a_claim_beyond_the_last_message_counts_up_to_it(chat: LiveChat) -> None:
    seq = say(chat, "agent", seconds=5)
    read(chat, "visitor", seq=2_000_000_000, seconds=6)
    assert list_reads(chat) == [(None, at(6), seq)]


@needs_database
def test_what_was_read_just_before_the_end_is_noted_after_it(chat: LiveChat) -> None:
    seq = say(chat, "agent", seconds=5)
    save_marks([MarkUpdate(chat.conversation_id, "visitor", seq, seq)])
    assert chat.agent_id is not None
    end_by_agent(conversation_id=chat.conversation_id, agent_id=chat.agent_id, now=at(8))
    assert note_reads({(chat.conversation_id, "visitor"): at(9)}) == 0  # the chat was over
    assert note_reads({(chat.conversation_id, "visitor"): at(7)}) == 1


@needs_database
def test_what_the_visitor_wrote_while_waiting_is_read_by_whoever_accepts() -> None:
    configure()
    agent_at_work()
    waiting = ask_for_human()
    offer = offer_chat(waiting)
    seq = say(waiting, "visitor", seconds=2)
    chat = accept(offer, now=at(5))
    read(chat, "agent", seq=seq, seconds=6)
    assert list_reads(chat) == [(chat.agent_id, at(6), seq)]


@needs_database
def test_whoever_takes_the_chat_over_has_a_reading_of_their_own(chat: LiveChat) -> None:
    seq = say(chat, "visitor", seconds=5)
    read(chat, "agent", seq=seq, seconds=6)
    heir, sender = agent_at_work(first_name="Bo"), chat.agent_id
    assert sender is not None
    start_transfer(
        conversation_id=chat.conversation_id,
        sender_id=sender,
        agent_id=heir.pk,
        team_id=0,
        note="",
        now=at(10),
    )
    offer = chat.offers.get(agent=heir)
    chat = accept(offer, now=at(12))
    read(chat, "agent", seq=seq, seconds=13)
    assert [(agent, when) for agent, when, _seq in list_reads(chat)] == [(sender, at(6)), (heir.pk, at(13))]


@needs_database
def test_nobody_reads_what_only_the_bot_said() -> None:
    chat = ask_for_human()
    Message.objects.create(conversation=chat.conversation, seq=1, author="bot", created_at=at(-5), text="Hi")
    Conversation.objects.update(last_seq=1)
    assert read(chat, "visitor", seq=1, seconds=1) == 0


@needs_database
def test_many_readers_cost_two_statements(chat: LiveChat, django_assert_num_queries: Any) -> None:
    readers: dict[Reader, datetime] = {}
    for number in range(8):
        each = chat if number == 0 else start_chat(ask_for_human())
        seq = say(each, "visitor", seconds=5)
        save_marks([MarkUpdate(each.conversation_id, "agent", seq, seq)])
        readers[each.conversation_id, "agent"] = at(6)
    with django_assert_num_queries(2):
        assert note_reads(readers) == 8


def test_a_flood_of_marks_is_gathered_into_one_look_with_the_latest_time() -> None:
    looks: list[Mapping[Reader, datetime]] = []

    def look(readers: Mapping[Reader, datetime]) -> int:
        looks.append(readers)
        return len(readers)

    async def mark_often() -> None:
        reads = Reads(look, gather=0.5)
        for second in range(200):
            reads.add((1, "visitor"), at(second))
            reads.add((2, "agent"), at(second))
            await asyncio.sleep(0)  # the others get a turn, whoever writes too
        assert reads._writing is not None
        await reads._writing
        reads.add((1, "visitor"), at(300))
        assert reads._writing is not None
        await reads._writing

    asyncio.run(mark_often())
    assert looks == [{(1, "visitor"): at(199), (2, "agent"): at(199)}, {(1, "visitor"): at(300)}]
