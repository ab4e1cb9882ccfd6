"""The browser program of the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Chromium; Playwright keeps an event loop running in the thread as long as it lives."""
    allowed = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # that loop is not ours, and nothing of ours runs in it
    with sync_playwright() as playwright:
        # The sandbox of Chromium can't start as root, and the pages shown here are our own.
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()
    if allowed is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
