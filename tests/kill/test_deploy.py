"""A new version goes out while two thousand pages are open and people talk: nobody loses a word (DL-08)."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections import Counter
from collections.abc import Iterator

import pytest

from chat.delivery.close_codes import CloseCode
from chat.models import Conversation, Message
from chat.services.visitors import mint_token
from tests.clients import Frame, VisitorClient
from tests.processes import Process, Processes
from tests.scenes import make_agent, publish, set_up, sign_in
from tests.screens import assert_all_agree
from tests.stage import Stage
from tests.waiting import back_off, wait_until

IDLE = 2_000
TALKERS = 10  # five messages a second each
CROWD = 50  # who arrive at the same time
PATIENCE = 60.0


class Bystander(VisitorClient):
    """A page whose panel is closed. It comes back when the server told it to, as the widget does."""

    def _get_hello(self) -> Frame:
        return {**super()._get_hello(), "show": False}

    async def until_back(self) -> None:
        await self.until(lambda: self.greetings == 2, what="a second welcome", seconds=PATIENCE)

    async def _visit(self) -> None:
        try:
            await super()._visit()
        finally:
            for bye in self.list_of("bye")[-1:]:
                await back_off(bye["retry_after"] / 1_000)


@pytest.fixture
def many_files() -> Iterator[None]:
    """Each socket is an open file, here and in the servers, which inherit the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * IDLE)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def talk(tab: VisitorClient, done: asyncio.Event) -> int:
    """Five messages a second until the others are back; how many there were."""
    said = 0
    while not done.is_set():
        await tab.say(f"line {said}")
        said += 1
        await back_off(0.2)
    await tab.until_all_acked()
    return said


async def restart(server: Process, talkers: list[VisitorClient], others: list[Bystander]) -> int:
    """End the server in order while people talk, until everybody is on the other one; the messages said."""
    done = asyncio.Event()
    talking = [asyncio.create_task(talk(tab, done)) for tab in talkers]
    os.kill(server.running.pid, signal.SIGTERM)
    await asyncio.gather(*(each.until_back() for each in others))
    done.set()
    return sum(await asyncio.gather(*talking))


@pytest.mark.req("DL-08", "DL-01", "DL-02", "DL-04")
@pytest.mark.usefixtures("many_files")
def test_deploy_under_two_thousand_open_pages_loses_no_word_and_spreads_the_return(
    stage: Stage, processes: Processes
) -> None:
    set_up()
    publish()
    first, second = processes.web(), processes.web()
    page = stage.agents([[second.ws_url]], session_key=sign_in(make_agent(is_present=False)))[0]
    way = [first.ws_url, second.ws_url]
    talkers = stage.visitors([way] * TALKERS, token=mint_token())
    conversation = talkers[0].conversation
    stage.run(page.accept(stage.run(page.until_offered(conversation))))
    stage.together([tab.until_phase("active") for tab in talkers])
    others: list[Bystander] = []
    for _ in range(0, IDLE, CROWD):
        others += stage.arrive(lambda: [Bystander(way) for _ in range(CROWD)])
    said = stage.run(restart(first, talkers, others), seconds=2 * PATIENCE)
    wait_until(lambda: not first.is_running, what="the old process ends", seconds=15)
    assert first.running.returncode == 0
    check_spread(others)
    last = Conversation.objects.get(public_id=conversation).last_seq
    stage.together([client.until_shown(conversation, last) for client in (*talkers, page)])
    assert Message.objects.filter(author=Message.Author.VISITOR).count() == said
    assert_all_agree(*talkers, page)


def check_spread(others: list[Bystander]) -> None:
    """They were all sent away once, to come back over ten seconds: about a tenth in each.

    When they came says less: a server that all of them ask at once takes as long to let them in.
    """
    assert {tuple(each.closes) for each in others} == {(CloseCode.SERVICE_RESTART,)}
    seconds = Counter(each.list_of("bye")[0]["retry_after"] // 1_000 for each in others)
    assert max(seconds.values()) < 1.5 * IDLE / 10, seconds
