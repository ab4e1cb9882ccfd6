"""Pages that change under the widget: bodies swapped, routers, the back button, its own end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Company
from tests.browser.host_pages import COUNT, Site, chats, get_status
from tests.waiting import wait_until

pytestmark = pytest.mark.shares_demo

SOFT_NAVIGATIONS = 100
HEAP_GROWTH = 1_000_000
SWAP_BODY = """() => {
  const body = document.createElement("body");
  body.append(Object.assign(document.createElement("main"), { textContent: "Another page" }));
  document.documentElement.replaceChild(body, document.body);
}"""
NAVIGATE = """async (count) => {
  for (let turn = 0; turn < count; turn += 1) {
    history.pushState({}, "", `/page-${turn % 7}`);
    document.title = `Page ${turn}`;
    await new Promise((done) => setTimeout(done, 5));
  }
}"""
HOSTS = "document.querySelectorAll('switchboard-chat').length"
FREEZE = """(isLeaving) => window.dispatchEvent(
  new PageTransitionEvent(isLeaving ? "pagehide" : "pageshow", { persisted: true }))"""


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
    page = context.new_page()
    page.add_init_script(COUNT)
    return page


def count(page: Page) -> dict[str, Any]:
    counted: dict[str, Any] = page.evaluate("count()")
    return counted


@pytest.mark.req("DG-16")
def test_a_swapped_body_takes_neither_button_nor_chat_along(site: Site, page: Page) -> None:
    visitor = site.visited_by(page)
    chats(visitor)
    page.evaluate(SWAP_BODY)
    expect(visitor.part("field")).to_be_visible()
    visitor.answers("Vera")
    page.evaluate("document.querySelector('switchboard-chat').remove()")
    expect(visitor.part("panel")).to_be_visible()
    assert (page.evaluate(HOSTS), count(page)["sockets"]) == (1, 1)


@pytest.mark.req("DG-16")
def test_a_hundred_soft_navigations_leave_one_button_one_socket_and_no_heap(site: Site, page: Page) -> None:
    # Browsers ask for it again at each of them, and it is nothing of ours.
    site.page(head='<link rel="icon" href="data:,">')
    visitor = site.visited_by(page)
    chats(visitor)
    devtools = page.context.new_cdp_session(page)

    def heap() -> int:
        devtools.send("HeapProfiler.collectGarbage")
        used: int = devtools.send("Runtime.getHeapUsage")["usedSize"]
        return used

    page.evaluate(NAVIGATE, 10)
    before = heap()
    page.evaluate(NAVIGATE, SOFT_NAVIGATIONS)
    wait_until(lambda: heap() - before < HEAP_GROWTH, what="the heap")
    assert (page.evaluate(HOSTS), count(page)["sockets"]) == (1, 1)
    expect(visitor.part("field")).to_be_visible()


@pytest.mark.req("DG-16", "DG-02")
def test_each_soft_navigation_asks_anew_what_is_due(site: Site, page: Page) -> None:
    site.visited_by(page)
    expect(page.locator('[data-part="launcher"]')).to_be_visible()
    with page.expect_request("**/widget/visit") as asked:
        page.evaluate("history.pushState({}, '', '/prices?token=secret#top')")
    told: Any = asked.value.post_data_json
    assert told["page"]["url"] == f"{site.origin}/prices"
    with page.expect_request("**/widget/visit"):
        page.evaluate("Switchboard.page()")


@pytest.mark.req("DG-16", "LC-33")
def test_a_page_from_the_back_button_goes_on_where_it_was(site: Site, page: Page) -> None:
    visitor = site.visited_by(page)
    chats(visitor)
    page.evaluate(FREEZE, True)
    wait_until(lambda: count(page)["sockets"] == 0, what="no socket, so that the page can be kept")
    page.evaluate(FREEZE, False)
    wait_until(lambda: get_status(page)["connection"] == "open", what="the connection")
    visitor.answers("Vera")
    assert (page.evaluate(HOSTS), count(page)["sockets"]) == (1, 1)


@pytest.mark.req("DG-16")
def test_destroyed_it_leaves_nothing_behind(site: Site, page: Page) -> None:
    site.scripts["/start.js"] = "window.before = count();"
    site.page(head='<script src="/start.js" defer></script>')
    visitor = site.visited_by(page)
    before = page.evaluate("window.before")
    chats(visitor)
    visitor.answers("Vera")
    visitor.part("menu").click()
    expect(visitor.part("mute")).to_be_visible()
    during = count(page)
    assert during["sockets"] == 1
    assert len(during["listeners"]) > len(before["listeners"])
    page.evaluate("Switchboard.destroy()")
    wait_until(lambda: count(page)["sockets"] == 0, what="the socket's end")
    after = count(page)
    # The snippet's own <script> is the page's.
    assert (after["listeners"], after["sockets"], after["globals"]) == (before["listeners"], 0, [])
    assert page.evaluate(HOSTS) == 0
    wait_until(lambda: count(page)["timers"] <= before["timers"], what="no timers")


@pytest.mark.req("DG-19")
def test_the_page_hears_what_happens_and_the_window_does_as_it_is_told(site: Site, page: Page) -> None:
    visitor = site.visited_by(page)
    expect(visitor.part("launcher")).to_be_visible()
    page.evaluate(
        """() => {
          window.heard = [];
          for (const name of ["open", "close", "conversation:engaged", "email:given"])
            Switchboard.on(name, (detail) => window.heard.push([name, detail]));
        }"""
    )
    page.evaluate("Switchboard.set({ plan: 'pro' }); Switchboard.open()")
    visitor.chooses("Talk to sales")
    visitor.answers("Vera", "vera@nowhere.example")
    wait_until(lambda: "email:given" in heard(page), what="the address")
    page.evaluate("Switchboard.close()")
    expect(visitor.part("panel")).to_be_hidden()
    wait_until(lambda: "close" in heard(page), what="the events")
    assert heard(page) == ["open", "conversation:engaged", "email:given", "close"]
    _name, detail = page.evaluate("window.heard[1]")
    assert detail["conversation"]["name"] == "Welcome"
    assert (detail["conversation"]["type"], detail["conversation"]["ui"]) == ("dialogue", "chatbot")
    assert detail["session"] == get_status(page)["session"]
    page.evaluate("Switchboard.hide()")
    expect(visitor.part("launcher")).to_be_hidden()
    page.evaluate("Switchboard.show()")
    expect(visitor.part("launcher")).to_be_visible()


def heard(page: Page) -> list[str]:
    names: list[str] = page.evaluate("window.heard.map(([name]) => name)")
    return names
