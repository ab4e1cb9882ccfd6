"""What comes after the first message: waiting, files, documents, flows, networks without sockets."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.browser.conftest import Company
from tests.demo.running import run_python

# Milliseconds.
LONG_WAIT = 25_000


@pytest.mark.long
@pytest.mark.req("LC-27")
def test_after_twenty_seconds_a_visitor_may_wait_on_or_leave_an_address(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    agent.is_offered("Vera")
    expect(visitor.part("leave")).to_be_hidden()
    expect(visitor.part("wait")).to_be_visible(timeout=LONG_WAIT)
    visitor.part("leave").click()
    expect(visitor.part("leave-email")).to_be_focused()
    visitor.part("leave-email").fill("not an address")
    visitor.part("leave-send").click()
    expect(visitor.page.locator("#leave-reason")).not_to_be_empty()
    expect(visitor.part("leave-email")).to_have_value("not an address")
    visitor.part("leave-email").fill("vera@private.example")
    visitor.part("leave-email").press("Enter")
    visitor.sees_notice("contact_left")
    visitor.is_in("abandoned")
    expect(agent.banner).to_be_hidden()


@pytest.mark.req("LC-35")
def test_a_picture_goes_to_the_agent_and_a_refused_file_says_why(company: Company, tmp_path: Path) -> None:
    photo = tmp_path / "courtyard.png"
    Image.new("RGB", (320, 200), "#0b5fff").save(photo)
    trick = tmp_path / "trick.png"
    trick.write_bytes(b"<script>alert(1)</script>")
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    agent.accepts()
    expect(visitor.part("attach")).to_be_visible()
    visitor.part("file-input").set_input_files(photo)
    expect(visitor.page.locator(".picture")).to_be_visible()
    expect(visitor.part("upload")).to_have_count(0)
    expect(agent.page.get_by_alt_text("courtyard.png")).to_be_visible()
    # The browser says that an answer was no success; the visitor is told why.
    company.complaints.is_cut_off = True
    visitor.part("file-input").set_input_files(trick)
    expect(visitor.page.locator(".upload-reason")).not_to_be_empty()
    expect(visitor.part("upload-retry")).to_be_visible()
    visitor.part("upload-cancel").click()
    expect(visitor.part("upload")).to_have_count(0)
    company.complaints.found = [line for line in company.complaints.found if "status of 400" not in line]


@pytest.mark.req("DG-10")
def test_a_document_is_read_page_by_page_and_it_is_kept_how_far(company: Company) -> None:
    visitor = company.visitor().visits("/prices/").opens_chat()
    visitor.chooses("The guide as a PDF")
    visitor.part("document").click()
    expect(visitor.part("document-close")).to_be_focused()
    expect(visitor.page.locator(".viewer-page.drawn").first).to_be_visible()
    visitor.part("document-pages").evaluate("(node) => node.scrollTo(0, node.scrollHeight)")
    expect(visitor.page.locator(".viewer-count")).to_have_text("Page 3 of 3")
    with visitor.page.expect_download() as saved:
        visitor.part("document-download").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    visitor.page.keyboard.press("Escape")
    expect(visitor.part("document")).to_be_focused()
    read = "from chat.models import DocumentReading as R; r = R.objects.latest('pk'); "
    code = f"{read}print(bool(r.opened_at), r.furthest_page, bool(r.downloaded_at))"
    assert run_python(code, company.demo.data_dir) == "True 3 True"


@pytest.mark.req("DL-05", "DG-16")
def test_where_no_socket_gets_through_a_chat_goes_on_by_requests(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    company.complaints.is_cut_off = True
    visitor.page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.({ code: 1006 }), 20); }"
        " close() {} send() {} };"
    )
    visitor.asks_for_sales()
    agent.accepts()
    agent.writes("Hello!")
    visitor.sees_lines("Hello!")
    visitor.writes("One", "Two")
    agent.sees_lines("Hello!", "One", "Two")
    visitor.receipt_is("read")


@pytest.mark.req("DG-20")
def test_a_flow_starts_in_front_of_the_page_and_one_inside_it(company: Company) -> None:
    visitor = company.visitor().visits("/bikes/")
    expect(visitor.part("launcher")).to_be_visible()
    visitor.page.locator("#test-ride").click()
    expect(visitor.part("panel")).to_have_attribute("data-look", "popup")
    expect(visitor.part("launcher")).to_be_hidden()
    visitor.page.keyboard.press("Escape")
    expect(visitor.part("launcher")).to_be_visible()
    other = company.visitor().visits("/fleets/")
    other.page.locator("#fleet-plan").scroll_into_view_if_needed()
    inside = other.page.locator('#fleet-plan [data-part="panel"]')
    expect(inside).to_have_attribute("data-look", "inline")
    expect(inside).to_have_attribute("role", "region")
    expect(other.part("choice").first).to_be_visible()


@pytest.mark.req("DG-20")
def test_a_click_before_the_script_has_come_starts_the_flow_as_soon_as_it_has(company: Company) -> None:
    visitor = company.visitor()
    held: list[Route] = []
    visitor.page.route("**/widget/events.*", lambda route: held.append(route))
    with visitor.page.expect_request("**/widget/events.*"):
        visitor.visits("/bikes/")
    visitor.page.locator("#test-ride").click()
    held[0].continue_()
    expect(visitor.part("panel")).to_have_attribute("data-look", "popup")
