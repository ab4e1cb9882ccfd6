"""Every screen by axe, in light and dark, wide and narrow, and laid out from right to left (LC-52)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.axe import COLOURS, list_violations
from tests.browser.conftest import Company
from tests.browser.people import Agent, Person, Visitor

WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
# Without animations: axe would take a colour that is on its way for the one that is meant.
CALM: dict[str, Any] = {"viewport": WIDE, "reduced_motion": "reduce"}
# Whatever reaches beyond the window, or beyond the chat's panel; what only screen readers get doesn't count.
FIND_OVERFLOW = """() => {
  const HIDDEN = ".unseen, .visually-hidden, .skip, .skip-link, svg, [hidden]";
  const beyond = [];
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) beyond.push(`page: ${page.scrollWidth} in ${innerWidth}`);
  const everything = (root) => [...root.querySelectorAll("*")];
  const shadows = everything(document).map((node) => node.shadowRoot).filter(Boolean);
  for (const node of [document, ...shadows].flatMap(everything)) {
    if (node.closest(HIDDEN) || !node.getClientRects().length) continue;
    const { left, right } = node.getBoundingClientRect();
    const isBeyond = left < -1 || right > innerWidth + 1;
    if (isBeyond) beyond.push(`${node.tagName}.${node.className}: ${left} to ${right}`);
    if (node.dataset.part === "log" && node.scrollWidth > node.clientWidth) beyond.push("log");
  }
  return beyond;
}"""

# Before the snippet looks which way the page is read.
TURN_AROUND = 'document.addEventListener("readystatechange", () => { document.documentElement.dir = "rtl"; })'
# What was changed is on the screen.
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
LONG_LINK = "https://murmel.example/bikes/the-long-one?frame=steel&colour=orange&size=large#how-to-measure"

Look = Callable[[Person, str], None]


def list_faults(page: Page) -> list[str]:
    """What is wrong with this page as it stands, for each width and scheme."""
    faults = []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        page.evaluate(PAINTED)
        faults += [f"{size['width']} px: {place}" for place in page.evaluate(FIND_OVERFLOW)]
        faults += [f"{size['width']} px: {violation}" for violation in list_violations(page)]
        page.emulate_media(color_scheme="dark")
        page.evaluate(PAINTED)
        in_dark = list_violations(page, options=COLOURS)
        faults += [f"{size['width']} px, dark: {violation}" for violation in in_dark]
        page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    return faults


@pytest.fixture
def look() -> Iterator[Look]:
    """Looks at a screen; all faults of all screens fail the test at its end."""
    faults: list[str] = []

    def at(person: Person, screen: str) -> None:
        faults.extend(f"{screen}, {fault}" for fault in list_faults(person.page))

    yield at
    assert not faults, "\n".join(faults)


def test_the_way_through_the_chat(company: Company, look: Look) -> None:
    agent, visitor = company.agent(**CALM), company.visitor(**CALM)
    visitor.visits()
    look(visitor, "website")
    visitor.opens_chat()
    expect(visitor.part("choice").first).to_be_visible()
    look(visitor, "question")
    visitor.chooses("Talk to sales")
    visitor.answers("Vera")
    visitor.part("field").fill("vera@")
    visitor.part("field").press("Enter")
    expect(visitor.part("field")).to_have_attribute("aria-invalid", "true")
    look(visitor, "refused field")
    visitor.part("field").fill("")
    visitor.answers("vera@nowhere.example")
    visitor.is_in("waiting")
    look(visitor, "waiting")
    talk(agent, visitor)
    look(visitor, "chat")
    visitor.part("menu").click()
    look(visitor, "menu")
    visitor.part("end").click()
    look(visitor, "end")
    agent.ends_session()
    visitor.is_in("ended")
    look(visitor, "ended")


def talk(agent: Agent, visitor: Visitor) -> None:
    agent.accepts()
    agent.writes(LONG_LINK)
    visitor.sees_lines(LONG_LINK)
    visitor.writes("averylongwordthatnobodycouldbreak" * 4, "One\nTwo")
    agent.sees_lines("One\nTwo")
    visitor.receipt_is("read")


def test_a_fallback_that_nobody_wanted(company: Company, look: Look) -> None:
    visitor = company.visitor(**CALM)
    visitor.visits().opens_chat().chooses("Talk to sales")
    visitor.answers("Vera", "vera@nowhere.example")
    visitor.sees_fallback()
    look(visitor, "fallback")


@pytest.mark.long
def test_the_pages_of_an_agent(company: Company, look: Look) -> None:
    stranger = company.visitor(**CALM)
    stranger.page.goto(f"{company.demo.url}/sign-in/")
    look(stranger, "sign-in")
    agent = company.agent(**CALM)
    look(agent, "empty inbox")
    for page in ("/settings/", "/settings/notifications/", "/settings/devices/"):
        look(agent.opens(page), page)
    visitor = company.visitor(**CALM).asks_for_sales()
    agent.is_offered()
    look(agent, "banner")
    agent.part("banner-decline").click()
    look(agent, "declining")
    agent.part("banner-keep").click()
    talk(agent, visitor)
    look(agent, "chat")
    look_at_what_opens(agent, look)
    look_at_a_supervisors_pages(company, look)
    agent.part("end-session").click()
    expect(agent.part("end-dialog")).to_be_visible()
    look(agent, "end dialog")
    agent.part("end-confirm").click()
    agent.part("end-now").click()
    expect(agent.part("chat-over")).to_be_visible()
    look(agent, "past chat")


def look_at_what_opens(agent: Agent, look: Look) -> None:
    """Whatever lies over a chat, or turns its composer into something else; by keys alone."""
    keyboard = agent.page.keyboard
    keyboard.press("Alt+n")
    keyboard.type("She haggles")
    look(agent, "note")
    keyboard.press("Enter")
    expect(agent.page.locator(".from-note")).to_be_visible()
    keyboard.press("Alt+n")
    keyboard.type("/")
    expect(agent.part("replies").get_by_role("option").first).to_be_visible()
    look(agent, "canned replies")
    keyboard.press("Escape")
    keyboard.press("Backspace")
    agent.part("transcript").focus()
    keyboard.press("?")
    expect(agent.part("shortcuts")).to_be_visible()
    look(agent, "shortcuts")
    keyboard.press("Escape")
    keyboard.press("Control+k")
    look(agent, "command bar")
    keyboard.press("Escape")
    keyboard.press("t")
    expect(agent.part("transfer-targets").locator("input").first).to_be_attached()
    look(agent, "transfer dialog")
    keyboard.press("Escape")
    expect(agent.part("transfer-dialog")).to_be_hidden()


def look_at_a_supervisors_pages(company: Company, look: Look) -> None:
    petra = Agent(company.crowd.come(**CALM).new_page(), company.demo.url)
    petra.page.goto(company.demo.get_link("Petra"))
    look(petra.opens("/board/"), "board")
    petra.opens("/inbox/").page.locator("#tab-everyone").click()
    running = petra.part("everyone-running").locator('[data-part="chat-item"] a')
    expect(running).to_be_visible()
    look(petra, "everyone's chats")
    running.click()
    petra.is_online()
    look(petra, "watching")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_right_to_left_nothing_leaves_the_window(company: Company, size: ViewportSize) -> None:
    agent, visitor = company.agent(viewport=size), company.visitor(viewport=size)
    for person in (agent, visitor):
        person.page.add_init_script(TURN_AROUND)
    agent.opens("/settings/")
    visitor.asks_for_sales("ورا")
    agent.is_offered("ورا")
    assert agent.page.evaluate(FIND_OVERFLOW) == []
    talk(agent, visitor)
    for person in (agent, visitor):
        assert person.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        assert person.page.evaluate(FIND_OVERFLOW) == []
    # The chat is in the corner where such a page's reading ends.
    box = visitor.part("launcher").bounding_box()
    assert box is None or box["x"] < size["width"] / 2
