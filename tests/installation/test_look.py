"""The look of the chat: its picture, and what everything that shows it is told."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from config.installation.look import get_look
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.installation.services import remove_chatbot_avatar, set_chatbot_avatar
from config.lib.pictures import PictureInvalid, PictureNotSmallSquare, reencode_square

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-17")]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def draw(width: int = 300, height: int = 300, colour: str = "#204080", kind: str = "PNG") -> bytes:
    output = BytesIO()
    Image.new("RGB", (width, height), colour).save(output, kind)
    return output.getvalue()


def test_look_of_a_new_installation_asks_nobody_to_set_anything() -> None:
    assert get_look(get_installation()).to_config() == {
        "name": "Switchboard",
        "accent": "#0b5fff",
        "theme": "auto",
        "font": "system",
        "anchor": "end",
        "side": 20,
        "bottom": 20,
        "avatar": "",
        "delay": 600,
        "sounds": True,
        "poke": False,
        "privacy": "",
        "consent": False,
        "files": True,
    }


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_is_drawn_anew_and_served_to_every_website_for_ever(client: Client, kind: str) -> None:
    set_chatbot_avatar(data=draw(kind=kind))
    address = get_look(get_installation()).avatar
    answer = client.get(address)
    picture = Image.open(BytesIO(b"".join(answer)))
    assert (picture.format, picture.size) == ("WEBP", (256, 256))
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


def test_address_of_the_picture_follows_from_its_content(media: Path, client: Client) -> None:
    addresses = []
    for colour in ("#204080", "#802040", "#204080"):
        set_chatbot_avatar(data=draw(colour=colour))
        addresses.append(get_look(get_installation()).avatar)
    assert addresses[0] == addresses[2] != addresses[1]
    assert len(list((media / "widget").iterdir())) == 2
    # Pages that are open still show the one before.
    answer = client.get(addresses[1])
    assert (answer.status_code, bool(b"".join(answer))) == (200, True)
    remove_chatbot_avatar()
    assert get_look(get_installation()).avatar == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (draw(300, 200), "This picture is 300 × 200. Choose a square one."),
        (b"\0" * (256 * 1024), "This file has 256 kB. Choose one under 256 kB."),
        (b"\0" * (256 * 1024 + 1), "This file has 257 kB."),
    ],
    ids=["not square", "256 kB", "more"],
)
def test_picture_that_is_no_small_square_is_refused_with_its_figures(data: bytes, words: str) -> None:
    with pytest.raises(PictureNotSmallSquare) as refusal:
        set_chatbot_avatar(data=data)
    assert words in str(refusal.value)
    assert get_installation().avatar.name == ""


@pytest.mark.req("DG-17")
@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a/*", b"<svg xmlns='http://www.w3.org/2000/svg'/>", draw()[:200], b"%PDF-1.7"],
    ids=["nothing", "script", "svg", "half", "pdf"],
)
def test_what_is_no_picture_by_its_content_is_refused(data: bytes) -> None:
    with pytest.raises(PictureInvalid):
        reencode_square(data)


def test_notes_of_the_upload_are_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "canary"
    output = BytesIO()
    Image.new("RGB", (300, 300)).save(output, "JPEG", exif=exif)
    assert b"canary" in output.getvalue()
    assert b"canary" not in reencode_square(output.getvalue())


@pytest.mark.parametrize(
    "name", ["0" * 32, "../secret_key", "0" * 31, "%2e%2e/secret_key", "g" * 32], ids=lambda name: name[:12]
)
def test_nothing_else_is_served_as_a_picture(client: Client, media: Path, name: str) -> None:
    (media / "secret_key").write_text("secret")
    assert client.get(f"/media/widget/{name}.webp").status_code == 404


def test_colour_is_told_in_one_spelling() -> None:
    Installation.objects.create(pk=1, accent="#AbCdEf")
    assert get_look(get_installation()).accent == "#abcdef"
