"""What a poll is answered with: the promises of the socket, over requests (DL-01 to DL-06)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agents.services.presence import LIFETIME
from chat.delivery import shutdown
from chat.delivery.close_codes import CloseCode
from chat.models import Conversation, Message, VisitorPresence
from chat.polling import exchange
from tests.chat.polling.pollers import Poller, read
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import PATIENCE, AgentTab, client_id, run
from tests.scenes import publish


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that nothing comes for waits this long."""
    monkeypatch.setattr(exchange, "WAIT", 0.3)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when a socket of this process has opened."""
    event, count_in = asyncio.Event(), shutdown.opened

    def note(socket: shutdown.Closable) -> None:
        count_in(socket)
        event.set()

    monkeypatch.setattr(shutdown, "opened", note)
    return event


async def begin(story: Story, token: str = "") -> Poller:
    await story.set_up()
    poller = Poller(token)
    await poller.poll()
    return poller


async def chat(story: Story) -> tuple[Poller, AgentTab]:
    """A visitor without a socket, and the agent who has accepted."""
    await story.set_up()
    _user, key = await story.make_agent()
    page = await story.agent(key)
    poller = Poller()
    await poller.poll()
    await poller.poll(poller.answer("human", "what"))
    offer = await page.until("offer")
    await page.send({"type": "accept", "offer": offer["id"]})
    await page.until("chat")
    await page.until("messages")
    while poller.phase != "active":
        await poller.poll()
    return poller, page


def kinds(frames: list[Any]) -> list[str]:
    return [frame["type"] for frame in frames]


@pytest.mark.req("DG-16", "DL-04")
async def test_first_poll_welcomes_at_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "WAIT", 3_600)
    poller = await begin(story)
    assert kinds(poller.frames) == ["welcome"]
    assert (poller.phase, [text for _seq, text in poller.shown]) == ("bot", ["What can we do for you?"])


@pytest.mark.req("DG-16")
async def test_further_poll_waits_and_says_nothing_where_there_is_nothing_new(story: Story) -> None:
    poller = await begin(story)
    assert await poller.poll() == []
    assert await poller.poll() == []
    assert await run(Conversation.objects.count) == 1


@pytest.mark.req("DL-01", "DL-02")
async def test_answers_to_what_was_sent_come_with_the_same_poll(story: Story) -> None:
    poller = await begin(story)
    found = await poller.poll(poller.answer("human", "what"))
    assert "accepted" in kinds(found)
    assert "message" in kinds(found)
    assert poller.has_no_gap()


@pytest.mark.req("LC-33", "DL-03", "DL-04")
async def test_both_sides_talk_and_nothing_is_lost_or_shown_twice(story: Story) -> None:
    poller, page = await chat(story)
    for number in range(5):
        await page.post(poller.conversation, f"agent {number}")
        await poller.poll(poller.post(f"visitor {number}"), poller.post(f"visitor {number} again"))
    await poller.poll()
    assert poller.has_no_gap()
    said = [text for _seq, text in poller.shown]
    assert [text for text in said if text.startswith("agent")] == [f"agent {number}" for number in range(5)]
    assert sum(text.startswith("visitor") for text in said) == 10


@pytest.mark.req("DL-04")
async def test_message_that_comes_while_a_poll_waits_ends_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller, page = await chat(story)
    monkeypatch.setattr(exchange, "WAIT", 3_600)
    communicator = poller.open()
    await communicator.send_input({"type": "http.request", "body": poller.write()})
    await page.post(poller.conversation, "Are you there?")
    poller.take(await read(communicator))
    while "Are you there?" not in [text for _seq, text in poller.shown]:
        await poller.poll()
    assert poller.has_no_gap()


@pytest.mark.req("DL-02")
async def test_message_sent_again_after_a_lost_answer_is_one_message(story: Story) -> None:
    poller, _page = await chat(story)
    message = poller.post("Hello?", client_id())
    await poller.ask(poller.write(message))
    found = await poller.poll(message)
    assert [frame["client_id"] for frame in found if frame["type"] == "ack"] == [message["client_id"]]
    assert await run(Message.objects.filter(text="Hello?").count) == 1
    await poller.poll()
    assert poller.has_no_gap()


@pytest.mark.req("DL-04")
async def test_what_a_lost_answer_brought_is_brought_again(story: Story) -> None:
    poller, page = await chat(story)
    await page.post(poller.conversation, "one")
    await poller.ask(poller.write())
    await page.post(poller.conversation, "two")
    while len([text for _seq, text in poller.shown if text in ("one", "two")]) < 2:
        await poller.poll()
    assert poller.has_no_gap()


@pytest.mark.req("DL-06")
async def test_tab_with_a_socket_and_tab_without_show_the_same(story: Story) -> None:
    poller, page = await chat(story)
    tab = await story.visitor(token=poller.token)
    await poller.poll(poller.post("from the poll"))
    await tab.until("message", lambda frame: frame["text"] == "from the poll")
    await tab.post("from the socket")
    await page.until("message", lambda frame: frame["text"] == "from the socket")
    while "from the socket" not in [text for _seq, text in poller.shown]:
        await poller.poll()
    assert poller.has_no_gap()


@pytest.mark.req("LC-32", "DG-03")
async def test_ended_chat_stays_on_the_screen_of_who_polls(story: Story) -> None:
    poller, page = await chat(story)
    await run(publish)
    conversation = poller.conversation
    await page.send({"type": "end", "conversation": conversation})
    while poller.phase != "ended":
        await poller.poll()
    assert await poller.poll() == []
    assert poller.conversation == conversation
    assert await run(Conversation.objects.count) == 1


@pytest.mark.req("DG-06")
async def test_where_nothing_is_to_be_shown_polls_are_quiet_and_write_nothing(story: Story) -> None:
    await story.set_up(dialogues_enabled=False)
    poller = Poller()
    assert kinds(await poller.poll()) == ["welcome"]
    assert await poller.poll() == []
    assert await run(Conversation.objects.count) == 0


@pytest.mark.req("DG-19", "DG-20")
async def test_further_polls_make_no_claims_and_start_no_flow(story: Story) -> None:
    poller = await begin(story)
    assert await poller.poll(attributes={"no good": "x"}, identity="rubbish", flow="gone") == []


@pytest.mark.req("DL-10")
async def test_bad_token_is_answered_with_the_sockets_own_code(story: Story) -> None:
    await story.set_up()
    poller = Poller("rubbish")
    assert await poller.poll() == []
    assert poller.close_code == CloseCode.UNAUTHENTICATED


@pytest.mark.req("DL-07")
async def test_bad_frames_are_answered_and_the_good_ones_taken(story: Story) -> None:
    poller, _page = await chat(story)
    bad = [{"type": "dance"}, poller.frame("post", client_id="x", text="y"), poller.frame("mark", read="z")]
    found = await poller.poll(*bad, poller.post("good"))
    assert [frame["code"] for frame in found if frame["type"] == "error"] == [
        "unknown_type",
        "bad_field",
        "bad_field",
    ]
    assert "ack" in kinds(found)


@pytest.mark.req("DL-10")
async def test_nobody_polls_somebody_elses_conversation(story: Story) -> None:
    poller, _page = await chat(story)
    stranger = Poller()
    await stranger.poll()
    found = await stranger.poll({**poller.post("hello"), "type": "post"})
    assert [frame["code"] for frame in found] == ["conversation_not_found"]
    assert await run(Message.objects.filter(text="hello").count) == 0


@pytest.mark.req("DL-08")
async def test_restart_ends_a_waiting_poll_with_its_code(
    story: Story, opened: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller = await begin(story)
    opened.clear()
    monkeypatch.setattr(exchange, "WAIT", 3_600)
    communicator = poller.open()
    await communicator.send_input({"type": "http.request", "body": poller.write()})
    await asyncio.wait_for(opened.wait(), PATIENCE)
    shutdown.close_all()
    found = poller.take(await read(communicator))
    assert kinds(found) == ["bye"]
    assert poller.close_code == CloseCode.SERVICE_RESTART
    assert shutdown.count_open() == 0


@pytest.mark.req("DG-16", "DL-07")
async def test_poll_whose_client_is_gone_ends(
    story: Story, opened: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller = await begin(story)
    opened.clear()
    monkeypatch.setattr(exchange, "WAIT", 3_600)
    communicator = poller.open()
    await communicator.send_input({"type": "http.request", "body": poller.write()})
    await asyncio.wait_for(opened.wait(), PATIENCE)
    await communicator.send_input({"type": "http.disconnect"})
    await communicator.wait()
    assert shutdown.count_open() == 0


@pytest.mark.req("LC-22", "LC-26")
async def test_fallback_message_reaches_who_polls(story: Story) -> None:
    poller = await begin(story)
    await poller.poll(poller.answer("human", "what"))
    while poller.phase != "missed":
        await poller.poll()
    assert poller.shown[-1][1].startswith("Sorry")
    assert poller.has_no_gap()


@pytest.mark.req("LC-57")
async def test_between_two_polls_a_visitor_counts_as_there_and_afterwards_as_lost(story: Story) -> None:
    """A request that ends is no goodbye: the next one follows, or the network is gone."""
    poller, _page = await chat(story)
    await poller.poll()
    last = await run(VisitorPresence.objects.latest, "seen_at")
    assert (last.said_goodbye, last.expires_at - last.seen_at) == (False, LIFETIME)
