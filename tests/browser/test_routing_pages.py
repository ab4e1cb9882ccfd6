"""Rules, simulator, replay, ledger and time line in a real browser: live, by keyboard, on a dark phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from agents.models import User
from chat.models import LiveChat
from config.installation.models import Installation
from routing.models import Rule
from routing.services.requests import route_live_chat
from tests.browser.admin_tab import Admin, sign_in
from tests.browser.axe import list_violations
from tests.factories import PresenceFactory, RuleFactory, ScheduleBlockFactory
from tests.stage import ask_for_human

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.req("LC-17", "LC-20", "LC-52", "LC-56", "LC-57"),
]


@pytest.fixture
def admin(browser: Browser, live_server: Any) -> Iterator[Admin]:
    Installation.objects.create(pk=1, package="prime")
    context = browser.new_context()
    yield sign_in(context, live_server.url)
    context.close()


def make_agent() -> User:
    now = timezone.now()
    soon = now + timedelta(hours=1)
    agent: User = ScheduleBlockFactory.create(
        agent__first_name="Ann", agent__override_available=True, agent__override_until=soon
    ).agent
    PresenceFactory.create(agent=agent, expires_at=soon)
    return agent


def make_request() -> LiveChat:
    chat = ask_for_human(card={"option": "rules"}, triggered_at=timezone.now())
    LiveChat.objects.filter(pk=chat.pk).update(requested_at=timezone.now())
    assert route_live_chat(live_chat_id=chat.pk) is not None
    return chat


def add_condition(admin: Admin, number: int, value: str) -> None:
    admin.page.get_by_role("button", name="Add a condition").click()
    admin.page.get_by_label("Value", exact=True).nth(number).fill(value)


def test_routing_is_written_tried_and_followed_without_a_manual(admin: Admin) -> None:
    page, agent = admin.page, make_agent()
    rule: Rule = RuleFactory.create(name="Everybody", agents=[agent])
    chat = make_request()
    admin.open("routing_rule_change", rule.pk)
    findings = page.locator("[data-findings]")
    expect(findings).to_contain_text("Matches 1 of last week's 1 visitor.")
    add_condition(admin, 0, "Acme")
    expect(findings).to_contain_text("Matches 0 of last week's 1 visitor.")
    add_condition(admin, 1, "Other")
    expect(findings).to_contain_text("No visitor can meet this: company is “Acme” and company is “Other”.")
    admin.open("routing_simulator")
    page.get_by_label("Live chat card").select_option("rules")
    page.get_by_role("button", name="Who would be asked?").press("Enter")
    expect(page.get_by_role("heading", name=f"{agent.display_name} would be asked")).to_be_visible()
    admin.open("chat_livechat_timeline", chat.pk)
    page.get_by_label("Go through it").press("End")
    expect(page.locator(".moments tbody tr").last).to_have_attribute("aria-current", "step")
    admin.open("routing_replay")
    page.get_by_label("Rule to change").select_option(label="Everybody")
    page.get_by_role("button", name="Show").click()
    page.get_by_label("Switched on").uncheck()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("The change would have led elsewhere for 1 of 1 requests.")).to_be_visible()
    check_look(admin, chat, agent, rule)


def test_rules_are_put_in_order_by_pointer_and_by_keyboard(admin: Admin) -> None:
    page = admin.page
    for number, name in enumerate("ABC", start=1):
        RuleFactory.create(name=name, priority=10 * number)
    admin.open("routing_rule_changelist")
    handles = page.locator("[data-handle]")
    start, end = handles.nth(2).bounding_box(), handles.nth(0).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 5, end["y"] - 5, steps=5)
    are_in_order(admin, "CAB")
    page.keyboard.press("Escape")
    are_in_order(admin, "ABC")
    page.mouse.up()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 5, end["y"] - 5, steps=5)
    with page.expect_response(lambda answer: answer.url.endswith("/rule/order/") and answer.ok):
        page.mouse.up()
    are_in_order(admin, "CAB")
    down = page.get_by_role("button", name="Move “C” down")
    down.focus()
    for _time in range(3):
        page.keyboard.press("Enter")
    expect(down).to_be_focused()
    expect(page.locator("[data-order-said]")).to_have_text("“C” is the last one here already.")
    page.get_by_role("button", name="Move “A” down").press(" ")
    expect(page.locator("[data-order-said]")).to_have_text("“A” is now in place 2 of 3.")
    are_in_order(admin, "BAC")
    # The form knows the numbers of now: a switch that is saved undoes no move, not even one on its way.
    page.get_by_label("on, A").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messagelist")).to_contain_text("1 custom rule was changed successfully.")
    are_in_order(admin, "BAC")
    Rule.objects.get(name="B").delete()
    page.get_by_role("button", name="Move “C” up").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody added, deleted or moved a rule meanwhile")
    are_in_order(admin, "BAC")
    assert "".join(Rule.objects.order_by("priority").values_list("name", flat=True)) == "AC"


def are_in_order(admin: Admin, names: str) -> None:
    """The rows are, each with its place."""
    expect(admin.page.locator("#result_list .field-name")).to_have_text([*names])
    expect(admin.page.locator("#result_list [data-rule] b")).to_have_text([*"123"])


def check_look(admin: Admin, chat: LiveChat, agent: User, rule: Rule) -> None:
    """Neither axe nor the browser has anything to say, and nothing is wider than a phone."""
    pages: list[tuple[Any, ...]] = [
        ("routing_simulator",),
        ("routing_replay",),
        ("routing_ledger",),
        ("routing_ledger_agent", agent.pk),
        ("chat_livechat_timeline", chat.pk),
        ("routing_rule_change", rule.pk),
    ]
    admin.page.set_viewport_size({"width": 390, "height": 800})
    admin.page.emulate_media(color_scheme="dark")
    for name, *arguments in pages:
        admin.open(name, *arguments)
        assert admin.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        # Of a rule's page only what isn't Django's own.
        within = "[data-findings]" if name == "routing_rule_change" else "#content-main"
        assert list_violations(admin.page, within=within) == [], name
        assert admin.complaints == [], name
