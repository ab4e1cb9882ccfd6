"""Networks that go, servers that are killed: nothing is lost or comes twice, and nobody has to act."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Company
from tests.browser.network import Network
from tests.browser.people import Agent, Person, Visitor

# Milliseconds. A page tries again after at most half a minute (DL-05).
COMES_BACK = 40_000


@pytest.fixture
def network() -> Iterator[Network]:
    """The connection of one browser to the world."""
    lines = Network()
    yield lines
    lines.close()


def talk(company: Company, agent: Agent, visitor: Visitor) -> None:
    """Bring both into the middle of a chat; from here on connections may break."""
    visitor.asks_for_sales()
    agent.accepts()
    agent.writes("Hello!")
    visitor.sees_lines("Hello!")
    agent.tick_is("read")
    company.complaints.is_cut_off = True


def lose_the_network(person: Person, network: Network) -> None:
    network.cut()
    person.page.context.set_offline(True)


def find_the_network(person: Person, network: Network) -> None:
    network.mend()
    person.page.context.set_offline(False)


def both_see(agent: Agent, visitor: Visitor, *texts: str) -> None:
    for person in (agent, visitor):
        person.sees_lines(*texts)


@pytest.mark.req("DL-02", "DL-03", "DL-04", "DL-05", "LC-33")
def test_what_a_visitor_writes_offline_is_sent_once_and_in_order(company: Company, network: Network) -> None:
    agent, visitor = company.agent(), company.visitor(proxy=network.proxy)
    talk(company, agent, visitor)
    lose_the_network(visitor, network)
    expect(visitor.part("banner")).to_contain_text("You’re offline")
    visitor.writes("One", "Two", "Three")
    visitor.receipt_is("held")
    agent.writes("Are you there?")
    agent.tick_is("sent")
    find_the_network(visitor, network)
    both_see(agent, visitor, "Hello!", "Are you there?", "One", "Two", "Three")
    visitor.receipt_is("read")
    expect(visitor.part("banner")).to_be_hidden()


@pytest.mark.req("DL-02", "DL-03", "DL-04", "DL-05")
def test_what_an_agent_writes_offline_is_sent_once_and_in_order(company: Company, network: Network) -> None:
    agent, visitor = company.agent(proxy=network.proxy), company.visitor()
    talk(company, agent, visitor)
    lose_the_network(agent, network)
    expect(agent.part("connection")).to_have_attribute("data-status", "waiting")
    agent.writes("One", "Two", "Three")
    agent.tick_is("pending")
    expect(agent.part("connection-text")).to_have_text("Offline. Unsent messages are kept: 3")
    visitor.writes("Are you there?")
    visitor.receipt_is("sent")
    find_the_network(agent, network)
    both_see(agent, visitor, "Hello!", "Are you there?", "One", "Two", "Three")
    agent.tick_is("read")


@pytest.mark.req("DL-02", "DL-03", "DL-05", "LC-33")
def test_a_tunnel_is_noticed_and_what_arrives_late_comes_once(company: Company, network: Network) -> None:
    agent, visitor = company.agent(), company.visitor(proxy=network.proxy)
    talk(company, agent, visitor)
    network.stall()
    visitor.writes("One", "Two")
    visitor.receipt_is("sending")
    visitor.page.context.set_offline(True)
    # Nothing broke, so only asking shows that nobody answers any more.
    expect(visitor.part("banner")).to_contain_text("You’re offline")
    visitor.writes("Three")
    visitor.receipt_is("held")
    find_the_network(visitor, network)
    both_see(agent, visitor, "Hello!", "One", "Two", "Three")
    visitor.receipt_is("read")


@pytest.mark.req("DL-01", "DL-04", "DL-05", "LC-33")
def test_a_chat_goes_on_after_the_server_was_killed(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    talk(company, agent, visitor)
    company.demo.end()
    expect(visitor.part("banner")).to_contain_text("Reconnecting")
    expect(agent.part("connection")).to_have_attribute("data-status", "waiting")
    visitor.writes("One", "Two", "Three")
    agent.writes("Four")
    company.demo.start_and_wait()
    expect(visitor.part("banner")).to_be_hidden(timeout=COMES_BACK)
    expect(agent.part("connection")).to_have_attribute("data-status", "online", timeout=COMES_BACK)
    visitor.receipt_is("read")
    agent.tick_is("read")
    assert agent.read_lines() == visitor.read_lines()
    assert sorted(agent.read_lines()[-4:]) == ["Four", "One", "Three", "Two"]
    visitor.writes("There you are.")
    agent.sees_lines("There you are.")


@pytest.mark.req("LC-22", "LC-28", "DL-04")
@pytest.mark.parametrize("demo", [("--accept-seconds", "10")], indirect=True)
def test_a_deadline_that_passed_while_the_server_was_down_is_kept(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    agent.is_offered()
    company.complaints.is_cut_off = True
    company.demo.end()
    company.demo.query("update routing_offer set expires_at = '2020-01-01', offered_at = '2019-12-31'")
    company.demo.start_and_wait()
    expect(visitor.part("state")).to_have_attribute("data-phase", "missed", timeout=COMES_BACK)
    visitor.sees_fallback()
    expect(agent.banner).to_be_hidden(timeout=COMES_BACK)
    expect(agent.active_chats).to_have_count(0)
