"""On a phone: the keyboard hides nothing, the page behind stays where it was, and nothing opens by itself."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Company

pytestmark = pytest.mark.shares_demo

PHONE: dict[str, Any] = {
    "viewport": {"width": 375, "height": 667},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
KEYBOARD_PX = 260
# As iOS does it: the page keeps its height, only the visual viewport knows of the keyboard.
KEYBOARD_UP = """(left) => {
  Object.defineProperty(window.visualViewport, "height", { configurable: true, get: () => left });
  window.visualViewport.dispatchEvent(new Event("resize"));
}"""


@pytest.mark.req("DG-16", "LC-52")
def test_with_the_keyboard_up_the_box_is_in_sight_and_the_page_stays_where_it_was(company: Company) -> None:
    visitor = company.visitor(**PHONE)
    visitor.visits()
    expect(visitor.part("launcher")).to_be_visible()
    visitor.page.evaluate("scrollTo(0, 700)")
    before = visitor.page.evaluate("[scrollY, document.documentElement.getAttribute('style')]")
    visitor.part("launcher").tap()
    visitor.page.get_by_role("button", name="Talk to sales", exact=True).tap()
    expect(visitor.part("field")).to_be_visible()
    visitor.page.evaluate(KEYBOARD_UP, 667 - KEYBOARD_PX)
    box = visitor.part("composer").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 667 - KEYBOARD_PX
    visitor.part("close").tap()
    after = visitor.page.evaluate("[scrollY, document.documentElement.getAttribute('style')]")
    assert after == before


@pytest.mark.req("DG-12", "DG-16")
def test_a_phone_shows_the_button_but_nothing_beside_it_and_opens_nothing(company: Company) -> None:
    visitor = company.visitor(**PHONE)
    visitor.visits()
    expect(visitor.part("launcher")).to_be_visible()
    expect(visitor.part("poke")).to_be_hidden()
    expect(visitor.part("panel")).to_have_count(0)


@pytest.mark.req("DG-12")
def test_the_first_words_stand_beside_the_button_until_they_are_sent_away(company: Company) -> None:
    visitor = company.visitor().visits()
    expect(visitor.part("poke-words")).to_contain_text("Murmel assistant")
    visitor.part("poke-dismiss").click()
    expect(visitor.part("poke")).to_be_hidden()
    expect(visitor.part("launcher")).to_be_focused()
    visitor.visits("/bikes/")
    expect(visitor.part("launcher")).to_be_visible()
    expect(visitor.part("poke")).to_be_hidden()
