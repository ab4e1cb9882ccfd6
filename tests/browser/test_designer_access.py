"""The Stream Designer for everybody: on a phone, by axe in both directions, as text, to read only."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from agents.models import User
from chat.designer.templates import TEMPLATES
from chat.models import Dialogue
from tests.browser.axe import list_violations
from tests.browser.designing import Come
from tests.factories import grant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("DG-14")]

XSS = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{constructor}}'


@pytest.mark.req("DG-14", "LC-52")
def test_stream_is_read_at_360_pixels(comes: Come, dialogue: Dialogue) -> None:
    signe = comes(viewport={"width": 360, "height": 740}, has_touch=True).opens(dialogue)
    assert signe.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    signe.card("Hi! What can we help you with?").tap()
    expect(signe.field("Question")).to_be_visible()
    assert signe.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    signe.part("editor").get_by_role("button", name="Close", exact=True).click()
    expect(signe.part("editor")).to_be_hidden()


def to_rtl(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('dir="ltr"', 'dir="rtl"'))


@pytest.mark.req("LC-52")
@pytest.mark.parametrize(("scheme", "direction"), [("light", "ltr"), ("dark", "rtl")])
def test_axe_finds_nothing(comes: Come, dialogue: Dialogue, scheme: Any, direction: str) -> None:
    signe = comes(color_scheme=scheme, reduced_motion="reduce")
    if direction == "rtl":
        signe.page.route("**/designer/", to_rtl)
    signe.opens(dialogue)
    signe.chooses("Have a good look around")
    expect(signe.part("editor")).to_be_visible()
    signe.field("Text").fill("")
    expect(signe.part("editor").get_by_text("Write something here")).to_be_visible()
    faults = list_violations(signe.page)
    signe.part("problems-toggle").click()
    faults += list_violations(signe.page)
    signe.presses("Escape")
    signe.ends.last.click()
    faults += list_violations(signe.page)
    signe.presses("Escape")
    signe.part("help-toggle").click()
    faults += list_violations(signe.page)
    assert faults == []


def test_whatever_is_written_is_shown_as_text(comes: Come, dialogue: Dialogue) -> None:
    stream = TEMPLATES["qualify"].make()
    stream["cards"]["topic"]["text"] = XSS
    stream["cards"]["topic"]["attribute"] = XSS
    stream["cards"]["topic"]["choices"][0] |= {"label": XSS[:100], "value": XSS}
    stream["cards"]["qualified"]["name"] = XSS[:100]
    stream["cards"]["bye"]["text"] = XSS
    Dialogue.objects.update(stream=stream, name=XSS[:90])
    signe = comes().opens(dialogue)
    signe.page.on("dialog", lambda dialog: signe.complaints.append(f"dialog: {dialog.message}"))
    signe.page.locator('[data-key="card:topic"]').click()
    expect(signe.field("Question")).to_have_value(XSS)
    expect(signe.page.locator(".way-name").first).to_contain_text("<img src=x")
    signe.part("problems-toggle").click()
    signe.presses("Escape")
    signe.part("search").fill("<img")
    signe.page.locator('[data-key="card:bye"]').focus()
    signe.presses("Delete", "Control+z")
    signe.part("versions-toggle").click()
    signe.presses("Escape")
    assert signe.page.locator("img, .node script").count() == 0


@pytest.mark.req("LC-06")
def test_who_may_only_look_can_read_it_and_change_nothing(comes: Come, dialogue: Dialogue) -> None:
    signe = comes()
    User.objects.update(is_superuser=False)
    grant(User.objects.get(first_name="Signe"), "view_dialogues")
    signe.opens(dialogue)
    expect(signe.page.locator(".plus")).to_have_count(0)
    expect(signe.part("publish")).to_have_count(0)
    signe.chooses("Have a good look around")
    expect(signe.field("Text")).to_be_disabled()
    signe.card("Have a good look around").focus()
    signe.presses("Delete")
    expect(signe.card("Have a good look around")).to_be_visible()
