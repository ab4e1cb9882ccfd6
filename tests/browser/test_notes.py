"""Notes to colleagues, as an agent writes them and as the visitor doesn't see them (LC-42)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Company
from tests.browser.people import Agent, Visitor

SECRET = "She haggles: 10 % at most"


def write_a_note(agent: Agent) -> None:
    agent.box.fill("Half a reply")
    agent.page.keyboard.press("Alt+n")
    expect(agent.part("composer")).to_have_attribute("data-mode", "note")
    expect(agent.page.get_by_label("Your note to colleagues")).to_be_focused()
    expect(agent.box).to_have_value("")
    expect(agent.part("attach")).to_be_hidden()
    expect(agent.page.get_by_role("button", name="Add note")).to_be_disabled()
    agent.box.press_sequentially(SECRET)
    agent.page.get_by_role("button", name="Add note").click()
    expect(agent.page.locator(".from-note")).to_have_count(1)
    agent.tick_is("noted")


def read_all(visitor: Visitor) -> str:
    text: str = visitor.part("log").inner_text()
    return text


@pytest.mark.req("LC-42", "LC-30", "DL-05", "DL-10")
def test_a_note_is_seen_by_the_staff_and_by_no_visitor(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    agent.accepts()
    agent.writes("Hi Vera!")
    visitor.sees_lines("Hi Vera!")
    write_a_note(agent)
    expect(visitor.part("typing")).to_be_hidden()
    # Without the network it waits under its own colour, and goes out as a note.
    company.complaints.is_cut_off = True
    agent.page.context.set_offline(True)
    agent.writes("Call her on Monday")
    expect(agent.page.locator(".from-note")).to_have_count(2)
    agent.tick_is("pending")
    agent.page.context.set_offline(False)
    agent.tick_is("noted")
    agent.part("note-toggle").click()
    expect(agent.box).to_have_value("Half a reply")
    agent.box.press("Enter")
    visitor.sees_lines("Hi Vera!", "Half a reply")
    agent.page.reload()
    agent.is_online()
    expect(agent.page.locator(".from-note .bubble")).to_have_text([SECRET, "Call her on Monday"])
    expect(agent.page.locator(".from-note .message-name").first).to_have_text("Note by Ingrid Solberg")
    visitor.page.reload()
    visitor.sees_lines("Hi Vera!", "Half a reply")
    assert "haggles" not in read_all(visitor)
    assert "Monday" not in read_all(visitor)


@pytest.mark.req("LC-42", "LC-38", "DL-05")
def test_a_colleague_who_is_called_in_a_note_gets_there_and_is_reminded_until_then(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    petra = Agent(company.crowd.come().new_page(), company.demo.url)
    petra.page.goto(company.demo.get_link("Petra"))
    petra.opens("/inbox/")
    visitor.asks_for_sales("Omar", "omar@nowhere.example")
    agent.accepts()
    # In a reply it is only a sign.
    agent.box.press_sequentially("Ask me @p")
    agent.box.press("Enter")
    visitor.sees_lines("Ask me @p")
    agent.page.keyboard.press("Alt+n")
    agent.box.press_sequentially("May I, @ptra")
    expect(agent.part("colleagues").get_by_role("option")).to_contain_text(["Petra Lindqvist"])
    agent.box.press("Escape")
    expect(agent.part("colleagues")).to_be_hidden()
    expect(agent.part("mentions-told")).to_be_hidden()
    agent.box.press_sequentially(" or @pet")
    expect(agent.part("colleagues")).to_be_visible()
    agent.box.press("Tab")
    expect(agent.box).to_have_value("May I, @ptra or @Petra Lindqvist ")
    expect(agent.part("mentions-told")).to_contain_text("Petra Lindqvist")
    agent.box.press("Enter")
    expect(agent.page.locator(".from-note .mention").last).to_have_text("@Petra Lindqvist")
    petra.is_told("mentions you in a note about Omar")
    expect(petra.part("mentions-count")).to_have_text("1")
    # On every page, and after a while away, until it was really looked at.
    petra.opens("/board/")
    petra.part("mentions").locator("summary").click()
    petra.part("mentions").get_by_role("link").click()
    expect(petra.page.locator(".mention.is-mine")).to_be_in_viewport()
    expect(petra.part("mentions")).to_be_hidden()
    petra.page.reload()
    petra.is_online()
    expect(petra.part("mentions")).to_be_hidden()
    assert "Petra" not in read_all(visitor)
