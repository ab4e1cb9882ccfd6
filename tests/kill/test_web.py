"""kill -9 of a web process at the worst moments, and its restart in order: nothing acknowledged is lost."""

from __future__ import annotations

import os
import secrets
import signal
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection

from agents.models import Presence
from agents.services.presence import note_presences
from chat.delivery.close_codes import CloseCode
from chat.models import Conversation, LiveChat, Message, TimelineEntry, VisitorPresence
from chat.services.lines import settle_lines
from chat.services.visitors import mint_token
from routing.models import Offer
from tests.clients import AgentClient, Client, VisitorClient
from tests.processes import Process, Processes
from tests.scenes import make_agent, make_offer, publish, set_up, sign_in
from tests.screens import assert_all_agree
from tests.stage import Stage
from tests.waiting import wait_until

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


def begin_chat(stage: Stage, *, visitor: list[str], agent: list[str]) -> tuple[VisitorClient, AgentClient]:
    """A running chat; each side goes through its own list of servers."""
    page = stage.agents([agent], session_key=sign_in(make_agent(is_present=False)), ping_every=2.0)[0]
    tab = stage.visitors([visitor], token=mint_token(), ping_every=2.0)[0]
    offer = stage.run(page.until_offered(tab.conversation))
    stage.run(page.accept(offer))
    stage.run(page.until_chat(tab.conversation))
    stage.run(tab.until_phase("active"))
    return tab, page


def check_all_there(stage: Stage, conversation: str, *clients: Client) -> None:
    """Everybody has come to see what is stored, and it is whole."""
    stage.together([client.until_all_acked() for client in clients])
    last = Conversation.objects.get(public_id=conversation).last_seq
    stage.together([client.until_shown(conversation, last) for client in clients])
    assert [client.refused for client in clients] == [{}] * len(clients)
    assert_all_agree(*clients)


def wait_until_dead(process: Process) -> None:
    wait_until(lambda: not process.is_running, what=f"{process.name} dies at its failpoint", seconds=30)
    assert process.running.returncode == -signal.SIGKILL


@pytest.mark.req("DL-01", "DL-02", "DL-03", "DL-04", "DL-05")
@pytest.mark.parametrize(
    "failpoint", ["message.locked", "message.inserted", "message.committed", "message.told"]
)
def test_web_killed_while_a_message_is_written(stage: Stage, processes: Processes, failpoint: str) -> None:
    set_up()
    publish()
    doomed, safe = processes.web(FAILPOINTS=f"{failpoint}:5"), processes.web()
    # Who was on the process that dies comes back to the other one.
    tab, page = begin_chat(stage, visitor=[doomed.ws_url, safe.ws_url], agent=[safe.ws_url])
    for n in range(12):
        stage.run(tab.say(f"line {n}"))
        if n < 4:
            stage.run(tab.until_all_acked())
    wait_until_dead(doomed)
    check_all_there(stage, tab.conversation, tab, page)
    said = Message.objects.filter(author=Message.Author.VISITOR).order_by("seq")
    assert [message.text for message in said] == [f"line {n}" for n in range(12)]
    assert tab.greetings == 2


@pytest.mark.req("LC-22", "LC-33", "DL-02")
def test_web_killed_between_the_answer_and_its_routing(stage: Stage, processes: Processes) -> None:
    set_up()
    publish(QUESTION_FIRST)
    make_agent()
    processes.worker()
    processes.beat()
    doomed, safe = processes.web(FAILPOINTS="answer.committed"), processes.web()
    tab = stage.visitors([[doomed.ws_url, safe.ws_url]], comes_back=False)[0]
    client_id = secrets.token_hex(8)
    stage.run(tab.ask("answer", card="ask", client_id=client_id, value="buy"))
    wait_until_dead(doomed)
    # Nobody comes back to ask for it: the sweeper finds the request by its deadline alone.
    wait_until(lambda: Offer.objects.exists(), what="the sweeper routes the request", seconds=20)
    live_chat = LiveChat.objects.get()
    assert live_chat.status == LiveChat.Status.OFFERED
    assert Message.objects.filter(client_id=client_id).count() == 1
    again = stage.visitors([[safe.ws_url]], token=tab.token)[0]
    stage.run(again.ask("answer", card="ask", client_id=client_id, value="buy"))
    stage.run(again.until(lambda: again.list_of("accepted"), what="the same answer again"))
    assert Message.objects.filter(client_id=client_id).count() == LiveChat.objects.count() == 1
    assert_all_agree(again)


@pytest.mark.req("LC-57")
def test_web_killed_with_both_sides_on_it_leaves_the_drop_to_the_sweeper(
    stage: Stage, processes: Processes
) -> None:
    """The agent finds another process; the visitor is gone for good, and nobody was there to say so."""
    set_up()
    publish()
    doomed, safe = processes.web(), processes.web()
    tab, page = begin_chat(stage, visitor=[doomed.ws_url], agent=[doomed.ws_url, safe.ws_url])
    wait_until(lambda: VisitorPresence.objects.exists(), what="the visitor counts as there")
    doomed.kill()
    stage.run(tab.leave())
    stage.run(page.until(lambda: page.greetings == 2, what="the agent is back"))
    last = VisitorPresence.objects.get()
    entries = TimelineEntry.objects.filter(kind__in=["dropped", "left", "reconnected"])
    settle_lines(now=last.expires_at - timedelta(milliseconds=1))
    assert not entries.exists()
    # The agent's own row of the dead process still counts, and the new one too.
    note_presences({str(row.socket_id): row.agent_id for row in Presence.objects.all()}, now=last.expires_at)
    settle_lines(now=last.expires_at)
    assert [(row.kind, row.agent_id, row.at) for row in entries] == [("dropped", None, last.seen_at)]


