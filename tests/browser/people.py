"""Who sits before the browsers: a visitor on the example website, and an agent on the product's own pages.

Each is one tab that tells what the person sees and does. Playwright looks into open shadow roots by itself,
so the widget's parts are found like those of any page.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.waiting import wait_until

# Milliseconds. Long, for a machine that is busy; nothing waits it out when all is well.
PATIENCE = 20_000
# The browser's own caution about sound before the first gesture; the page deals with it (LC-47).
EXPECTED = re.compile(r"AudioContext was not allowed to start")
# What a browser writes when the network or the server is gone.
LOST = re.compile(
    r"ERR_(INTERNET_DISCONNECTED|(PROXY|SOCKS|CONNECTION|NETWORK)_\w+|EMPTY_RESPONSE)|WebSocket connection to"
)
# A bubble's text without what it says to screen readers only.
READ_LINES = """bubbles => bubbles.map((bubble) => {
  const copy = bubble.cloneNode(true);
  copy.querySelectorAll(".unseen").forEach((node) => node.remove());
  return copy.textContent;
})"""


@dataclass
class Complaints:
    """What browsers complained of: errors and warnings on the console, exceptions, breaches of a policy."""

    found: list[str] = field(default_factory=list)
    # For tests that break the connection: the browser may say so, and nothing else.
    is_cut_off: bool = False

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._note)
        context.on("weberror", lambda error: self.found.append(f"exception: {error.error}"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or EXPECTED.search(message.text):
            return
        if not (self.is_cut_off and LOST.search(message.text)):
            self.found.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


@dataclass
class Person:
    """Somebody at a tab; `address` is where the site that they are on begins."""

    page: Page
    address: str

    @property
    def box(self) -> Locator:
        """Where they write."""
        raise NotImplementedError

    def part(self, name: str) -> Locator:
        return self.page.locator(f'[data-part="{name}"]')

    def writes(self, *texts: str) -> None:
        """Write these messages, one after the other."""
        for text in texts:
            self.box.fill(text)
            self.box.press("Enter")

    def read_lines(self) -> list[str]:
        """What visitor and agent have said so far, without bot and notices."""
        said = ':is([data-author="visitor"], [data-author="agent"]) .bubble'
        lines: list[str] = self.page.locator(f'[data-part="message"]{said}').evaluate_all(READ_LINES)
        return lines

    def sees_lines(self, *texts: str) -> None:
        """The last lines are exactly these, in this order and each once."""
        count = len(texts)
        with suppress(AssertionError):
            wait_until(lambda: self.read_lines()[-count:] == [*texts], what="the lines", seconds=40)
        lines = self.read_lines()
        assert lines[-count:] == [*texts], lines
        assert [lines.count(text) for text in texts] == [1] * count, lines

    def opens_another_tab(self) -> Page:
        return self.page.context.new_page()


@dataclass
class Visitor(Person):
    """Somebody on the website, another origin than the product's, which knows the product by one line."""

    @property
    def box(self) -> Locator:
        return self.part("composer")

    @property
    def own_words(self) -> Locator:
        return self.page.locator('[data-author="visitor"]')

    def visits(self, path: str = "/") -> Visitor:
        self.page.goto(self.address + path)
        return self

    def opens_chat(self) -> Visitor:
        self.part("launcher").click()
        expect(self.part("panel")).to_be_visible()
        return self

    def chooses(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def answers(self, *values: str) -> None:
        """Fill in one field after the other; each is taken."""
        for value in values:
            expect(self.part("field")).to_have_value("")
            self.part("field").fill(value)
            self.part("field").press("Enter")
            expect(self.own_words.last).to_contain_text(value)

    def asks_for_sales(self, name: str = "Vera", email: str = "vera@nowhere.example") -> Visitor:
        """Answer what the first dialogue wants to know, up to waiting for an agent."""
        self.visits().opens_chat().chooses("Talk to sales")
        self.answers(name, email)
        self.is_in("waiting")
        return self

    def asks_the_team(self) -> Visitor:
        """Take the way of the first dialogue that leads to a team."""
        self.visits().opens_chat().chooses("Prices")
        self.chooses("More than ten")
        self.is_in("waiting")
        return self

    def is_in(self, phase: str) -> None:
        expect(self.part("state")).to_have_attribute("data-phase", phase)

    def sees_notice(self, name: str, text: str = "") -> None:
        expect(self.page.locator(f'[data-notice="{name}"]')).to_contain_text(text)

    def sees_fallback(self) -> None:
        """Nobody could take the chat, and the company says so in its own words (LC-26)."""
        self.is_in("missed")
        expect(self.part("log")).to_contain_text("Everybody is out riding right now, sorry!")

    def receipt_is(self, receipt: str) -> None:
        """How far the visitor's last line has come."""
        expect(self.own_words.last).to_have_attribute("data-receipt", receipt)

    def ends_chat(self) -> None:
        self.part("menu").click()
        self.part("end").click()
        # Asked where the visitor has written last.
        if self.part("end-confirm").count():
            self.part("end-confirm").click()


@dataclass
class Agent(Person):
    """Somebody signed in to the product's pages."""

    @property
    def box(self) -> Locator:
        return self.part("composer-text")

    @property
    def banner(self) -> Locator:
        return self.part("banner")

    @property
    def active_chats(self) -> Locator:
        return self.part("active-chats").locator('[data-part="chat-item"]')

    def opens(self, path: str) -> Agent:
        """Go to a page and wait until the server knows that it is open."""
        self.page.goto(self.address + path)
        self.is_online()
        return self

    def is_online(self) -> None:
        expect(self.part("connection")).to_have_attribute("data-status", "online")

    def is_offered(self, name: str = "Vera") -> None:
        expect(self.banner).to_be_visible()
        expect(self.part("banner-name")).to_have_text(name)
        expect(self.part("banner-accept")).to_be_enabled()

    def accepts(self) -> None:
        """Accept, which leads to the conversation."""
        self.is_offered_anything()
        self.part("banner-accept").click()
        expect(self.box).to_be_focused()

    def is_offered_anything(self) -> None:
        expect(self.part("banner-accept")).to_be_enabled()
        expect(self.banner).to_be_visible()

    def declines(self, reason: str = "") -> None:
        self.part("banner-decline").click()
        self.page.locator("#reason").fill(reason)
        self.page.locator("#reason").press("Enter")
        expect(self.banner).to_be_hidden()

    def is_told(self, text: str | re.Pattern[str]) -> None:
        expect(self.part("toasts")).to_contain_text(text)

    def tick_is(self, state: str) -> None:
        """How far the agent's last line has come."""
        expect(self.part("tick").last).to_have_attribute("data-state", state)

    def ends_session(self) -> None:
        self.part("end-session").click()
        # Asked where the visitor has written last.
        if self.part("end-dialog").is_visible():
            self.part("end-confirm").click()
        # Else it could still be undone for five seconds.
        self.part("end-now").click()
        expect(self.part("chat-over")).to_be_visible()
