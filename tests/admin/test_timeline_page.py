"""One chat on one line of time, to look at and to take away."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from agents.models import User
from chat.models import LiveChat, TimelineEntry
from chat.services.live_chats import end_by_agent
from routing.models import Offer
from routing.selectors.timelines import list_moments
from routing.services.offers import decline_offer
from routing.services.transfers import start_transfer
from tests.admin.conftest import SignIn
from tests.stage import accept, agent_at_work, ask_for_human, at, configure, offer_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-57")]


def make_chat() -> LiveChat:
    """Offered at once, accepted after 7 s, ended after 60."""
    configure()
    agent_at_work(first_name="=Ann", last_name="Berg")
    chat = accept(offer_chat(ask_for_human()), now=at(7))
    assert chat.agent_id is not None
    end_by_agent(conversation_id=chat.conversation_id, agent_id=chat.agent_id, now=at(60))
    return LiveChat.objects.get(pk=chat.pk)


def test_timeline_has_offers_with_their_timers_decisions_and_messages_in_order() -> None:
    chat = make_chat()
    moments = list_moments(chat)
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    kinds = [moment.kind for moment in moments if moment.kind != "message"]
    assert kinds == ["offered", "decided", "accepted", "ended"]
    offered, decided = moments[:2]
    assert (offered.who, offered.details["attempt"]) == ("=Ann Berg", 1)
    assert (offered.details["show_within"], offered.details["accept_within"]) == (5.0, 100.0)
    assert (decided.who, decided.details["outcome"]) == ("=Ann Berg", "offered")


@pytest.mark.req("DL-03")
def test_servers_whose_clocks_differ_turn_nothing_round() -> None:
    configure()
    ann, bo = agent_at_work(), agent_at_work()
    chat = accept(offer_chat(ask_for_human(), now=at(10)), now=at(7))
    start_transfer(conversation_id=chat.conversation_id, sender_id=ann.pk, agent_id=bo.pk, now=at(20))
    end_by_agent(conversation_id=chat.conversation_id, agent_id=ann.pk, now=at(12))
    kinds = [moment.kind for moment in list_moments(chat) if moment.kind != "message"]
    assert kinds == [
        *("offered", "decided", "accepted"),
        *("transfer", "offered", "decided", "withdrawn", "transfer_off", "ended"),
    ]


def test_timeline_costs_the_same_however_much_happened(django_assert_num_queries: Any) -> None:
    chat = make_chat()
    for number in range(20):
        TimelineEntry.objects.create(live_chat=chat, at=at(number), kind="shown", agent_id=chat.agent_id)
    with django_assert_num_queries(4):
        assert len(list_moments(chat)) > 20


def test_page_and_files_tell_the_same(boss: User, sign_in: SignIn) -> None:
    chat, client = make_chat(), sign_in(boss)
    page = client.get(f"/admin/chat/livechat/{chat.pk}/timeline/").content.decode()
    assert "Accepted" in page
    assert '<td class="number">7.0</td>' in page
    rows = client.get(f"/admin/chat/livechat/{chat.pk}/timeline.json").json()["timeline"]
    answer = client.get(f"/admin/chat/livechat/{chat.pk}/timeline.csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert lines[0] == ["at", "seconds", "kind", "who", "details"]
    assert [line[2] for line in lines[1:]] == [row["kind"] for row in rows]
    accepted = next(row for row in rows if row["kind"] == "accepted")
    assert (accepted["seconds"], accepted["who"]) == (7.0, "=Ann Berg")
    # Nothing that a spreadsheet would run.
    assert {line[3] for line in lines[1:]} == {"'=Ann Berg", "System"}
    assert answer["Content-Disposition"] == f'attachment; filename="timeline-{chat.public_id}.csv"'


def test_what_is_known_of_each_moment_is_said_in_words(boss: User, sign_in: SignIn) -> None:
    configure()
    ann, bo = (
        agent_at_work(first_name="Ann", last_name="Berg"),
        agent_at_work(first_name="Bo", last_name="Ek"),
    )
    chat = accept(offer_chat(ask_for_human()), now=at(7))
    start_transfer(conversation_id=chat.conversation_id, sender_id=ann.pk, agent_id=bo.pk, now=at(20))
    offer = Offer.objects.get(agent=bo)
    decline_offer(offer_id=str(offer.public_id), agent_id=bo.pk, reason="On the phone", now=at(30))
    end_by_agent(conversation_id=chat.conversation_id, agent_id=ann.pk, now=at(60))
    client = sign_in(boss)
    page = client.get(f"/admin/chat/livechat/{chat.pk}/timeline/").content.decode()
    for words in (
        "Round robin; attempt 1; 5 s to show it; 100 s to accept",
        "to Bo Ek; Declined",
        "On the phone",
        "Ended by the agent",
        "message 1; Notice",
    ):
        assert f"<td>{words}</td>" in re.sub(r"\s*(<[^>]+>)\s*", r"\1", page), words
    record = client.get(f"/admin/chat/livechat/{chat.pk}/change/").content.decode()
    assert "to Bo Ek; Declined" in record


def test_reads_drops_and_returns_are_said_in_words(boss: User, sign_in: SignIn) -> None:
    chat, client = make_chat(), sign_in(boss)
    for second, kind, agent_id, data in (
        (9, "read", chat.agent_id, {"seq": 3}),
        (20, "dropped", None, {}),
        (62, "reconnected", None, {"seconds": 42.4}),
        (70, "left", chat.agent_id, {}),
        (460, "reconnected", chat.agent_id, {"seconds": 400.0}),
    ):
        TimelineEntry.objects.create(live_chat=chat, at=at(second), kind=kind, agent_id=agent_id, data=data)
    answer = client.get(f"/admin/chat/livechat/{chat.pk}/timeline.csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    told = [tuple(line[2:]) for line in lines if line[2] in ("read", "dropped", "left", "reconnected")]
    assert told == [
        ("read", "'=Ann Berg", "up to message 3"),
        ("dropped", "Visitor", ""),
        ("reconnected", "Visitor", "was away for 42 s"),
        ("left", "'=Ann Berg", ""),
        ("reconnected", "'=Ann Berg", "was away for 7 min"),
    ]
    page = client.get(f"/admin/chat/livechat/{chat.pk}/timeline/").content.decode()
    for words in ("Connection lost", "Back again", "Page closed", "was away for 42 s", "up to message 3"):
        assert words in page
    filtered = client.get("/admin/chat/timelineentry/", {"kind__exact": "dropped"})
    assert filtered.context["cl"].result_count == 1