@pytest.mark.req("LC-25", "LC-33", "DL-04")
def test_web_killed_after_an_accept_tells_both_sides_elsewhere(stage: Stage, processes: Processes) -> None:
    set_up()
    publish()
    doomed, safe = processes.web(FAILPOINTS="offer.accepted"), processes.web()
    session = sign_in(make_agent(is_present=False))
    page = stage.agents([[doomed.ws_url, safe.ws_url]], session_key=session)[0]
    # What the dead process had no time to tell comes with a heartbeat.
    tab = stage.visitors([[safe.ws_url]], token=mint_token(), ping_every=1.0)[0]
    offer = stage.run(page.until_offered(tab.conversation))
    stage.run(page.send({"type": "accept", "offer": offer}))
    wait_until_dead(doomed)
    stage.run(page.until_chat(tab.conversation))
    stage.run(tab.until_phase("active"))
    assert TimelineEntry.objects.filter(kind=TimelineEntry.Kind.ACCEPTED).count() == 1
    # A click that is repeated because its answer never came gets the same answer.
    assert stage.run(page.accept(offer))["status"] == "accepted"
    stage.run(page.post(tab.conversation, "Hello!"))
    check_all_there(stage, tab.conversation, tab, page)


def terminate_backends(name: str) -> int:
    """End the connections of one program to the database, as an operator or a fail-over would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            [name],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.req("DL-01", "DL-02", "DL-03")
def test_database_connections_cut_while_people_write(stage: Stage, processes: Processes) -> None:
    set_up()
    publish()
    web = processes.web(PGAPPNAME="cut-off")
    tab, page = begin_chat(stage, visitor=[web.ws_url], agent=[web.ws_url])
    cut = 0
    for n in range(20):
        stage.together([tab.say(f"line {n}"), page.post(tab.conversation, f"reply {n}")])
        if n % 4 == 1:
            cut += terminate_backends("cut-off")
    assert cut > 0
    check_all_there(stage, tab.conversation, tab, page)
    assert Message.objects.exclude(client_id="").count() == 40
    # Who couldn't be shown everything was sent away to begin from the database again, and nobody else.
    assert {*tab.closes, *page.closes} <= {CloseCode.INTERNAL_ERROR}


@pytest.mark.req("DL-08", "DL-01", "DL-04")
def test_rolling_restart_with_twenty_sockets_loses_nothing(stage: Stage, processes: Processes) -> None:
    set_up()
    publish()
    first, second = processes.web(), processes.web()
    session = sign_in(make_agent(is_present=False))
    page = stage.agents([[second.ws_url]], session_key=session)[0]
    tabs = stage.visitors([[first.ws_url, second.ws_url]] * 20, token=mint_token())
    conversation = tabs[0].conversation
    stage.run(page.accept(stage.run(page.until_offered(conversation))))
    stage.together([tab.until_phase("active") for tab in tabs])
    stage.together([tab.say(f"before {place}") for place, tab in enumerate(tabs)])
    os.kill(first.running.pid, signal.SIGTERM)
    stage.together([tab.say(f"meanwhile {place}") for place, tab in enumerate(tabs)])
    stage.together([tab.until_greeted(2) for tab in tabs])
    stage.together([tab.say(f"after {place}") for place, tab in enumerate(tabs)])
    wait_until(lambda: not first.is_running, what="the old process ends", seconds=15)
    assert first.running.returncode == 0
    assert [tab.closes for tab in tabs] == [[CloseCode.SERVICE_RESTART]] * 20
    waits = sorted(tab.list_of("bye")[0]["retry_after"] for tab in tabs)
    assert 0 <= waits[0] <= waits[-1] <= 10_000
    assert len(set(waits)) > 10, "they come back spread"
    assert max(later - sooner for sooner, later in pairwise(waits)) < 6_000
    check_all_there(stage, conversation, *tabs, page)
    assert Message.objects.filter(author=Message.Author.VISITOR).count() == 60


@pytest.mark.req("LC-22", "LC-24")
@pytest.mark.parametrize("failpoint", ["offer.made", "offer.settled"])
def test_web_killed_while_routing_leaves_no_chat_behind(
    stage: Stage, processes: Processes, failpoint: str
) -> None:
    set_up(accept_seconds=600)
    agent = make_agent(is_present=False)
    doomed, safe = processes.web(FAILPOINTS=failpoint), processes.web()
    publish()
    session = sign_in(agent)
    if failpoint == "offer.made":
        stage.agents([[safe.ws_url]], session_key=session)
        stage.arrive(list)
        tab = stage.visitors([[doomed.ws_url, safe.ws_url]], token=mint_token(), ping_every=1.0)[0]
        wait_until_dead(doomed)
        # Nothing of the offer was committed; the next heartbeat of the visitor has it made.
        stage.run(tab.until_phase("waiting"))
        wait_until(lambda: Offer.objects.exists(), what="the offer", seconds=20)
    else:
        page = stage.agents([[doomed.ws_url, safe.ws_url]], session_key=session)[0]
        offer = make_offer()
        stage.run(page.send({"type": "decline", "offer": str(offer.public_id)}))
        wait_until_dead(doomed)
        offer.refresh_from_db()
        assert offer.status == Offer.Status.DECLINED
        assert LiveChat.objects.get().status == LiveChat.Status.FALLBACK
    assert Offer.objects.count() == 1
    assert_all_agree()
