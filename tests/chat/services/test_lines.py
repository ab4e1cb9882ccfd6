from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from agents.models import Presence, User
from agents.services.presence import end_presence, note_presence
from chat.models import LiveChat, TimelineEntry, VisitorPresence
from chat.services import lines
from chat.services.lines import greet_agent, greet_visitor, settle_lines
from chat.services.live_chats import end_by_visitor
from chat.services.presences import end_visitor, forget_visitors, note_visitors
from chat.tasks import forget_visitor_presences
from chat.tasks import settle_lines as sweep
from tests.factories import AgentFactory, ConversationFactory, LiveChatFactory
from tests.stage import DAY, accept, agent_at_work, ask_for_human, at, configure, offer_chat, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-57")]

AWAY = ("dropped", "left", "reconnected")


@pytest.fixture
def chat() -> LiveChat:
    """Visitor and agent talk, each in one tab that was just heard of."""
    configure()
    agent_at_work(first_name="Ida")
    chat = start_chat()
    open_tab(chat, "tab", 0)
    return chat


def open_tab(chat: LiveChat, socket_id: str, seconds: float) -> None:
    assert greet_visitor(conversation_id=chat.conversation_id, socket_id=socket_id, now=at(seconds))


def beat(chat: LiveChat, socket_id: str, seconds: float) -> None:
    note_visitors({socket_id: chat.conversation_id}, now=at(seconds))


def close_tab(socket_id: str, seconds: float, *, said_goodbye: bool = False) -> None:
    end_visitor(socket_id=socket_id, said_goodbye=said_goodbye, now=at(seconds))


def list_entries(chat: LiveChat) -> list[tuple[str, int | None, datetime, dict[str, Any]]]:
    rows = TimelineEntry.objects.filter(live_chat=chat, kind__in=AWAY)
    return [(row.kind, row.agent_id, row.at, row.data) for row in rows]


def list_kinds(chat: LiveChat) -> list[str]:
    return [kind for kind, *_rest in list_entries(chat)]


def test_a_killed_process_loses_no_drop(chat: LiveChat) -> None:
    """Nobody was left to say that the socket is gone: its row runs out, and any sweeper finds it."""
    beat(chat, "tab", 20)
    settle_lines(now=at(79))
    assert list_entries(chat) == []
    settle_lines(now=at(80))
    assert list_entries(chat) == [("dropped", None, at(20), {})]


def test_a_drop_is_noted_once_however_often_anybody_looks(chat: LiveChat) -> None:
    for second in (60, 65, 70, 400):
        settle_lines(now=at(second))
    # Another sweeper that had found the same a moment before.
    lines._settle(chat.pk, None, at(401))
    assert list_kinds(chat) == ["dropped"]


def test_whoever_comes_back_is_noted_with_how_long_it_took(chat: LiveChat) -> None:
    close_tab("tab", 30)
    settle_lines(now=at(45))
    open_tab(chat, "again", 72.5)
    settle_lines(now=at(75))
    assert list_entries(chat) == [
        ("dropped", None, at(30), {}),
        ("reconnected", None, at(72.5), {"seconds": 42.5}),
    ]


def test_a_change_of_page_or_a_restart_is_no_absence(chat: LiveChat) -> None:
    close_tab("tab", 30, said_goodbye=True)
    settle_lines(now=at(44))
    open_tab(chat, "next page", 44)
    settle_lines(now=at(100))
    assert list_entries(chat) == []


def test_a_page_that_was_closed_is_told_from_a_connection_that_broke(chat: LiveChat) -> None:
    close_tab("tab", 30, said_goodbye=True)
    settle_lines(now=at(50))
    assert list_entries(chat) == [("left", None, at(30), {})]


def test_a_socket_that_fell_silent_was_lost_when_it_was_last_heard_of(chat: LiveChat) -> None:
    """The server gives it up after a minute; that is no later sign of life."""
    beat(chat, "tab", 40)
    close_tab("tab", 100)
    settle_lines(now=at(101))
    assert list_entries(chat) == [("dropped", None, at(40), {})]


def test_only_the_last_of_several_tabs_counts(chat: LiveChat) -> None:
    open_tab(chat, "second", 10)
    close_tab("tab", 20)
    beat(chat, "second", 60)
    settle_lines(now=at(70))
    assert list_entries(chat) == []
    close_tab("second", 75)
    settle_lines(now=at(100))
    assert list_entries(chat) == [("dropped", None, at(75), {})]


