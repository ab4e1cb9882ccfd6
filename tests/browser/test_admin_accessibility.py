"""Every kind of page of the admin by axe: light on a wide screen, dark on a phone (LC-52)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from django.contrib import admin
from django.urls import get_resolver, reverse
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.admin_routes import Route, find_first_row, list_routes, pick
from tests.browser.axe import COLOURS, EVERYTHING, list_violations
from tests.browser.conftest import Company
from tests.browser.people import Agent
from tests.browser.test_accessibility import CALM, NARROW, PAINTED, WIDE

# They answer a script, or send a file; the lists are looked at before. The sightings are a part of the page
# with the snippet, which shows them too.
NO_PAGES = re.compile(
    r"_(check|save|order|draft|versions|restore|duplicate|publish|unpublish|findings|sightings|file)$"
    r"|export|changelist|^(autocomplete|jsi18n|installation_preview)$"
)
# Django's own pages, of the same kind for every row.
SAME = re.compile(r"_(history|delete)$")
# Nothing is listed there in a company where nobody has guessed passwords.
NO_ROWS = re.compile(r"axes_access(attempt|failurelog)_")
# What a phone can change.
ON_A_PHONE: dict[str, Any] = {
    **EVERYTHING,
    "runOnly": [*COLOURS["runOnly"], "scrollable-region-focusable", "target-size"],
}
# Django's script names the icon beside a list's search field by an attribute that an icon can't have; the
# field has its name by its label all the same.
DJANGO_S_OWN = [".search-label-icon"]
# A long list says the same of each row: beyond these, axe would look on for seconds and find nothing new.
SHORTEN = "document.querySelectorAll('tbody tr:nth-child(n + 9)').forEach((row) => row.remove())"


@dataclass
class Walk:
    """A way through the pages, with all that axe finds on it."""

    page: Page
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def look(self, name: str = "") -> None:
        """Look at the page that is open, each address once."""
        if not name and self.page.url in self.seen:
            return
        # The list of all pages stands beside each of them: it is looked at with the first.
        hidden = [*DJANGO_S_OWN, *(["#nav-sidebar"] if self.seen else [])]
        self.seen.add(self.page.url)
        name = name or self.page.url.partition("/admin/")[2]
        self._turn_to(NARROW, "dark")
        if beyond := self.page.evaluate("document.documentElement.scrollWidth - innerWidth"):
            self.faults.append(f"{name}: {beyond} px beyond a phone")
        self.page.evaluate(SHORTEN)
        self._run(f"{name}, dark on a phone", ON_A_PHONE, hidden)
        self._turn_to(WIDE, "light")
        self._run(f"{name}, light", EVERYTHING, hidden)

    def _turn_to(self, size: ViewportSize, scheme: Literal["light", "dark"]) -> None:
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate(PAINTED)

    def _run(self, name: str, options: dict[str, Any], hidden: list[str]) -> None:
        found = list_violations(self.page, exclude=hidden, options=options)
        self.faults += [f"{name}: {violation}" for violation in found]


@pytest.fixture
def walk(company: Company) -> Iterator[Walk]:
    """Petra's, who may see everything; all faults of all pages fail the test at its end."""
    petra = Agent(company.crowd.come(**CALM).new_page(), company.demo.url)
    petra.page.goto(company.demo.get_link("Petra"))
    walking = Walk(petra.page)
    yield walking
    complaints = company.complaints.found
    complaints[:] = [each for each in complaints if "status of 403" not in each]
    assert not walking.faults, "\n".join(walking.faults)


@pytest.mark.long
@pytest.mark.req("LC-52")
def test_every_page_of_the_admin(company: Company, walk: Walk) -> None:
    open_page(walk.page, company.demo.url + reverse("admin:index"))
    walk.look()
    look_at_answers(company.demo.url, walk)
    look_at_an_import(company.demo.url, walk)
    make_rows(company.demo.url, walk.page)
    rows = look_at_lists(company.demo.url, walk)
    same = set()
    for route in list_pages():
        ids = {each: pick(each, rows, route.name) for each in route.arguments}
        kind = SAME.search(route.name)
        if not all(ids.values()):
            assert NO_ROWS.match(route.name), f"no row for {route.name}"
        elif kind and kind[0] in same:
            continue
        elif open_page(walk.page, company.demo.url + reverse(f"admin:{route.name}", kwargs=ids)):
            walk.look()
            same.add(kind[0] if kind else route.name)


def list_pages() -> Iterator[Route]:
    """The site's, beside its lists."""
    for route in list_routes(admin.site.urls[0]):
        if not NO_PAGES.search(route.name):
            yield route


def open_page(page: Page, address: str) -> bool:
    """Whether there is one: to a list of what happened, nobody adds a row, and from it nobody takes one."""
    answer = page.goto(address)
    assert answer is not None
    if answer.status == 403 and re.search("/(add|delete)/$", address):
        return False
    assert answer.status == 200, f"{address}: {answer.status}"
    return True


def make_rows(url: str, page: Page) -> None:
    """Where the example company has none: a list of leads, and a change of the rules on record."""
    page.goto(url + reverse("admin:chat_leadlist_add"))
    page.get_by_label("Name").fill("Fairs")
    page.get_by_label("Name").press("Enter")
    expect(page.locator(".messagelist a")).to_have_text("Fairs")
    page.goto(url + reverse("admin:routing_rule_changelist"))
    page.locator('[data-move="down"]').first.click()
    expect(page.locator("[data-order-said]")).not_to_be_empty()


def look_at_lists(url: str, walk: Walk) -> dict[str, str]:
    """The first row of each."""
    rows = {}
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        open_page(walk.page, url + reverse(f"admin:{name}_changelist"))
        walk.look()
        rows[name] = find_first_row(walk.page)
    return rows


def look_at_answers(url: str, walk: Walk) -> None:
    """What a form says of what it was given."""
    walk.page.goto(url + reverse("admin:routing_rule_add"))
    walk.page.locator("input[name=_save]").click()
    expect(walk.page.locator(".errornote")).to_be_visible()
    walk.look("refused rule")
    walk.page.goto(url + reverse("admin:routing_simulator") + "?card=round_robin&email=vera@kawabata.example")
    expect(walk.page.locator("#content-main")).to_contain_text("Round robin:")
    walk.look("simulator's answer")


def look_at_an_import(url: str, walk: Walk) -> None:
    """The pages of the configuration, which are of no model."""
    addresses = {route.name: route for route in list_routes(get_resolver().url_patterns)}
    ours = {name for name in addresses if name.startswith("configuration")}
    assert ours == {"configuration", "configuration-export", "configuration-review"}
    file = walk.page.request.get(url + reverse("configuration-export")).text()
    walk.page.goto(url + reverse("configuration"))
    walk.look()
    changed = file.replace("Fleet sales", "Fleets").encode()
    upload = {"name": "murmel.yaml", "mimeType": "text/yaml", "buffer": changed}
    walk.page.locator("input[type=file]").set_input_files(upload)  # type: ignore[arg-type]
    walk.page.locator("input[type=submit].default").click()
    expect(walk.page).to_have_url(re.compile(r"/configuration/[\w-]{36}/$"))
    walk.look()
