"""A superuser's tab of the admin, which notes what the browser complains of."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from tests.factories import UserFactory


class Admin:
    """One signed-in superuser's tab, and what the browser complained of."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning") and "favicon" not in message.location.get("url", ""):
            self.complaints.append(message.text)

    def open(self, name: str, *args: object) -> None:
        self.page.goto(f"{self.address}{reverse(f'admin:{name}', args=args)}")
        self.page.wait_for_load_state("networkidle")


def sign_in(context: BrowserContext, address: str) -> Admin:
    """A new superuser in this browser profile."""
    client = Client()
    boss = UserFactory.create(is_superuser=True)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    return Admin(context.new_page(), address)
