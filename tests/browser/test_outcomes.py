"""What becomes of a request besides a chat: nobody accepts, somebody declines, the visitor leaves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Company
from tests.browser.people import Agent
from tests.waiting import wait_until

VISITORS = "select id from chat_visitor"


def find_asked(agents: list[Agent]) -> Agent:
    """The one whose banner is up."""
    asked = wait_until(
        lambda: [agent for agent in agents if agent.banner.is_visible()], what="a banner", seconds=20
    )
    assert len(asked) == 1
    return asked[0]


def get_past_chats(agent: Agent) -> Locator:
    return agent.part("past-chats").locator('[data-part="chat-item"]')


def has_nothing_new_in_the_inbox(agent: Agent, *, past: int) -> None:
    agent.opens("/inbox/")
    expect(agent.part("no-active")).to_be_visible()
    agent.page.get_by_role("tab", name="All").click()
    expect(get_past_chats(agent).first).to_be_visible()
    expect(agent.part("chat-item")).to_have_count(past)


@pytest.mark.req("LC-22", "LC-26", "LC-28")
@pytest.mark.parametrize("demo", [("--accept-seconds", "5")], indirect=True)
def test_nobody_accepts_so_the_visitor_gets_the_fallback_and_the_inbox_nothing(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    past = get_past_chats(agent).count()
    visitor.asks_for_sales()
    agent.is_offered()
    visitor.sees_fallback()
    expect(visitor.part("log").get_by_role("link", name="hello@murmel.example")).to_be_visible()
    expect(visitor.box).to_be_hidden()
    expect(agent.banner).to_be_hidden()
    agent.is_told("The time to accept was over.")
    assert company.demo.query("select status from routing_offer order by id desc limit 1") == [("expired",)]
    has_nothing_new_in_the_inbox(agent, past=past)
    # And the visitor can ask again.
    visitor.part("again").click()
    expect(visitor.part("choice").first).to_be_visible()


@pytest.mark.req("LC-24", "LC-28")
def test_a_declined_chat_of_the_round_robin_ends_in_the_fallback_at_once(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    past = get_past_chats(agent).count()
    visitor.asks_for_sales()
    agent.is_offered()
    agent.declines("In a demo until three")
    visitor.sees_fallback()
    assert company.demo.query(
        "select status, decline_reason from routing_offer order by id desc limit 1"
    ) == [("declined", "In a demo until three")]
    has_nothing_new_in_the_inbox(agent, past=past)


@pytest.mark.req("LC-23", "LC-24")
def test_a_chat_for_a_team_that_one_declines_is_offered_to_one_more(company: Company) -> None:
    agents, visitor = [company.agent("Ingrid"), company.agent("Mateo")], company.visitor()
    visitor.asks_the_team()
    first = find_asked(agents)
    first.declines()
    visitor.is_in("waiting")
    (other,) = (agent for agent in agents if agent is not first)
    other.accepts()
    other.writes("Here I am.")
    visitor.sees_lines("Here I am.")
    expect(first.banner).to_be_hidden()
    expect(first.active_chats).to_have_count(0)


@pytest.mark.req("LC-27", "LC-28")
def test_a_visitor_who_stops_waiting_takes_the_banner_away(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    past = get_past_chats(agent).count()
    visitor.asks_for_sales()
    agent.is_offered()
    visitor.part("cancel").click()
    visitor.is_in("abandoned")
    visitor.sees_notice("cancelled", "You stopped waiting")
    expect(agent.banner).to_be_hidden()
    agent.is_told("stopped waiting")
    has_nothing_new_in_the_inbox(agent, past=past)


@pytest.mark.req("LC-32", "LC-38")
def test_a_visitor_ends_the_chat_and_both_are_told_who(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    agent.accepts()
    visitor.writes("I have found it myself.")
    agent.sees_lines("I have found it myself.")
    visitor.box.press_sequentially("Thanks")
    expect(agent.part("typing")).to_be_visible()
    visitor.ends_chat()
    visitor.is_in("ended")
    visitor.sees_notice("ended_by_visitor", "You ended the chat")
    expect(agent.part("chat-over")).to_be_visible()
    # What is written from now on is for colleagues alone.
    expect(agent.part("composer")).to_have_attribute("data-mode", "note")
    expect(agent.part("note-toggle")).to_be_hidden()
    expect(agent.part("transcript")).to_contain_text("The visitor ended the chat")
    expect(agent.active_chats).to_have_count(0)
    # Who was typing isn't any more.
    expect(get_past_chats(agent).first).to_contain_text("I have found it myself.")
    expect(get_past_chats(agent).filter(has_text="I have found it myself.")).to_have_count(1)


@pytest.mark.req("DL-06", "LC-25")
def test_two_tabs_of_an_agent_are_one(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    other = company.another_tab(agent).opens("/settings/")
    visitor.asks_for_sales()
    agent.is_offered()
    other.is_offered()
    agent.accepts()
    expect(other.banner).to_be_hidden()
    agent.writes("Hello!")
    other.opens("/inbox/")
    other.active_chats.click()
    other.sees_lines("Hello!")
    other.writes("From my other tab.")
    agent.sees_lines("Hello!", "From my other tab.")
    visitor.sees_lines("Hello!", "From my other tab.")


@pytest.mark.req("DL-06", "LC-33")
def test_two_tabs_of_a_visitor_show_the_same(company: Company) -> None:
    before = {row[0] for row in company.demo.query(VISITORS)}
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    other = company.another_tab(visitor).visits("/prices/")
    other.is_in("waiting")
    agent.accepts()
    for tab in (visitor, other):
        tab.is_in("active")
    visitor.writes("From here")
    other.writes("and from there")
    for person in (agent, visitor, other):
        person.sees_lines("From here", "and from there")
    agent.writes("I read both.")
    visitor.ends_chat()
    for tab in (visitor, other):
        tab.sees_lines("I read both.")
        tab.is_in("ended")
    assert len({row[0] for row in company.demo.query(VISITORS)} - before) == 1
