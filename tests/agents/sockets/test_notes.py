"""Notes to colleagues over the sockets: staff have them at once and again after a loss, visitors never."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chat.delivery.topics import Audience
from chat.events import NoteWritten
from chat.models import Conversation, Note
from chat.protocol.visitor import VisitorServerFrame
from chat.receivers import hint_at_note
from chat.selectors.transcripts import render_text
from chat.services.notes import write_note
from tests.chat.polling.pollers import Poller
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tables import list_types
from tests.chat.sockets.tabs import AgentTab, Frame, Tab, VisitorTab, client_id, run

pytestmark = pytest.mark.req("LC-42", "DL-10")

SECRET = "She haggles: 10 % at most."


def note_frame(tab: VisitorTab, text: str = SECRET, as_id: str = "") -> Frame:
    return {
        "type": "note",
        "conversation": tab.conversation,
        "client_id": as_id or client_id(),
        "text": text,
    }


def noted(tab: Tab) -> list[str]:
    """Every note this page was sent, once each."""
    rows = {note["number"]: note["text"] for frame in tab.list_of("notes") for note in frame["notes"]}
    return [rows[number] for number in sorted(rows)]


async def say_last(tab: VisitorTab, page: AgentTab) -> None:
    """Something the visitor gets for sure: whatever was sent before it is there then."""
    await page.post(tab.conversation, "And now for the visitor")
    await tab.until("message", lambda frame: frame["text"] == "And now for the visitor")
    await tab.ping()


async def test_note_comes_to_every_page_of_the_staff_and_to_none_of_the_visitor(story: Story) -> None:
    tab, page = await story.chatting()
    second = await story.agent(page.session_key)
    other_tab = await story.visitor(token=tab.token)
    frame = note_frame(tab, as_id="note-one-1")
    answer = await page.ask(frame, "notes")
    (note,) = answer["notes"]
    assert (note["client_id"], note["text"], note["number"]) == ("note-one-1", SECRET, 1)
    await second.until("notes")
    await say_last(tab, page)
    await other_tab.ping()
    late = await story.visitor(token=tab.token)
    poller = Poller(tab.token)
    await poller.poll()
    for each in (tab, other_tab, late, poller):
        assert "haggles" not in json.dumps(each.frames)
        assert "notes" not in {frame["type"] for frame in each.frames}


def test_visitors_have_no_frame_for_notes() -> None:
    assert list_types(VisitorServerFrame) & {"note", "notes"} == set()


def test_push_of_a_note_is_for_staff_and_holds_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    pushed: list[Any] = []
    monkeypatch.setattr("chat.receivers.broadcast_soon", lambda *push: pushed.append(push))
    hint_at_note(NoteWritten("6f1c1f6e-9d2b-4f0a-8f5e-2b7a9c3d4e10"))
    ((_topic, texts, hints),) = pushed
    assert texts == {Audience.STAFF: ""}
    assert hints == {"note": 1, "conversation": "6f1c1f6e-9d2b-4f0a-8f5e-2b7a9c3d4e10"}


@pytest.mark.req("DL-02", "DL-05")
async def test_note_sent_again_is_answered_again_and_kept_once(story: Story) -> None:
    tab, page = await story.chatting()
    frame = note_frame(tab)
    first = await page.ask(frame, "notes")
    assert await page.ask(frame, "notes") == first
    await tab.send(tab.frame("end"))
    await page.until("state", lambda state: state["phase"] == "ended")
    # What was written when the visitor ended the chat isn't lost.
    assert await page.ask(frame, "notes") == first
    late = await page.ask(note_frame(tab, "Call her on Monday"), "notes")
    assert [note["text"] for note in late["notes"]] == ["Call her on Monday"]
    assert await run(Note.objects.count) == 2


@pytest.mark.req("DL-04", "DL-06")
async def test_page_that_comes_back_has_every_note_once(story: Story) -> None:
    tab, page = await story.chatting()
    await page.ask(note_frame(tab, "One"), "notes")
    await page.ask(note_frame(tab, "Two"), "notes")
    again = await story.agent(page.session_key)
    await again.until("notes")
    await again.ping()
    assert noted(again) == ["One", "Two"]
    assert len(again.list_of("notes")) == 1


@pytest.mark.req("DL-04")
async def test_note_whose_push_was_lost_comes_with_the_heartbeat(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, page = await story.chatting()
    user, _key = await story.make_agent(is_superuser=True)
    monkeypatch.setattr("chat.receivers.broadcast_soon", lambda *push: None)
    await run(
        write_note, author=user, conversation=tab.conversation, client_id="note-0001", text="From above"
    )
    await page.ping()
    assert noted(page) == ["From above"]


@pytest.mark.req("LC-38")
async def test_stranger_learns_nothing_of_a_chat_by_writing_a_note(story: Story) -> None:
    tab, _page = await story.chatting()
    stranger = await story.agent((await story.make_agent())[1])
    answers = [
        await stranger.ask({**note_frame(tab, as_id="note-0001"), "conversation": each})
        for each in (tab.conversation, "6f1c1f6e-9d2b-4f0a-8f5e-2b7a9c3d4e10", "not-an-id", "\0")
    ]
    assert [answer["code"] for answer in answers] == ["conversation_not_found"] * 4
    assert all(answer == answers[0] for answer in answers)
    assert not await run(Note.objects.exists)


async def test_who_writes_a_note_isnt_shown_as_typing_and_reads_nothing(story: Story) -> None:
    tab, page = await story.chatting()
    await tab.post("Hello?")
    await page.until("message", lambda frame: frame["author"] == "visitor")
    await page.ask(note_frame(tab), "notes")
    await tab.ping()
    assert tab.list_of("typing") == []
    assert [frame for frame in tab.list_of("marks") if frame.get("agent_read", 0) > 0] == []


async def test_note_moves_no_deadline(story: Story) -> None:
    tab, page = await story.chatting()
    before = page.list_of("state")
    await page.ask(note_frame(tab), "notes")
    await page.ping()
    assert page.list_of("state") == before


async def test_note_is_written_beside_a_chat_that_is_over(story: Story) -> None:
    tab, page = await story.chatting()
    await page.send({"type": "end", "conversation": tab.conversation})
    for each in (tab, page):
        await each.until("state", lambda frame: frame["phase"] == "ended")
    frame = note_frame(tab, as_id="note-late-1")
    for _again in range(2):
        (note,) = (await page.ask(frame, "notes"))["notes"]
        assert (note["client_id"], note["text"], note["number"]) == ("note-late-1", SECRET, 1)
    assert await run(Note.objects.count) == 1
    # The visitor has nothing of it: not now, not after a reload, not in the transcript.
    late, poller = await story.visitor(token=tab.token), Poller(tab.token)
    await poller.poll()
    await tab.ping()
    assert "haggles" not in json.dumps([tab.frames, late.frames, poller.frames])
    conversation = await run(Conversation.objects.select_related("visitor", "version__dialogue").first)
    assert SECRET in await run(render_text, conversation=conversation, audience="staff")
    assert SECRET not in await run(render_text, conversation=conversation, audience="visitor")


async def test_nobody_else_writes_beside_a_chat_that_is_over(story: Story) -> None:
    tab, page = await story.chatting()
    await page.send({"type": "end", "conversation": tab.conversation})
    await page.until("state", lambda frame: frame["phase"] == "ended")
    _stranger, key = await story.make_agent()
    other = await story.agent(key)
    frame = note_frame(tab)
    assert (await other.ask(frame))["client_id"] == frame["client_id"]
    assert not await run(Note.objects.exists)
