"""Two tabs of one visitor without a network: everything once, and each tab's own in its order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Company
from tests.browser.network import Network
from tests.browser.people import Person
from tests.waiting import wait_until

OFFLINE_SECONDS = 60


@pytest.fixture
def network() -> Iterator[Network]:
    lines = Network()
    yield lines
    lines.close()


@pytest.mark.long
@pytest.mark.req("DL-02", "DL-03", "DL-05", "DL-06", "LC-33")
def test_ten_messages_from_two_tabs_after_a_minute_offline(company: Company, network: Network) -> None:
    agent, visitor = company.agent(), company.visitor(proxy=network.proxy)
    visitor.asks_for_sales()
    agent.accepts()
    other = company.another_tab(visitor)
    other.visits()
    expect(other.part("composer")).to_be_enabled()
    company.complaints.is_cut_off = True
    network.cut()
    visitor.page.context.set_offline(True)
    expect(visitor.part("banner")).to_contain_text("You’re offline")
    began = visitor.page.evaluate("performance.now()")
    for turn in range(1, 6):
        visitor.writes(f"one {turn}")
        other.writes(f"two {turn}")
    wait_until(
        lambda: visitor.page.evaluate("performance.now()") > began + OFFLINE_SECONDS * 1_000,
        what="a minute",
        seconds=2 * OFFLINE_SECONDS,
    )
    network.mend()
    visitor.page.context.set_offline(False)
    expected = {f"{tab} {turn}" for tab in ("one", "two") for turn in range(1, 6)}
    wait_until(lambda: expected <= set(agent.read_lines()), what="all ten", seconds=60)
    for person in (agent, visitor, other):
        wait_until(partial(has_ten, person), what="ten lines", seconds=40)
        for tab in ("one", "two"):
            own = [line for line in list_own(person) if line.startswith(tab)]
            assert own == [f"{tab} {turn}" for turn in range(1, 6)]


def has_ten(person: Person) -> bool:
    return len(list_own(person)) == 10


def list_own(person: Person) -> list[str]:
    """What was written here, without the answers before."""
    return [line for line in person.read_lines() if line.startswith(("one ", "two "))]
