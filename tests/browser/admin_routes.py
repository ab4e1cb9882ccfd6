"""Every address of an URL configuration, and the rows that the admin's are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver
from playwright.sync_api import Page

from tests.browser.corpus import NAME

# What the visitors' pages ask for, and what only the demo has.
OTHERS = {"chat.urls", "config.demo.urls", "config.installation.urls"}
# They end the session, or lead to another page.
NO_PAGES = {"logout", "login", "view_on_site", "sign-out", "password_change_done"}
# What of an address isn't a row of the list that it belongs to.
FORMS = {"kind": "csv", "form": "json", "app_label": "routing", "url": NAME}


@dataclass(frozen=True)
class Route:
    """A page of an URL configuration, and what its address wants to be told."""

    name: str
    arguments: tuple[str, ...]


def list_routes(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[Route]:
    """All of them, those of what is included too; of no site's, which has names of its own."""
    for one in patterns:
        if isinstance(one, URLResolver):
            is_other = one.namespace or getattr(one.urlconf_name, "__name__", "") in OTHERS
            yield from [] if is_other else list_routes(one.url_patterns)
        elif one.name and one.name not in NO_PAGES:
            yield Route(one.name, tuple(one.pattern.regex.groupindex))


def find_first_row(page: Page) -> str:
    """The id of a row; where there is only one, the list leads to it at once."""
    links = page.locator("#result_list a[href*='/change/']")
    address = (links.first.get_attribute("href") or "") if links.count() else page.url
    found = re.search(r"/\w+/\w+/([^/]+)/change/", address)
    return found[1] if found else ""


def pick(argument: str, rows: Mapping[str, str], name: str) -> str:
    """What an address wants to be told: the row of the list with the longest name that begins its own."""
    if argument in FORMS:
        return FORMS[argument]
    if argument == "agent_id":
        return rows["agents_agent"]
    kind = max((each for each in rows if name.startswith(f"{each}_")), key=len, default="agents_user")
    return rows[kind]
