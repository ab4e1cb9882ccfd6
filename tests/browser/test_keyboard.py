"""Both sides without a mouse (LC-43, LC-52)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Company
from tests.browser.people import Agent, Person, Visitor

# Further than any way by Tab may be.
FAR = 40


def press(person: Person, *keys: str) -> None:
    for key in keys:
        person.page.keyboard.press(key)


def has_focus(place: Locator) -> bool:
    """Also inside the widget's shadow root."""
    return bool(place.evaluate("node => node.getRootNode().activeElement === node"))


def tab_to(person: Person, place: Locator) -> None:
    """Go on by Tab until this has the focus."""
    for _ in range(FAR):
        if has_focus(place):
            return
        press(person, "Tab")
    raise AssertionError(f"{place} can't be reached by Tab")


def answer(visitor: Visitor, text: str) -> None:
    """Where the field has the focus by itself, as whoever has just answered expects."""
    expect(visitor.part("field")).to_be_focused()
    expect(visitor.part("field")).to_have_value("")
    visitor.page.keyboard.type(f"{text}\n")


def ask_for_sales(visitor: Visitor) -> None:
    visitor.visits()
    tab_to(visitor, visitor.part("launcher"))
    press(visitor, "Enter")
    sales = visitor.part("choice").first
    expect(sales).to_be_visible()
    tab_to(visitor, sales)
    press(visitor, "Enter")
    answer(visitor, "Vera")
    answer(visitor, "vera@nowhere.example")
    visitor.is_in("waiting")


def end(visitor: Visitor) -> None:
    tab_to(visitor, visitor.part("menu"))
    press(visitor, "Enter")
    # The menu begins with what does no harm.
    expect(visitor.part("mute")).to_be_focused()
    tab_to(visitor, visitor.part("end"))
    press(visitor, "Enter")
    # Asked, since the visitor wrote last; staying is what Enter does then.
    expect(visitor.part("end-confirm")).to_be_visible()
    press(visitor, "Shift+Tab", "Enter")


