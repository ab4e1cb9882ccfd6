"""The chat in every language of visitors: its words, one file of them, nothing beyond the window (LC-50)."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Locator, expect

from chat.widget import get_button_words
from tests.browser.conftest import Company
from tests.browser.people import Visitor
from tests.browser.test_accessibility import CALM, FIND_OVERFLOW, NARROW, WIDE, list_faults

LANGUAGES = [code for code, _name in settings.VISITOR_LANGUAGES]
# The page says its language and direction before the snippet looks.
SPEAK = """document.addEventListener("readystatechange", () => {
  Object.assign(document.documentElement, %s);
});"""
PART = re.compile(r"/widget/(chat|more)\.([\w-]+?)\.[\w-]{43}\.js")
# Words that are cut off, or that lie beside what they stand on.
FIND_CUT = """() => {
  const root = document.querySelector("switchboard-chat").shadowRoot;
  const box = root.querySelector("textarea");
  const { font, paddingLeft, paddingRight } = getComputedStyle(box);
  const pen = Object.assign(document.createElement("canvas").getContext("2d"), { font });
  const room = box.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  const isShort = !box.getClientRects().length || pen.measureText(box.placeholder).width <= room;
  const shown = [...root.querySelectorAll("button, .standing, .banner, .subtitle, label, p, .menu")];
  return shown.filter((node) => node.getClientRects().length && !node.closest(".unseen")
    && (node.scrollWidth > node.clientWidth + 1) && getComputedStyle(node).display !== "inline")
    .map((node) => `${node.className || node.tagName}: ${node.textContent}`)
    .concat(isShort ? [] : [box.placeholder]);
}"""

pytestmark = [pytest.mark.req("LC-50"), pytest.mark.shares_demo]


def come(company: Company, page: dict[str, str], **options: Any) -> Visitor:
    visitor = company.visitor(reduced_motion="reduce", **options)
    visitor.page.add_init_script(SPEAK % page)
    return visitor


def is_whole(visitor: Visitor) -> None:
    assert visitor.page.evaluate(FIND_OVERFLOW) == []
    assert visitor.page.evaluate(FIND_CUT) == []


def test_it_speaks_the_language_of_the_page_and_loads_no_other(company: Company) -> None:
    company.agent()
    for language in LANGUAGES:
        asks_in(company, language)


def asks_in(company: Company, language: str) -> None:
    """Somebody asks for sales, has nothing to say at first, looks at the menu, and stops waiting."""
    loaded: set[tuple[str, ...]] = set()
    visitor = come(company, {"lang": language}, viewport=NARROW, locale="fi-FI")
    visitor.page.on("request", lambda request: loaded.update(PART.findall(request.url)))
    visitor.visits()
    expect(visitor.part("launcher")).to_have_attribute("aria-label", get_button_words(language)[0])
    visitor.opens_chat().chooses("Talk to sales")
    visitor.part("field-send").click()
    is_whole(visitor)
    visitor.answers("Vera", "vera@nowhere.example")
    visitor.is_in("waiting")
    expect(visitor.part("cancel")).to_be_visible()
    is_whole(visitor)
    visitor.part("menu").click()
    expect(visitor.part("transcript")).to_be_visible()
    is_whole(visitor)
    visitor.page.keyboard.press("Escape")
    visitor.part("cancel").click()
    visitor.sees_notice("cancelled")
    is_whole(visitor)
    assert loaded == {("chat", language), ("more", language)}
    visitor.page.context.close()


def test_it_reads_as_its_language_does_on_the_side_of_the_page(company: Company) -> None:
    for language, direction in product(("en", "ar"), ("ltr", "rtl")):
        visitor = come(company, {"lang": language, "dir": direction}, viewport=NARROW)
        visitor.visits()
        for size in (NARROW, WIDE):
            visitor.page.set_viewport_size(size)
            middle = find_middle(visitor.part("launcher"))
            assert (middle < size["width"] / 2) is (direction == "rtl"), (language, direction)
        visitor.opens_chat()
        expect(visitor.part("panel")).to_have_css("direction", "rtl" if language == "ar" else "ltr")
        assert abs(find_middle(visitor.part("panel")) - middle) < 200, (language, direction)
        is_whole(visitor)
        # On a telephone it covers everything.
        visitor.page.set_viewport_size(NARROW)
        expect(visitor.part("panel")).to_have_css("inline-size", f"{NARROW['width']}px")
        is_whole(visitor)


def find_middle(part: Locator) -> float:
    expect(part).to_be_visible()
    box = part.bounding_box()
    assert box
    return box["x"] + box["width"] / 2


@pytest.mark.req("LC-52")
@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("de", "ltr")])
def test_axe_finds_nothing_in_another_language(company: Company, language: str, direction: str) -> None:
    agent = company.agent()
    visitor = come(company, {"lang": language, "dir": direction}, viewport=CALM["viewport"])
    visitor.asks_for_sales("ورا")
    faults = list_faults(visitor.page)
    agent.accepts()
    visitor.is_in("active")
    agent.writes("أهلاً بك!", "Good day, Vera.")
    visitor.writes("شكراً. How much is the Lasse?")
    visitor.receipt_is("read")
    assert faults + list_faults(visitor.page) == []


def test_a_page_without_a_language_of_ours_is_answered_in_the_browsers(company: Company) -> None:
    visitor = come(company, {"lang": "da"}, locale="zh-TW")
    visitor.visits().opens_chat()
    expect(visitor.part("panel").locator("xpath=..")).to_have_attribute("lang", "zh-hant")
