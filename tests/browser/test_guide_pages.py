"""The admin's guide in a real browser: start page, usage limits, audit log and coverage map."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from chat.models import Engagement
from config.audit.models import Change
from config.installation.models import Installation
from tests.browser.admin_tab import Admin, sign_in
from tests.browser.axe import list_violations
from tests.factories import (
    NOW,
    DialogueFactory,
    LiveChatFactory,
    RuleFactory,
    ScheduleBlockFactory,
    TeamFactory,
    VisitorFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("LC-04", "LC-52", "LC-58", "LC-60")]

PAGES = (
    "index",
    "installation_usagelimits_changelist",
    "audit_change_changelist",
    "agents_coverage",
)


@pytest.fixture
def full(settings: Any, tmp_path: Path) -> None:
    """Something of everything that the pages can show."""
    settings.MEDIA_ROOT = tmp_path
    Installation.objects.create(pk=1, engagement_limit=1, dialogues_enabled=False)
    agent = ScheduleBlockFactory.create().agent
    RuleFactory.create(name="Danes", team=TeamFactory.create(members=[agent]))
    RuleFactory.create(name="Swedes")
    DialogueFactory.create()
    asked = timezone.now() - timedelta(hours=3)
    for reason in ("no_agent", "agent"):
        LiveChatFactory.create(
            requested_at=asked, status="fallback", end_reason=reason, ended_at=asked, route_at=None
        )
    LiveChatFactory.create(routing_since=asked, requested_at=asked, route_at=asked)
    key = VisitorFactory.create().public_id
    Engagement.objects.create(visitor_key=key, session_number=1, created_at=asked)
    values = {"name": ["Norwegians", "Swedes"], "agents": [["Ann"], ["Bo"]], "is_enabled": [True, False]}
    Change.objects.create(at=NOW, action="changed", kind="routing.rule", object_name="Swedes", values=values)


@pytest.mark.usefixtures("full")
def test_guide_is_for_everybody_on_every_screen(browser: Browser, live_server: Any) -> None:
    looks: tuple[tuple[int, Any], ...] = ((1440, "light"), (390, "dark"))
    for width, scheme in looks:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        walk(sign_in(context, live_server.url))
        context.close()


def walk(admin: Admin) -> None:
    for name in PAGES:
        admin.complaints.clear()
        admin.open(name)
        assert admin.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        assert list_violations(admin.page, within="#content-start") == [], name
        assert admin.complaints == [], name
    admin.open("index")
    expect(admin.page.locator(".limit-banner")).to_contain_text("the limit is reached")
    admin.page.get_by_role("link", name="Choose who is asked").click()
    expect(admin.page.locator("#result_list")).to_contain_text("Swedes")
    # The map scrolls by keyboard inside its own frame.
    admin.open("agents_coverage")
    week = admin.page.get_by_role("region", name="The week")
    week.focus()
    expect(week).to_be_focused()
    expect(week.locator(".is-gap").first).to_contain_text("Gap.")
