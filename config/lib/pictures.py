"""Profile pictures (LC-08): whatever was uploaded, what is kept is a small picture that we drew ourselves.

The re-encoding is the defence: not one byte of the upload is ever served. What is refused before it
would cost too much to decode, or is something that nobody sends by mistake.
"""

from __future__ import annotations

import re
import struct
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps

from .errors import InvalidInput

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SIDE = 256
MAX_INPUT_BYTES = 5 * 1024 * 1024
MAX_SQUARE_BYTES = 256 * 1024
MAX_OUTPUT_BYTES = 256_000
MAX_PIXELS = 40_000_000
CONTENT_TYPE = "image/webp"

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# Long enough never to occur by chance in compressed data; EXIF and XMP use none of them.
FOREIGN = re.compile(
    rb"<script|<!doctype|<html[\s>]|<\?php|<iframe|javascript:|%pdf-|\AGIF8[79]a\s*(/\*|=)", re.I
)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's readers raise on broken data, beside OSError.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
)


class PictureInvalid(InvalidInput):
    """The upload is no picture that can be used."""

    code = "picture_invalid"
    message: StrOrPromise = _("This picture can't be read. Choose a PNG, JPEG, WebP or GIF file.")


class PictureTooLarge(PictureInvalid):
    """The file or the picture in it is beyond the limit."""

    code = "picture_too_large"
    message: StrOrPromise = _("This picture is too large. Choose one of at most 5 MB and 40 megapixels.")


class PictureNotSmallSquare(PictureInvalid):
    """The picture is none that may be taken as it is: it isn't square, or its file is too large."""

    code = "picture_not_small_square"
    message: StrOrPromise = _("This picture is %(width)d × %(height)d. Choose a square one.")


class PictureFileTooLarge(PictureNotSmallSquare):
    """The file alone is beyond the limit."""

    message: StrOrPromise = _("This file has %(size)d kB. Choose one under %(most)d kB.")


def reencode_square(data: bytes) -> bytes:
    """As `reencode_avatar`, of a picture that is square and under 256 kB as it comes (DG-17). Raises
    `PictureNotSmallSquare` where it isn't, else what `reencode_avatar` does.
    """
    check_square_size(len(data))
    redrawn = reencode_avatar(data)
    with Image.open(BytesIO(data), formats=FORMATS) as upload:
        width, height = upload.size
    if width != height:
        raise PictureNotSmallSquare(params={"width": width, "height": height})
    return redrawn


def check_square_size(size: int) -> None:
    """Raise `PictureFileTooLarge` for a file of so many bytes that `reencode_square` would refuse unread."""
    if size >= MAX_SQUARE_BYTES:
        raise PictureFileTooLarge(params={"size": -(-size // 1024), "most": MAX_SQUARE_BYTES // 1024})


def reencode_avatar(data: bytes) -> bytes:
    """Give the picture as a square WebP of 256 × 256 pixels, at most 256 kB, without metadata (LC-08).

    The middle is kept, turned as the camera says; of an animation the first frame. The type is told by
    content alone. Raises `PictureInvalid`; its kind `PictureTooLarge` above 5 MB or 40 megapixels.
    """
    if len(data) > MAX_INPUT_BYTES:
        raise PictureTooLarge
    if FOREIGN.search(data):
        raise PictureInvalid
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as upload:
            # Only the header is read so far: a bomb has not gone off yet.
            if upload.width * upload.height > MAX_PIXELS:
                raise PictureTooLarge
            square = _draw_square(upload)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge from error
    except BROKEN as error:
        raise PictureInvalid from error
    return _encode(square)


def _draw_square(upload: Image.Image) -> Image.Image:
    # JPEG can be decoded at a fraction of its size: a phone's photo costs far less time and memory.
    upload.draft("RGB", (SIDE, SIDE))
    upload.load()
    square = ImageOps.fit(_to_colours(upload), (SIDE, SIDE), Image.Resampling.LANCZOS)
    # Turned last, since a small picture is cheap to turn; its middle stays the middle.
    turn = _TURNS.get(_read_orientation(upload))
    return square.transpose(turn) if turn is not None else square


def _to_colours(upload: Image.Image) -> Image.Image:
    if upload.mode in ("RGB", "RGBA"):
        return upload
    if upload.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut everything above 255 to white instead of scaling it.
        return upload.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    return upload.convert("RGBA" if upload.has_transparency_data else "RGB")


def _read_orientation(upload: Image.Image) -> int:
    try:
        return int(upload.getexif().get(ExifTags.Base.Orientation, 1))
    except BROKEN:
        # A picture that shows well is not refused for its notes.
        return 1


def _encode(square: Image.Image) -> bytes:
    output = BytesIO()
    # Notes (place, camera, colour profile) are only written where asked for, and nothing here asks.
    # Even noise, the worst case, stays below MAX_OUTPUT_BYTES at this size and quality.
    square.save(output, "WEBP", quality=85, method=4)
    return output.getvalue()
