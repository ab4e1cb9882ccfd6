"""How texts compare: whatever their case, outer space or composition; as numbers or dates where both are."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache

# Longer digits are no quantity anyone compares, and a visitor could send megabytes of them.
_NUMBER = re.compile(r"[+-]?[0-9]{1,50}(\.[0-9]{1,50})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def fold(text: str) -> str:
    """Bring a text to the form in which equal means the same to people."""
    if text.isascii():
        return text.lower().strip()
    # Composed before and after: case folding takes some letters apart.
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded).strip()


@lru_cache(maxsize=8_192)
def fold_all(texts: tuple[str, ...]) -> frozenset[str]:
    """Fold a rule's values once, not for every visitor: a list may have a thousand."""
    return frozenset(fold(text) for text in texts)


def read_number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def read_date(text: str) -> date | None:
    """Read `2026-01-31`; the other ISO forms look like numbers or mean little to people."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def is_orderable(text: str) -> bool:
    return read_number(text) is not None or read_date(text) is not None


def compare(left: str, right: str) -> int | None:
    """Give -1, 0 or 1 where both are numbers or both are dates, otherwise None."""
    numbers = read_number(left), read_number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return int(numbers[0].compare(numbers[1]))
    dates = read_date(left), read_date(right)
    if dates[0] is not None and dates[1] is not None:
        return (dates[0] > dates[1]) - (dates[0] < dates[1])
    return None
