"""Nobody reads what isn't theirs, however wildly people come and go."""

from __future__ import annotations

import asyncio
import json
import random
import re
from itertools import chain

import pytest

from chat.models import Conversation, LiveChat, Message
from chat.services.visitors import mint_token
from tests.clients import AgentClient, VisitorClient
from tests.races.test_conversation import Servers, spread
from tests.scenes import make_agent, publish, set_up, sign_in
from tests.screens import assert_all_agree
from tests.stage import Stage
from tests.waiting import wait_until

VISITORS = 200
AGENTS = 20
LINES = 3
# How many come, or talk and drop out, in the same moment; everybody who came stays.
CROWD = 20

# As a frame names its conversation, and as what somebody said in it does.
NAMED = re.compile(r'"conversation": "([^"]*)"|canary-of-([0-9a-f-]+)')


def canary(client: VisitorClient) -> str:
    return f"canary-of-{client.conversation}"


def come(ways: list[list[str]]) -> list[VisitorClient]:
    return [VisitorClient(way, token=mint_token(), ping_every=5.0) for way in ways]


async def talk(tab: VisitorClient, seed: int, room: asyncio.Semaphore) -> None:
    """Say a few things, and lose the network between two of them; then wait for the agent."""
    chance = random.Random(seed)
    async with room:
        for n in range(LINES):
            await tab.say(f"{canary(tab)} {n}")
            if chance.random() < 0.4:
                await tab.drop()
        await tab.until_all_acked(seconds=60)
    await tab.until(lambda: tab.phase != "waiting", what="an agent", seconds=60)
    assert tab.phase == "active"


async def serve(page: AgentClient) -> None:
    """Accept whatever is offered, for ever, and answer each visitor with their own canary."""
    while True:
        offer = await page.until(lambda: next(iter(page.offers.values()), None), what="an offer", seconds=60)
        assert offer is not None
        if (await page.accept(offer["id"]))["status"] == "accepted":
            await page.until_chat(offer["conversation"])
            await page.post(offer["conversation"], f"canary-of-{offer['conversation']} from the agent")


async def churn(tabs: list[VisitorClient], pages: list[AgentClient]) -> None:
    """Everybody talks, drops out and comes back, until each has their agent."""
    room = asyncio.Semaphore(CROWD)
    async with asyncio.TaskGroup() as everybody:
        serving = [everybody.create_task(serve(page)) for page in pages]
        talking = [everybody.create_task(talk(tab, seed, room)) for seed, tab in enumerate(tabs)]
        await asyncio.wait(talking)
        for task in serving:
            task.cancel()
    await asyncio.gather(*(page.until_all_acked() for page in pages))


def find_foreign(tab: VisitorClient) -> list[str]:
    """Frames on this visitor's socket that carry words of a foreign conversation, or only name it."""
    texts = [json.dumps(frame) for frame in tab.frames]
    own = tab.conversation
    return [text for text in texts if {*chain.from_iterable(NAMED.findall(text))} - {own, ""}]


@pytest.mark.req("DL-10", "DL-04")
def test_two_hundred_visitors_under_reconnects_never_get_a_foreign_word(
    stage: Stage, servers: Servers
) -> None:
    # However slow the machine is, no banner is passed on because it took long to be seen.
    set_up(require_reachable=False, accept_seconds=600)
    publish()
    keys = [sign_in(make_agent(is_present=False)) for _ in range(AGENTS)]
    pages = stage.arrive(
        lambda: [
            AgentClient(way, session_key=key) for way, key in zip(spread(servers, AGENTS), keys, strict=True)
        ]
    )
    tabs: list[VisitorClient] = []
    for _ in range(0, VISITORS, CROWD):
        tabs += stage.arrive(lambda: come(spread(servers, CROWD)))
    stage.run(churn(tabs, pages), seconds=120)
    assert LiveChat.objects.filter(status=LiveChat.Status.ACTIVE).count() == VISITORS
    assert Message.objects.filter(author="visitor").count() == VISITORS * LINES
    last = {str(one.public_id): one.last_seq for one in Conversation.objects.all()}
    stage.together([tab.until_shown(tab.conversation, last[tab.conversation]) for tab in tabs])
    assert [find_foreign(tab) for tab in tabs] == [[]] * VISITORS
    wait_until(lambda: sum(len(page.chats) for page in pages) == VISITORS, what="each chat is in an inbox")
    assert_all_agree(*tabs)
