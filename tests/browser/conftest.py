"""A running demo for each test, and people before browsers who must find nothing to complain of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import open_chromium
from tests.browser.designing import comes, dialogue
from tests.browser.people import PATIENCE, Agent, Complaints, Visitor
from tests.demo.running import Demo

__all__ = ["comes", "dialogue"]

AnyPerson = TypeVar("AnyPerson", Visitor, Agent)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker begins with its share of what takes long: at the end, that would go on alone."""
    parts = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.get_closest_marker("long")]
    short = [item for item in items if not item.get_closest_marker("long")]
    # The queue is cut into as many pieces; a module's tests stay together, since they may share a demo.
    size = -(-len(short) // parts)
    items[:] = [
        item
        for part in range(parts)
        for item in (*long[part::parts], *short[part * size : (part + 1) * size])
    ]


@dataclass
class Crowd:
    """People before one browser program; everybody who comes has a profile of their own in it."""

    browser: Browser
    complaints: Complaints = field(default_factory=Complaints)
    contexts: list[BrowserContext] = field(default_factory=list)

    def come(self, **options: Any) -> BrowserContext:
        """Somebody's fresh profile; options are those of a browser context.

        Movement is asked for by who looks at it: drawn without a graphics card it takes half of the time.
        """
        context = self.browser.new_context(**{"reduced_motion": "reduce", **options})
        self.complaints.watch(context)
        self.contexts.append(context)
        return context

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@dataclass
class Company:
    """The example company while it is open, and who comes to it."""

    demo: Demo
    crowd: Crowd

    @property
    def complaints(self) -> Complaints:
        return self.crowd.complaints

    def visitor(self, **options: Any) -> Visitor:
        """Somebody who hasn't opened the website yet."""
        return Visitor(self.crowd.come(**options).new_page(), self.demo.website)

    def agent(self, name: str = "Ingrid", **options: Any) -> Agent:
        """Somebody who has signed in by the demo's link and sees the inbox."""
        agent = Agent(self.crowd.come(**options).new_page(), self.demo.url)
        agent.page.goto(self.demo.get_link(name))
        agent.is_online()
        return agent

    def another_tab(self, of: AnyPerson) -> AnyPerson:
        """The same person at one more tab of the same browser."""
        return type(of)(of.opens_another_tab(), of.address)


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One program for all tests of this folder; everybody in it has a profile of their own."""
    with open_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def demo_of_module(example_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = shutil.copytree(example_data, tmp_path_factory.mktemp("shared") / "data")
    running = Demo(folder).start_and_wait()
    yield running
    running.end()


@pytest.fixture
def demo(example_data: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Demo]:
    """A running demo, with the options of the parameter; one for all tests of a module that `shares_demo`."""
    if request.node.get_closest_marker("shares_demo"):
        yield request.getfixturevalue("demo_of_module")
        return
    folder = shutil.copytree(example_data, tmp_path / "data")
    running = Demo(folder, options=getattr(request, "param", ())).start_and_wait()
    yield running
    running.end()


@pytest.fixture
def crowd(browser: Browser) -> Iterator[Crowd]:
    """People; fails the test if a browser complained of anything."""
    people = Crowd(browser)
    yield people
    people.close()
    assert people.complaints.found == []


@pytest.fixture
def company(demo: Demo, crowd: Crowd) -> Iterator[Company]:
    """The demo with people; fails the test if the server broke."""
    yield Company(demo, crowd)
    assert "Traceback" not in demo.output, demo.output
