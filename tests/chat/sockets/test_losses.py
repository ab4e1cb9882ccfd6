"""Pushes that are lost, repeated or late: the heartbeat heals what they would have brought (DL-04)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model

from agents.models import Presence
from chat.delivery.hub import Hints, Hub, get_hub
from chat.delivery.socket import encode
from chat.delivery.topics import Audience, conversation_topic
from chat.models import Conversation, LiveChat, Message, TimelineEntry, VisitorPresence
from chat.protocol.state import State
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import PATIENCE, AgentTab, Frame, Tab, VisitorTab, client_id, run


@pytest.mark.req("DL-01")
async def test_a_message_is_acknowledged_though_nobody_can_be_told(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The channel layer is away: the truth is in the database, and the heartbeat brings it."""
    tab, page = await story.chatting()
    with monkeypatch.context() as away:
        away.setattr(Hub, "push", lose_everything)
        ack = await tab.post("Does anybody hear me?")
        assert await run(Message.objects.filter(seq=ack["seq"], text="Does anybody hear me?").exists)
    assert "Does anybody hear me?" not in page.said()
    pong = await page.ping()
    assert pong["seqs"] == {tab.conversation: ack["seq"]}
    assert page.said()[-1] == "Does anybody hear me?"


def lose_everything(*args: Any) -> Any:
    raise ConnectionError


@pytest.mark.req("DL-04")
async def test_a_state_that_is_overtaken_by_a_later_one_is_not_shown(story: Story) -> None:
    tab, page = await story.chatting()
    await tab.send(tab.frame("end"))
    for each in (tab, page):
        await each.until("state", lambda frame: frame["phase"] == "ended")
    late = State(tab.conversation, revision=1, phase="waiting", last_seq=1, can=["cancel"])
    before = len(tab.list_of("state"))
    push_late(late)
    await tab.ping()
    assert len(tab.list_of("state")) == before
    assert "waiting" not in {frame["phase"] for frame in tab.list_of("state")[before:]}


def push_late(state: State) -> None:
    hints: Hints = {"conversation": state.conversation, "revision": state.revision, "marks": 0}
    get_hub().push(conversation_topic(state.conversation), {Audience.VISITOR: encode(state)}, hints)


class Lossy:
    """Drops a fifth of all pushes, repeats a fifth, and delivers a fifth later, in any order."""

    def __init__(self, seed: int, fan_out: Callable[..., None]) -> None:
        self.chance = random.Random(seed)
        self.fan_out = fan_out
        self.held: list[tuple[Any, ...]] = []
        self.lost = 0

    def __call__(self, hub: Hub, *push: Any) -> None:
        fate = self.chance.random()
        if fate < 0.2:
            self.lost += 1
        elif fate < 0.4:
            self.held.append((hub, *push))
        else:
            for _ in range(2 if fate < 0.6 else 1):
                self.fan_out(hub, *push)
        if len(self.held) > 3:
            self.release()

    def release(self) -> None:
        self.chance.shuffle(self.held)
        while self.held:
            self.fan_out(*self.held.pop())


