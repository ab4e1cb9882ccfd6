"""What is passed on of an upload, and what is refused with which words."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from chat.errors import FileEmpty, FileTooLarge
from chat.services.uploads import MAX_BYTES, read_upload
from config.lib.errors import InvalidInput
from config.lib.photos import MAX_SIDE, PhotoInvalid, PhotoTooLarge
from tests.chat.files.uploads import HOSTILE, NAMES, animation, bomb, draw, pdf, photo_with_notes

pytestmark = pytest.mark.req("LC-35")


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_do_harm_is_refused_with_a_sentence(name: str) -> None:
    called, data = HOSTILE[name]
    with pytest.raises(InvalidInput) as refused:
        read_upload(called, data)
    assert str(refused.value).endswith(".")
    assert called not in str(refused.value)


@pytest.mark.parametrize(("given", "kept"), NAMES.items())
def test_name_is_kept_without_what_deceives(given: str, kept: str) -> None:
    assert read_upload(given, draw()).name == kept


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (draw("PNG"), "image/png"),
        (draw("GIF", mode="P"), "image/png"),
        (draw("JPEG"), "image/jpeg"),
        (draw("WEBP"), "image/jpeg"),
        (draw("WEBP", mode="RGBA"), "image/png"),
        (draw("PNG", mode="RGBA"), "image/png"),
        (draw("PNG", mode="LA"), "image/png"),
        (draw("PNG", mode="I;16"), "image/png"),
        (draw("JPEG", mode="CMYK"), "image/jpeg"),
        (draw("PNG", mode="1"), "image/png"),
    ],
)
def test_image_is_drawn_anew_whatever_it_is_called(data: bytes, kept: str) -> None:
    upload = read_upload("drawing.exe", data)
    assert (upload.content_type, upload.width, upload.height) == (kept, 60, 40)
    with Image.open(BytesIO(upload.data)) as image:
        assert image.size == (60, 40)
        assert Image.MIME[image.format or ""] == kept


def test_photo_stands_upright_and_tells_nothing_of_place_and_camera() -> None:
    upload = read_upload("photo.jpg", photo_with_notes())
    assert (upload.width, upload.height) == (40, 80)
    with Image.open(BytesIO(upload.data)) as image:
        assert image.size == (40, 80)
        assert not image.getexif()
    assert b"Canary" not in upload.data


def test_of_an_animation_the_first_frame_is_kept() -> None:
    with Image.open(BytesIO(read_upload("party.gif", animation()).data)) as image:
        assert getattr(image, "n_frames", 1) == 1
        assert image.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_large_image_is_made_smaller_and_a_noisy_drawing_becomes_a_photo() -> None:
    upload = read_upload("wide.png", draw(size=(5_000, 1_000)))
    assert (upload.width, upload.height) == (MAX_SIDE, 512)
    noise = Image.effect_noise((1_500, 1_500), 90).convert("RGB")
    output = BytesIO()
    noise.save(output, "PNG")
    upload = read_upload("noise.png", output.getvalue())
    assert (upload.content_type, upload.name) == ("image/jpeg", "noise.jpg")
    assert len(upload.data) < len(output.getvalue())


def test_pixels_beyond_the_limit_are_never_decoded() -> None:
    with pytest.raises(PhotoTooLarge):
        read_upload("bomb.png", bomb())
    with pytest.raises(PhotoTooLarge):
        read_upload("thread.png", draw(size=(1, 40_000)))
    with pytest.raises(PhotoInvalid):
        read_upload("half.png", draw(size=(2_000, 2_000))[:200])


def test_pdf_is_kept_as_it_is() -> None:
    data = pdf(3)
    upload = read_upload("Our offer.PDF", data)
    assert (upload.name, upload.content_type, upload.data) == ("Our offer.pdf", "application/pdf", data)


def test_limits_are_ten_megabytes_and_one_byte() -> None:
    with pytest.raises(FileTooLarge):
        read_upload("photo.png", b"x" * (MAX_BYTES + 1))
    with pytest.raises(FileEmpty):
        read_upload("photo.png", b"")
