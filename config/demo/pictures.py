"""Profile pictures for people who have sent none: initials on a colour."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageColor, ImageDraw, ImageFont

SIDE = 512
LETTER_SIZE = 216
# How much lighter than the colour the upper left corner is.
SHINE = 0.35


def draw_initials(initials: str, colour: str) -> bytes:
    """A square PNG with the initials in white on a soft shade of the colour (#rrggbb)."""
    picture = _draw_shade(colour)
    # Pillow's own letters: no font has to be installed.
    font = ImageFont.load_default(LETTER_SIZE)
    pen = ImageDraw.Draw(picture)
    pen.text((SIDE / 2, SIDE / 2), initials, fill="white", font=font, anchor="mm")
    output = BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


def _draw_shade(colour: str) -> Image.Image:
    dark = ImageColor.getrgb(colour)
    red, green, blue = (round(part + (255 - part) * SHINE) for part in dark[:3])
    down = Image.linear_gradient("L")
    slope = Image.blend(down, down.transpose(Image.Transpose.ROTATE_90), 0.5).resize((SIDE, SIDE))
    return Image.composite(
        Image.new("RGB", (SIDE, SIDE), dark), Image.new("RGB", (SIDE, SIDE), (red, green, blue)), slope
    )