@pytest.mark.req("DL-03", "DL-04", "DL-06")
@pytest.mark.parametrize("seed", range(6))
async def test_over_a_layer_that_loses_repeats_and_reorders_both_ends_agree(
    seed: int, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.set_up()
    lossy = Lossy(seed, Hub._fan_out)
    monkeypatch.setattr(Hub, "_fan_out", lambda hub, *push: lossy(hub, *push))
    _user, key = await story.make_agent()
    pages = [await story.agent(key), await story.agent(key)]
    tabs = [await story.waiting()]
    tabs.append(await story.visitor(token=tabs[0].token))
    await until_there_is(LiveChat, status="offered")
    for page in pages:
        await page.ping()
    offer = pages[0].list_of("offer")[-1]["id"]
    await pages[0].send({"type": "accept", "offer": offer})
    await pages[0].until("offer_settled")
    for n in range(6):
        await tabs[n % 2].post(f"visitor {n}")
        await pages[n % 2].ping()
        await pages[n % 2].post(tabs[0].conversation, f"agent {n}")
        last = (await run(Conversation.objects.get)).last_seq
        await pages[0].send({"type": "mark", "conversation": tabs[0].conversation, "read": last})
    await until_there_is(Conversation, agent_read=last)
    await check_agreement(tabs, pages, "active")
    await tabs[0].send(tabs[0].frame("end"))
    await until_there_is(LiveChat, status="ended")
    await check_agreement(tabs, pages, "ended")
    assert lossy.lost, "nothing was lost, so nothing was shown"


async def check_agreement(tabs: list[VisitorTab], pages: list[AgentTab], phase: str) -> None:
    """After a heartbeat everybody shows what the database holds; a second one waits for what it began."""
    rows = await run(lambda: list(Message.objects.order_by("seq").values_list("seq", "text")))
    state = await run(get_truth)
    for each in (*tabs, *pages):
        await each.ping()
        await each.ping()
        assert sorted(set(each.shown())) == rows
        latest = get_latest_state(each)
        assert (latest["phase"], latest["revision"], latest["marks"]["agent_read"]) == (phase, *state)


def get_truth() -> tuple[int, int]:
    conversation = Conversation.objects.get()
    return conversation.revision, conversation.agent_read


def get_latest_state(tab: Tab) -> Frame:
    """As a client keeps it: a lower revision is stale, and marks only grow."""
    held: Frame = {"revision": -1, "marks": {}}
    for frame in tab.frames:
        for state in list_states(frame):
            marks = {**held["marks"], **state.get("marks", {})}
            if state["revision"] >= held["revision"]:
                held = {**state, "marks": marks}
        if frame["type"] == "marks":
            held = {**held, "marks": {**held["marks"], **frame}}
    return held


def list_states(frame: Frame) -> list[Frame]:
    """The states in a frame of either socket."""
    if frame["type"] == "state":
        return [frame]
    chats = (
        frame.get("chats", []) if frame["type"] == "welcome" else [frame] if frame["type"] == "chat" else []
    )
    own = [frame["state"]] if frame["type"] == "welcome" and "state" in frame else []
    return own + [chat["state"] for chat in chats]


@pytest.mark.req("DL-04", "LC-21", "LC-25")
async def test_a_banner_whose_push_was_lost_comes_and_goes_with_the_heartbeat(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.set_up()
    _user, key = await story.make_agent()
    page = await story.agent(key)
    with monkeypatch.context() as lost:
        lost.setattr(Hub, "_fan_out", lambda *push: None)
        tab = await story.visitor()
        frame = tab.frame("answer", card="what", client_id=client_id(), value="human")
        await tab.ask(frame, "accepted")
        await until_there_is(LiveChat, status="offered")
        await page.ping()
    (offer,) = page.list_of("offer")
    with monkeypatch.context() as lost:
        lost.setattr(Hub, "_fan_out", lambda *push: None)
        await tab.send(tab.frame("cancel"))
        await until_there_is(LiveChat, status="abandoned")
        await page.ping()
    (settled,) = page.list_of("offer_settled")
    assert (settled["id"], settled["status"]) == (offer["id"], "withdrawn")
    # And no more of it.
    await page.ping()
    assert len(page.list_of("offer_settled")) == 1


async def until_there_is(model: type[Model], **values: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await run(model._default_manager.filter(**values).exists):
            await asyncio.sleep(0)


@pytest.mark.req("LC-57")
@pytest.mark.parametrize(("code", "said_goodbye"), [(1001, True), (1005, True), (1006, False), (4410, False)])
async def test_an_end_without_goodbye_is_kept_for_whoever_looks_later(
    code: int, said_goodbye: bool, story: Story
) -> None:
    tab, page = await story.chatting()
    await tab.ping()
    assert await run(VisitorPresence.objects.filter(seen_at__isnull=False).count) == 1
    await tab.leave(code)
    await page.leave(code)
    for model in (VisitorPresence, Presence):
        row: Any = await run(model._default_manager.get)
        assert (row.said_goodbye, (row.expires_at - row.seen_at).total_seconds()) == (said_goodbye, 10.0)


@pytest.mark.req("LC-57")
async def test_a_tab_counts_as_open_only_while_there_is_a_live_chat(story: Story) -> None:
    await story.set_up()
    await story.make_agent(is_present=True)
    tab = await story.visitor()
    await tab.ping()
    assert not await run(VisitorPresence.objects.exists)
    await tab.answer("human", "what")
    await until_there_is(VisitorPresence, said_goodbye=False)
    again = await story.visitor(token=tab.token)
    await again.ping()
    assert await run(VisitorPresence.objects.count) == 2


@pytest.mark.req("LC-57", "LC-30")
async def test_reading_comes_on_the_timeline(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.reads.GATHER", 0.0)
    tab, page = await story.chatting()
    ack = await page.post(tab.conversation, "Hello")
    await tab.send(tab.frame("mark", read=ack["seq"], delivered=ack["seq"]))
    await until_there_is(TimelineEntry, kind="read", agent=None)
    row = await run(TimelineEntry.objects.get, kind="read")
    assert row.data == {"seq": ack["seq"]}
