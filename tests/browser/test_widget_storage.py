"""Storage that is denied or full, clocks that are wrong, consent that isn't given: degraded, never broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.conftest import Company
from tests.browser.host_pages import Site, chats, get_status

pytestmark = pytest.mark.shares_demo

DENIED = """
for (const name of ["localStorage", "sessionStorage", "indexedDB"])
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
Object.defineProperty(Document.prototype, "cookie", { get: () => "", set() {} });
class Denied { constructor() { throw new Error("denied"); } }
Object.defineProperty(window, "BroadcastChannel", { value: Denied });
Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });
"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
WRONG_CLOCK = """
const { now } = Date;
const hours = %d * 3_600_000;
Date.now = () => now() + hours;
globalThis.Date = new Proxy(Date, {
  construct: (Made, given) => given.length ? new Made(...given) : new Made(now() + hours),
});
"""


@pytest.fixture
def context(company: Company) -> BrowserContext:
    return company.crowd.come()


@pytest.fixture
def site(company: Company) -> Iterator[Site]:
    own = Site(company.demo.url).page()
    yield own
    own.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.mark.req("DG-16")
@pytest.mark.parametrize("script", [DENIED, FULL], ids=["denied", "full"])
def test_without_storage_a_chat_works_for_as_long_as_the_page_is_there(
    site: Site, page: Page, script: str
) -> None:
    page.add_init_script(script)
    visitor = site.visited_by(page)
    chats(visitor)
    visitor.answers("Vera")
    page.reload()
    expect(visitor.part("launcher")).to_be_visible()


@pytest.mark.req("DG-16", "LC-27")
@pytest.mark.parametrize("hours", [5, -5])
def test_a_wrong_clock_shows_the_right_wait(company: Company, site: Site, page: Page, hours: int) -> None:
    company.agent()
    page.add_init_script(WRONG_CLOCK % hours)
    visitor = site.visited_by(page)
    visitor.opens_chat().chooses("Talk to sales")
    visitor.answers("Vera", "vera@nowhere.example")
    visitor.is_in("waiting")
    expect(page.locator(".clock")).to_contain_text("0:0")


@pytest.mark.req("DG-16")
def test_before_consent_nothing_is_sent_stored_or_shown(company: Company, site: Site, page: Page) -> None:
    page.route("**/widget.js", lambda route: route.fulfill(body=ask_for_consent(route.fetch().text())))
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith(company.demo.url):
            asked.append(request.url)

    page.on("request", note)
    visitor = site.visited_by(page)
    page.wait_for_function("window.Switchboard")
    page.evaluate("Switchboard.open()")
    assert get_status(page)["consent"] is False
    expect(visitor.part("launcher")).to_be_hidden()
    assert asked == [f"{company.demo.url}/widget.js"]
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    page.evaluate("Switchboard.consent(true)")
    chats(visitor)
    page.evaluate("Switchboard.consent(false)")
    expect(visitor.part("launcher")).to_be_hidden()
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def ask_for_consent(snippet: str) -> str:
    assert '"consent":false' in snippet
    return snippet.replace('"consent":false', '"consent":true')


@pytest.mark.req("DG-21", "DG-16")
def test_reset_forgets_the_visitor_for_the_next_one_at_this_computer(site: Site, page: Page) -> None:
    visitor = site.visited_by(page)
    chats(visitor)
    visitor.answers("Vera")
    before = get_status(page)["session"]
    page.evaluate("Switchboard.reset()")
    expect(visitor.part("panel")).to_be_hidden()
    assert get_status(page)["session"] != before
    visitor.opens_chat()
    expect(visitor.part("choice").first).to_be_visible()
    expect(visitor.own_words).to_have_count(0)
