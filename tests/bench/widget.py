"""What a page of a website pays for the widget: ``make bench-widget`` prints it, for the demo's own site.

Bytes are as they travel (brotli), times on this machine with the processor slowed down four times.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.demo.running import Demo

SLOW = 4
WATCH = """
window.shifted = 0;
window.long = [];
new PerformanceObserver((list) => { for (const its of list.getEntries()) window.shifted += its.value; })
  .observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => { for (const its of list.getEntries()) window.long.push(its.duration); })
  .observe({ type: "longtask", buffered: true });
"""


@dataclass
class Traffic:
    """What went over the network to the product, as the browser counted it."""

    product: str
    names: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def watch(self, devtools: CDPSession) -> None:
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", self._note)
        devtools.on("Network.webSocketCreated", lambda event: self._add(event["requestId"], event["url"]))
        devtools.on("Network.loadingFinished", self._measure)

    def _note(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith(self.product):
            self._add(event["requestId"], event["request"]["url"])

    def _add(self, request: str, url: str) -> None:
        self.names[request] = url.removeprefix(self.product)

    def _measure(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.names:
            self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def report(self, title: str) -> None:
        total = sum(self.sizes.values())
        say(f"\n{title}: {len(self.names)} requests, {total:,} bytes with headers")
        for request, name in self.names.items():
            say(f"  {self.sizes.get(request, 0):>8,}  {name[:70]}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def measure_script(devtools: CDPSession, product: str, visit: Any) -> float:
    """Milliseconds that the product's own scripts ran while ``visit`` was made."""
    devtools.send("Profiler.enable")
    devtools.send("Profiler.start")
    visit()
    profile = devtools.send("Profiler.stop")["profile"]
    ours = {node["id"] for node in profile["nodes"] if node["callFrame"]["url"].startswith(product)}
    taken = zip(profile["samples"], profile["timeDeltas"], strict=True)
    return sum(float(delta) for sample, delta in taken if sample in ours) / 1_000


def wait_for_button(page: Page, address: str) -> None:
    page.goto(address)
    page.locator('[data-part="launcher"]').wait_for()
    page.wait_for_load_state("networkidle")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo = Demo(Path(folder) / "data").start_and_wait()
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"]
        )
        try:
            page = chromium.new_context().new_page()
            page.add_init_script(WATCH)
            devtools = page.context.new_cdp_session(page)
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
            closed = Traffic(demo.url)
            closed.watch(devtools)
            script = measure_script(
                devtools, demo.url, lambda: wait_for_button(page, f"{demo.website}/prices/")
            )
            closed.report("Until the button is there")
            say(f"\nScript: {script:.0f} ms at {SLOW} times slower")
            say(f"Layout shift: {page.evaluate('window.shifted')}")
            say(f"Long tasks (page and widget): {[round(task) for task in page.evaluate('window.long')]} ms")
            page.locator('[data-part="launcher"]').click()
            page.locator('[data-part="choice"]').first.wait_for()
            closed.report("Until one can answer")
        finally:
            chromium.close()
            demo.end()


if __name__ == "__main__":
    main()
