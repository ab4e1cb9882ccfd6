"""Every frame that a visitor's client may send: taken, out of place, somebody else's, and bad."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chat.consumers import VisitorSocket
from chat.models import Conversation, LiveChat, Message
from chat.protocol.visitor import VisitorClientFrame
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tables import (
    BAD_CLIENT_IDS,
    BAD_IDS,
    BAD_SEQS,
    BAD_TEXTS,
    CLIENT_ID,
    Row,
    list_bad_frames,
    list_types,
)
from tests.chat.sockets.tabs import Frame, VisitorTab, client_id, run

CHAT = {"conversation": ""}
ROWS: dict[str, Row] = {
    "hello": Row(
        {"protocol": 1},
        {
            "protocol": ["1", None, 1.5, True],
            "token": ["x" * 401, 7, None],
            "conversation": BAD_IDS,
            "after": BAD_SEQS,
            "show": ["yes", 1, None],
            "page": ["https://shop.example", []],
            "page.url": ["x" * 2001, 5],
            "page.title": ["x" * 301, 5],
            "page.referrer": ["x" * 2001, 5],
            "language": ["x" * 36, 5],
            "session": ["x" * 65, "with space", 5],
            "device": ["fridge", 5, None],
            "time_zone": ["x" * 65, 5],
            "attributes": [[], "plan"],
            "identity": ["x" * 4001, 5],
            "flow": ["x" * 61, 5],
        },
    ),
    "answer": Row(
        {**CHAT, "card": "what", "client_id": CLIENT_ID, "value": "human"},
        {
            "conversation": BAD_IDS,
            "card": ["x" * 121, 5],
            "client_id": BAD_CLIENT_IDS,
            "value": ["x" * 4001, 5, None],
        },
    ),
    "post": Row(
        {**CHAT, "client_id": CLIENT_ID, "text": "Hello"},
        {"conversation": BAD_IDS, "client_id": BAD_CLIENT_IDS, "text": BAD_TEXTS},
    ),
    "typing": Row(CHAT, {"conversation": BAD_IDS}),
    "mark": Row({**CHAT}, {"conversation": BAD_IDS, "delivered": BAD_SEQS, "read": BAD_SEQS}),
    "sync": Row({**CHAT, "after": 0}, {"conversation": BAD_IDS, "after": BAD_SEQS}),
    "cancel": Row(CHAT, {"conversation": BAD_IDS}),
    "contact": Row(
        {**CHAT, "email": "ada@fleet.example"},
        {"conversation": BAD_IDS, "email": ["", "x" * 255, 5, None]},
    ),
    "end": Row(CHAT, {"conversation": BAD_IDS}),
    "reading": Row(
        {**CHAT, "card": "prices", "event": "opened"},
        {"conversation": BAD_IDS, "card": ["x" * 121, 5], "event": ["eaten", 5], "page": [-1, 100_001, "1"]},
    ),
    "page": Row(
        {"url": "https://shop.example/prices"},
        {"url": ["x" * 2001, 5], "title": ["x" * 301, 5], "referrer": ["x" * 2001, 5]},
    ),
    "facts": Row({}, {"attributes": [[], "plan"], "identity": ["x" * 4001, 5]}),
    "flow": Row({"slug": "demo"}, {"slug": ["", "x" * 61, 5]}),
    "ping": Row({}, {"mark": [1, None, "x" * 65]}),
}
# What each frame is answered with where a conversation stands; "" is nothing, and the frames that move the
# conversation on come last.
PHASES: dict[str, dict[str, str]] = {
    "bot": {
        "post": "error nobody_listening",
        "typing": "",
        "mark": "marks",
        "sync": "messages",
        "cancel": "",
        "contact": "error conversation_closed",
        "end": "error conversation_closed",
        "reading": "error document_not_shown",
        "answer": "accepted",
    },
    "waiting": {
        "answer": "error answer_late",
        "post": "ack",
        "typing": "",
        "mark": "marks",
        "sync": "messages",
        "end": "error conflict",
        "reading": "error document_not_shown",
        "cancel": "state abandoned",
        "contact": "state abandoned",
    },
    "active": {
        "answer": "error answer_late",
        "post": "ack",
        "typing": "",
        "mark": "marks",
        "sync": "messages",
        "cancel": "error already_active",
        "contact": "error already_active",
        "reading": "error document_not_shown",
        "end": "state ended",
    },
    "ended": {
        "answer": "error conversation_closed",
        "post": "error conversation_closed",
        "typing": "",
        "mark": "marks",
        "sync": "messages",
        "cancel": "",
        "contact": "error conversation_closed",
        "reading": "error document_not_shown",
        "end": "",
    },
}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables are longer than what one socket may send at once."""
    monkeypatch.setattr(VisitorSocket, "frame_burst", 10_000)


async def lead(story: Story, phase: str) -> VisitorTab:
    """A visitor whose conversation stands there."""
    if phase == "bot":
        await story.set_up()
        return await story.visitor()
    if phase == "waiting":
        await story.set_up()
        return (await story.offered())[0]
    tab, _page = await story.chatting()
    if phase == "ended":
        await tab.send(tab.frame("end"))
        await tab.until("state", lambda frame: frame["phase"] == "ended")
    return tab


def fill(kind: str, conversation: str) -> Frame:
    """A good frame about this conversation."""
    frame = {"type": kind, **ROWS[kind].good}
    if ROWS[kind].is_about_a_chat:
        frame["conversation"] = conversation
    if "client_id" in frame:
        frame["client_id"] = client_id()
    if kind == "mark":
        frame["read"] = 1
    return frame


