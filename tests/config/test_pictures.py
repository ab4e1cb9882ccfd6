from __future__ import annotations

import struct
import zlib
from io import BytesIO
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageDraw

from config.lib.errors import InvalidInput
from config.lib.pictures import (
    MAX_INPUT_BYTES,
    MAX_OUTPUT_BYTES,
    PictureInvalid,
    PictureTooLarge,
    reencode_avatar,
)

pytestmark = [
    pytest.mark.req("LC-08"),
    # Pillow warns of damaged notes and of big pictures. In the running product that is a line in the log, so
    # the tests see what happens after it.
    pytest.mark.filterwarnings("ignore::UserWarning:PIL"),
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]

RED, GREEN, BLUE = (220, 30, 30), (30, 200, 30), (30, 30, 220)


def save(image: Image.Image, kind: str, **options: Any) -> bytes:
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def stripes(width: int = 600, height: int = 300) -> Image.Image:
    """Red, green and blue side by side."""
    image = Image.new("RGB", (width, height), GREEN)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 4, height), fill=RED)
    draw.rectangle((width * 3 // 4, 0, width, height), fill=BLUE)
    return image


def read(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def is_near(image: Image.Image, at: tuple[int, int], colour: tuple[int, ...]) -> bool:
    found = image.convert("RGB").getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(one - other) < 25 for one, other in zip(found, colour, strict=True))


def make_png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has next to no data."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(600, 300), (300, 600), (40, 40), (1, 1), (3, 2000)])
def test_every_kind_and_shape_becomes_a_small_square(kind: str, size: tuple[int, int]) -> None:
    data = reencode_avatar(save(stripes(*size), kind))
    picture = read(data)
    assert (picture.format, picture.size) == ("WEBP", (256, 256))
    assert len(data) <= MAX_OUTPUT_BYTES


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_middle_is_kept(kind: str) -> None:
    picture = read(reencode_avatar(save(stripes(), kind)))
    assert is_near(picture, (20, 128), GREEN)
    assert is_near(picture, (235, 128), GREEN)


# Where the red left edge of the picture lands for each way a camera can be held.
TURNED = {
    1: (5, 128),
    2: (250, 128),
    3: (250, 128),
    4: (5, 128),
    5: (128, 5),
    6: (128, 5),
    7: (128, 250),
    8: (128, 250),
}


@pytest.mark.parametrize(("orientation", "red"), TURNED.items())
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_turned_as_the_camera_says(kind: str, orientation: int, red: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    picture = read(reencode_avatar(save(stripes(300, 300), kind, exif=exif)))
    assert is_near(picture, red, RED)


def test_metadata_is_gone() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretCamera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (59.0, 19.0, 0.0)
    upload = save(
        stripes(),
        "JPEG",
        exif=exif,
        icc_profile=b"SecretProfile" * 20,
        comment=b"SecretComment",
        xmp=b"<x>SecretXmp</x>",
    )
    assert upload.count(b"Secret") >= 4
    data = reencode_avatar(upload)
    assert b"Secret" not in data
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(read(data).info)


def test_broken_notes_do_not_refuse_a_good_picture() -> None:
    upload = save(stripes(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + b"\xff" * 40)
    assert read(reencode_avatar(upload)).size == (256, 256)


def test_transparency_is_kept() -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((50, 0, 100, 100), fill=(*RED, 255))
    for upload in (
        save(image, "PNG"),
        save(image, "WEBP"),
        save(image.quantize(), "PNG"),
        save(image, "GIF"),
    ):
        picture = read(reencode_avatar(upload)).convert("RGBA")
        assert picture.getchannel("A").getpixel((20, 128)) == 0
        assert picture.getchannel("A").getpixel((235, 128)) == 255


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK"])
def test_every_colour_mode_can_be_read(mode: str) -> None:
    image = Image.new("RGB", (80, 80), (200, 200, 200)).convert(mode)
    picture = read(reencode_avatar(save(image, "JPEG" if mode == "CMYK" else "PNG")))
    assert picture.size == (256, 256)


def test_sixteen_bits_of_grey_are_scaled() -> None:
    image = Image.new("I;16", (80, 80), 128 * 256)
    assert is_near(read(reencode_avatar(save(image, "PNG"))), (128, 128), (128, 128, 128))


def test_first_frame_of_an_animation_is_taken() -> None:
    frames = [Image.new("RGB", (50, 50), colour) for colour in (RED, GREEN, BLUE)]
    for kind in ("GIF", "PNG", "WEBP"):
        picture = read(reencode_avatar(save(frames[0], kind, save_all=True, append_images=frames[1:])))
        assert is_near(picture, (128, 128), RED)
        assert getattr(picture, "n_frames", 1) == 1


def test_noise_stays_below_the_limit() -> None:
    noise = Image.frombytes("RGBA", (256, 256), Random(8).randbytes(256 * 256 * 4))
    assert len(reencode_avatar(save(noise, "PNG"))) <= MAX_OUTPUT_BYTES


GIF = save(stripes(), "GIF")
PNG = save(stripes(), "PNG")
JPEG = save(stripes(), "JPEG")
WEBP = save(stripes(), "WEBP")

BAD = {
    "empty": b"",
    "zeros": b"\x00" * 1000,
    "text": b"Hanna Berg",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "svg with a prologue": b"<?xml version='1.0'?><!DOCTYPE svg><svg/>",
    "html": b"<!doctype html><html><script>alert(1)</script></html>",
    "pdf": b"%PDF-1.7\n%%EOF",
    "bmp": save(stripes(), "BMP"),
    "tiff": save(stripes(), "TIFF"),
    "icon": save(stripes(64, 64), "ICO"),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
    "png signature only": PNG[:8],
    "png cut": PNG[: len(PNG) // 2],
    "jpeg cut": JPEG[: len(JPEG) // 2],
    "webp cut": WEBP[: len(WEBP) // 2],
    "gif header only": GIF[:13],
    "gif of no size": b"GIF89a" + b"\x00" * 7 + b";",
    "png of no size": make_png_header(0, 0),
    "png without its data": make_png_header(3000, 3000),
    "gif that is a script": b"GIF89a=1;alert(document.domain);//",
    "gif that is a comment in a script": b"GIF89a/*" + GIF[8:] + b"*/=1;alert(1)//",
    "gif and script": GIF + b"<script>alert(1)</script>",
    "png and script": PNG + b"<ScRiPt>alert(1)</script>",
    "jpeg and page": JPEG + b"<html><body onload=alert(1)>",
    "png and server code": PNG + b"<?php system($_GET['c']); ?>",
    "jpeg with script in its comment": save(stripes(), "JPEG", comment=b"<script>alert(1)</script>"),
}


@pytest.mark.req("LC-51")
@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureInvalid) as caught:
        reencode_avatar(data)
    assert isinstance(caught.value, InvalidInput)
    assert caught.value.code == "picture_invalid"


def test_trailing_bytes_of_phones_do_not_refuse_a_picture() -> None:
    data = reencode_avatar(JPEG + b"\x00SEFT trailer of a phone" * 10)
    assert b"SEFT" not in data


@pytest.mark.parametrize(
    "size", [(6325, 6325), (9500, 9500), (60_000, 60_000), (2_000_000_000, 2), (40_000_001, 1)]
)
def test_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(PictureTooLarge):
        reencode_avatar(make_png_header(*size))


def test_forty_megapixels_pass() -> None:
    assert read(reencode_avatar(save(Image.new("L", (8000, 5000), 90), "JPEG"))).size == (256, 256)


def test_file_above_five_megabytes_is_refused() -> None:
    padded = PNG + b"\x00" * (MAX_INPUT_BYTES - len(PNG))
    assert read(reencode_avatar(padded)).size == (256, 256)
    with pytest.raises(PictureTooLarge) as caught:
        reencode_avatar(padded + b"\x00")
    assert caught.value.code == "picture_too_large"


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([save(stripes(40, 30), kind) for kind in ("PNG", "JPEG", "WEBP", "GIF")]),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 3000),
)
def test_damaged_picture_is_read_or_refused(data: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(data)
    for position, value in changes:
        damaged[position % len(damaged)] = value
    upload = bytes(damaged[: max(20, len(damaged) - cut % 40)])
    try:
        kept = reencode_avatar(upload)
    except PictureInvalid:
        return
    assert read(kept).size == (256, 256)
