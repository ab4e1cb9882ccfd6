from __future__ import annotations

import logging

import pytest

from chat.events import ConversationChanged
from chat.models import Conversation, LiveChat, Seat
from chat.selectors.states import get_state
from chat.services import idle
from chat.services.idle import look_again_at_idle_chats, settle_idle_chats
from chat.services.messages import Post, post_messages
from tests.agents.conftest import Hear
from tests.stage import agent_at_work, at, configure, list_notices, post_message, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-31")]


@pytest.fixture(autouse=True)
def chat() -> LiveChat:
    agent_at_work()
    return start_chat()


def reload(chat: LiveChat) -> LiveChat:
    return LiveChat.objects.select_related("conversation").get(pk=chat.pk)


def sweep(*moments: float) -> None:
    for moment in moments:
        settle_idle_chats(now=at(moment))


def say(chat: LiveChat, seconds: float, *, by_agent: bool = False) -> None:
    post = (
        Post(chat.conversation_id, "agent", chat.agent_id or 0, f"agent-{seconds}", "Hello")
        if by_agent
        else Post(chat.conversation_id, "visitor", chat.conversation.visitor_id, f"visitor-{seconds}", "Hi")
    )
    post_message(post, now=at(seconds))


def shown_end(chat: LiveChat) -> object:
    return get_state(reload(chat).conversation, "visitor").idle_at


def test_nothing_happens_before_the_ninth_minute(chat: LiveChat) -> None:
    sweep(1, 300, 539)
    assert (list_notices(chat), shown_end(chat)) == (["joined"], None)


def test_both_are_warned_a_minute_before(chat: LiveChat) -> None:
    sweep(540)
    assert list_notices(chat) == ["joined", "idle_warning"]
    assert (reload(chat).status, shown_end(chat)) == ("active", at(600))


@pytest.mark.req("LC-57")
def test_warned_once_and_so_says_the_timeline(chat: LiveChat) -> None:
    sweep(540, 541, 570, 599)
    assert list_notices(chat) == ["joined", "idle_warning"]
    warnings = chat.timeline.filter(kind="idle_warned")
    assert list(warnings.values_list("at", flat=True)) == [at(540)]


def test_chat_ends_a_minute_after_the_warning(chat: LiveChat) -> None:
    sweep(540, 600)
    chat = reload(chat)
    assert (chat.status, chat.end_reason, chat.ended_at) == ("ended", "idle", at(600))
    assert list_notices(chat) == ["joined", "idle_warning", "ended_by_idle"]
    assert (chat.conversation.is_open, Seat.objects.count()) == (False, 0)


@pytest.mark.parametrize("by_agent", [False, True])
def test_message_of_either_side_puts_it_off(chat: LiveChat, by_agent: bool) -> None:
    say(chat, 300, by_agent=by_agent)
    sweep(540, 600, 839)
    assert list_notices(chat) == ["joined"]
    sweep(840, 899)
    assert reload(chat).status == "active"
    sweep(900)
    assert reload(chat).status == "ended"


@pytest.mark.parametrize("by_agent", [False, True])
def test_message_after_the_warning_keeps_it_open_and_warns_anew(chat: LiveChat, by_agent: bool) -> None:
    sweep(540)
    say(chat, 599, by_agent=by_agent)
    assert shown_end(chat) is None
    sweep(600, 700, 1_138)
    assert list_notices(chat) == ["joined", "idle_warning"]
    sweep(1_139, 1_198)
    assert list_notices(chat) == ["joined", "idle_warning", "idle_warning"]
    assert (reload(chat).status, shown_end(chat)) == ("active", at(1_199))
    sweep(1_199)
    assert reload(chat).status == "ended"


def test_message_after_the_warning_is_a_change_of_state_and_tells_both_sides(
    chat: LiveChat, hear: Hear
) -> None:
    def write(seconds: float) -> tuple[int, list[ConversationChanged]]:
        before = reload(chat).conversation.revision
        with hear(ConversationChanged) as heard:
            say(chat, seconds)
        return reload(chat).conversation.revision - before, heard

    assert write(1) == (0, [])
    sweep(541)
    assert write(560) == (1, [ConversationChanged(chat.conversation_id)])
    assert write(561) == (0, [])


def test_word_in_one_chat_takes_back_the_warning_of_no_other(chat: LiveChat, hear: Hear) -> None:
    other = start_chat()
    sweep(540)
    blank = Post(other.conversation_id, "visitor", other.conversation.visitor_id, "blank-0001", " ")
    said = Post(chat.conversation_id, "visitor", chat.conversation.visitor_id, "said-00001", "Hi")
    with hear(ConversationChanged) as heard:
        post_messages([blank, said], now=at(550))
    assert heard == [ConversationChanged(chat.conversation_id)]
    assert (shown_end(chat), shown_end(other)) == (None, at(600))


