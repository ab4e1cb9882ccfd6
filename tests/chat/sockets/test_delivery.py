"""What is said is kept, once, in order, and reaches everybody it is for, whatever gets lost on the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from chat import posting
from chat.models import Conversation, LiveChat, Message
from chat.services.idle import settle_idle_chats
from chat.services.live_chats import IDLE_WARNING
from routing.models import Offer
from routing.services.timers import settle_offers
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import AgentTab, Tab, VisitorTab, client_id, run


@pytest.mark.req("DL-01", "DL-02")
async def test_an_acknowledged_message_is_in_the_database_and_the_same_id_is_the_same_answer(
    story: Story,
) -> None:
    tab, page = await story.chatting()
    for each, post in ((tab, tab.post), (page, lambda *a, **k: page.post(tab.conversation, *a, **k))):
        this = client_id()
        ack = await post("Once", as_id=this)
        row = await run(Message.objects.get, client_id=this)
        assert (ack["seq"], ack["conversation"], ack["client_id"]) == (row.seq, tab.conversation, this)
        # Its place is taken already, the second time.
        again = {key: value for key, value in ack.items() if key != "instead"}
        assert await post("Once", as_id=this) == again
        assert await post("Something else", as_id=this) == again
        assert await run(Message.objects.filter(client_id=this).count) == 1
        await each.ping()
        assert [text for _seq, text in each.shown()].count("Once") <= 2
    assert await run(Message.objects.filter(text="Something else").count) == 0


@pytest.mark.req("DL-01", "DL-06")
async def test_who_posts_gets_the_ack_in_place_of_the_message_and_every_other_tab_the_message(
    story: Story,
) -> None:
    tab, page = await story.chatting()
    second, second_page = await story.visitor(token=tab.token), await story.agent(page.session_key)
    # What was there before comes in pages of its own, after the welcome.
    await second_page.until("messages")
    acks = [await tab.post("From the visitor"), await page.post(tab.conversation, "From the agent")]
    for each in (tab, second, page, second_page):
        await each.ping()
    posted = [ack["client_id"] for ack in acks]
    assert [ack["instead"] for ack in acks] == [True, True]
    got = [
        [frame.get("client_id") for frame in each.list_of("message")][-2:] for each in (second, second_page)
    ]
    assert got == [posted, posted]
    assert posted[0] not in [frame.get("client_id") for frame in tab.list_of("message")]
    assert posted[1] not in [frame.get("client_id") for frame in page.list_of("message")]


@pytest.mark.req("DL-01", "DL-03")
async def test_a_text_that_was_kept_otherwise_than_it_came_is_sent_back_as_it_was_kept(story: Story) -> None:
    tab, _page = await story.chatting()
    ack = await tab.post("With a \0 in it")
    assert "instead" not in ack
    await tab.ping()
    assert tab.said()[-1] == "With a  in it"


@pytest.mark.req("DL-03", "DL-06")
async def test_every_tab_shows_the_same_in_the_same_order(story: Story) -> None:
    tab, page = await story.chatting()
    second, second_page = await story.visitor(token=tab.token), await story.agent(page.session_key)
    # Not waited for in between: they cross each other.
    for n in range(5):
        await tab.send(tab.frame("post", client_id=client_id(), text=f"a{n}"))
        await second.send(second.frame("post", client_id=client_id(), text=f"b{n}"))
        message = {"type": "post", "conversation": tab.conversation, "client_id": client_id()}
        await page.send({**message, "text": f"c{n}"})
    last = (await run(Conversation.objects.get)).last_seq
    for each, count in ((tab, 5), (second, 5), (page, 5)):
        for _ in range(count):
            last = max(last, (await each.until("ack"))["seq"])
    everybody = (tab, second, page, second_page)
    for each in everybody:
        await each.ping()
        each.seen = 0
        assert each.has_no_gap()
    shown = [each.shown() for each in everybody]
    assert shown == [shown[0]] * 4
    assert shown[0][-1][0] == last
    texts = [text for _seq, text in shown[0]]
    for sender in "abc":
        assert [text for text in texts if text in {f"{sender}{n}" for n in range(5)}] == [
            f"{sender}{n}" for n in range(5)
        ]


@pytest.mark.req("LC-30")
async def test_typing_reaches_the_other_side_alone_and_is_kept_nowhere(story: Story) -> None:
    tab, page = await story.chatting()
    second, second_page = await story.visitor(token=tab.token), await story.agent(page.session_key)
    before = await run(Message.objects.count)
    await tab.send(tab.frame("typing"))
    await tab.ping()
    await page.send({"type": "typing", "conversation": tab.conversation})
    await page.ping()
    for each in (tab, second, page, second_page):
        await each.ping()
    assert [each.list_of("typing") for each in (tab, second)] == [
        [{"type": "typing", "conversation": tab.conversation, "author": "agent"}]
    ] * 2
    assert [[frame["author"] for frame in each.list_of("typing")] for each in (page, second_page)] == [
        ["visitor"]
    ] * 2
    assert await run(Message.objects.count) == before
    later = await story.visitor(token=tab.token)
    assert later.list_of("typing") == []


@pytest.mark.req("LC-30")
async def test_marks_go_both_ways_only_grow_and_stop_at_the_last_message(story: Story) -> None:
    tab, page = await story.chatting()
    last = (await tab.post("Hello?"))["seq"]
    await page.send({"type": "mark", "conversation": tab.conversation, "delivered": last, "read": last - 1})
    seen = await tab.until("marks")
    assert (seen["agent_delivered"], seen["agent_read"]) == (last, last - 1)
    await tab.send(tab.frame("mark", delivered=2**31 - 1, read=2**31 - 1))
    seen = await page.until("marks", lambda frame: "visitor_read" in frame)
    assert (seen["visitor_delivered"], seen["visitor_read"]) == (last, last)
    await tab.ping()
    # Going back is no news for anybody.
    before = len(tab.list_of("marks")), len(page.list_of("marks"))
    await page.send({"type": "mark", "conversation": tab.conversation, "delivered": 1, "read": 1})
    await page.ping()
    await tab.ping()
    assert (len(tab.list_of("marks")), len(page.list_of("marks"))) == before
    again = await story.visitor(token=tab.token)
    assert again.frames[0]["state"]["marks"]["agent_read"] == last - 1


@pytest.mark.req("LC-30", "LC-57")
async def test_who_has_looked_is_noted_and_who_only_got_it_is_not(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[tuple[int, str]] = []
    monkeypatch.setattr(posting, "add_read", readers.append)
    tab, page = await story.chatting()
    pk = (await run(Conversation.objects.get)).pk
    await tab.send(tab.frame("mark", delivered=1))
    await page.send({"type": "mark", "conversation": tab.conversation, "delivered": 1, "read": 1})
    for each in (tab, page):
        await each.ping()
    assert readers == [(pk, "agent")]


@pytest.mark.req("LC-27")
async def test_what_was_written_while_waiting_is_there_for_whoever_accepts(story: Story) -> None:
    await story.set_up()
    tab, page, offer = await story.offered()
    await tab.post("I am in a hurry")
    await page.send({"type": "accept", "offer": offer})
    chat = await page.until("chat")
    assert chat["last_text"] == "I am in a hurry"
    assert chat["unread"] >= 1
    missed = await page.until("messages")
    assert "I am in a hurry" in [message["text"] for message in missed["messages"]]


@pytest.mark.req("LC-27", "LC-25")
async def test_who_cancels_too_late_is_told_that_an_agent_has_joined(story: Story) -> None:
    tab, _page = await story.chatting()
    answer = await tab.ask(tab.frame("cancel"))
    assert (answer["code"], answer["text"]) == ("already_active", "An agent has just joined.")
    await tab.ping()
    assert (await run(LiveChat.objects.get)).status == "active"


@pytest.mark.req("LC-32")
async def test_either_side_ends_and_both_are_told_why(story: Story) -> None:
    tab, page = await story.chatting()
    await tab.send(tab.frame("end"))
    for each in (tab, page):
        state = await each.until("state", lambda frame: frame["phase"] == "ended")
        assert state["can"] == []
        await each.ping()
        assert said_notice(each) == "ended_by_visitor"
    # Once more is no error, and nothing happens.
    await tab.send(tab.frame("end"))
    await tab.ping()
    assert tab.list_of("error") == []


def said_notice(tab: Tab) -> str:
    notices: list[str] = []
    for frame in tab.frames:
        messages = [frame] if frame["type"] == "message" else frame.get("messages", [])
        notices += [message["notice"] for message in messages if message.get("notice")]
    return notices[-1]


async def warn(tab: VisitorTab, page: AgentTab) -> datetime:
    """Nobody has written for nine minutes: both sides are told so."""
    at = timezone.now()
    await run(Conversation.objects.update, active_at=at - timedelta(minutes=9))
    await run(LiveChat.objects.update, idle_at=at)
    await run(settle_idle_chats, now=at)
    for each in (tab, page):
        state = await each.until("state", lambda frame: "idle_at" in frame)
        assert state["phase"] == "active"
        await each.ping()
        assert said_notice(each) == "idle_warning"
    return at


@pytest.mark.req("LC-31")
@pytest.mark.parametrize("writer", ["visitor", "agent"])
async def test_a_message_takes_the_warning_away_on_both_sides(story: Story, writer: str) -> None:
    tab, page = await story.chatting()
    await warn(tab, page)
    if writer == "visitor":
        await tab.post("I am still here")
    else:
        await page.post(tab.conversation, "So am I")
    for each in (tab, page):
        state = await each.until("state")
        assert (state["phase"], "idle_at" in state) == ("active", False)


@pytest.mark.req("LC-31")
async def test_both_sides_are_warned_of_the_end_and_told_of_it(story: Story) -> None:
    tab, page = await story.chatting()
    warned_at = await warn(tab, page)
    await run(settle_idle_chats, now=warned_at + IDLE_WARNING)
    for each in (tab, page):
        await each.until("state", lambda frame: frame["phase"] == "ended")
        await each.ping()
        assert said_notice(each) == "ended_by_idle"


@pytest.mark.req("LC-22", "LC-26")
async def test_nobody_accepted_shows_the_fallback_to_the_visitor_and_takes_the_banner_away(
    story: Story,
) -> None:
    await story.set_up()
    tab, page, offer = await story.offered()
    await page.send({"type": "shown", "offer": offer})
    await page.ping()
    await run(settle_offers, now=timezone.now() + timedelta(seconds=101))
    state = await tab.until("state", lambda frame: frame["phase"] == "missed")
    assert state["can"] == []
    await tab.ping()
    assert tab.list_of("message")[-1]["kind"] == "fallback"
    settled = await page.until("offer_settled")
    assert (settled["id"], settled["status"]) == (offer, "expired")
    assert page.list_of("chat") == []


@pytest.mark.req("LC-22", "DL-04")
async def test_a_waiting_visitors_heartbeat_settles_what_is_overdue(story: Story) -> None:
    """Beat is dead."""
    await story.set_up()
    tab, page, offer = await story.offered()
    await page.send({"type": "shown", "offer": offer})
    await page.ping()
    await run(Offer.objects.update, expires_at=timezone.now())
    await tab.ping()
    assert tab.list_of("state")[-1]["phase"] == "missed"
    assert (await page.until("offer_settled"))["status"] == "expired"


@pytest.mark.req("DL-10")
async def test_no_frame_of_one_visitor_reaches_another_and_none_for_staff_reaches_a_visitor(
    story: Story,
) -> None:
    await story.set_up()
    first, page, offer = await story.offered()
    await story.accept(first, page, offer)
    second = await story.waiting()
    offer = (await page.until("offer"))["id"]
    await story.accept(second, page, offer)
    for tab in (first, second):
        await tab.post(f"canary-{tab.conversation}")
        await tab.send(tab.frame("typing"))
        await page.post(tab.conversation, f"canary-{tab.conversation} too")
        await page.send({"type": "mark", "conversation": tab.conversation, "read": 2})
    await page.ping()
    for tab, other in ((first, second), (second, first)):
        await tab.ping()
        assert other.conversation not in str(tab.frames)
        assert {frame["type"] for frame in tab.frames} <= {
            "welcome", "message", "messages", "state", "ack", "accepted", "typing", "marks", "pong"
        }  # fmt: skip
        assert "availability" not in str(tab.frames)
        assert "vera@" not in str(tab.frames)


@pytest.mark.req("DL-01")
async def test_the_cost_of_a_message_does_not_grow_with_its_readers(story: Story) -> None:
    tab, page = await story.chatting()
    await tab.post("Warm")
    counts = [await count_queries_of(tab)]
    for _ in range(3):
        await story.visitor(token=tab.token)
        await story.agent(page.session_key)
    counts.append(await count_queries_of(tab))
    assert counts[0] == counts[1] <= 6


async def count_queries_of(tab: VisitorTab) -> int:
    """The fewest statements that one message took: what is left of earlier work isn't its own."""
    counts: list[int] = []
    for _ in range(4):
        with CaptureEverywhere() as captured:
            await tab.post("How much is it?")
        counts.append(captured.count)
    return min(counts)


class CaptureEverywhere:
    """Counts the statements of every thread."""

    def __enter__(self) -> CaptureEverywhere:
        self.count = 0
        self.execute = CursorWrapper.execute

        def execute(cursor: Any, *args: Any, **kwargs: Any) -> Any:
            self.count += 1
            return self.execute(cursor, *args, **kwargs)

        CursorWrapper.execute = execute  # type: ignore[assignment,method-assign]
        return self

    def __exit__(self, *args: object) -> None:
        CursorWrapper.execute = self.execute  # type: ignore[method-assign]
