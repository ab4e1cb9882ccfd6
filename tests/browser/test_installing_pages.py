"""The look of the chat and putting it on a website, in a real browser (DG-16, DG-17)."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, FilePayload, FrameLocator, Locator, Page, expect

from chat.models import Conversation, Sighting, Visitor
from config.installation.models import Installation
from tests.browser.admin_tab import Admin, sign_in
from tests.browser.axe import list_violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("DG-17")]

LOOK, SNIPPET = "installation_chatwindow_change", "installation_snippet_change"
BUTTON, PANEL = '[data-part="launcher"]', '[data-part="panel"]'
BACKGROUND = "node => getComputedStyle(node).backgroundColor"
NO_OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def admin(browser: Browser, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Admin]:
    settings.MEDIA_ROOT, settings.PUBLIC_URL = tmp_path, live_server.url
    Installation.objects.create(pk=1, widget_name="Murmel")
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, reduced_motion="reduce", permissions=["clipboard-write"]
    )
    yield sign_in(context, live_server.url)
    context.close()


def preview(page: Page, scheme: str) -> FrameLocator:
    return page.frame_locator(f'iframe[data-scheme="{scheme}"]')


def colour_of(node: Locator) -> str:
    return str(node.evaluate(BACKGROUND))


def test_every_change_is_seen_at_once_in_the_real_chat(admin: Admin) -> None:
    admin.open(LOOK, 1)
    page = admin.page
    for scheme in ("light", "dark"):
        frame = preview(page, scheme)
        expect(frame.locator(PANEL)).to_be_visible()
        expect(frame.locator("h2")).to_have_text("Murmel")
        expect(frame.locator('[data-part="choice"]')).to_have_count(3)
    light, dark = preview(page, "light"), preview(page, "dark")
    assert colour_of(light.locator(PANEL)) != colour_of(dark.locator(PANEL))
    page.fill("#id_accent", "#ffd400")
    for frame in (light, dark):
        expect(frame.locator(BUTTON)).to_have_css("background-color", "rgb(255, 212, 0)")
        expect(frame.locator(BUTTON)).to_have_css("color", "rgb(0, 0, 0)")
    page.fill("#id_widget_name", "Acme")
    expect(light.locator("h2")).to_have_text("Acme")
    # What is typed goes on being typed: the chat took no focus.
    expect(page.locator("#id_widget_name")).to_be_focused()
    page.check("#id_theme_1")
    expect(dark.locator(PANEL)).to_have_css("background-color", colour_of(light.locator(PANEL)))
    page.check("#id_anchor_1")
    expect(light.locator(BUTTON)).to_have_css("left", "20px")
    assert admin.complaints == []


def test_preview_shows_a_phone_a_live_chat_and_the_button_alone(admin: Admin) -> None:
    admin.open(LOOK, 1)
    page, frame = admin.page, preview(admin.page, "light")
    page.get_by_label("Live chat").check()
    expect(frame.locator("h2")).to_have_text("Alex Morgan")
    page.get_by_label("Phone", exact=True).check()
    expect(frame.locator(PANEL)).to_have_css("inline-size", "390px")
    page.get_by_label("Only the button").check()
    expect(frame.locator(PANEL)).to_be_hidden()
    expect(frame.locator(BUTTON)).to_be_visible()
    expect(frame.locator('[data-part="poke"]')).to_be_hidden()
    page.locator("#id_poke_on_mobile").check()
    expect(frame.locator('[data-part="poke"]')).to_be_visible()
    assert admin.complaints == []


def test_preview_can_be_tried_and_leaves_nothing_behind(admin: Admin) -> None:
    admin.open(LOOK, 1)
    frame = preview(admin.page, "light")
    frame.get_by_role("button", name="Talk to sales").click()
    expect(frame.locator("h2")).to_have_text("Alex Morgan")
    frame.locator('[data-part="composer"]').fill("Hello")
    frame.locator('[data-part="composer"]').press("Enter")
    expect(frame.locator('[data-part="message"]').last).to_contain_text("Hello")
    assert not Visitor.objects.exists()
    assert not Conversation.objects.exists()
    kept = admin.page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert [key for key in kept if key.startswith("switchboard")] == []
    assert admin.complaints == []


def test_colour_is_checked_in_words_as_it_is_typed(admin: Admin) -> None:
    admin.open(LOOK, 1)
    page, facts = admin.page, admin.page.locator("#contrast")
    expect(facts).to_contain_text("White text on this colour: 5.1 : 1. Good to read.")
    page.fill("#id_accent", "#ffd400")
    expect(facts).to_contain_text(
        "1.4 : 1, too little for small text, which needs 4.5 : 1. We use black text"
    )
    expect(facts).to_contain_text("It gets a dark edge there")
    page.fill("#id_accent", "#ffd")
    expect(facts).to_have_text("Write the colour like #0b5fff.")
    # Until it is whole, the preview stays as it was.
    expect(preview(page, "light").locator(BUTTON)).to_have_css("background-color", "rgb(11, 95, 255)")
    page.get_by_label("Pick a colour").fill("#123456")
    expect(page.locator("#id_accent")).to_have_value("#123456")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("successfully")
    assert Installation.objects.get().accent == "#123456"


def test_any_picture_is_cut_to_fit_before_it_is_sent(admin: Admin) -> None:
    output = BytesIO()
    Image.effect_noise((1200, 700), 90).convert("RGB").save(output, "PNG")
    assert len(output.getvalue()) > 256 * 1024
    admin.open(LOOK, 1)
    page = admin.page
    upload: FilePayload = {"name": "bot.png", "mimeType": "image/png", "buffer": output.getvalue()}
    page.set_input_files("#id_picture", files=upload)
    expect(page.get_by_text("Cut to its middle and made smaller")).to_be_visible()
    expect(preview(page, "light").locator(".header canvas, .header img")).to_be_visible()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_alt_text("The picture now")).to_be_visible()
    assert Installation.objects.get().avatar
    expect(preview(page, "dark").locator(".header canvas, .header img")).to_be_visible()
    assert admin.complaints == []


@pytest.mark.req("LC-52")
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_pages_are_clean_on_every_screen(admin: Admin, width: int, scheme: Any) -> None:
    now = timezone.now()
    Sighting.objects.create(
        origin="https://www.example.com", path="/a-long-path" * 20, first_seen_at=now, last_seen_at=now
    )
    page = admin.page
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    faults = []
    for name, args in ((LOOK, (1,)), (SNIPPET, (1,)), ("installation_secret_new", ()), ("index", ())):
        admin.open(name, *args)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for direction in ("ltr", "rtl"):
            page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
            overflow = page.evaluate(NO_OVERFLOW)
            faults += [f"{name}, {direction}: {overflow} px too wide"] if overflow > 0 else []
        # Around the content is Django's own; the frames hold the widget, which has its own tests.
        found = list_violations(page, within="#content", exclude=["iframe"])
        faults += [f"{name}: {one}" for one in found]
    assert faults == []
    assert admin.complaints == []


@pytest.mark.req("DG-16", "LC-52")
def test_line_is_copied_by_keyboard_alone(admin: Admin) -> None:
    admin.open(SNIPPET, 1)
    page = admin.page
    code = page.locator('[data-part="code"]').first
    code.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Copy: The line for every page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-part="told"]')).to_have_text("Copied.")
    page.get_by_role("textbox", name="Address of your page").fill("")
    page.evaluate("navigator.clipboard.readText = undefined")
    page.get_by_role("textbox", name="Address of your page").evaluate("node => { node.type = 'text'; }")
    page.keyboard.press("Control+V")
    expect(page.get_by_role("textbox", name="Address of your page")).to_have_value(code.inner_text())
    assert admin.complaints == []


@pytest.mark.req("DG-16")
def test_page_that_was_opened_from_here_appears_by_itself(admin: Admin) -> None:
    admin.open(SNIPPET, 1)
    page, state = admin.page, admin.page.locator('[data-part="sightings"]')
    expect(state).to_contain_text("Not seen yet")
    address = f"{admin.address}/favicon.ico?from=here"
    page.get_by_label("Address of your page").fill(address)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Open my page").click()
    assert opened.value.evaluate("opener") is None
    now = timezone.now()
    Sighting.objects.create(origin="https://www.example.com", path="/", first_seen_at=now, last_seen_at=now)
    opened.value.close()
    expect(state).to_contain_text("It works: seen on 1 page.")
    assert admin.complaints == []
