"""Every frame that an agent's page may send: taken, out of place, somebody else's, and bad."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agents.consumers import AgentSocket
from agents.models import User
from chat.models import Conversation, LiveChat, Message, Seat
from chat.posting import post
from chat.protocol.agent import AgentClientFrame
from chat.protocol.state import Ack
from chat.services.live_chats import end_by_agent
from chat.services.messages import Post
from routing.models import Offer
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tables import (
    BAD_CLIENT_IDS,
    BAD_IDS,
    BAD_SEQS,
    BAD_TEXTS,
    CLIENT_ID,
    TOO_LONG,
    Row,
    list_bad_frames,
    list_types,
)
from tests.chat.sockets.tabs import AgentTab, Frame, VisitorTab, client_id, run
from tests.factories import get_permissions

ACTIVE = LiveChat.Status.ACTIVE
CHAT = {"conversation": ""}
OFFER = {"offer": ""}
ROWS: dict[str, Row] = {
    "hello": Row(
        {"protocol": 1},
        {
            "protocol": ["1", None, 1.5, True],
            "after": [[], "0", {str(n): 0 for n in range(51)}],
        },
    ),
    "shown": Row(OFFER, {"offer": BAD_IDS}),
    "accept": Row(OFFER, {"offer": BAD_IDS}),
    "decline": Row(OFFER, {"offer": BAD_IDS, "reason": ["x" * 201, 5, None]}),
    "post": Row(
        {**CHAT, "client_id": CLIENT_ID, "text": "Hello"},
        {"conversation": BAD_IDS, "client_id": BAD_CLIENT_IDS, "text": BAD_TEXTS},
    ),
    "note": Row(
        {**CHAT, "client_id": CLIENT_ID, "text": "Hello"},
        {
            "conversation": BAD_IDS,
            "client_id": BAD_CLIENT_IDS,
            "text": BAD_TEXTS,
            "mentions": [None, "1", 1, [1] * 51],
        },
    ),
    "see_mentions": Row(
        {**CHAT, "numbers": [1]},
        {"conversation": BAD_IDS, "numbers": [None, "1", 1, [1] * 51]},
    ),
    "typing": Row(CHAT, {"conversation": BAD_IDS}),
    "mark": Row(CHAT, {"conversation": BAD_IDS, "delivered": BAD_SEQS, "read": BAD_SEQS}),
    "watch": Row({**CHAT, "after": 0}, {"conversation": BAD_IDS, "after": BAD_SEQS}),
    "sync": Row({**CHAT, "after": 0}, {"conversation": BAD_IDS, "after": BAD_SEQS}),
    "end": Row(CHAT, {"conversation": BAD_IDS, "after": [-1, "1", 1.5, True]}),
    "find_targets": Row({}, {}),
    "start_transfer": Row(
        CHAT,
        {
            "conversation": BAD_IDS,
            "agent": [-1, "1", None, 2**60],
            "team": [-1, "1", None],
            "note": ["x" * 1_001, 5, None],
        },
    ),
    "take_back": Row(CHAT, {"conversation": BAD_IDS}),
    "set_availability": Row({"available": True}, {"available": [1, "true", None]}),
    "ping": Row({}, {"mark": [1, None, "x" * 65]}),
}
ABOUT_A_CHAT = {kind for kind, row in ROWS.items() if row.is_about_a_chat}
# Notes may be written in every chat that one may look at, also when it is over: test_notes.py. What
# one was called to may be somebody else's by now: test_mentions.py.
ON_THE_CHAT = ABOUT_A_CHAT - {"note", "see_mentions", "watch"}
ABOUT_AN_OFFER = {kind for kind, row in ROWS.items() if "offer" in row.bad}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables are longer than what one socket may send at once."""
    monkeypatch.setattr(AgentSocket, "frame_burst", 10_000)


def fill(kind: str, target: str) -> Frame:
    """A good frame about this chat or offer."""
    frame = {"type": kind, **ROWS[kind].good}
    if kind in ABOUT_A_CHAT:
        frame["conversation"] = target
    if kind in ABOUT_AN_OFFER:
        frame["offer"] = target
    if "client_id" in frame:
        frame["client_id"] = client_id()
    return frame


def get_all_rows() -> list[Any]:
    models = (Conversation, LiveChat, Message, Offer, Seat, User)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.req("DL-09")