def test_a_connection_that_comes_and_goes_doesn_t_flood(chat: LiveChat) -> None:
    """An hour of 20 s without and 5 s with a network: 144 drops."""
    close_tab("tab", 1)
    for turn in range(144):
        begin = 25 * turn + 1
        for second in range(begin, begin + 20, 5):
            settle_lines(now=at(second))
        open_tab(chat, f"tab-{turn}", begin + 20)
        settle_lines(now=at(begin + 21))
        close_tab(f"tab-{turn}", begin + 25)
    kinds = list_kinds(chat)
    assert len(kinds) <= 2 * 3600 / 60
    assert kinds[:2] == ["dropped", "reconnected"]
    # It isn't kept quiet for good: a long absence at the end is noted.
    settle_lines(now=at(25 * 144 + 100))
    assert list_kinds(chat)[-1] == "dropped"


def test_an_absence_that_no_sweeper_saw_is_noted_by_the_return(chat: LiveChat) -> None:
    """Everything was down for five minutes, the sweeper too."""
    beat(chat, "tab", 20)
    open_tab(chat, "again", 320)
    assert list_entries(chat) == [
        ("dropped", None, at(20), {}),
        ("reconnected", None, at(320), {"seconds": 300.0}),
    ]
    settle_lines(now=at(325))
    open_tab(chat, "third", 330)
    assert len(list_entries(chat)) == 2


def test_a_return_while_the_old_row_still_counts_is_no_absence(chat: LiveChat) -> None:
    """The process was killed, and the client found another one at once."""
    beat(chat, "tab", 20)
    open_tab(chat, "again", 39)
    for second in (80, 90, 98):
        settle_lines(now=at(second))
    assert list_entries(chat) == []


def test_a_page_that_could_only_not_say_so_is_back_when_it_says_so(chat: LiveChat) -> None:
    """The database was away; the socket lived on."""
    settle_lines(now=at(61))
    beat(chat, "tab", 90)
    settle_lines(now=at(95))
    assert list_entries(chat)[-1] == ("reconnected", None, at(95), {"seconds": 95.0})


def test_the_tab_that_asked_for_a_human_is_missed_though_its_process_died_at_once() -> None:
    """Its row was never written; the request itself was the last that was heard."""
    configure()
    agent_at_work()
    chat = start_chat()
    settle_lines(now=at(59))
    assert list_entries(chat) == []
    settle_lines(now=at(60))
    assert list_entries(chat) == [("dropped", None, at(0), {})]


def test_a_waiting_visitor_counts_too() -> None:
    configure()
    agent_at_work()
    chat = ask_for_human()
    open_tab(chat, "tab", 0)
    offer_chat(chat)
    close_tab("tab", 10)
    settle_lines(now=at(30))
    assert list_kinds(chat) == ["dropped"]


def test_the_agent_of_a_chat_is_missed_and_comes_back(chat: LiveChat) -> None:
    agent = get_agent(chat)
    replace_presence(agent, "page", 20)
    beat(chat, "tab", 60)
    settle_lines(now=at(80))
    assert list_entries(chat) == [("dropped", agent.pk, at(20), {})]
    note_presence(agent_id=agent.pk, socket_id="other", now=at(110))
    greet_agent(agent_id=agent.pk, socket_id="other", now=at(110))
    beat(chat, "tab", 110)
    settle_lines(now=at(111))
    assert list_entries(chat)[1:] == [("reconnected", agent.pk, at(110), {"seconds": 90.0})]


def test_an_agent_s_absence_that_no_sweeper_saw_is_noted_by_the_return(chat: LiveChat) -> None:
    agent = get_agent(chat)
    replace_presence(agent, "page", 20)
    note_presence(agent_id=agent.pk, socket_id="other", now=at(200))
    greet_agent(agent_id=agent.pk, socket_id="other", now=at(200))
    kinds = [(kind, who) for kind, who, *_rest in list_entries(chat)]
    assert kinds == [("dropped", agent.pk), ("reconnected", agent.pk)]


def test_an_agent_who_closed_the_inbox_left(chat: LiveChat) -> None:
    agent = get_agent(chat)
    replace_presence(agent, "page", 20)
    end_presence(socket_id="page", said_goodbye=True, now=at(30))
    beat(chat, "tab", 40)
    settle_lines(now=at(50))
    assert list_entries(chat) == [("left", agent.pk, at(30), {})]


