from __future__ import annotations

import json
import re

import pytest
from django.utils import timezone

from chat.models import Message, Note
from chat.selectors.transcript_files import render_html, render_json
from chat.selectors.transcripts import describe_notice, get_notice_words, render_text
from chat.services.live_chats import end_by_agent
from chat.services.messages import Post, post_messages
from tests.factories import ConversationFactory
from tests.stage import agent_at_work, ask_for_human, at, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-40")]


def test_transcript_has_who_said_what_and_when() -> None:
    agent = agent_at_work(first_name="Ann", last_name="100 % %(name)s")
    chat = start_chat(ask_for_human(version__dialogue__name="Pricing", attributes={"first_name": "Vera"}))
    pair = chat.conversation_id
    posts = [
        Post(pair, "visitor", chat.conversation.visitor_id, "client-1", "Hi\nthere"),
        Post(pair, "agent", agent.pk, "client-2", "Hello"),
    ]
    post_messages(posts, now=at(61))
    end_by_agent(conversation_id=pair, agent_id=agent.pk, now=at(62))
    lines = render_text(conversation=chat.conversation)
    assert lines == (
        "Pricing\nVera\n2026-03-02 (UTC)\n\n"
        "[2026-03-02 12:00:00] — Ann 100 % %(name)s joined\n"
        "[2026-03-02 12:01:01] Vera: Hi\n    there\n"
        "[2026-03-02 12:01:01] Ann 100 % %(name)s: Hello\n"
        "[2026-03-02 12:01:02] — Ann 100 % %(name)s ended the chat\n"
    )


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_times_are_in_utc_around_the_clock_wherever_the_reader_is(zone: str) -> None:
    agent_at_work()
    chat = start_chat(now=at(6 * 3_600))
    with timezone.override(zone):
        text, page = render_text(conversation=chat.conversation), render_html(conversation=chat.conversation)
    assert "[2026-03-02 18:00:00]" in text
    assert "2026-03-02T18:00:00+00:00" in page
    assert ">18:00:00<" in page


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u0085", "\v"])
def test_visitor_can_write_no_line_in_anothers_name(end: str) -> None:
    forged = f"{end}[2026-03-02 12:02:00] Ann: 90 % off"
    agent_at_work(first_name="Ann", last_name="")
    chat = start_chat(ask_for_human(attributes={"first_name": f"Vera{forged}"}))
    said = Post(chat.conversation_id, "visitor", chat.conversation.visitor_id, "client-1", f"Hi{forged}")
    post_messages([said], now=at(61))
    lines = render_text(conversation=chat.conversation).splitlines()
    assert [line for line in lines if line.startswith("[2026-03-02 12:02:00]")] == []


def test_notice_without_words_is_named() -> None:
    assert describe_notice({"notice": "something_new"}) == "something_new"


def test_every_notice_reads_in_the_inbox_as_in_the_transcript() -> None:
    for notice, sentence in get_notice_words().items():
        told = describe_notice({"notice": notice, "name": "Ann {name}"})
        assert told == sentence.replace("{name}", "Ann {name}")
    assert get_notice_words()["joined"] == "{name} joined"


@pytest.mark.req("LC-40")
def test_page_of_a_transcript_needs_nothing_else_and_runs_nothing() -> None:
    agent = agent_at_work(first_name="<img src=x onerror=alert(1)>", last_name="")
    chat = start_chat(ask_for_human(attributes={"first_name": "</title><script>alert(1)</script>"}))
    said = Post(
        chat.conversation_id, "visitor", chat.conversation.visitor_id, "client-1", "<svg onload=x>\nHi"
    )
    post_messages([said], now=at(61))
    end_by_agent(conversation_id=chat.conversation_id, agent_id=agent.pk, now=at(62))
    page = render_html(conversation=chat.conversation)
    assert "&lt;svg onload=x&gt;\nHi" in page
    assert "default-src 'none'" in page
    tags = set(re.findall(r"<([a-z0-9]+)", page))
    assert tags == {
        "html", "head", "meta", "title", "style", "body", "h1", "p", "ol", "li", "strong", "time"
    }  # fmt: skip
    assert not re.search(r"(src|href)=", re.sub("&lt;.*?&gt;", "", page))
    # Nothing of the style sheet was changed on its way into the page, and it fetches nothing.
    style = page.split("<style>")[1].split("</style>")[0]
    assert not re.search(r"url\(|@import|&", style)
    assert "2026-03-02 12:01:01" in page


@pytest.mark.req("LC-35", "LC-40")
def test_page_of_a_transcript_names_files_documents_and_who_noted_as_text() -> None:
    conversation = ConversationFactory.create(last_seq=2)
    said = {"conversation": conversation, "created_at": at(5)}
    Message.objects.create(seq=1, author="visitor", text="<b>.png", payload={"file": {}}, **said)
    Message.objects.create(seq=2, author="bot", text="Yours:", payload={"document": {"name": "<i>"}}, **said)
    Note.objects.create(number=1, after_seq=2, author_name="<u>", text="<s>", client_id="note-0001", **said)
    page = render_html(conversation=conversation, audience="staff")
    for words in (
        "(file) &lt;b&gt;.png",
        "[Document: &lt;i&gt;]",
        "(note to colleagues) &lt;u&gt;",
        "&lt;s&gt;",
    ):
        assert words in page
    assert not re.search(r"<[biu s]>", page)


@pytest.mark.req("LC-40")
def test_json_of_a_transcript_has_every_line_in_order() -> None:
    agent = agent_at_work(first_name="Ann", last_name="Berg")
    page = "https://shop.example/prices"
    chat = start_chat(
        ask_for_human(attributes={"first_name": "Vera"}, version__dialogue__name="Pricing", page_url=page)
    )
    said = Post(chat.conversation_id, "visitor", chat.conversation.visitor_id, "client-1", "Hi")
    post_messages([said], now=at(61))
    end_by_agent(conversation_id=chat.conversation_id, agent_id=agent.pk, now=at(62))
    chat.conversation.refresh_from_db()
    found = json.loads(render_json(conversation=chat.conversation))
    assert (found["transcript"], found["dialogue"], found["visitor"]) == (1, "Pricing", "Vera")
    assert (found["conversation"], found["page"]) == (str(chat.conversation.public_id), page)
    assert (found["began_at"], found["ended_at"]) == ("2026-03-02T12:00:00Z", "2026-03-02T12:01:02Z")
    assert found["lines"] == [
        {"at": "2026-03-02T12:00:00Z", "kind": "notice", "text": "Ann Berg joined"},
        {
            "at": "2026-03-02T12:01:01Z",
            "kind": "message",
            "text": "Hi",
            "author": "visitor",
            "name": "Vera",
        },
        {"at": "2026-03-02T12:01:02Z", "kind": "notice", "text": "Ann Berg ended the chat"},
    ]
