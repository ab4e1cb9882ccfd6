"""Files as spreadsheets save them: what is read of them, and what is refused in which words."""

from __future__ import annotations

import io
import zipfile

import pytest

from config.lib.tables import TableInvalid, TableRow, read_table, write_excel

pytestmark = pytest.mark.req("LC-42", "LC-18")


def unpacks_to_too_much() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"\0" * (61 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "header"),
        (b"code,title\nx,y\n", "header"),
        (b"code,code,title,text\n", "header"),
        (b"code,title,text\n\xff\xfe", "encoding"),
        (b"code,title,text\n\0", "encoding"),
        (b'code,title,text\n"x,y', "quotes"),
        (b"PK\x03\x04 no zip", "excel"),
        (write_excel([], title="Empty")[:900], "excel"),
        (unpacks_to_too_much(), "too_large"),
        (b"x" * (5 * 1024 * 1024 + 1), "too_large"),
    ],
    ids=[
        "empty",
        "column missing",
        "column twice",
        "latin",
        "nul",
        "quotes",
        "no zip",
        "cut",
        "bomb",
        "large",
    ],
)
def test_file_that_is_no_table_is_refused_with_its_reason(file: bytes, code: str) -> None:
    with pytest.raises(TableInvalid) as refusal:
        read_table(file, columns=["code", "title", "text"], most=9)
    assert refusal.value.code == code
    assert str(refusal.value)


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(TableInvalid) as refusal:
        read_table(b"a\n1\n2\n3\n", columns=["a"], most=2)
    assert refusal.value.code == "too_many_rows"


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    file = b'a,b\n\n"x\ny",1\n   ,\nz\n'
    assert read_table(file, columns=["a"], optional=["b", "c"], most=9) == [
        TableRow(3, {"a": "x\ny", "b": "1", "c": ""}),
        TableRow(6, {"a": "z", "b": "", "c": ""}),
    ]


def test_value_too_many_is_a_fault_and_empty_ones_at_the_end_are_none() -> None:
    first, second = read_table(b"a,b\n1,2,3\n1,2, ,\n", columns=["a", "b"], most=9)
    assert "has 3 values, the first line 2" in first.fault
    assert second.fault == ""


def with_stray_cell(line: int) -> bytes:
    """An Excel file of one row that says it goes on to this line, with one cell there in the last column."""
    plain, out = io.BytesIO(write_excel([["code"], ["x"]], title="Stray")), io.BytesIO()
    stray = f'<row r="{line}"><c r="XFD{line}" t="inlineStr"><is><t>y</t></is></c></row></sheetData>'
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in parts.namelist():
            data = parts.read(name)
            if name == "xl/worksheets/sheet1.xml":
                said = f'<dimension ref="A1:XFD{line}"/><sheetData>'.encode()
                data = data.replace(b"<sheetData>", said).replace(b"</sheetData>", stray.encode())
            changed.writestr(name, data)
    return out.getvalue()


def test_stray_cell_at_the_end_of_a_sheet_costs_nothing() -> None:
    assert [row.line for row in read_table(with_stray_cell(1_048_576), columns=["code"], most=9)] == [2]


def test_line_that_no_sheet_has_is_refused() -> None:
    with pytest.raises(TableInvalid):
        read_table(with_stray_cell(999_999_999), columns=["code"], most=9)


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_sign_that_no_excel_file_can_hold_is_left_out_of_it(sign: str) -> None:
    file = write_excel([["code"], [f"a{sign}b"], ["c"]], title="Signs")
    assert [row.values["code"] for row in read_table(file, columns=["code"], most=9)] == ["ab", "c"]


def test_note_beside_an_excel_table_is_no_fault_since_nothing_is_moved_by_it() -> None:
    file = write_excel([["a", "b"], ["1", "2", "call them"]], title="Sheet")
    assert read_table(file, columns=["a", "b"], most=9) == [TableRow(2, {"a": "1", "b": "2"})]
