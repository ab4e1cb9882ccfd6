"""CSV files that open in a spreadsheet, and do nothing there (S14)."""

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for the beginning of a formula; also behind a tab or a line break.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Return the rows as CSV in UTF-8 with a byte order mark, which Excel needs to see that it is UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([defuse(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def defuse(value: object) -> object:
    """Return a cell that no spreadsheet runs: a text that would be a formula begins with an apostrophe."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_BEGINS_FORMULA):
        return f"'{value}"
    return "" if value is None else value
