"""Tabs and people in one conversation, on two processes: one message each, in one order, for everybody."""

from __future__ import annotations

import secrets
from functools import partial

import pytest

from chat.models import Conversation, LiveChat, Message, Visitor
from chat.services.messages import Post, post_message
from chat.services.visitors import mint_token
from tests.clients import AgentClient, Client, VisitorClient
from tests.invariants import check_invariants
from tests.races.at_once import AtOnce
from tests.scenes import ask_for_human, make_agent, publish, set_up, sign_in
from tests.screens import assert_all_agree
from tests.stage import Stage

Servers = tuple[str, str]

QUESTION_FIRST = {
    "start": "ask",
    "cards": {
        "ask": {
            "type": "question",
            "text": "What brings you here?",
            "choices": [{"id": "buy", "label": "Buying", "next": "human"}],
        },
        "human": {"type": "live_chat", "option": "round_robin"},
    },
}


def spread(servers: Servers, count: int) -> list[list[str]]:
    """A list of servers for each of `count` clients: every other one begins at the second process."""
    return [[*servers] if place % 2 else [*reversed(servers)] for place in range(count)]


def begin_chat(
    stage: Stage, servers: Servers, *, tabs: int = 1, pages: int = 1
) -> tuple[list[VisitorClient], list[AgentClient]]:
    """A running chat: the tabs of one visitor and the pages of one agent, spread over both processes."""
    set_up()
    publish()
    agents = stage.agents(spread(servers, pages), session_key=sign_in(make_agent(is_present=False)))
    visitors = stage.visitors(spread(servers, tabs), token=mint_token())
    conversation = visitors[0].conversation
    offer = stage.run(agents[0].until_offered(conversation))
    stage.run(agents[0].accept(offer))
    stage.together([page.until_chat(conversation) for page in agents])
    stage.together([tab.until_phase("active") for tab in visitors])
    return visitors, agents


@pytest.mark.req("LC-33", "DL-06")
def test_ten_tabs_that_start_at_once_make_one_conversation(stage: Stage, servers: Servers) -> None:
    set_up()
    publish()
    make_agent()
    tabs = stage.visitors(spread(servers, 10), token=mint_token())
    assert len({tab.conversation for tab in tabs}) == 1
    assert Visitor.objects.count() == Conversation.objects.count() == LiveChat.objects.count() == 1
    conversation = Conversation.objects.get()
    stage.together([tab.until_shown(tab.conversation, conversation.last_seq) for tab in tabs])
    assert_all_agree(*tabs)


@pytest.mark.req("DL-02", "DG-04")
def test_first_answers_of_ten_tabs_at_once_are_one_answer(stage: Stage, servers: Servers) -> None:
    set_up()
    publish(QUESTION_FIRST)
    make_agent()
    tabs = stage.visitors(spread(servers, 10), token=mint_token())
    ids = [secrets.token_hex(8) for _ in tabs]
    stage.together(
        [
            tab.ask("answer", card="ask", client_id=one, value="buy")
            for tab, one in zip(tabs, ids, strict=True)
        ]
    )
    for tab in tabs:
        stage.run(tab.until_one_of("accepted", "error"))
    taken = [tab for tab in tabs if tab.list_of("accepted")]
    assert len(taken) == 1
    assert {tab.errors[0]["code"] for tab in tabs if tab not in taken} == {"answer_late"}
    assert Message.objects.filter(author=Message.Author.VISITOR).count() == 1
    assert LiveChat.objects.count() == 1
    stage.together([tab.until_shown(tab.conversation, Conversation.objects.get().last_seq) for tab in tabs])
    assert_all_agree(*tabs)


@pytest.mark.req("DL-02")
def test_one_client_id_sent_fifty_times_at_once_is_one_message(stage: Stage, servers: Servers) -> None:
    tabs, pages = begin_chat(stage, servers, tabs=5)
    client_id = secrets.token_hex(8)
    stage.together([tabs[n % 5].say("Hello?", client_id=client_id) for n in range(50)])
    for tab in tabs:
        stage.run(tab.until_acked(client_id, 10))
    acks = [(ack["seq"], ack["at"]) for tab in tabs for ack in tab.acks[client_id]]
    assert len(acks) == 50
    assert len(set(acks)) == 1
    assert Message.objects.filter(client_id=client_id).count() == 1
    stage.together([each.until_shown(tabs[0].conversation, acks[0][0]) for each in (*tabs, *pages)])
    assert [each.errors for each in tabs] == [[]] * 5
    assert_all_agree(*tabs, *pages)


@pytest.mark.req("DL-03", "DL-06")
def test_six_writers_on_two_processes_are_read_in_one_order(stage: Stage, servers: Servers) -> None:
    tabs, pages = begin_chat(stage, servers, tabs=3, pages=3)
    conversation, each = tabs[0].conversation, 20
    for n in range(each):
        stage.together([one.post(conversation, f"line {n}") for one in (*tabs, *pages)])
    stage.together([one.until_all_acked() for one in (*tabs, *pages)])
    last = Conversation.objects.get().last_seq
    stage.together([one.until_shown(conversation, last) for one in (*tabs, *pages)])
    # The lock keeps the order, not a refusal by the database and another try.
    assert [one.errors for one in (*tabs, *pages)] == [[]] * 6
    assert Message.objects.exclude(client_id="").count() == 6 * each
    orders = {tuple(m["client_id"] for m in map_of(one, conversation)) for one in (*tabs, *pages)}
    assert len(orders) == 1
    assert_all_agree(*tabs, *pages)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nobody_listens")
@pytest.mark.req("DL-02", "DL-03")
def test_eight_processes_write_into_one_conversation_without_a_refusal() -> None:
    set_up()
    chat = ask_for_human()
    conversation = chat.conversation

    def write(writer: int) -> list[int]:
        posts = [
            Post(conversation.pk, "visitor", conversation.visitor_id, f"writer-{writer}-{n}", "Hello?")
            for n in range(15)
        ]
        return [post_message(post).seq for post in posts]

    with AtOnce(8) as writers:
        seqs = writers.run([partial(write, writer) for writer in range(8)])
    assert sorted(seq for each in seqs for seq in each) == list(range(1, 121))
    assert all(each == sorted(each) for each in seqs)
    check_invariants()


def map_of(client: Client, conversation: str) -> list[dict]:
    """A client's messages that somebody sent, in the order in which they came."""
    return [m for m in client.shown[conversation].values() if m.get("client_id")]
