"""Strict policies, hostile style sheets and scripts, forged messages: it works, or isn't moved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Company
from tests.browser.host_pages import Site, chats, get_status, make_policy

# Not of the root: where that is gone, there is no page.
HOSTILE_STYLE = (
    ":not(html){all:unset!important;display:none!important;visibility:hidden!important}"
    "button,section{position:static!important;opacity:0!important}switchboard-chat{display:none!important}"
)

pytestmark = pytest.mark.shares_demo
# What old libraries do to a page before us, and what a careless one does after us.
SPOILT_BEFORE = """
Array.prototype.toJSON = function () { return "spoilt"; };
Object.prototype.extra = () => "inherited by everything";
Array.prototype.last = function () { return this[this.length - 1]; };
const sent = window.fetch;
window.fetch = function (...given) { return sent.apply(this, given); };
"""
SPOIL_AFTER = """() => {
  JSON.parse = JSON.stringify = () => { throw new Error("the page's own JSON"); };
  window.fetch = () => Promise.reject(new Error("the page's own fetch"));
  window.onmessage = () => {};
}"""
TOKENS = "Object.entries(localStorage).filter(([name]) => /token|conversation/.test(name))"
FORGE = """() => {
  const guesses = ["open", "reset", "destroy", "identify", "token", "switchboard:open"];
  const payloads = guesses.flatMap((type) => [
    type, { type }, { type: "open", open: true },
    JSON.stringify({ event: type, token: "x", baseUrl: "//evil.example" }),
  ]);
  for (const payload of payloads) {
    window.postMessage(payload, "*");
    window.dispatchEvent(new MessageEvent("message", { data: payload, origin: "null", source: null }));
  }
  const frame = document.createElement("iframe");
  const post = `for (const one of ${JSON.stringify(payloads)}) parent.postMessage(one, "*")`;
  frame.srcdoc = `<script>${post}</` + "script>";
  document.body.append(frame);
  return new Promise((done) => { frame.onload = () => setTimeout(done, 200); });
}"""


@pytest.fixture
def context(company: Company) -> BrowserContext:
    return company.crowd.come()


@pytest.fixture
def site(company: Company) -> Iterator[Site]:
    own = Site(company.demo.url)
    yield own
    own.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.mark.req("DG-16")
def test_the_two_documented_lines_are_enough_under_the_strictest_policy(site: Site, page: Page) -> None:
    site.page().says(Content_Security_Policy=make_policy(site.product))
    chats(site.visited_by(page))


@pytest.mark.req("DG-16")
def test_trusted_types_are_required_and_nothing_of_ours_needs_a_policy_for_them(
    site: Site, page: Page
) -> None:
    policy = make_policy(site.product, "require-trusted-types-for 'script'", "trusted-types 'none'")
    site.page().says(Content_Security_Policy=policy)
    chats(site.visited_by(page))


@pytest.mark.req("DG-16")
def test_a_nonce_with_strict_dynamic_is_enough(site: Site, page: Page) -> None:
    socket = site.product.replace("http", "ws", 1)
    policy = (
        f"default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; connect-src {site.product} {socket}"
    )
    site.page().says(Content_Security_Policy=policy)
    site.pages["/"] = site.pages["/"].replace("<script ", '<script nonce="abc" ')
    chats(site.visited_by(page))


@pytest.mark.req("DG-16")
def test_a_page_isolated_from_other_origins_can_carry_it(site: Site, page: Page) -> None:
    site.page().says(Cross_Origin_Embedder_Policy="require-corp", Cross_Origin_Opener_Policy="same-origin")
    site.pages["/"] = site.pages["/"].replace("<script ", '<script crossorigin="anonymous" ')
    chats(site.visited_by(page))


@pytest.mark.req("DG-16")
def test_no_style_of_the_page_reaches_in_and_none_of_ours_out(site: Site, page: Page) -> None:
    site.page('<button id="own">Own</button>', head=f"<style>{HOSTILE_STYLE}</style>")
    visitor = site.visited_by(page)
    chats(visitor)
    box = visitor.part("launcher").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (60, 60)
    assert page.evaluate("getComputedStyle(document.querySelector('#own')).display") == "none"
    assert page.evaluate("document.styleSheets.length + document.adoptedStyleSheets.length") == 1


@pytest.mark.req("DG-16")
def test_a_page_whose_scripts_change_what_browsers_bring_is_no_reason_to_fail(site: Site, page: Page) -> None:
    site.scripts["/before.js"] = SPOILT_BEFORE
    site.page(head='<script src="/before.js"></script>')
    visitor = site.visited_by(page)
    expect(visitor.part("launcher")).to_be_visible()
    page.evaluate(SPOIL_AFTER)
    chats(visitor)


@pytest.mark.req("DG-16")
def test_forged_messages_from_anywhere_change_nothing(
    site: Site, page: Page, context: BrowserContext
) -> None:
    site.page()
    visitor = site.visited_by(page)
    chats(visitor)
    before = (get_status(page), page.evaluate(TOKENS))
    page.evaluate(FORGE)
    with context.expect_page() as opened:
        page.evaluate("window.open('/?again')")
    opened.value.evaluate("window.opener.postMessage({ type: 'reset' }, '*')")
    assert (get_status(page), page.evaluate(TOKENS)) == before
    expect(visitor.part("field")).to_be_visible()
    assert page.evaluate("document.querySelectorAll('switchboard-chat').length") == 1


@pytest.mark.req("DG-16")
def test_included_twice_it_is_there_once_and_calls_from_before_it_came_are_made(
    site: Site, page: Page
) -> None:
    site.scripts["/early.js"] = (
        "window.Switchboard = { q: [['on', 'ready', () => { window.wasReady = true; }], ['open']] };"
    )
    site.page(f'<script src="{site.product}/widget.js"></script>', head='<script src="/early.js"></script>')
    visitor = site.visited_by(page)
    expect(visitor.part("panel")).to_be_visible()
    assert page.evaluate("window.wasReady") is True
    assert page.evaluate("document.querySelectorAll('switchboard-chat').length") == 1


@pytest.mark.req("DG-16")
def test_a_pinned_snippet_loads_only_what_it_knows(site: Site, page: Page, context: BrowserContext) -> None:
    """Under its integrity, on a page with a strict policy; a chunk that was tampered with isn't run."""
    from chat.widget import get_versioned_snippet

    path, integrity = get_versioned_snippet()
    tag = f'src="{site.product}{path}" integrity="{integrity}" crossorigin="anonymous" '
    site.page().says(Content_Security_Policy=make_policy(site.product))
    site.pages["/"] = site.pages["/"].replace(f'src="{site.product}/widget.js" ', tag)
    chats(site.visited_by(page))
    other = context.browser.new_context() if context.browser else context
    other.route("**/widget/chat.*", lambda route: route.fulfill(body="window.wasRun = true; export {};"))
    second = other.new_page()
    second.goto(site.origin)
    second.locator('[data-part="launcher"]').click()
    second.wait_for_function("performance.getEntriesByType('resource').length > 3")
    assert second.evaluate("window.wasRun") is None
    other.close()
