"""Redis flushed, killed and started empty under a hundred messages a second: nothing is lost (DL-01)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import redis

from chat.models import Conversation, Message
from chat.services.visitors import mint_token
from tests.clients import AgentClient, Client, VisitorClient
from tests.processes import Process, Processes
from tests.scenes import make_agent, publish, set_up, sign_in
from tests.screens import assert_all_agree
from tests.stage import Stage
from tests.waiting import back_off

PAIRS = 10
EACH = 35  # messages of one client, at 5 a second: 100 messages a second in all, for 7 seconds
PING_EVERY = 2.0
# One heartbeat, and the patience of a busy machine.
HEALED_WITHIN = PING_EVERY + 8.0


@dataclass
class Cluster:
    """Two web processes on a Redis that the test may break."""

    processes: Processes
    redis: Process
    webs: list[Process]

    def flush(self) -> None:
        with redis.Redis(port=self.redis.port) as client:
            client.flushall()

    def restart_redis(self) -> None:
        self.redis.kill()
        self.redis = self.processes.redis(port=self.redis.port)


@pytest.fixture
def cluster(processes: Processes) -> Cluster:
    own = processes.redis()
    address = f"redis://127.0.0.1:{own.port}/0"
    return Cluster(processes, own, [processes.web(REDIS_URL=address) for _ in range(2)])


def begin_chats(stage: Stage, cluster: Cluster) -> list[tuple[VisitorClient, AgentClient]]:
    """Pairs whose two sides are on different processes, so that every word between them crosses Redis."""
    # However slow the machine is, no banner is passed on because it took long to be seen.
    set_up(require_reachable=False, accept_seconds=600)
    publish()
    one, other = (web.ws_url for web in cluster.webs)
    pages = [
        stage.agents([[other]], session_key=sign_in(make_agent(is_present=False)), ping_every=PING_EVERY)[0]
        for _ in range(PAIRS)
    ]
    tabs = [stage.visitors([[one]], token=mint_token(), ping_every=PING_EVERY)[0] for _ in range(PAIRS)]
    return [(tab, stage.run(take_one_of(pages, tab))) for tab in tabs]


async def take_one_of(pages: list[AgentClient], tab: VisitorClient) -> AgentClient:
    """Whoever was asked accepts."""
    asked = [asyncio.create_task(page.until_offered(tab.conversation)) for page in pages]
    done, others = await asyncio.wait(asked, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    page = next(page for page, task in zip(pages, asked, strict=True) if task in done)
    await page.accept(done.pop().result())
    await page.until_chat(tab.conversation)
    await tab.until_phase("active")
    return page


async def talk(client: Client, conversation: str) -> None:
    """Five messages a second, whatever happens."""
    begun = time.monotonic()
    for n in range(EACH):
        await client.post(conversation, f"line {n}")
        await back_off(max(0.0, begun + (n + 1) / 5 - time.monotonic()))


async def talk_all(pairs: list[tuple[VisitorClient, AgentClient]], disturb: Callable[[], None]) -> None:
    """Everybody talks; in the middle of it Redis is disturbed, three times."""
    talking = [talk(client, tab.conversation) for tab, page in pairs for client in (tab, page)]
    await asyncio.gather(disturb_thrice(disturb), *talking)


async def disturb_thrice(disturb: Callable[[], None]) -> None:
    for _ in range(3):
        await back_off(1.8)
        await asyncio.to_thread(disturb)


@pytest.mark.req("DL-01", "DL-02", "DL-03", "DL-04")
@pytest.mark.parametrize("how", ["flush", "restart_redis"])
def test_hundred_messages_a_second_survive_redis(stage: Stage, cluster: Cluster, how: str) -> None:
    pairs = begin_chats(stage, cluster)
    clients: list[Client] = [client for pair in pairs for client in pair]
    stage.run(talk_all(pairs, getattr(cluster, how)), seconds=90)
    stage.together([client.until_all_acked() for client in clients])
    said = time.monotonic()
    last = {str(row.public_id): row.last_seq for row in Conversation.objects.all()}
    stage.together(
        [
            client.until_shown(tab.conversation, last[tab.conversation])
            for tab, page in pairs
            for client in (tab, page)
        ]
    )
    assert time.monotonic() - said < HEALED_WITHIN
    assert Message.objects.exclude(client_id="").count() == 2 * PAIRS * EACH
    assert [client.errors for client in clients] == [[]] * len(clients)
    assert [client.closes for client in clients] == [[]] * len(clients), "nobody lost the connection"
    assert_all_agree(*clients)


@pytest.mark.req("DL-04", "LC-21")
def test_offer_and_answer_reach_both_sides_while_redis_is_away(stage: Stage, cluster: Cluster) -> None:
    set_up()
    publish()
    one, other = (web.ws_url for web in cluster.webs)
    session = sign_in(make_agent(is_present=False))
    page = stage.agents([[other]], session_key=session, ping_every=1.0)[0]
    cluster.redis.kill()
    tab = stage.visitors([[one]], token=mint_token(), ping_every=1.0)[0]
    # Heartbeats alone: the offer, the chat, its end and every word between.
    stage.run(page.accept(stage.run(page.until_offered(tab.conversation))))
    stage.run(page.until_chat(tab.conversation))
    stage.run(tab.until_phase("active"))
    stage.run(page.post(tab.conversation, "Hello!"))
    stage.run(tab.say("Hi!"))
    stage.together([client.until_all_acked() for client in (tab, page)])
    stage.run(tab.ask("end"))
    stage.run(tab.until_phase("ended"))
    last = Conversation.objects.get().last_seq
    stage.together([client.until_shown(tab.conversation, last) for client in (tab, page)])
    assert_all_agree(tab, page)
