"""Tabs and people in one conversation, on two processes: one message each, in one order, for everybody."""

from __future__ import annotations

import secrets
from functools import partial

import pytest
from django.utils import timezone

from chat.models import Conversation, LiveChat, Message, Visitor
from chat.services.messages import Post
from chat.services.visitors import hash_key, mint_token
from tests.clients import AgentClient, Client, VisitorClient
from tests.factories import VisitorFactory
from tests.invariants import check_invariants
from tests.races.at_once import Crowd
from tests.races.deeds import open_tab, write_lines
from tests.scenes import ask_for_human, make_agent, publish, set_up, sign_in
from tests.screens import assert_all_agree
from tests.stage import Stage, post_message
from tests.waiting import wait_until

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


def wait_until_offered(count: int) -> None:
    """Agents are asked beside what the visitor is answered with: that may come later."""
    offered = LiveChat.objects.filter(status=LiveChat.Status.OFFERED)
    wait_until(lambda: offered.count() == count, what=f"{count} chats are offered", seconds=20)


@pytest.mark.req("LC-33", "DL-06")
def test_ten_tabs_that_start_at_once_make_one_conversation(stage: Stage, servers: Servers) -> None:
    set_up()
    publish()
    make_agent()
    everybody: list[VisitorClient] = []
    for visitors in range(1, 6):
        tabs = stage.visitors(spread(servers, 10), token=mint_token())
        assert len({tab.conversation for tab in tabs}) == 1
        counts = [model.objects.count() for model in (Visitor, Conversation, LiveChat)]
        assert counts == [visitors] * 3
        everybody += tabs
    wait_until_offered(5)
    last = {str(one.public_id): one.last_seq for one in Conversation.objects.all()}
    stage.together([tab.until_shown(tab.conversation, last[tab.conversation]) for tab in everybody])
    assert_all_agree(*everybody)


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
    wait_until_offered(1)
    stage.together([tab.until_shown(tab.conversation, Conversation.objects.get().last_seq) for tab in tabs])
    assert_all_agree(*tabs)


@pytest.mark.req("DL-02")
def test_one_client_id_sent_fifty_times_at_once_is_one_message(stage: Stage, servers: Servers) -> None:
    everybody, pages = begin_chat(stage, servers, tabs=25)
    shown: set[int] = set()
    # Other tabs in each round: more from the same ones would be too much at once (DL-07).
    for tabs in (everybody[start::5] for start in range(5)):
        client_id = secrets.token_hex(8)
        stage.together([tabs[n % 5].say("Hello?", client_id=client_id) for n in range(50)])
        stage.together([tab.until_acked(client_id, 10) for tab in tabs])
        acks = [(ack["seq"], ack["at"]) for tab in tabs for ack in tab.acks[client_id]]
        assert len(acks) == 50
        assert len(set(acks)) == 1
        assert Message.objects.filter(client_id=client_id).count() == 1
        shown.add(acks[0][0])
    assert len(shown) == 5
    conversation = everybody[0].conversation
    stage.together([each.until_shown(conversation, max(shown)) for each in (*everybody, *pages)])
    assert [each.errors for each in everybody] == [[]] * 25
    assert_all_agree(*everybody, *pages)


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


@pytest.mark.req("DL-02", "DL-03")
def test_eight_processes_write_into_one_conversation_without_a_refusal(crowd: Crowd) -> None:
    set_up()
    at = ask_for_human().conversation
    seqs = crowd.run([partial(write_lines, at.pk, at.visitor_id, writer, 15) for writer in range(8)])
    assert sorted(seq for each in seqs for seq in each) == list(range(1, 121))
    assert all(each == sorted(each) for each in seqs)
    check_invariants()


@pytest.mark.req("DL-02")
def test_fifty_processes_post_one_client_id_and_get_one_answer(crowd: Crowd) -> None:
    set_up()
    at, elsewhere = ask_for_human().conversation, ask_for_human().conversation
    with crowd.of(50) as tabs:
        for turn in range(10):
            client_id = secrets.token_hex(8)
            post = Post(at.pk, "visitor", at.visitor_id, client_id, "Hello?")
            answers = tabs.run([partial(post_message, post)] * 50)
            assert {(answer.client_id, answer.seq) for answer in answers} == {(client_id, turn + 1)}
            assert len({answer.at for answer in answers}) == 1
            # Somebody else's message may have the same id.
            post_message(Post(elsewhere.pk, "visitor", elsewhere.visitor_id, client_id, "Hello?"))
            assert Message.objects.filter(client_id=client_id).count() == 2
    check_invariants()


@pytest.mark.req("LC-33", "DL-06")
@pytest.mark.parametrize("is_known", [False, True])
def test_ten_processes_greet_one_visitor_and_begin_one_conversation(crowd: Crowd, is_known: bool) -> None:
    set_up()
    publish()
    with crowd.of(10) as tabs:
        for turn in range(30):
            key = f"visitor-{turn}"
            if is_known:
                VisitorFactory(key_hash=hash_key(key), session_seen_at=timezone.now())
            shown = tabs.run([partial(open_tab, key)] * 10)
            assert len(set(shown)) == 1
            assert Visitor.objects.count() == Conversation.objects.count() == turn + 1
            assert LiveChat.objects.count() == turn + 1
    check_invariants()


def map_of(client: Client, conversation: str) -> list[dict]:
    """A client's messages that somebody sent, in the order in which they came."""
    return [m for m in client.shown[conversation].values() if m.get("client_id")]
