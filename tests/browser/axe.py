"""What axe finds wrong with a page (LC-52); its script is put into a page once, however often it looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# The guidelines, and what axe knows to be good practice beyond them. The style sheets aren't fetched again:
# no rule that is asked here wants them, and the policy of our pages refuses it.
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False, "preload": False}
# What a scheme can change.
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}

SCRIPT = Axe().axe_script
RUN = """([include, exclude, options]) =>
  axe.run({ include: [include], exclude }, options).then((found) => found.violations)"""


def list_violations(
    page: Page,
    *,
    within: str = "html",
    exclude: Sequence[str] = (),
    options: dict[str, Any] = EVERYTHING,
) -> list[str]:
    """A line for each rule that the page breaks as it stands, with the first places; selectors are CSS."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    found = page.evaluate(RUN, [within, list(exclude), options])
    return [describe(violation) for violation in found]


def describe(violation: dict[str, Any]) -> str:
    nodes = "; ".join(f"{node['html'][:160]} {node['failureSummary']}" for node in violation["nodes"][:4])
    return f"{violation['id']}: {violation['help']}: {nodes}"
