"""The main job in the embedded mode, in a browser on the demo: one process, SQLite, in-memory layer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.chromium import open_chromium
from tests.demo.running import Demo
from tests.waiting import wait_until

expect.set_options(timeout=20_000)

OpenPage = Callable[[str], Page]


@pytest.fixture(scope="module")
def demo(example_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo whose offers wait 8 seconds."""
    folder = shutil.copytree(example_data, tmp_path_factory.mktemp("demo") / "data")
    running = Demo(folder, options=("--accept-seconds", "8"))
    yield running.start_and_wait()
    running.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as chromium:
        yield chromium


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens addresses, each as a person of its own; fails if a page broke or was refused something."""
    contexts, complaints = [], []

    def open_it(url: str) -> Page:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.goto(url)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []


def open_inbox(open_page: OpenPage, demo: Demo, name: str) -> Page:
    page = open_page(demo.get_link(name))
    expect(page.locator('[data-part="connection"]')).to_have_attribute("data-status", "online")
    return page


def open_chat(page: Page) -> None:
    page.get_by_role("button", name="chat").click()


def answer(page: Page, text: str) -> None:
    page.locator("#field").fill(text)
    page.locator("#field").press("Enter")


def write(box: Locator, text: str) -> None:
    box.fill(text)
    box.press("Enter")


@pytest.mark.req("LC-21", "LC-25", "LC-29", "LC-30", "LC-32", "LC-33", "LC-40")
def test_a_visitor_asks_for_a_human_and_they_talk(demo: Demo, open_page: OpenPage, tmp_path: Path) -> None:
    agent = open_inbox(open_page, demo, "Ingrid")
    visitor = open_page(demo.website)
    open_chat(visitor)
    visitor.get_by_role("button", name="Talk to sales").click()
    answer(visitor, "Vera")
    expect(visitor.locator(".bubble", has_text="Nice to meet you, Vera.")).to_be_visible()
    answer(visitor, "vera@lindgrenflowers.example")
    agent.locator("[data-part=banner-accept]").click()
    expect(visitor.get_by_text("Ingrid Solberg joined")).to_be_visible()

    messages = agent.locator("[data-part=messages]")
    write(visitor.locator("[data-part=composer]"), "Do you deliver?")
    expect(messages.get_by_text("Do you deliver?")).to_be_visible()
    agent.locator("[data-part=composer-text]").press_sequentially("Yes, ")
    expect(visitor.get_by_text("is typing")).to_be_visible()
    agent.reload()
    visitor.reload()
    write(agent.locator("[data-part=composer-text]"), "Yes, on Fridays.")
    expect(visitor.get_by_text("Yes, on Fridays.")).to_be_visible()
    expect(messages.get_by_text("Read")).to_be_visible()

    agent.locator("[data-part=end-session]").click()
    agent.locator("[data-part=end-now]").click()
    expect(visitor.get_by_text("Ingrid Solberg ended the chat")).to_be_visible()
    with agent.expect_download() as download:
        agent.locator("[data-part=download]").click()
    download.value.save_as(tmp_path / "transcript.txt")
    transcript = (tmp_path / "transcript.txt").read_text()
    assert "Vera: Do you deliver?" in transcript
    assert "Ingrid Solberg: Yes, on Fridays." in transcript


@pytest.mark.req("LC-22", "LC-23", "LC-26", "LC-28")
def test_nobody_accepts_and_the_visitor_gets_the_fallback(demo: Demo, open_page: OpenPage) -> None:
    agents = [open_inbox(open_page, demo, name) for name in ("Ingrid", "Mateo")]
    past = [page.locator("[data-part=past-chats] [data-part=chat-item]").count() for page in agents]
    visitor = open_page(demo.website)
    open_chat(visitor)
    visitor.get_by_role("button", name="Prices").click()
    visitor.get_by_role("button", name="More than ten").click()
    asked: set[int] = set()

    def is_over() -> bool:
        asked.update(
            number for number, page in enumerate(agents) if page.locator("[data-part=banner]").is_visible()
        )
        return visitor.get_by_text("Everybody is out riding").is_visible()

    wait_until(is_over, what="the fallback message", seconds=40)
    assert asked == {0, 1}  # one more agent of the team is tried on Prime
    for page, before in zip(agents, past, strict=True):
        expect(page.locator("[data-part=banner]")).to_be_hidden()
        page.reload()
        assert page.locator("[data-part=active-chats] [data-part=chat-item]").count() == 0
        assert page.locator("[data-part=past-chats] [data-part=chat-item]").count() == before
