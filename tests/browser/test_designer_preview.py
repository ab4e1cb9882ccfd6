"""A draft tried out in the real widget, on the running product: its sockets, its policy, its hashed files."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.browser.conftest import Company
from tests.browser.designing import Designer

pytestmark = pytest.mark.req("DG-14")

XSS = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


def begin(company: Company, template: str) -> Designer:
    """The admin of the example company, before a new dialogue from this template."""
    context = company.crowd.come(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.goto(company.demo.get_link("Petra"))
    page.goto(f"{company.demo.url}/admin/chat/dialogue/add/")
    page.get_by_label("Name", exact=True).fill("Tried out")
    page.get_by_text(template).click()
    page.get_by_role("button", name="Create and design").click()
    expect(page.locator("body")).to_have_attribute("data-ready", "true")
    return Designer(context, page, company.demo.url)


def preview(designer: Designer) -> FrameLocator:
    designer.part("preview-toggle").click()
    return designer.page.frame_locator('[data-part="preview-frame"]')


def test_draft_is_tried_out_in_the_real_widget_and_nothing_is_kept(company: Company) -> None:
    before = company.demo.query("SELECT COUNT(*) FROM chat_conversation")
    petra = begin(company, "Qualify and connect to sales")
    frame = preview(petra)
    frame.get_by_role("button", name="I'd like to talk to sales", exact=True).click()
    frame.get_by_role("button", name="11 to 100", exact=True).click()
    expect(petra.page.locator('[data-key="card:first-name"]')).to_have_class("node is-card is-played")
    frame.locator('[data-part="field"]').fill("Vera")
    frame.locator('[data-part="field"]').press("Enter")
    expect(frame.locator(".bubble", has_text="Thank you, Vera. What is")).to_be_visible()
    petra.page.get_by_label("Begin with").select_option("email")
    expect(frame.locator(".bubble", has_text="Thank you, and welcome. What is")).to_be_visible()
    assert company.demo.query("SELECT COUNT(*) FROM chat_conversation") == before


def test_facts_are_pretended_and_the_change_just_made_is_played(company: Company) -> None:
    petra = begin(company, "Out of hours")
    petra.chooses("Nobody is here right now")
    petra.field("Text").fill("Closed, {{first_name}}!")
    frame = preview(petra)
    petra.page.get_by_text("What we know of the visitor").click()
    petra.page.get_by_label("an agent is available").uncheck()
    for name, value in (("first_name", "Vera"), ("email", "vera@nowhere.example")):
        petra.page.get_by_role("button", name="Add a fact").click()
        petra.page.get_by_label("attribute", exact=True).last.fill(name)
        petra.page.get_by_label("value", exact=True).last.fill(value)
        petra.page.get_by_label("value", exact=True).last.press("Tab")
    frame.get_by_role("button", name="I'd like to talk to somebody", exact=True).click()
    expect(frame.locator(".bubble", has_text="Closed, Vera!")).to_be_visible()


def test_whatever_is_written_is_played_as_text(company: Company) -> None:
    petra = begin(company, "Qualify and connect to sales")
    petra.page.on("dialog", lambda dialog: company.complaints.found.append(dialog.message))
    petra.chooses("Hi! What can we help you with?")
    petra.field("Question").fill(XSS)
    petra.page.locator(".row").first.get_by_label("Answer").fill(XSS)
    frame = preview(petra)
    expect(frame.get_by_text("<script>alert(2)</script>").first).to_be_visible()
    frame.get_by_role("button", name=XSS).click()
    expect(frame.locator(".bubble", has_text="How many people are you?")).to_be_visible()
    assert frame.locator("img[src=x]").count() == 0
