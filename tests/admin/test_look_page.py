"""What is done on the page of the chat's look (DG-17)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from agents.models import User
from config.installation.models import Installation
from tests.admin.conftest import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-17"), pytest.mark.usefixtures("installation")]

Enter = Callable[..., Client]
LOOK = "/admin/installation/chatwindow/1/change/"


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def draw(width: int = 200, height: int = 200) -> bytes:
    output = BytesIO()
    Image.new("RGB", (width, height), "#204080").save(output, "PNG")
    return output.getvalue()


def look_post(**changes: Any) -> dict[str, Any]:
    return {
        "widget_name": "Murmel",
        "accent": "#0b5fff",
        "theme": "auto",
        "font": "system",
        "anchor": "end",
        "offset_side": "20",
        "offset_bottom": "20",
        "response_delay_ms": "600",
        "sounds": "on",
        "files_enabled": "on",
        **changes,
    }


def errors_of(answer: Any, field: str) -> str:
    return str(answer.context["adminform"].form.errors.get(field, ""))


def test_everything_that_is_set_is_saved(client: Client) -> None:
    changes = {
        "accent": "#FFD400",
        "theme": "dark",
        "font": "page",
        "anchor": "start",
        "offset_side": "0",
        "offset_bottom": "200",
        "response_delay_ms": "5000",
        "poke_on_mobile": "on",
        "privacy_url": "https://example.com/privacy",
        "consent_mode": "on",
    }
    data = look_post(**changes)
    del data["sounds"], data["files_enabled"]
    assert client.post(LOOK, data).status_code == 302
    saved = Installation.objects.get()
    expected = {**changes, "accent": "#ffd400", "poke_on_mobile": "True", "consent_mode": "True"}
    assert {name: str(getattr(saved, name)) for name in expected} == expected
    assert (saved.widget_name, saved.sounds, saved.files_enabled) == ("Murmel", False, False)
    # What has a page of its own was not touched from here.
    assert (saved.dialogues_enabled, saved.require_reachable) == (True, True)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("accent", "blue", "Write the colour like #0b5fff."),
        ("accent", "#fff", "Write the colour like #0b5fff."),
        ("accent", "#0b5fff;", "at most 7"),
        ("accent", "", "required"),
        ("offset_side", "201", "From 0 to 200."),
        ("offset_bottom", "-1", "From 0 to 200."),
        ("response_delay_ms", "5001", "From 0 to 5000."),
        ("font", "comic", "Select a valid choice"),
        ("theme", "grey", "Select a valid choice"),
        ("privacy_url", "javascript:alert(1)", "Enter a valid URL"),
        ("widget_name", "", "required"),
    ],
)
def test_what_cant_be_used_is_refused_at_its_field(
    client: Client, field: str, value: str, words: str
) -> None:
    answer = client.post(LOOK, look_post(**{field: value}))
    assert words in errors_of(answer, field)


def test_picture_is_kept_until_it_is_removed(client: Client) -> None:
    upload = SimpleUploadedFile("bot.png", draw(), "image/png")
    assert client.post(LOOK, look_post(picture=upload)).status_code == 302
    saved = Installation.objects.get().avatar
    assert re.fullmatch(r"widget/[0-9a-f]{32}\.webp", str(saved.name))
    assert f'src="{saved.url}"' in client.get(LOOK).content.decode()
    assert client.post(LOOK, look_post()).status_code == 302
    assert Installation.objects.get().avatar.name == saved.name
    client.post(LOOK, look_post(**{"picture-clear": "on"}))
    assert not Installation.objects.get().avatar


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg/>", "can&#x27;t be read"),
        (b"\0" * 300_000, "This file has 293 kB. Choose one under 256 kB."),
        (draw(200, 100), "This picture is 200 × 100. Choose a square one."),
    ],
    ids=["no picture", "too large", "not square"],
)
def test_picture_that_cant_be_used_is_refused_at_its_field(client: Client, data: bytes, words: str) -> None:
    upload = SimpleUploadedFile("bot.png", data, "image/png")
    answer = client.post(LOOK, look_post(picture=upload))
    assert words in errors_of(answer, "picture")
    assert not Installation.objects.get().avatar


def test_change_is_in_the_history(client: Client) -> None:
    client.post(LOOK, look_post(accent="#123456"))
    entry = LogEntry.objects.get()
    assert "Colour" in entry.get_change_message()
    assert client.get(reverse("admin:installation_chatwindow_history", args=[1])).status_code == 200


def test_page_may_frame_its_preview_and_nobody_else_may(client: Client) -> None:
    page = client.get(LOOK)
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    preview = client.get(reverse("admin:installation_look_preview"))
    policy = preview["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "frame-ancestors 'none'" not in policy
    assert preview["X-Frame-Options"] == "SAMEORIGIN"


def test_preview_starts_with_what_the_widget_is_told(client: Client) -> None:
    Installation.objects.update(widget_name="</script><b>Murmel")
    page = client.get(reverse("admin:installation_look_preview")).content.decode()
    found = re.search(r'<script id="preview-told" type="application/json">(.*?)</script>', page)
    assert found
    told = json.loads(found[1])
    assert told["look"]["name"] == told["config"]["name"] == "</script><b>Murmel"
    assert told["config"]["panels"]
    assert told["talk"]["choices"]
