"""Tables that people bring in files: CSV as spreadsheets save it, or Excel. What can't be read says why."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from config.lib.errors import InvalidInput
from config.lib.sheets import defuse, write_csv

MOST_BYTES = 5 * 1024 * 1024
# An Excel file is a zip: some kilobytes can say that they are gigabytes.
_MOST_UNPACKED = 60 * 1024 * 1024
# As many lines as an Excel sheet can have, and columns in which ours are looked for.
_LAST_LINE = 1_048_576
_MOST_COLUMNS = 100
_DELIMITERS = (",", ";", "\t")

Row = dict[str, str]
Kind = Literal["csv", "xlsx"]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row by its columns; it begins in this line, from 1. ``fault``: why it can't be taken, in words."""

    line: int
    values: Row
    fault: str = ""


class TableInvalid(InvalidInput):
    """The file as a whole can't be read."""

    code = "table_invalid"
    message = _("This file can't be read.")


def read_table(
    file: bytes, *, columns: Sequence[str], optional: Sequence[str] = (), most: int
) -> list[TableRow]:
    """Return the rows of a CSV or Excel file by the columns that its first line names.

    Columns may be in any order, others are ignored, empty lines are passed over; an ``optional`` one that
    isn't there is empty, and so are values that a line ends before. One with a value too many has a fault:
    what was meant can't be known. Raises ``TableInvalid`` for more than ``most`` rows or 5 MB, and for no
    such file.
    """
    if len(file) > MOST_BYTES:
        raise TableInvalid(_("This file is larger than 5 MB."), code="too_large")
    lines = _read_excel(file) if file.startswith(b"PK\x03\x04") else _read_csv(_decode(file))
    filled = ((line, values) for line, values in lines if any(value.strip() for value in values))
    _line, header = next(filled, (0, []))
    places = _find_columns(header, columns, optional)
    rows: list[TableRow] = []
    for line, values in filled:
        if len(rows) == most:
            raise TableInvalid(
                _("This file has more than %(most)d rows. Split it and upload the parts."),
                code="too_many_rows",
                params={"most": most},
            )
        row = {name: _cell(values, place) for name, place in places.items()}
        rows.append(TableRow(line, row, _find_fault(values, header)))
    return rows


def write_table(rows: Iterable[Sequence[object]], *, kind: Kind, title: str) -> bytes:
    """Return the rows as a file that a spreadsheet opens and runs nothing of (S14)."""
    return write_csv(rows) if kind == "csv" else write_excel(rows, title=title)


def write_excel(rows: Iterable[Sequence[object]], *, title: str) -> bytes:
    """Return the rows as an Excel file of one sheet; every text is a text, whatever it begins with (S14)."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for row in rows:
        sheet.append([_text_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: Any, value: object) -> Any:
    # Signs that no Excel file can hold: with one of them the whole of it couldn't be opened.
    text = re.sub(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", "" if value is None else str(value)
    )
    cell = WriteOnlyCell(sheet, value=text)
    # Not guessed from what it says: a formula would be run where the file is opened.
    cell.data_type = "s"
    return cell


def _read_excel(file: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                raise TableInvalid(_("This file is too large when it is unpacked."), code="too_large")
        book = load_workbook(io.BytesIO(file), read_only=True, data_only=True, keep_links=False)
        yield from _list_lines(book.worksheets[0])
    except TableInvalid:
        raise
    # Whatever is wrong inside: the library raises what its XML reader, zip reader and its own guesses raise.
    except Exception as error:
        raise TableInvalid(
            _("This Excel file can't be read. Save it anew as .xlsx, or as “CSV UTF-8”."), code="excel"
        ) from error


def _list_lines(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Each line with something in it. What is empty between costs nothing: a stray cell in the last line of
    a sheet, or a number of a line that no sheet has, would else be a million lines, or any number of them.
    """
    # What the file says of its own size; the reader would fill every line up to that.
    sheet.reset_dimensions()
    for line, values in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True), start=1):
        if line > _LAST_LINE:
            raise TableInvalid
        if values.count(None) < len(values):
            yield line, ["" if value is None else str(value) for value in values]


def _decode(file: bytes) -> str:
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.count(b"\n", 0, error.start) + 1
        raise TableInvalid(
            _(
                "This file isn't UTF-8: line %(line)d is in another encoding, such as Windows-1252. "
                "Save it as “CSV UTF-8” and upload it again."
            ),
            code="encoding",
            params={"line": line},
        ) from None
    if "\x00" in text:
        raise TableInvalid(
            _(
                "This is neither a CSV file in UTF-8 nor an Excel file. "
                "Save it as “CSV UTF-8” and upload it again."
            ),
            code="encoding",
        )
    return text


def _read_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins in: a quoted value may have several."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first.count), strict=True
    )
    before = 0
    try:
        for record in reader:
            yield before + 1, record
            before = reader.line_num
    except csv.Error:
        raise TableInvalid(
            _("Line %(line)d can't be read: check its quotation marks."),
            code="quotes",
            params={"line": before + 1},
        ) from None


def _find_columns(header: list[str], columns: Sequence[str], optional: Sequence[str]) -> dict[str, int]:
    names = [re.sub(r"[\s_-]+", "_", name.strip()).lower() for name in header]
    missing = [column for column in columns if names.count(column) != 1]
    if missing:
        raise TableInvalid(
            _("The first line must name these columns once each: %(names)s."),
            code="header",
            params={"names": ", ".join(missing)},
        )
    return {name: names.index(name) if name in names else -1 for name in (*columns, *optional)}


def _find_fault(values: list[str], header: list[str]) -> str:
    """A separator within a value, unless it is in quotes, moves all that follows into the wrong columns."""
    if not any(value.strip() for value in values[len(header) :]):
        return ""
    words = gettext("has %(found)d values, the first line %(wanted)d. Put values with separators in quotes.")
    return words % {"found": len(values), "wanted": len(header)}


def _cell(values: list[str], place: int) -> str:
    """The value as it was before it was made harmless for spreadsheets."""
    text = values[place].strip() if 0 <= place < len(values) else ""
    plain = text.removeprefix("'")
    return plain if text != plain and defuse(plain) != plain else text
