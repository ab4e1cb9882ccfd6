"""Somebody in the Stream Designer: what they see and do, and what the browser complained of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from agents.models import User
from chat.designer.templates import TEMPLATES
from chat.models import Dialogue
from config.installation.models import Installation
from tests.factories import DialogueFactory, UserFactory
from tests.waiting import wait_until

PATIENCE = 20_000
# What the browser writes of the conflict that the page then settles, and of a network that a test took away.
EXPECTED = re.compile(r"409 \(Conflict\)|ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION_\w+)|AudioContext")


@dataclass
class Designer:
    """One tab of one admin."""

    context: BrowserContext
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.search(message.text):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def opens(self, dialogue: Dialogue) -> Designer:
        self.page.goto(f"{self.address}/admin/chat/{dialogue.kind}/{dialogue.pk}/designer/")
        expect(self.page.locator("body")).to_have_attribute("data-ready", "true")
        return self

    # What they see

    def part(self, name: str) -> Locator:
        return self.page.locator(f'[data-part="{name}"]')

    def card(self, words: str) -> Locator:
        return self.page.locator(".node.is-card", has_text=words)

    @property
    def cards(self) -> Locator:
        return self.page.locator(".node.is-card")

    @property
    def ends(self) -> Locator:
        return self.page.locator(".node.is-end")

    @property
    def menu(self) -> Locator:
        return self.page.get_by_role("menu")

    def field(self, label: str) -> Locator:
        return self.part("editor").get_by_label(label, exact=True)

    def is_told(self, words: str) -> None:
        expect(self.part("live")).to_contain_text(words)

    def is_saved(self) -> None:
        expect(self.part("save-status")).to_have_attribute("data-status", "saved")

    def status_is(self, status: str) -> None:
        expect(self.part("save-status")).to_have_attribute("data-status", status)

    # What they do

    def adds(self, kind: str, at: Locator) -> None:
        """Click on an end, or on a +, and choose a kind of card."""
        at.click()
        self.menu.get_by_role("menuitem", name=re.compile(f"^{kind}")).click()

    def chooses(self, words: str) -> None:
        self.card(words).click()

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def writes(self, text: str) -> None:
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def drags(self, what: Locator, onto: Locator) -> None:
        start, end = what.bounding_box(), onto.bounding_box()
        assert start is not None
        assert end is not None
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(start["x"] + start["width"] / 2 + 12, start["y"] + start["height"] / 2 + 12, steps=3)
        mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
        mouse.up()


def come(browser: Browser, address: str, name: str = "Signe", **options: Any) -> Designer:
    """Somebody who may do everything, signed in, in a profile of their own."""
    client = Client()
    user: User = UserFactory.create(first_name=name, last_name="", is_superuser=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    calm: dict[str, Any] = {"viewport": {"width": 1400, "height": 900}, "reduced_motion": "reduce"}
    context = browser.new_context(**{**calm, **options})
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    designer = Designer(context, context.new_page(), address)
    designer.watch()
    return designer


def wait_for_draft(dialogue: Dialogue, look: Any) -> dict[str, Any]:
    """The saved draft, as soon as it is as wanted."""
    found: dict[str, Any] = {}

    def is_there() -> bool:
        found.update(Dialogue.objects.get(pk=dialogue.pk).stream)
        return bool(look(found))

    wait_until(is_there, what="the draft", seconds=20)
    return found


Come = Callable[..., Designer]


@pytest.fixture
def dialogue() -> Dialogue:
    Installation.objects.update_or_create(pk=1, defaults={"package": "prime"})
    made: Dialogue = DialogueFactory.create(name="Welcome", stream=TEMPLATES["qualify"].make())
    return made


@pytest.fixture
def comes(browser: Browser, live_server: Any) -> Iterator[Come]:
    """People at the designer; fails the test if a browser complained of anything."""
    people: list[Designer] = []

    def arrive(name: str = "Signe", **options: Any) -> Designer:
        people.append(come(browser, live_server.url, name, **options))
        return people[-1]

    yield arrive
    complaints = [complaint for person in people for complaint in person.complaints]
    for person in people:
        person.context.close()
    assert complaints == []
