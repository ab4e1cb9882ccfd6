"""The admin in a real browser: nothing is blocked by its own policy, and what needs scripts works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from agents.models import User
from chat.models import Dialogue
from config.installation.models import Installation
from routing.models import Rule
from tests.browser.admin_tab import Admin, sign_in
from tests.browser.axe import list_violations
from tests.factories import AgentFactory, DialogueFactory, ScheduleBlockFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("LC-52")]


@pytest.fixture
def admin(browser: Browser, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Admin]:
    settings.MEDIA_ROOT = tmp_path
    Installation.objects.create(pk=1, package="prime", fallback_html="<b>Sorry</b>")
    context = browser.new_context()
    yield sign_in(context, live_server.url)
    context.close()


@pytest.mark.req("LC-17")
def test_conditions_are_put_together_without_json(admin: Admin) -> None:
    AgentFactory.create(first_name="Ann", last_name="Berg")
    admin.open("routing_rule_add")
    page = admin.page
    page.fill("#id_name", "Swedes")
    expect(page.locator(".conditions")).to_contain_text("matches everybody")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Comparison").select_option("contains")
    page.get_by_label("Value", exact=True).fill("Acme")
    page.get_by_role("button", name="Add a group").click()
    inner = page.locator(".conditions-group .conditions-group")
    inner.get_by_label("Attribute").select_option("country")
    inner.get_by_label("Comparison").select_option("in_list")
    inner.get_by_label("Values, one a line").fill("SE\nNO")
    page.locator("#id_agents_from").select_option(label="Ann Berg")
    page.locator("#id_agents_add_link, #id_agents_add").first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_contain_text("company contains “Acme” and country is one of")
    assert Rule.objects.get().conditions["items"][1]["items"][0]["value"] == ["SE", "NO"]
    assert admin.complaints == []


@pytest.mark.req("LC-26")
def test_fallback_message_is_previewed_as_visitors_see_it(admin: Admin) -> None:
    admin.open("installation_installation_change", 1)
    page = admin.page
    preview = page.locator(".rich-text-preview")
    expect(preview.locator("b")).to_have_text("Sorry")
    area = page.locator("#id_fallback_html")
    area.fill("<script>x</script>Come back")
    area.select_text()
    page.get_by_role("button", name="Italic").click()
    expect(preview.locator("i")).to_have_text("Come back")
    assert admin.complaints == []


@pytest.mark.req("LC-11")
def test_overlapping_hours_are_told_at_their_row(admin: Admin) -> None:
    agent: User = ScheduleBlockFactory.create().agent
    admin.open("agents_user_change", agent.pk)
    page = admin.page
    page.get_by_role("link", name="Add another").or_(
        page.get_by_role("button", name="Add another")
    ).first.click()
    page.locator("#id_schedule_blocks-1-weekday").select_option("0")
    page.locator("#id_schedule_blocks-1-starts").fill("16:00")
    page.locator("#id_schedule_blocks-1-ends").fill("18:00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#schedule_blocks-1")).to_contain_text("Overlaps with Monday 09:00–17:00.")


@pytest.mark.req("DG-14", "LC-52")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_new_dialogue_is_begun_from_a_template(admin: Admin, width: int, scheme: Any) -> None:
    page = admin.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    admin.open("chat_dialogue_add")
    page.get_by_label("Name", exact=True).fill("Welcome")
    page.get_by_text("Webinar", exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert list_violations(page, within=".stream-start") == []
    assert admin.complaints == []
    page.get_by_role("button", name="Create and design").click()
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    assert "invite" in Dialogue.objects.get().stream["cards"]


@pytest.mark.req("DG-07")
def test_audience_is_put_together_beside_the_pages(admin: Admin) -> None:
    dialogue = DialogueFactory.create()
    admin.open("chat_dialogue_change", dialogue.pk)
    page = admin.page
    expect(page.get_by_role("link", name="Design the stream")).to_be_visible()
    expect(page.locator(".conditions")).to_contain_text("everybody gets it")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Attribute").select_option("email")
    page.get_by_label("Comparison").select_option("is_empty")
    page.locator("#id_target_include").fill("https://*.example.com/prices/*")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_be_visible()
    saved = Dialogue.objects.get()
    assert saved.audience["items"] == [{"attribute": "email", "operator": "is_empty"}]
    assert saved.target_include == "https://*.example.com/prices/*"
    assert admin.complaints == []
