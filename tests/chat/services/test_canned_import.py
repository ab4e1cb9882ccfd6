"""The library as a file: line by line, all or nothing, there and back."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from agents.models import User
from chat.models import CannedReply
from chat.services.canned_import import LibraryReport, export_library, import_library
from config.lib.tables import TableInvalid, read_table, write_excel
from tests.factories import AgentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-42")]

FILE = "Code;Title;Text;Status\nhello;Greeting;Hi {{visitor.first_name|there}};approved\nbye;Farewell;Bye;\n"


@pytest.fixture
def boss() -> User:
    user: User = AgentFactory()
    return user


def load(file: bytes | str, boss: User, *, dry_run: bool = False) -> LibraryReport:
    data = file.encode() if isinstance(file, str) else file
    return import_library(file=data, user=boss, dry_run=dry_run)


def outcomes(report: LibraryReport) -> list[tuple[int, str, str]]:
    return [(line.line, line.code, line.outcome) for line in report.lines]


def rows() -> list[tuple[str, str, str, bool]]:
    return list(CannedReply.objects.order_by("code").values_list("code", "title", "text", "is_approved"))


def excel(*lines: list[object]) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_import_adds_updates_and_leaves_the_same(boss: User) -> None:
    assert outcomes(load(FILE, boss)) == [(2, "hello", "added"), (3, "bye", "added")]
    assert rows()[1] == ("hello", "Greeting", "Hi {{visitor.first_name|there}}", True)
    assert CannedReply.objects.get(code="hello").approved_by == boss
    again = load(FILE.replace("Farewell", "Good-bye"), boss)
    assert outcomes(again) == [(2, "hello", "unchanged"), (3, "bye", "updated")]
    assert rows()[0] == ("bye", "Good-bye", "Bye", False)


def test_status_that_is_left_out_stays_as_it_is(boss: User) -> None:
    load(FILE, boss)
    load("text,code,title\nHello!,hello,Greeting\n", boss)
    assert CannedReply.objects.get(code="hello").is_approved


def test_one_bad_line_stops_all_and_each_is_told(boss: User) -> None:
    bad = FILE + "hello;Twice;x;\nwith space;x;x;\nok;x;{{no.such}};\nok2;x;x;maybe\n;;x;\n"
    report = load(bad, boss)
    assert not report.is_imported
    assert [line.line for line in report.lines if line.outcome == "refused"] == [4, 5, 6, 7, 8]
    assert "line 2" in report.lines[2].reason
    assert "no.such" in report.lines[4].reason
    assert rows() == []


def test_only_checking_writes_nothing(boss: User) -> None:
    report = load(FILE, boss, dry_run=True)
    assert report.counts == {"added": 2, "updated": 0, "unchanged": 0, "refused": 0}
    assert not report.is_imported
    assert rows() == []


def test_own_replies_are_no_part_of_the_library(boss: User) -> None:
    CannedReply.objects.create(owner=boss, code="hello", title="Mine", text="Mine")
    assert load(FILE, boss).count("added") == 2
    assert CannedReply.objects.get(owner=boss).text == "Mine"


def test_excel_file_is_read_like_a_csv(boss: User) -> None:
    file = excel(["Title", "CODE", "text", "more"], ["Year", 2026, "Line\nbreak", None], [None, None, None])
    assert outcomes(load(file, boss)) == [(2, "2026", "added")]
    assert rows() == [("2026", "Year", "Line\nbreak", False)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_comes_back_as_it_was(boss: User, kind: str) -> None:
    texts = ["=1+1", "+46 8 123", "-5 °C", "@you", "'quoted", "Line\n=2", 'a;b,c\t"d"', "Åsa 👋"]
    CannedReply.objects.bulk_create(
        CannedReply(code=f"c{n}", title=f"No. {n}", text=text, is_approved=n % 2 == 0)
        for n, text in enumerate(texts)
    )
    before = rows()
    file = export_library(CannedReply.objects.order_by("code"), kind=kind)  # type: ignore[arg-type]
    assert load(file, boss).count("unchanged") == len(texts)
    CannedReply.objects.all().delete()
    load(file, boss)
    assert rows() == before


def test_export_holds_no_formula(boss: User) -> None:
    CannedReply.objects.create(
        code="a", title="=cmd|' /C calc'!A0", text='=HYPERLINK("https://evil.example")'
    )
    csv = export_library(CannedReply.objects.all(), kind="csv").decode("utf-8-sig")
    assert "\"'=HYPERLINK" in csv
    assert ",'=cmd" in csv
    sheet = load_workbook(io.BytesIO(export_library(CannedReply.objects.all(), kind="xlsx"))).active
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s", "s"]


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
def test_file_that_is_no_table_is_refused_with_its_reason(boss: User, file: bytes, code: str) -> None:
    with pytest.raises(TableInvalid) as refusal:
        load(file, boss)
    assert refusal.value.code == code
    assert str(refusal.value)


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(TableInvalid) as refusal:
        read_table(b"a\n1\n2\n3\n", columns=["a"], most=2)
    assert refusal.value.code == "too_many_rows"


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    file = b'a,b\n\n"x\ny",1\n   ,\nz\n'
    assert read_table(file, columns=["a"], optional=["b", "c"], most=9) == [
        (3, {"a": "x\ny", "b": "1", "c": ""}),
        (6, {"a": "z", "b": "", "c": ""}),
    ]
