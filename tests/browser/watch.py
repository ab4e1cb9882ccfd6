"""Looks at every page of some browsers, for what comes of injected texts where they aren't taken for text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Dialog, Page, Request, Response

from tests.browser.corpus import COMPUTED, NAME

# Everything in a document, in what is open inside it too, that no page of ours has by itself.
FIND_HARM = """
const everything = (root) => [...root.querySelectorAll("*")].flatMap(
  (node) => [node, ...(node.shadowRoot ? everything(node.shadowRoot) : [])]);
const LOADED = ["src", "srcset", "action", "formaction", "data", "background", "poster", "srcdoc", "style"];
function findHarm(root, name, computed) {
  const harm = [];
  for (const node of everything(root)) {
    if (node.localName.includes(name) || node.localName === "base") harm.push(node.outerHTML);
    for (const { name: attribute, value } of node.attributes) {
      if (attribute.startsWith("on")) harm.push(`${attribute}=${value}`);
      if (LOADED.includes(attribute) && value.includes(name)) harm.push(`${attribute}=${value}`);
    }
    const address = node.getAttribute("href");
    const leads = address && new URL(address, location).protocol;
    if (leads && !["http:", "https:", "mailto:", "tel:", "blob:"].includes(leads)) harm.push(address);
  }
  if (root.documentElement.textContent.includes(computed)) harm.push("a template was computed");
  return harm;
}"""
LOOK = f"([name, computed]) => {{ {FIND_HARM} return findHarm(document, name, computed); }}"
# Pages without a script of ours: read as the browser reads them, and not shown.
READ = f"""([addresses, name, computed]) => {{ {FIND_HARM}
  const read = async (address) => {{
    const answer = await fetch(address);
    const root = new DOMParser().parseFromString(await answer.text(), "text/html");
    return findHarm(root, name, computed).map((each) => `${{address}}: ${{each}}`);
  }};
  return Promise.all(addresses.map(read)).then((found) => found.flat());
}}"""
IS_SHOWN = """([name, selector]) => {
  const part = document.querySelector(selector) ?? document.documentElement;
  const values = [...part.querySelectorAll("input, textarea")].map((field) => field.value);
  const known = [part.innerText, ...values, ...[...part.querySelectorAll("option")].map((one) => one.text)];
  return known.join(" ").toLowerCase().includes(name);
}"""
TELL_BREACHES = """document.addEventListener("securitypolicyviolation", (event) => {
  const { violatedDirective: what, blockedURI, sample } = event;
  if (document.contentType === "text/html") console.error(`breach: ${what} ${blockedURI} ${sample}`);
});"""
# A page that isn't there, may not be seen or wants another method is a page too. And Chromium's own view of
# JSON and pictures breaks their policy; of what breaks that of a page, the page itself tells.
NO_COMPLAINT = re.compile(r"responded with a status of 4\d\d|^error: Applying inline style")
# Read at a time.
AT_ONCE = 6


@dataclass
class Watch:
    """Notes what a page of ours never does, and which pages show nobody's words."""

    own: tuple[str, ...]
    # For what is saved from a page and opened afterwards.
    folder: Path
    found: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> BrowserContext:
        context.add_init_script(TELL_BREACHES)
        context.on("dialog", self._refuse)
        context.on("request", self._note_request)
        context.on("response", self._note_answer)
        return context

    def _refuse(self, dialog: Dialog) -> None:
        self.found.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((*self.own, "data:", "blob:", "file:")):
            self.found.append(f"{request.frame.url} asked for {request.url}")

    def _note_answer(self, response: Response) -> None:
        if not response.url.startswith(self.own[0]):
            return
        if response.status >= 500:
            self.found.append(f"{response.url}: {response.status}")
        if response.headers.get("content-type", "").startswith("text/html"):
            policy = response.headers.get("content-security-policy", "")
            if "default-src" not in policy or "unsafe-" in policy or "*" in policy:
                self.found.append(f"{response.url}: its policy is “{policy}”")

    def look(self, page: Page, part: str = "#content, main") -> None:
        """Every frame of the page as it stands; the part is where somebody's words are."""
        for frame in page.frames:
            harm = frame.evaluate(LOOK, [NAME, COMPUTED])
            self.found += [f"{frame.url}: {each[:200]}" for each in harm]
        if not page.evaluate(IS_SHOWN, [NAME, part]):
            self.silent.append(page.url)

    def read(self, page: Page, addresses: Sequence[str]) -> None:
        """Pages of the same site that need no looking at, beside the one that is open."""
        for start in range(0, len(addresses), AT_ONCE):
            some = list(addresses[start : start + AT_ONCE])
            self.found += page.evaluate(READ, [some, NAME, COMPUTED])
