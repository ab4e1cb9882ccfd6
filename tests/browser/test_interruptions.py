"""What comes between an agent and the work: a closed lid, a reload, another tab, the end of the chat."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.conftest import Company
from tests.browser.network import Network
from tests.browser.people import Agent

HALF = "Half a sent"


@pytest.fixture
def network() -> Iterator[Network]:
    """The connection of one browser to the world."""
    lines = Network()
    yield lines
    lines.close()


def set_awake(page: CDPSession, network: Network, *, is_awake: bool) -> None:
    """Open or close the lid: nothing runs, and what comes reaches nobody."""
    if is_awake:
        network.mend()
    else:
        network.cut()
    page.send("Page.setWebLifecycleState", {"state": "active" if is_awake else "frozen"})


@pytest.mark.req("LC-23", "LC-25", "LC-28", "DL-04", "DL-05")
@pytest.mark.long
@pytest.mark.parametrize("demo", [("--accept-seconds", "12")], indirect=True)
def test_a_laptop_that_slept_shows_what_became_of_everything(company: Company, network: Network) -> None:
    ingrid, vera, omar = company.agent(proxy=network.proxy), company.visitor(), company.visitor()
    vera.asks_for_sales()
    ingrid.accepts()
    ingrid.writes("Hello!")
    vera.sees_lines("Hello!")
    omar.asks_the_team()
    ingrid.is_offered_anything()
    ingrid.box.fill(HALF)
    mateo = company.agent("Mateo")
    company.complaints.is_cut_off = True
    lid = ingrid.page.context.new_cdp_session(ingrid.page)
    set_awake(lid, network, is_awake=False)
    vera.writes("Are you there?")
    vera.receipt_is("sent")
    mateo.accepts()
    mateo.writes("Here I am.")
    omar.sees_lines("Here I am.")
    set_awake(lid, network, is_awake=True)
    ingrid.is_online()
    expect(ingrid.banner).to_be_hidden()
    expect(ingrid.active_chats).to_have_count(1)
    ingrid.sees_lines("Hello!", "Are you there?")
    expect(ingrid.box).to_have_value(HALF)
    ingrid.box.press("Enter")
    vera.sees_lines("Hello!", "Are you there?", HALF)
    settled = company.demo.query("select status from routing_offer where transfer_id is null order by id")
    assert settled[-2:] == [("expired",), ("accepted",)]


def is_signed_out(agent: Agent) -> None:
    expect(agent.page).to_have_url(re.compile(r"/sign-in/"))


@pytest.mark.req("LC-29", "DL-06", "LC-36")
def test_a_draft_outlives_reloads_and_the_chat_but_not_the_session(company: Company) -> None:
    ingrid, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    ingrid.accepts()
    ingrid.box.press_sequentially(HALF)
    ingrid.page.reload()
    ingrid.is_online()
    expect(ingrid.box).to_have_value(HALF)
    other = company.another_tab(ingrid).opens("/inbox/")
    other.active_chats.click()
    expect(other.box).to_have_value(HALF)
    visitor.ends_chat()
    for tab in (ingrid, other):
        expect(tab.part("unsent-text")).to_have_text(HALF)
    other.page.get_by_label("Your account").click()
    other.page.get_by_role("button", name="Sign out").click()
    is_signed_out(other)
    is_signed_out(ingrid)
    kept = "Object.keys(localStorage).filter((key) => key.includes('draft')).length"
    assert ingrid.page.evaluate(kept) == 0
