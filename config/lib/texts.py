"""Text as people see it."""

import unicodedata

# They turn the text around them over, so a name could pose as something else; none is needed to write a name.
_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# Spaces and separators, controls, signs that only shape others, halves of pairs.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"})


def is_blank(text: str) -> bool:
    """Whether nobody could see anything of this text: only blanks, controls and signs of no width."""
    return all(unicodedata.category(sign) in _UNSEEN for sign in text)


def without_bidi_controls(text: str) -> str:
    """Return the text without what turns its neighbours' direction over."""
    return text.translate(_BIDI_CONTROLS)
