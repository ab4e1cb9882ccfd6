"""A supervisor watches the board while an agent works, signs out elsewhere and fills in a week."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Company
from tests.browser.people import Agent
from tests.browser.test_accessibility import CALM, list_faults


def list_on(board: Agent, name: str) -> Locator:
    return board.page.locator(f'[data-rows="{name}"]')


def watch(company: Company) -> Agent:
    """Petra, who may view all conversations, before the board."""
    boss = Agent(company.crowd.come(**CALM).new_page(), company.demo.url)
    boss.page.goto(company.demo.get_link("Petra"))
    return boss.opens("/board/")


@pytest.mark.req("LC-13", "LC-38", "LC-47", "LC-11", "DL-10", "LC-52")
def test_the_board_follows_what_happens_and_settings_follow_the_agent(company: Company) -> None:
    boss = watch(company)
    expect(list_on(boss, "waiting")).to_contain_text("Nobody is waiting.")
    agent = company.agent()
    ingrid = list_on(boss, "agents").locator("li", has_text="Ingrid Solberg")
    expect(ingrid).to_contain_text("Can take a chat")
    company.visitor().asks_for_sales()
    expect(list_on(boss, "waiting")).to_contain_text("Ingrid Solberg is being asked")
    agent.accepts()
    expect(list_on(boss, "waiting")).to_contain_text("Nobody is waiting.")
    expect(list_on(boss, "active")).to_contain_text("with Ingrid Solberg")
    expect(ingrid).to_contain_text("1 of 10 seats")
    assert list_faults(boss.page) == []
    list_on(boss, "active").get_by_role("link", name="Vera").click()
    expect(boss.page).to_have_url(re.compile("/inbox/"))

    phone = company.agent().opens("/settings/notifications/")
    phone.page.get_by_label("Volume").fill("0")
    phone.page.get_by_role("button", name="Test the sound for a message").click()
    expect(phone.part("tried")).to_contain_text("Nothing to hear")
    assert list_faults(phone.page) == []
    phone.opens("/settings/devices/")
    assert list_faults(phone.page) == []
    phone.page.get_by_role("button", name="Sign out all other devices").click()
    expect(agent.page).to_have_url(re.compile("/sign-in/"))
    phone.opens("/settings/").page.get_by_role("button", name="Weekdays 9–17").click()
    expect(phone.part("hours-sum")).to_have_text("40 hours a week.")
    phone.page.get_by_role("button", name="Save hours").click()
    expect(phone.page.get_by_role("status").filter(has_text="Your hours are saved.")).to_be_visible()
    expect(phone.part("hours-sum")).to_have_text("40 hours a week.")