@pytest.mark.req("DL-09")
def test_every_frame_of_the_protocol_has_its_rows() -> None:
    assert set(ROWS) == list_types(VisitorClientFrame)
    about_a_chat = {kind for kind, row in ROWS.items() if row.is_about_a_chat} - {"hello"}
    assert [set(answers) for answers in PHASES.values()] == [about_a_chat] * len(PHASES)


@pytest.mark.req("DL-09", "LC-27", "LC-29", "LC-32", "LC-51")
@pytest.mark.parametrize("phase", PHASES)
async def test_each_frame_is_taken_or_refused_by_where_the_conversation_stands(
    phase: str, story: Story
) -> None:
    tab = await lead(story, phase)
    for kind, expected in PHASES[phase].items():
        name, _, detail = expected.partition(" ")
        await tab.send(fill(kind, tab.conversation))
        if name:
            frame = await tab.until(name, is_what_is_meant(name, detail))
            assert name != "error" or frame["text"]
        else:
            before = len(tab.list_of("error"))
            await tab.ping()
            assert len(tab.list_of("error")) == before, kind


def is_what_is_meant(name: str, detail: str) -> Callable[[Frame], bool]:
    member = {"error": "code", "state": "phase"}.get(name, "")
    return lambda frame: not member or frame[member] == detail


@pytest.mark.req("DL-10")
async def test_somebody_elses_conversation_is_answered_like_one_that_is_not_there(story: Story) -> None:
    other, _page = await story.chatting()
    mine = await story.visitor()
    before = await run(get_all_rows)
    for kind, row in ROWS.items():
        if kind != "hello" and row.is_about_a_chat:
            ids = [other.conversation, str(uuid.uuid4()), "not-an-id", "", "'; --", str(10**30)]
            answers = [
                await mine.ask({"type": kind, **row.good, "conversation": each, "client_id": CLIENT_ID})
                if "client_id" in row.good
                else await mine.ask({"type": kind, **row.good, "conversation": each})
                for each in ids
            ]
            assert all(answer == answers[0] for answer in answers), kind
            assert answers[0]["code"] == "conversation_not_found"
    assert await run(get_all_rows) == before
    assert not {"message", "state", "marks", "typing"} & {
        frame["type"] for frame in other.frames[other.seen :]
    }


def get_all_rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Conversation, LiveChat, Message)]


@pytest.mark.req("DL-10", "DL-02")
async def test_the_same_client_id_of_two_visitors_is_two_messages(story: Story) -> None:
    await story.set_up()
    await story.make_agent(is_present=True)
    mine, other = await story.waiting(), await story.waiting()
    answers = [await tab.post(text, as_id=CLIENT_ID) for tab, text in ((mine, "mine"), (other, "other"))]
    assert {answer["conversation"] for answer in answers} == {mine.conversation, other.conversation}
    assert await run(Message.objects.filter(client_id=CLIENT_ID).count) == 2


@pytest.mark.req("DL-07", "LC-51")
async def test_a_bad_member_is_named_and_the_connection_lives(story: Story) -> None:
    await story.set_up()
    tab = await story.visitor()
    before = await run(get_all_rows)
    for frame, kind, name in list_bad_frames(ROWS, {"conversation": tab.conversation}):
        answer = await tab.ask(frame)
        assert (answer["code"], answer["field"]) == ("bad_field", name), (kind, name, frame)
        sent = frame.get("client_id")
        assert answer.get("client_id") == (sent if isinstance(sent, str) and sent else None)
    assert await run(get_all_rows) == before
    await tab.ping()


@pytest.mark.req("DL-07")
async def test_no_frame_takes_a_member_that_is_not_in_the_protocol(story: Story) -> None:
    await story.set_up()
    tab = await story.visitor()
    for kind in sorted(set(ROWS) - {"ping"}):
        secret = {"author": "agent", "seq": 1, "is_admin": True, "visitor_id": 1}
        answer = await tab.ask({**fill(kind, tab.conversation), **secret})
        assert answer["code"] == "bad_field"
        assert answer["field"] in secret
    await tab.ping()


@pytest.mark.req("DL-07")
@pytest.mark.parametrize("kind", ["", "accept", "set_availability", "welcome", "message", None, 5, "HELLO"])
async def test_an_unknown_type_is_refused_and_the_connection_lives(kind: Any, story: Story) -> None:
    await story.set_up()
    tab = await story.visitor()
    answer = await tab.ask(
        {"type": kind, "conversation": tab.conversation, "offer": "x", "client_id": CLIENT_ID}
    )
    assert answer["field"] == "type"
    assert answer["code"] in {"unknown_type", "bad_field"}
    await tab.ping()


@pytest.mark.req("DL-07")
async def test_a_socket_begins_with_hello_and_only_once(
    story: Story, visitor: Callable[..., Awaitable[VisitorTab]]
) -> None:
    await story.set_up()
    tab = await visitor(greet=False)
    for kind in sorted(set(ROWS) - {"hello", "ping"}):
        assert (await tab.ask(fill(kind, str(uuid.uuid4()))))["code"] == "out_of_order"
    await tab.hello()
    answer = await tab.ask({"type": "hello", "protocol": 1, "token": secrets.token_hex(8)})
    assert answer["code"] == "out_of_order"
    assert await run(Conversation.objects.count) == 1
    assert (await tab.ping())["type"] == "pong"
