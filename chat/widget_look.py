"""The look that an admin set, as the style sheet that travels with the snippet (DG-17).

The same as ``lookStyles`` in ``static/chat/widget/look/look.js``, which shows the admin what visitors will
get: worked out here, no page of a customer's website pays for the arithmetic. A test holds the two together.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from config.installation.look import Look

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3
HOVER, STEP = 0.16, 0.04
_SANS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
_FONTS = {
    "system": _SANS,
    "serif": 'ui-serif,Georgia,Cambria,"Times New Roman",serif',
    "rounded": f'ui-rounded,"SF Pro Rounded",Nunito,"Varela Round","Arial Rounded MT Bold",{_SANS}',
    "mono": 'ui-monospace,"SF Mono","Cascadia Mono","DejaVu Sans Mono",Menlo,monospace',
}


class Colour(NamedTuple):
    """A colour's three parts, 0 to 255."""

    red: int
    green: int
    blue: int


class Theme(NamedTuple):
    """The panel's own grounds; ``soft`` is how much of the colour a tinted ground takes."""

    surface: Colour
    sunken: Colour
    far: Colour
    soft: float


WHITE, BLACK = Colour(255, 255, 255), Colour(0, 0, 0)
_THEMES = {
    "light": Theme(WHITE, Colour(241, 243, 248), BLACK, 0.09),
    "dark": Theme(Colour(21, 26, 38), Colour(35, 42, 59), WHITE, 0.14),
}


@lru_cache(maxsize=32)
def make_look_styles(look: Look) -> str:
    """Return the style sheet of this look: custom properties on the shadow root's host."""
    start, end = (f"{look.side}px", "auto") if look.anchor == "start" else ("auto", f"{look.side}px")
    font = _FONTS.get(look.font, _SANS)
    place = f"--inline-start:{start};--inline-end:{end};--bottom:{look.bottom}px;--font:{font};"
    return f":host{{{place}}}{_themed(look)}"


def _themed(look: Look) -> str:
    if look.theme in _THEMES:
        return _scheme(look.theme, look.accent)
    dark = _scheme("dark", look.accent)
    return f"{_scheme('light', look.accent)}@media (prefers-color-scheme:dark){{{dark}}}"


def _scheme(name: str, accent: str) -> str:
    declarations = "".join(f"--{key}:{value};" for key, value in get_shades(accent, name).items())
    return f":host{{color-scheme:{name} !important;{declarations}}}"


def get_shades(accent: str, theme: str) -> dict[str, str]:
    """Return the shades of ``accent`` (#rrggbb) in a theme, named as in the style sheet."""
    surface, sunken, far, soft = _THEMES[theme]
    base = _parse(accent)
    on = WHITE if _contrast(WHITE, base) >= TEXT_CONTRAST else BLACK
    tint = _mix(surface, base, soft)
    text = _hex(_make_readable(base, far, (surface, sunken, tint)))
    has_edge = _contrast(base, surface) < SHAPE_CONTRAST
    return {
        "accent": _hex(base),
        "on-accent": _hex(on),
        "accent-strong": _hex(_mix(base, BLACK if on == WHITE else WHITE, HOVER)),
        "accent-soft": _hex(tint),
        "accent-text": text,
        "ring": text,
        "edge": text if has_edge else "transparent",
    }


def _make_readable(base: Colour, far: Colour, grounds: Sequence[Colour]) -> Colour:
    """Return the colour nearest to ``base`` that can be read on each of the grounds."""
    share = 0.0
    while share < 1:
        tried = _mix(base, far, share)
        if all(_contrast(tried, ground) >= TEXT_CONTRAST for ground in grounds):
            return tried
        share += STEP
    return far


def _contrast(one: Colour, other: Colour) -> float:
    """As WCAG 2.2 defines it, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    # Rounded as JavaScript does: a half goes up.
    return Colour(*(int(a + (b - a) * share + 0.5) for a, b in zip(one, other, strict=True)))


def _parse(colour: str) -> Colour:
    return Colour(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)
