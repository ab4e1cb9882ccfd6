"""Nobody reads what isn't theirs, however wildly people come and go."""

from __future__ import annotations

import asyncio
import json
import random

import pytest

from chat.models import Conversation, LiveChat, Message
from chat.services.visitors import mint_token
from tests.clients import AgentClient, VisitorClient
from tests.races.test_conversation import Servers, spread
from tests.scenes import make_agent, publish, set_up, sign_in
from tests.screens import assert_all_agree
from tests.stage import Stage

VISITORS = 50
AGENTS = 5


def canary(client: VisitorClient) -> str:
    return f"canary-of-{client.conversation}"


async def talk(tab: VisitorClient, seed: int) -> None:
    """Say a few things, and lose the network between two of them."""
    chance = random.Random(seed)
    for n in range(4):
        await tab.say(f"{canary(tab)} {n}")
        if chance.random() < 0.5:
            await tab.drop()
    await tab.until_all_acked(seconds=60)


async def take_all(page: AgentClient) -> None:
    """Accept whatever is offered until everybody is served, and answer each with their own canary."""
    for _ in range(VISITORS // AGENTS):
        offer = await page.until(lambda: next(iter(page.offers.values()), None), what="an offer", seconds=60)
        assert offer is not None
        await page.accept(offer["id"])
        await page.until_chat(offer["conversation"])
        page.offers.pop(offer["id"], None)
        await page.post(offer["conversation"], f"canary-of-{offer['conversation']} from the agent")
    await page.until_all_acked(seconds=60)


def find_foreign(tab: VisitorClient) -> list[str]:
    """Frames on this visitor's socket that speak of a conversation that isn't theirs."""
    texts = [json.dumps(frame) for frame in tab.frames]
    own = canary(tab)
    return [text for text in texts if "canary-of-" in text.replace(own, "")]


@pytest.mark.req("DL-10", "DL-04")
def test_fifty_visitors_under_reconnects_never_get_a_foreign_word(stage: Stage, servers: Servers) -> None:
    set_up()
    publish()
    pages = [
        stage.agents(spread(servers, 1), session_key=sign_in(make_agent(is_present=False)))[0]
        for _ in range(AGENTS)
    ]
    tabs: list[VisitorClient] = []
    for place, way in enumerate(spread(servers, VISITORS)):
        tabs += stage.visitors([way], token=mint_token(f"canary-{place}"), ping_every=2.0)

    async def churn() -> None:
        await asyncio.gather(
            *(take_all(page) for page in pages), *(talk(tab, seed) for seed, tab in enumerate(tabs))
        )

    stage.run(churn(), seconds=120)
    assert LiveChat.objects.filter(status=LiveChat.Status.ACTIVE).count() == VISITORS
    assert Message.objects.filter(author="visitor").count() == VISITORS * 4
    last = {str(one.public_id): one.last_seq for one in Conversation.objects.all()}
    stage.together([tab.until_shown(tab.conversation, last[tab.conversation]) for tab in tabs])
    assert [find_foreign(tab) for tab in tabs] == [[]] * VISITORS
    assert {len(page.chats) for page in pages} == {VISITORS // AGENTS}
    assert_all_agree(*tabs)