def test_every_frame_of_the_protocol_has_its_row() -> None:
    assert set(ROWS) == list_types(AgentClientFrame)
    rest = {"hello", "ping", "set_availability", "find_targets"}
    assert set(ROWS) == ABOUT_A_CHAT | ABOUT_AN_OFFER | rest


@pytest.mark.req("DL-09", "LC-29", "LC-30", "LC-32")
async def test_in_a_chat_of_ones_own_every_frame_is_taken(story: Story) -> None:
    tab, page = await story.chatting()
    for kind, answer in (("typing", ""), ("sync", "messages"), ("post", "ack"), ("mark", "")):
        await page.send({**fill(kind, tab.conversation), **({"read": 1} if kind == "mark" else {})})
        if answer:
            await page.until(answer)
    await tab.until("typing", lambda frame: frame["author"] == "agent")
    await tab.until("message", lambda frame: (frame["author"], frame["text"]) == ("agent", "Hello"))
    marks = await tab.until("marks")
    assert (marks["agent_delivered"], marks["agent_read"]) == (1, 1)
    await page.send(fill("end", tab.conversation))
    for each in (tab, page):
        state = await each.until("state", lambda frame: frame["phase"] == "ended")
        assert state["can"] == []
        assert any(message.get("notice") == "ended_by_agent" for message in each.list_of("message")[-2:])
    assert page.list_of("error") == []


@pytest.mark.req("LC-32", "DL-02", "LC-51")
async def test_in_a_chat_that_is_over_nothing_is_taken(story: Story) -> None:
    tab, page = await story.chatting()
    await page.post(tab.conversation, "The last word", as_id=CLIENT_ID)
    await tab.send(tab.frame("end"))
    await page.until("state", lambda frame: frame["phase"] == "ended")
    await page.ping()
    before = await run(get_all_rows)
    for kind in sorted(ON_THE_CHAT - {"end"}):
        answer = await page.ask(fill(kind, tab.conversation))
        assert answer["code"] == "conversation_not_found", kind
    assert await run(get_all_rows) == before


@pytest.mark.req("LC-32", "DL-02")
async def test_ending_again_from_any_tab_is_answered_with_how_the_chat_stands(story: Story) -> None:
    tab, page = await story.chatting()
    second = await story.agent(page.session_key)
    await page.send(fill("end", tab.conversation))
    for each in (page, second):
        await each.until("state", lambda frame: frame["phase"] == "ended")
    before = await run(get_all_rows)
    for frame in (fill("end", tab.conversation), {**fill("end", tab.conversation), "after": 0}):
        for each in (page, second):
            assert (await each.ask(frame, "state"))["phase"] == "ended"
    assert await run(get_all_rows) == before
    assert page.list_of("error") == second.list_of("error") == []
    stranger = await story.agent((await story.make_agent())[1])
    assert (await stranger.ask(fill("end", tab.conversation)))["code"] == "conversation_not_found"


@pytest.mark.req("LC-32")
async def test_a_chat_is_not_ended_over_a_word_that_the_page_has_not_got(story: Story) -> None:
    tab, page = await story.chatting()
    await tab.post("Thanks, bye")
    seen = (await page.until("message", lambda frame: frame["text"] == "Thanks, bye"))["seq"]
    await tab.post("Oh, one more thing")
    end = fill("end", tab.conversation)
    refused = await page.ask({**end, "after": seen})
    assert refused["code"] == "visitor_wrote"
    assert (await run(LiveChat.objects.get)).status == ACTIVE
    # What the agent has said since is no reason, nor is what the page has.
    await page.post(tab.conversation, "It's 50 euros")
    await page.send({**end, "after": seen + 1})
    await tab.until("state", lambda frame: frame["phase"] == "ended")


