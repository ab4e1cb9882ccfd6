"""Images that people send each other (LC-35, S11): what is passed on is drawn anew by us.

Not one byte of the upload is kept: no place, no camera, no script that hides behind the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from .errors import InvalidInput
from .pictures import BROKEN, FOREIGN, FORMATS, MAX_PIXELS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Pixels of the longer side: enough to read a screenshot of a whole screen.
MAX_SIDE = 2_560
# Pixels of the longer side of an upload. Each row costs memory of its own: 40 million rows of one pixel each,
# 80 kB as a PNG, took 800 MB.
MAX_EDGE = 30_000
# Bytes. A drawing beyond that is a photo, and is kept like one.
MAX_LOSSLESS = 2_000_000
_MARKS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


class PhotoInvalid(InvalidInput):
    """The upload is no image that can be shown."""

    code = "image_invalid"
    message: StrOrPromise = _("This image can't be read. Choose a PNG, JPEG, WebP or GIF file.")


class PhotoTooLarge(PhotoInvalid):
    """The picture has more pixels than we decode."""

    code = "image_too_large"
    message: StrOrPromise = _("This image is too large. Choose one of at most 40 megapixels.")


@dataclass(frozen=True, slots=True)
class Photo:
    """An image as it is kept: its bytes, what they are, and its size in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int


def is_image(data: bytes) -> bool:
    """Say whether the content begins like an image that we read, whatever its name says."""
    return data.startswith(_MARKS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def reencode_photo(data: bytes) -> Photo:
    """Give the image as a JPEG, or as a PNG where it is a drawing or one can see through it: upright, at most
    2,560 pixels long, without metadata; of an animation the first frame. Raises `PhotoInvalid`.
    """
    if FOREIGN.search(data):
        raise PhotoInvalid
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as upload:
            # Only the header is read so far: a bomb has not gone off yet.
            if upload.width * upload.height > MAX_PIXELS or max(upload.size) > MAX_EDGE:
                raise PhotoTooLarge
            is_drawing = upload.format in ("PNG", "GIF")
            drawn = _draw(upload)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoTooLarge from error
    except BROKEN as error:
        raise PhotoInvalid from error
    return _encode(drawn, is_drawing=is_drawing)


def _draw(upload: Image.Image) -> Image.Image:
    # JPEG can be decoded at a fraction of its size: a phone's photo costs far less time and memory.
    upload.draft("RGB", (MAX_SIDE, MAX_SIDE))
    upload.load()
    drawn = _to_colours(upload)
    drawn.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    # The camera's turn is among the notes; on a picture without any it does nothing.
    drawn.info["exif"] = upload.info.get("exif", b"")
    return _turn(drawn)


def _turn(drawn: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(drawn)
    except BROKEN:
        # A picture that shows well is not refused for its notes.
        return drawn


def _to_colours(upload: Image.Image) -> Image.Image:
    if upload.mode in ("RGB", "RGBA"):
        return upload.copy()
    if upload.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut everything above 255 to white instead of scaling it.
        return upload.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    return upload.convert("RGBA" if upload.has_transparency_data else "RGB")


def _encode(drawn: Image.Image, *, is_drawing: bool) -> Photo:
    drawn.info.clear()
    if is_drawing or drawn.mode == "RGBA":
        lossless = _save(drawn, "PNG", optimize=True)
        if drawn.mode == "RGBA" or len(lossless) <= MAX_LOSSLESS:
            return Photo(lossless, "image/png", *drawn.size)
    data = _save(drawn.convert("RGB"), "JPEG", quality=88, progressive=True)
    return Photo(data, "image/jpeg", *drawn.size)


def _save(drawn: Image.Image, kind: str, **options: Any) -> bytes:
    output = BytesIO()
    # Notes (place, camera, colour profile) are only written where asked for, and nothing here asks.
    drawn.save(output, kind, **options)
    return output.getvalue()
