"""Canned replies, from an own message to the next chat (LC-42)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Company
from tests.browser.people import Agent


def save_as_canned(agent: Agent) -> None:
    agent.page.locator(".from-agent").hover()
    agent.page.get_by_role("button", name="Save as canned reply").click()
    expect(agent.page.get_by_label("Text", exact=True)).to_have_value("Hi Vera!")
    agent.page.get_by_label("Short code").fill("greet")
    agent.page.get_by_label("Title", exact=True).last.fill("A friendly beginning")
    agent.page.get_by_label("Text", exact=True).fill("Hi {{visitor.nickname}}!")
    agent.page.get_by_role("button", name="Save", exact=True).click()
    expect(agent.part("reply-error")).to_contain_text("visitor.nickname")
    agent.page.get_by_label("Text", exact=True).fill("Hi {{visitor.first_name|there}}, {{visitor.company}}?")
    agent.page.get_by_role("button", name="Save", exact=True).click()
    agent.is_told("Saved. Type /greet to use it.")


@pytest.mark.req("LC-42", "LC-52")
def test_a_reply_is_saved_found_and_put_in(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    agent.accepts()
    agent.writes("Hi Vera!")
    visitor.sees_lines("Hi Vera!")
    # A refused form is answered with 400, which the browser mentions.
    save_as_canned(agent)
    company.complaints.found = [each for each in company.complaints.found if "400" not in each]
    agent.page.reload()
    agent.is_online()
    agent.box.press_sequentially("/frndly")
    option = agent.page.get_by_role("option")
    expect(option).to_have_count(1)
    expect(option).to_contain_text("Hi Vera, [company]?")
    expect(option).to_have_attribute("aria-selected", "true")
    agent.page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    expect(agent.box).to_have_value("/frndly")
    agent.box.fill("")
    agent.box.press_sequentially("/gr")
    agent.page.keyboard.press("Enter")
    expect(agent.box).to_have_value("Hi Vera, [company]?")
    assert visitor.read_lines()[-1] == "Hi Vera!"
    # The gap is marked, to be typed over.
    agent.page.keyboard.type("how is Acme")
    agent.page.keyboard.press("Enter")
    visitor.sees_lines("Hi Vera!", "Hi Vera, how is Acme?")
