"""The library as a file: line by line, all or nothing, there and back."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook

from agents.models import User
from chat.models import CannedReply
from chat.services.canned_import import export_library, import_library
from config.lib.imports import ImportReport
from config.lib.tables import Kind
from tests.factories import AgentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-42")]

FILE = "Code;Title;Text;Status\nhello;Greeting;Hi {{visitor.first_name|there}};approved\nbye;Farewell;Bye;\n"


@pytest.fixture
def boss() -> User:
    user: User = AgentFactory()
    return user


def load(file: bytes | str, boss: User, *, dry_run: bool = False) -> ImportReport:
    data = file.encode() if isinstance(file, str) else file
    return import_library(file=data, user=boss, dry_run=dry_run)


def outcomes(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(line.line, line.name, line.outcome) for line in report.lines]


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


def test_line_with_an_unquoted_separator_is_refused_and_cuts_no_text(boss: User) -> None:
    report = load("code,title,text\nhello,Greeting,Hi, how are you?\n", boss)
    (line,) = report.refused
    assert "has 4 values, the first line 3" in line.reason
    assert rows() == []


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
    assert load(FILE, boss).counts["added"] == 2
    assert CannedReply.objects.get(owner=boss).text == "Mine"


def test_excel_file_is_read_like_a_csv(boss: User) -> None:
    file = excel(["Title", "CODE", "text", "more"], ["Year", 2026, "Line\nbreak", None], [None, None, None])
    assert outcomes(load(file, boss)) == [(2, "2026", "added")]
    assert rows() == [("2026", "Year", "Line\nbreak", False)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_comes_back_as_it_was(boss: User, kind: Kind) -> None:
    texts = ["=1+1", "+46 8 123", "-5 °C", "@you", "'quoted", "Line\n=2", 'a;b,c\t"d"', "Åsa 👋"]
    CannedReply.objects.bulk_create(
        CannedReply(code=f"c{n}", title=f"No. {n}", text=text, is_approved=n % 2 == 0)
        for n, text in enumerate(texts)
    )
    before = rows()
    file = export_library(CannedReply.objects.order_by("code"), kind=kind)
    assert load(file, boss).counts["unchanged"] == len(texts)
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
