"""Reading an account list as spreadsheets save it; what is wrong is told by line."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.errors import InvalidInput

COLUMNS = ("company", "domain", "owner")
MOST_ROWS = 10_000
MOST_BYTES = 5 * 1024 * 1024
_DELIMITERS = (",", ";", "\t")


class AccountFileInvalid(InvalidInput):
    """The file as a whole can't be read."""

    code = "account_file_invalid"
    message = gettext_lazy("This file can't be read.")


@dataclass(frozen=True, slots=True)
class RowError:
    """One row that can't be imported; `line` is where it begins in the file, from 1."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row as written, without outer space."""

    line: int
    company: str
    domain: str
    owner: str


def read_rows(file: bytes) -> tuple[list[FileRow], list[RowError]]:
    """Read a CSV file with a header that names company, domain and owner, in any order (LC-18).

    UTF-8 with or without its mark; separated by commas, semicolons or tabs; empty lines are passed over.
    Raises AccountFileInvalid for what isn't such a file, or has more than 10,000 rows or 5 MB.
    """
    if len(file) > MOST_BYTES:
        raise AccountFileInvalid(gettext_lazy("This file is larger than 5 MB."), code="too_large")
    records = _iter_records(_decode(file))
    _line, header = next(records, (0, []))
    places = _find_columns(header)
    rows: list[FileRow] = []
    errors: list[RowError] = []
    for line, record in records:
        if len(rows) + len(errors) == MOST_ROWS:
            raise AccountFileInvalid(
                gettext_lazy("This file has more than %(most)d rows. Split it and upload the parts."),
                code="too_many_rows",
                params={"most": MOST_ROWS},
            )
        if len(record) != len(header):
            errors.append(RowError(line, _say_width(len(record), len(header))))
        else:
            rows.append(FileRow(line, *(record[places[column]].strip() for column in COLUMNS)))
    return rows, errors


def _decode(file: bytes) -> str:
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.count(b"\n", 0, error.start) + 1
        raise AccountFileInvalid(
            gettext_lazy(
                "This file isn't UTF-8: line %(line)d is in another encoding, such as Windows-1252. "
                "Save it as “CSV UTF-8” and upload it again."
            ),
            code="encoding",
            params={"line": line},
        ) from None
    if "\x00" in text:
        raise AccountFileInvalid(
            gettext_lazy("This isn't a CSV file in UTF-8. Save it as “CSV UTF-8” and upload it again."),
            code="encoding",
        )
    return text


def _iter_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records that hold something, each with the line it begins in: a quoted value may have several."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for record in reader:
            if any(value.strip() for value in record):
                yield before + 1, record
            before = reader.line_num
    except csv.Error:
        raise AccountFileInvalid(
            gettext_lazy("Line %(line)d can't be read: check its quotation marks."),
            code="quotes",
            params={"line": before + 1},
        ) from None


def _find_columns(header: list[str]) -> dict[str, int]:
    names = [re.sub(r"[\s_-]+", " ", name).strip().lower() for name in header]
    missing = [column for column in COLUMNS if names.count(column) != 1]
    if missing:
        raise AccountFileInvalid(
            gettext_lazy(
                "The first line must name company, domain and owner, once each; missing: %(names)s."
            ),
            code="header",
            params={"names": ", ".join(missing)},
        )
    return {column: names.index(column) for column in COLUMNS}


def _say_width(found: int, wanted: int) -> str:
    words = _("has %(found)d values, the first line %(wanted)d. Put values with separators in quotes.")
    return words % {"found": found, "wanted": wanted}