def test_sweeper_that_was_away_warns_first_and_leaves_a_minute(chat: LiveChat) -> None:
    sweep(5_000)
    assert (reload(chat).status, shown_end(chat)) == ("active", at(5_060))
    sweep(5_059)
    assert reload(chat).status == "active"
    sweep(5_060)
    assert reload(chat).status == "ended"


def test_idle_time_is_the_admins(chat: LiveChat) -> None:
    configure(idle_seconds=1_200)
    sweep(540, 600, 1_139)
    assert list_notices(chat) == ["joined"]
    sweep(1_140, 1_200)
    assert reload(chat).status == "ended"


def test_shortest_idle_time_leaves_half_a_minute_before_the_warning() -> None:
    configure(idle_seconds=90)
    short = start_chat()
    sweep(29)
    assert list_notices(short) == ["joined"]
    sweep(30, 90)
    assert reload(short).end_reason == "idle"


def test_chats_of_others_go_on(chat: LiveChat) -> None:
    other = start_chat()
    say(other, 500)
    sweep(540, 600)
    assert [reload(one).status for one in (chat, other)] == ["ended", "active"]


def test_chat_that_fails_holds_up_no_other(
    chat: LiveChat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = start_chat()
    settle = idle._settle

    def fail_one(live_chat_id: int, now: object) -> None:
        if live_chat_id == chat.pk:
            raise RuntimeError("broken")
        settle(live_chat_id, now)  # type: ignore[arg-type]

    monkeypatch.setattr(idle, "_settle", fail_one)
    with caplog.at_level(logging.ERROR):
        assert settle_idle_chats(now=at(540)) == 2
    assert list_notices(other) == ["joined", "idle_warning"]
    assert f"live_chat={chat.pk}" in caplog.text


def test_looking_costs_a_running_chat_no_message(chat: LiveChat) -> None:
    say(chat, 500)
    before = Conversation.objects.get(pk=chat.conversation_id)
    sweep(540)
    after = Conversation.objects.get(pk=chat.conversation_id)
    assert (after.last_seq, after.revision) == (before.last_seq, before.revision)
    assert reload(chat).idle_at == at(1_040)


def change_idle_time(seconds: int, *, moment: float) -> None:
    configure(idle_seconds=seconds)
    look_again_at_idle_chats(now=at(moment))
    sweep(moment)


def test_shorter_idle_time_reaches_running_chats(chat: LiveChat) -> None:
    change_idle_time(180, moment=100)
    assert reload(chat).idle_at == at(120)
    sweep(120)
    assert (list_notices(chat), shown_end(chat)) == (["joined", "idle_warning"], at(180))
    sweep(180)
    assert reload(chat).end_reason == "idle"


def test_chat_that_is_quiet_for_longer_already_still_gets_its_minute(chat: LiveChat) -> None:
    change_idle_time(180, moment=400)
    assert (reload(chat).status, shown_end(chat)) == ("active", at(460))
    sweep(459)
    assert reload(chat).status == "active"
    sweep(460)
    assert (reload(chat).end_reason, reload(chat).ended_at) == ("idle", at(460))


def test_longer_idle_time_reaches_running_chats(chat: LiveChat) -> None:
    change_idle_time(1200, moment=100)
    assert reload(chat).idle_at == at(1140)
    sweep(540, 600)
    assert list_notices(chat) == ["joined"]


def test_longer_idle_time_takes_a_warning_back(chat: LiveChat) -> None:
    sweep(540)
    revision = reload(chat).conversation.revision
    change_idle_time(1200, moment=570)
    assert (shown_end(chat), reload(chat).conversation.revision) == (None, revision + 1)
    sweep(600, 1139)
    assert list_notices(chat) == ["joined", "idle_warning"]
    sweep(1140)
    assert (list_notices(chat)[2:], shown_end(chat)) == (["idle_warning"], at(1200))


def test_shorter_idle_time_leaves_who_was_warned_the_minute(chat: LiveChat) -> None:
    sweep(540)
    change_idle_time(180, moment=570)
    assert shown_end(chat) == at(600)
    sweep(600)
    assert reload(chat).end_reason == "idle"


def test_only_active_chats_are_looked_at_again(chat: LiveChat) -> None:
    LiveChat.objects.filter(pk=chat.pk).update(status=LiveChat.Status.ENDED, ended_at=at(90), idle_at=None)
    assert look_again_at_idle_chats(now=at(100)) == 0
    assert reload(chat).idle_at is None
