"""The product's main job, end to end, as its two people see it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Company
from tests.browser.people import Agent, Visitor
from tests.waiting import wait_until

BLUE = "rgb(29, 79, 208)"
# Counts the sounds that are played over and over: only the bell is.
COUNT_BELLS = """
window.bells = 0;
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...given) {
  if (this.loop) window.bells += 1;
  return start.apply(this, given);
};
"""


def ask_with_a_wrong_address_first(visitor: Visitor) -> None:
    visitor.visits().opens_chat().chooses("Talk to sales")
    visitor.answers("Vera")
    expect(visitor.part("log")).to_contain_text("Nice to meet you, Vera.")
    visitor.part("field").fill("vera@")
    visitor.part("field").press("Enter")
    expect(visitor.page.get_by_text("Could you check it?")).to_be_visible()
    expect(visitor.part("field")).to_have_attribute("aria-invalid", "true")
    expect(visitor.part("field")).to_have_value("vera@")
    visitor.part("field").fill("")
    visitor.answers("vera@nowhere.example")
    visitor.is_in("waiting")


def is_across_the_top(agent: Agent) -> bool:
    box = agent.banner.bounding_box()
    assert box is not None
    return (box["x"], box["y"], box["width"]) == (0, 0, 1280)


def see_the_banner(agent: Agent) -> None:
    agent.is_offered("Vera")
    expect(agent.banner).to_have_css("background-color", BLUE)
    wait_until(lambda: is_across_the_top(agent), what="the banner is across the top")
    expect(agent.part("banner-why")).to_have_text("Round robin")
    countdown = agent.part("banner-countdown")
    expect(countdown).to_have_text(re.compile(r"^1:[0-3]\d$"))
    expect(countdown).not_to_have_text(countdown.inner_text())
    assert agent.page.evaluate("window.bells") == 1


def type_to_each_other(visitor: Visitor, agent: Agent) -> None:
    visitor.box.press_sequentially("I")
    expect(agent.part("typing")).to_contain_text("Vera is typing")
    agent.box.press_sequentially("Y")
    expect(visitor.part("typing")).to_be_visible()
    expect(visitor.part("typing")).to_contain_text("Ingrid Solberg is typing")


@pytest.mark.req("LC-21", "LC-29", "LC-30", "LC-32", "LC-33", "LC-40")
def test_a_visitor_asks_an_agent_accepts_and_they_talk_until_the_end(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    agent.page.context.add_init_script(COUNT_BELLS)
    agent.opens("/settings/").page.get_by_label("Title").click()
    agent.page.get_by_role("heading", name="Settings").click()
    ask_with_a_wrong_address_first(visitor)
    see_the_banner(agent)
    visitor.writes("It's about the long one.")

    agent.accepts()
    expect(agent.page).to_have_url(re.compile(r"/inbox/[0-9a-f-]{36}/"))
    expect(agent.banner).to_be_hidden()
    visitor.is_in("active")
    visitor.sees_notice("joined", "Ingrid Solberg joined the chat")
    agent.page.keyboard.type("Hi Vera!\n")
    visitor.sees_lines("It's about the long one.", "Hi Vera!")
    agent.tick_is("read")

    visitor.page.reload()
    visitor.sees_lines("It's about the long one.", "Hi Vera!")
    visitor.writes("Can I try it on Saturday?")
    agent.sees_lines("It's about the long one.", "Hi Vera!", "Can I try it on Saturday?")
    visitor.receipt_is("read")
    type_to_each_other(visitor, agent)

    agent.page.reload()
    agent.is_online()
    expect(agent.box).to_be_focused()
    agent.writes("Saturday at ten?\nBring the dog.")
    visitor.sees_lines("Can I try it on Saturday?", "Saturday at ten?\nBring the dog.")
    agent.ends_session()
    visitor.is_in("ended")
    visitor.sees_notice("ended_by_agent", "Ingrid Solberg ended the chat")
    expect(visitor.part("again")).to_be_visible()

    with agent.page.expect_download() as download:
        agent.part("download").click()
    transcript = Path(download.value.path()).read_text()
    for words in (
        "What brings you here today?",
        "vera@nowhere.example",
        "Hi Vera!",
        "Can I try it on Saturday?",
        "Bring the dog.",
    ):
        assert transcript.count(words) == 1, transcript


@pytest.mark.req("LC-30")
def test_each_side_sees_how_far_its_words_have_come(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    visitor.receipt_is("sent")
    agent.accepts()
    visitor.receipt_is("read")
    # The page is in front but its chat is closed: what comes is there, and nobody has read it.
    visitor.part("launcher").click()
    agent.writes("Hello?")
    agent.tick_is("delivered")
    expect(visitor.part("unread")).to_have_text("1")
    visitor.part("launcher").click()
    agent.tick_is("read")
    expect(visitor.part("unread")).to_be_hidden()
    visitor.page.goto("about:blank")
    agent.writes("Still there?")
    agent.tick_is("sent")
    # On another page of the website the chat goes on.
    visitor.visits("/bikes/")
    visitor.sees_lines("Hello?", "Still there?")
    agent.tick_is("read")


@pytest.mark.req("LC-21", "LC-37")
def test_the_tab_says_who_waits_and_what_is_unread(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    agent.is_offered()
    wait_until(lambda: "Vera is waiting" in agent.page.title(), what="the title names who waits")
    agent.accepts()
    # What is on the screen now counts as read before the agent leaves it.
    visitor.receipt_is("read")
    agent.opens("/settings/")
    expect(agent.page.locator(".topbar-nav [aria-current]")).to_have_text("Settings")
    visitor.writes("One", "Two")
    wait_until(lambda: agent.page.title() == "(2) Settings · Switchboard", what="the title counts")
    agent.page.get_by_role("link", name="Inbox").first.click()
    expect(agent.active_chats.locator(".unread")).to_contain_text("2")
    agent.active_chats.click()
    agent.sees_lines("One", "Two")
    wait_until(lambda: agent.page.title() == "Inbox · Switchboard", what="nothing is unread")
