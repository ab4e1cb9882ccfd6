"""What surrounds an agent's chats: history, files to keep, keys, and a supervisor who looks on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Company
from tests.browser.people import Agent


@pytest.mark.req("LC-37", "LC-39", "LC-40", "LC-43")
def test_an_agent_works_two_chats_by_single_keys_and_keeps_one_as_a_page(company: Company) -> None:
    agent, vera, omar = company.agent(), company.visitor(), company.visitor()
    page = agent.page
    vera.asks_for_sales()
    agent.accepts()
    history = agent.part("history-item")
    expect(history.filter(has_text="Asked for sales")).to_be_visible()
    expect(agent.part("history").locator('[data-kind="page"] a')).to_have_attribute(
        "href", re.compile("^http")
    )
    omar.asks_for_sales("Omar", "omar@nowhere.example")
    agent.accepts()
    expect(agent.part("chat-name")).to_have_text("Omar")
    page.keyboard.type("jk?[e")  # the cursor is in the reply: these are letters
    expect(agent.box).to_have_value("jk?[e")
    agent.part("transcript").focus()
    page.keyboard.press("j")
    expect(agent.part("chat-name")).to_have_text("Vera")
    page.keyboard.press("k")
    expect(agent.part("chat-name")).to_have_text("Omar")
    page.keyboard.press("[")
    expect(agent.part("visitor-panel")).to_be_hidden()
    page.keyboard.press("[")
    expect(agent.part("visitor-panel")).to_be_visible()
    page.keyboard.press("?")
    expect(agent.part("shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(agent.part("shortcuts")).to_be_hidden()
    page.keyboard.press("e")
    agent.part("end-confirm").click()  # Omar has had no answer
    agent.part("end-now").click()
    expect(agent.part("chat-over")).to_be_visible()
    walk_the_panes_of_a_narrow_page(agent)
    with page.expect_download() as download:
        agent.part("download-html").click()
    assert re.fullmatch(r"chat-omar-[\d-]+\.html", download.value.suggested_filename)
    page.keyboard.press("?")
    with page.expect_response("**/settings/shortcuts/") as kept:
        agent.part("shortcuts-on").click()
    assert kept.value.status == 204
    page.reload()
    agent.is_online()
    page.keyboard.press("?")
    expect(agent.part("shortcuts-on")).not_to_be_checked()
    expect(agent.part("shortcuts")).to_be_hidden()


def walk_the_panes_of_a_narrow_page(agent: Agent) -> None:
    """By keyboard: a pane begins with the way back, and the list with the chat that was left."""
    page = agent.page
    page.set_viewport_size({"width": 390, "height": 844})
    about = page.locator('.chat-header [data-to-pane="panel"]')
    about.press("Enter")
    expect(page.locator(".panel-back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(about).to_be_focused()
    agent.part("back-to-list").press("Enter")
    expect(page.locator("#tab-active")).to_be_focused()  # the chat is over, so it is in another tab
    agent.active_chats.locator("a").press("Enter")
    expect(agent.part("back-to-list")).to_be_focused()
    page.keyboard.press("Enter")
    expect(agent.active_chats.locator("a")).to_be_focused()
    page.locator("#tab-all").click()
    agent.part("past-chats").locator("a").first.click()
    page.set_viewport_size({"width": 1280, "height": 720})


@pytest.mark.req("LC-38")
def test_a_supervisor_looks_on_live_and_can_do_nothing(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    agent.accepts()
    supervisor = Agent(company.crowd.come().new_page(), company.demo.url)
    supervisor.page.goto(company.demo.get_link("Petra"))
    supervisor.opens("/inbox/")
    supervisor.page.locator("#tab-everyone").click()
    item = supervisor.part("everyone-running").locator('[data-part="chat-item"]')
    expect(item).to_contain_text("Vera")
    expect(item).to_contain_text("with Ingrid")
    item.locator("a").click()
    supervisor.is_online()
    expect(supervisor.part("composer")).to_be_hidden()
    expect(supervisor.part("end-session")).to_be_hidden()
    visitor.writes("Is the large one in stock?")
    supervisor.sees_lines("Is the large one in stock?")
    agent.sees_lines("Is the large one in stock?")
    # Nobody but the agent has read it.
    visitor.receipt_is("read")
    agent.writes("It is!")
    supervisor.sees_lines("It is!")
    supervisor.page.reload()
    supervisor.is_online()
    visitor.writes("Good")
    supervisor.sees_lines("Good")
    visitor.ends_chat()
    expect(supervisor.part("chat-status")).to_have_attribute("data-phase", "ended")