@pytest.mark.req("LC-32", "DL-03")
async def test_what_a_page_said_before_it_ended_the_chat_is_said(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, page = await story.chatting()
    steps = []

    async def say(message: Post) -> Ack:
        ack = await post(message)
        steps.append("said")
        return ack

    def end(**which: Any) -> None:
        steps.append("ended")
        end_by_agent(**which)

    monkeypatch.setattr("agents.consumers.post", say)
    monkeypatch.setattr("agents.consumers.end_by_agent", end)
    await page.send({**fill("post", tab.conversation), "text": "Thanks, bye!"})
    await page.send(fill("end", tab.conversation))
    await tab.until("state", lambda frame: frame["phase"] == "ended")
    assert steps == ["said", "ended"]
    assert [frame["text"] for frame in tab.list_of("message") if frame["author"] == "agent"] == [
        "Thanks, bye!"
    ]
    assert page.list_of("error") == []


@pytest.mark.req("DL-02", "DL-05")
async def test_a_message_whose_answer_was_lost_is_acknowledged_after_the_end(
    story: Story,
) -> None:
    """The page was cut off between the commit and the acknowledgement, and the visitor ended meanwhile."""
    await story.set_up()
    tab, page, offer = await story.offered()
    await story.accept(tab, page, offer)
    first = await page.post(tab.conversation, "The last word", as_id=CLIENT_ID)
    await tab.send(tab.frame("end"))
    await page.until("state", lambda frame: frame["phase"] == "ended")
    again = await story.agent(page.session_key)
    del first["instead"]  # its place is taken already, the second time
    assert await again.post(tab.conversation, "The last word", as_id=CLIENT_ID) == first
    stranger = await story.agent((await story.make_agent())[1])
    frame = {"type": "post", "conversation": tab.conversation, "client_id": CLIENT_ID, "text": "x"}
    assert (await stranger.ask(frame))["code"] == "conversation_not_found"


@pytest.mark.req("DL-10", "LC-38")
async def test_somebody_elses_chat_or_offer_is_answered_like_one_that_is_not_there(story: Story) -> None:
    tab, page = await story.chatting()
    waiting = await story.waiting()
    offer = (await page.until("offer"))["id"]
    stranger = await story.agent((await story.make_agent(is_superuser=True))[1])
    before = await run(get_all_rows)
    heard = len(page.frames), len(tab.frames)
    others = {"conversation": [tab.conversation, waiting.conversation], "offer": [offer]}
    for kinds, member, code in (
        (ON_THE_CHAT, "conversation", "conversation_not_found"),
        (ABOUT_AN_OFFER, "offer", "offer_not_found"),
    ):
        for kind in sorted(kinds):
            frame = fill(kind, "")
            ids = [*others[member], str(uuid.uuid4()), "not-an-id", "", "1", "\0"]
            answers = [await stranger.ask({**frame, member: each}) for each in ids]
            assert all(answer == answers[0] for answer in answers), kind
            assert answers[0]["code"] == code
    assert await run(get_all_rows) == before
    assert (len(page.frames), len(tab.frames)) == heard


@pytest.mark.req("DL-07", "LC-51")
async def test_a_bad_member_is_named_and_the_connection_lives(story: Story) -> None:
    page = await story.agent((await story.make_agent())[1])
    for frame, kind, name in list_bad_frames(ROWS, {}):
        answer = await page.ask(frame)
        assert (answer["code"], answer["field"]) == ("bad_field", name), (kind, name, frame)
        sent = frame.get("client_id")
        assert answer.get("client_id") == (sent if isinstance(sent, str) and sent else None)
    for after in ({TOO_LONG: 0}, {"x": -1}, {"x": "1"}):
        answer = await page.ask({"type": "hello", "protocol": 1, "after": after})
        assert answer["field"].startswith("after")
    await page.ping()


@pytest.mark.req("DL-07", "DL-10")
async def test_no_frame_takes_a_member_that_is_not_in_the_protocol(story: Story) -> None:
    tab, page = await story.chatting()
    for kind in sorted(set(ROWS) - {"ping"}):
        secret = {"agent": 1, "agent_id": 1, "author": "visitor", "seq": 1}
        answer = await page.ask({**fill(kind, tab.conversation), **secret})
        assert answer["code"] == "bad_field"
        assert answer["field"] in secret
    await page.ping()


@pytest.mark.req("DL-07", "DL-10")
async def test_a_visitors_frames_mean_nothing_here(story: Story) -> None:
    tab, page = await story.chatting()
    for kind in ("answer", "cancel", "welcome", "", "ACCEPT"):
        answer = await page.ask({"type": kind, "conversation": tab.conversation})
        assert (answer["code"], answer["field"]) == ("unknown_type", "type")
    for frame in (b'{"type":"ping"}', "[]", "null", "{", "x" * 16_385):
        assert (await page.ask(frame))["code"] in {"binary_frame", "bad_frame", "bad_json", "frame_too_big"}
    await page.ping()


@pytest.mark.req("DL-07")
async def test_a_socket_begins_with_hello_and_only_once(story: Story) -> None:
    _user, key = await story.make_agent()
    page = await story.agent(key, greet=False)
    for kind in sorted(set(ROWS) - {"hello", "ping"}):
        assert (await page.ask(fill(kind, str(uuid.uuid4()))))["code"] == "out_of_order"
    await page.hello()
    assert (await page.ask({"type": "hello", "protocol": 1}))["code"] == "out_of_order"


async def start_offer(story: Story) -> tuple[VisitorTab, AgentTab, str]:
    await story.set_up()
    return await story.offered()


@pytest.mark.req("LC-24")
async def test_a_banner_on_screen_is_noted(story: Story) -> None:
    _tab, page, offer = await start_offer(story)
    await page.send({"type": "shown", "offer": offer})
    await page.send({"type": "shown", "offer": offer})
    await page.ping()
    stored = await run(Offer.objects.get)
    assert stored.shown_at is not None
    assert page.list_of("error") == []


@pytest.mark.req("LC-24", "DL-06")
async def test_a_chat_that_was_passed_on_leaves_every_page(story: Story) -> None:
    _tab, page, offer = await start_offer(story)
    second = await story.agent(page.session_key)
    assert [each["id"] for each in second.frames[0]["offers"]] == [offer]
    await page.send({"type": "decline", "offer": offer, "reason": "I am at lunch\0"})
    for each in (page, second):
        settled = await each.until("offer_settled")
        assert (settled["id"], settled["status"]) == (offer, "declined")
        assert settled["text"]
    assert (await run(Offer.objects.get)).decline_reason == "I am at lunch"
    # Too late is told, not refused.
    await second.send({"type": "accept", "offer": offer})
    assert (await second.until("offer_settled"))["status"] == "declined"
    assert page.list_of("chat") == second.list_of("chat") == []


@pytest.mark.req("LC-25", "DL-06")
async def test_a_chat_accepted_in_one_page_opens_in_every_page(story: Story) -> None:
    tab, page, offer = await start_offer(story)
    second = await story.agent(page.session_key)
    await page.send({"type": "accept", "offer": offer})
    for each in (page, second):
        settled = await each.until("offer_settled")
        assert (settled["status"], settled["conversation"]) == ("accepted", tab.conversation)
    for each in (page, second):
        each.seen = 0
        chat = await each.until("chat")
        assert chat["state"]["can"] == ["post", "end"]
        missed = await each.until("messages")
        assert [message["text"] for message in missed["messages"]][:2] == [
            "What can we do for you?",
            "Talk to somebody",
        ]
    await second.send({"type": "accept", "offer": offer})
    assert (await second.until("offer_settled"))["status"] == "accepted"


@pytest.mark.req("LC-27", "LC-25")
async def test_a_visitor_who_stops_waiting_takes_the_banner_away(story: Story) -> None:
    tab, page, offer = await start_offer(story)
    await tab.send(tab.frame("cancel"))
    settled = await page.until("offer_settled")
    assert (settled["status"], settled["text"]) == ("withdrawn", "The visitor stopped waiting.")
    await page.send({"type": "accept", "offer": offer})
    assert (await page.until("offer_settled"))["text"] == "The visitor stopped waiting."


@pytest.mark.req("LC-12")
async def test_the_toggle_is_shown_in_every_page(story: Story) -> None:
    _user, key = await story.make_agent()
    page, second = await story.agent(key), await story.agent(key)
    await page.send({"type": "set_availability", "available": False})
    for each in (page, second):
        shown = await each.until("availability")
        assert shown["available"] is False
        assert shown["text"].startswith("Unavailable")


@pytest.mark.req("LC-12", "DL-10")
async def test_the_toggle_needs_its_permission(story: Story) -> None:
    user, key = await story.make_agent()
    (permission,) = await run(get_permissions, ["manage_own_live_chat_availability"])
    await run(user.user_permissions.remove, permission)
    page = await story.agent(key)
    before = await run(get_all_rows)
    answer = await page.ask({"type": "set_availability", "available": False})
    assert answer["code"] == "not_allowed"
    assert await run(get_all_rows) == before
    await page.ping()