@pytest.mark.req("LC-43", "LC-52")
def test_a_whole_chat_without_a_mouse(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    ask_for_sales(visitor)
    expect(agent.part("banner-accept")).to_be_focused()
    press(agent, "Enter")
    expect(agent.box).to_be_focused()
    agent.page.keyboard.type("Hi Vera!\n")
    expect(visitor.box).to_be_focused()
    visitor.sees_lines("Hi Vera!")
    visitor.page.keyboard.type("First line")
    press(visitor, "Shift+Enter")
    visitor.page.keyboard.type("second line\n")
    agent.sees_lines("Hi Vera!", "First line\nsecond line")
    end(visitor)
    visitor.is_in("ended")
    expect(agent.part("chat-over")).to_be_focused()
    tab_to(visitor, visitor.part("again"))
    tab_to(agent, agent.part("download"))


@pytest.mark.req("LC-21", "LC-24", "LC-43")
def test_an_agent_who_is_writing_keeps_the_cursor_and_answers_by_a_key(company: Company) -> None:
    agent, first = company.agent(), company.visitor()
    first.asks_for_sales()
    agent.accepts()
    agent.page.keyboard.type("Half a sen")
    second = company.visitor().asks_for_sales("Ola", "ola@nowhere.example")
    agent.is_offered("Ola")
    expect(agent.box).to_be_focused()
    agent.page.keyboard.type("tence")
    press(agent, "F8")
    expect(agent.part("banner-accept")).to_be_focused()
    tab_back_to_decline(agent)
    press(agent, "Enter")
    expect(agent.page.locator("#reason")).to_be_focused()
    agent.page.keyboard.type("Busy\n")
    second.sees_fallback()
    expect(agent.banner).to_be_hidden()
    expect(agent.box).to_have_value("Half a sentence")


def tab_back_to_decline(agent: Agent) -> None:
    press(agent, "Shift+Tab")
    expect(agent.part("banner-decline")).to_be_focused()


@pytest.mark.req("LC-32", "LC-43")
def test_an_agent_ends_by_keyboard_and_is_asked_where_an_answer_is_missing(company: Company) -> None:
    agent, vera, omar = company.agent(), company.visitor(), company.visitor()
    vera.asks_for_sales()
    agent.accepts()
    omar.asks_for_sales("Omar", "omar@nowhere.example")
    agent.accepts()
    agent.page.keyboard.type("Hi Omar!\nHalf a sen")
    agent.sees_lines("Hi Omar!")
    vera.writes("One more thing?")
    expect(agent.active_chats.first).to_contain_text("One more thing?")
    end_and_go_on_and_take_it_back(agent)
    omar.is_in("active")
    command(agent, "vera")
    expect(agent.part("chat-name")).to_have_text("Vera")
    tab_to(agent, agent.part("end-session"))
    press(agent, "Enter")
    expect(agent.part("end-dialog")).to_be_visible()
    press(agent, "Escape")
    expect(agent.part("end-dialog")).to_be_hidden()
    expect(agent.part("end-session")).to_be_focused()
    press(agent, "Enter")
    tab_to(agent, agent.part("end-confirm"))
    press(agent, "Enter")
    expect(agent.part("undo-end")).to_be_focused()
    press(agent, "Tab", "Enter")
    vera.is_in("ended")
    expect(agent.part("chat-over")).to_be_focused()


def command(agent: Agent, typed: str) -> None:
    """Do what the command bar finds first, from wherever the cursor is."""
    press(agent, "Control+k")
    agent.page.keyboard.type(typed)
    press(agent, "Enter")
    expect(agent.part("commands")).to_be_hidden()


def end_and_go_on_and_take_it_back(agent: Agent) -> None:
    """Out of a half-written reply, which is still there afterwards with the cursor in it."""
    command(agent, "answer")  # which is called something else
    expect(agent.box).to_be_focused()
    command(agent, "end and open")
    expect(agent.part("chat-name")).to_have_text("Vera")
    expect(agent.part("ending")).to_be_visible()
    expect(agent.box).to_be_focused()
    command(agent, "")  # what can be undone stands first
    expect(agent.part("chat-name")).to_have_text("Omar")
    expect(agent.part("ending")).to_be_hidden()
    expect(agent.box).to_be_focused()
    expect(agent.box).to_have_value("Half a sen")


@pytest.mark.req("LC-52")
def test_escape_closes_one_thing_at_a_time_and_gives_the_focus_back(company: Company) -> None:
    agent, visitor = company.agent(), company.visitor()
    visitor.asks_for_sales()
    agent.accepts()
    visitor.is_in("active")
    tab_to(visitor, visitor.part("menu"))
    press(visitor, "Enter")
    expect(visitor.part("end")).to_be_visible()
    press(visitor, "Escape")
    expect(visitor.part("end")).to_be_hidden()
    expect(visitor.part("menu")).to_be_focused()
    press(visitor, "Escape")
    expect(visitor.part("panel")).to_be_hidden()
    expect(visitor.part("launcher")).to_be_focused()
    press(visitor, "Enter")
    expect(visitor.box).to_be_focused()


@pytest.mark.req("LC-52")
def test_on_a_phone_the_focus_stays_in_the_chat_that_covers_the_page(company: Company) -> None:
    visitor = company.visitor(viewport={"width": 390, "height": 844}, has_touch=True)
    visitor.visits().opens_chat()
    expect(visitor.part("choice").first).to_be_visible()
    expect(visitor.part("panel")).to_have_attribute("aria-modal", "true")
    for _ in range(12):
        press(visitor, "Tab")
        assert visitor.part("panel").evaluate("panel => panel.contains(panel.getRootNode().activeElement)")
    press(visitor, "Escape")
    expect(visitor.part("launcher")).to_be_focused()
    assert visitor.page.evaluate("document.documentElement.style.overflow") == ""