def test_who_is_being_asked_counts_from_the_offer_on() -> None:
    """Whoever was away before, and is asked by a notification, hasn't been lost from this chat."""
    configure(require_reachable=False)
    agent = AgentFactory.create(override_available=True, override_until=at(DAY))
    note_presence(agent_id=agent.pk, socket_id="yesterday", now=at(-3_000))
    chat = ask_for_human()
    open_tab(chat, "tab", 0)
    offer_chat(chat)
    settle_lines(now=at(30))
    assert list_entries(chat) == []


def test_colleagues_without_a_part_in_the_chat_are_nobody_s_business(chat: LiveChat) -> None:
    replace_presence(agent_at_work(first_name="Bo"), "page", 20)
    beat(chat, "tab", 70)
    settle_lines(now=at(90))
    assert list_entries(chat) == []


def test_a_chat_that_is_over_is_left_alone(chat: LiveChat) -> None:
    end_by_visitor(conversation_id=chat.conversation_id, now=at(10))
    close_tab("tab", 11)
    settle_lines(now=at(100))
    assert list_entries(chat) == []


def test_a_tab_without_a_live_chat_costs_no_row() -> None:
    conversation = ConversationFactory.create()
    assert not greet_visitor(conversation_id=conversation.pk, socket_id="tab", now=at(0))
    assert note_visitors({"tab": conversation.pk}, now=at(0)) == set()
    assert not VisitorPresence.objects.exists()


def test_closing_twice_or_late_changes_nothing(chat: LiveChat) -> None:
    close_tab("tab", 10, said_goodbye=True)
    close_tab("tab", 15)
    row = VisitorPresence.objects.get()
    assert (row.seen_at, row.said_goodbye, row.expires_at) == (at(10), True, at(20))


def test_heartbeats_of_many_tabs_cost_two_statements(django_assert_num_queries: Any) -> None:
    chats = [LiveChatFactory.create() for _ in range(6)]
    with django_assert_num_queries(2):
        kept = note_visitors({f"tab-{chat.pk}": chat.conversation_id for chat in chats}, now=at(0))
    assert len(kept) == 6


def test_a_quiet_sweep_costs_two_statements_however_many_chats_run(django_assert_num_queries: Any) -> None:
    configure()
    for _ in range(3):
        agent_at_work()
        open_tab(start_chat(), f"tab-{_}", 0)
    with django_assert_num_queries(2):
        assert settle_lines(now=at(30)) == 0


def test_one_that_fails_holds_up_none_of_the_others(chat: LiveChat, monkeypatch: pytest.MonkeyPatch) -> None:
    second = start_chat(ask_for_human())
    real = lines._settle

    def settle(live_chat_id: int, agent_id: int | None, now: datetime) -> None:
        if live_chat_id == chat.pk:
            raise RuntimeError
        real(live_chat_id, agent_id, now)

    monkeypatch.setattr(lines, "_settle", settle)
    settle_lines(now=at(80))
    assert (list_kinds(chat), list_kinds(second)) == ([], ["dropped"])


def test_rows_are_forgotten_an_hour_after_their_end(chat: LiveChat) -> None:
    beat(chat, "second", 30)
    assert forget_visitors(now=at(3_660)) == 1
    assert VisitorPresence.objects.get().socket_id == "second"


def test_tasks_do_it_by_the_clock(chat: LiveChat) -> None:
    sweep()
    assert list_kinds(chat) == ["dropped"]
    forget_visitor_presences()
    assert not VisitorPresence.objects.exists()


def test_who_accepts_after_a_drop_has_a_line_of_their_own() -> None:
    """Entries about the visitor and about the agent are told apart."""
    configure()
    agent = agent_at_work()
    offer = offer_chat()
    chat = accept(offer, now=at(5))
    settle_lines(now=at(70))
    replace_presence(agent, "page", 30)
    settle_lines(now=at(95))
    assert [(kind, who) for kind, who, *_rest in list_entries(chat)] == [
        ("dropped", None),
        ("dropped", agent.pk),
    ]


def get_agent(chat: LiveChat) -> User:
    assert chat.agent is not None
    return chat.agent


def replace_presence(agent: User, socket_id: str, seconds: float) -> None:
    """One page of this agent, heard of last at this time."""
    Presence.objects.filter(agent=agent).delete()
    note_presence(agent_id=agent.pk, socket_id=socket_id, now=at(seconds))
