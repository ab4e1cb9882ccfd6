"""Handing a chat over, as the visitor and two colleagues see it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Company
from tests.browser.people import Agent

NOTE = "Wants to test the long one.\nI promised Saturday."


def hands_over(agent: Agent, name: str) -> None:
    """Find the colleague and ask, by the keyboard alone."""
    agent.part("transfer").click()
    expect(agent.part("transfer-search")).to_be_focused()
    agent.page.keyboard.type(name)
    target = agent.part("transfer-targets").get_by_text(name)
    expect(target).to_be_visible()
    agent.page.keyboard.press("Enter")
    agent.page.get_by_label("Note to your colleague").fill(NOTE)
    agent.part("transfer-submit").click()
    expect(agent.part("transfer-dialog")).to_be_hidden()
    expect(agent.part("transfer-strip")).to_contain_text(re.compile(rf"Waiting for {name}.* 1:[0-3]\d"))
    expect(agent.part("transfer")).to_be_disabled()


@pytest.mark.req("LC-34", "LC-21", "LC-24")
def test_a_chat_is_handed_over_refused_taken_back_and_accepted(company: Company) -> None:
    ingrid, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    ingrid.accepts()
    ingrid.writes("Hi Vera!")
    mateo = company.agent("Mateo")

    hands_over(ingrid, "Mateo")
    mateo.is_offered("Ingrid Solberg hands over Vera")
    expect(mateo.part("banner-note")).to_have_text(NOTE)
    expect(mateo.part("banner-answers")).to_contain_text("Talk to sales")
    mateo.declines("In a demo")
    expect(ingrid.part("transfer-strip")).to_contain_text(re.compile("Mateo .+ declined: In a demo"))
    visitor.writes("Are you there?")
    ingrid.sees_lines("Hi Vera!", "Are you there?")

    hands_over(ingrid, "Mateo")
    mateo.is_offered_anything()
    ingrid.part("take-back").click()
    expect(mateo.banner).to_be_hidden()
    mateo.is_told("Ingrid Solberg kept the chat.")
    expect(ingrid.part("transfer-strip")).to_be_hidden()

    hands_over(ingrid, "Mateo")
    mateo.accepts()
    ingrid.is_told("has taken over the chat")
    expect(ingrid.page).to_have_url(re.compile(r"/inbox/$"))
    expect(ingrid.active_chats).to_have_count(0)
    visitor.sees_notice("transferred", "You’re now talking with Mateo")
    expect(mateo.part("messages")).to_contain_text("I promised Saturday.")
    mateo.writes("Saturday it is.")
    visitor.sees_lines("Hi Vera!", "Are you there?", "Saturday it is.")
    expect(visitor.part("log")).not_to_contain_text("I promised")
