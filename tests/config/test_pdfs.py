from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from config.lib import pdfs
from config.lib.pdfs import PdfActs, PdfFacts, PdfInvalid, PdfLocked, PdfTooLarge, is_pdf, read_pdf

pytestmark = pytest.mark.req("LC-35")


def writer(pages: int = 1) -> PdfWriter:
    made = PdfWriter()
    for _page in range(pages):
        made.add_blank_page(width=200, height=300)
    return made


def save(made: PdfWriter) -> bytes:
    output = BytesIO()
    made.write(output)
    return output.getvalue()


def entry(**values: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


def script() -> DictionaryObject:
    return entry(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert(1)"))


def with_action(action: DictionaryObject) -> bytes:
    made = writer()
    made.root_object[NameObject("/OpenAction")] = made._add_object(action)
    return save(made)


def with_annotation(annotation: DictionaryObject) -> bytes:
    made = writer()
    made.pages[0][NameObject("/Annots")] = ArrayObject([made._add_object(annotation)])
    return save(made)


def test_pages_and_bytes_of_a_pdf_are_counted() -> None:
    data = save(writer(3))
    assert read_pdf(data) == PdfFacts(pages=3, size=len(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-",
        b"%PDF-1.7\n",
        b"GIF89a" + save(writer()),
        b"<html>" + save(writer()),
        b"\n" + save(writer()),
        save(writer())[:200],
        save(writer(0)),
        b"PK\x03\x04" + b"\0" * 100,
    ],
    ids=["nothing", "mark", "no body", "picture", "page", "late mark", "cut", "no pages", "archive"],
)
def test_what_is_no_whole_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(PdfInvalid) as refused:
        read_pdf(data)
    assert type(refused.value) is PdfInvalid


def test_kind_is_told_by_content() -> None:
    assert is_pdf(save(writer()))
    assert not is_pdf(b"\x89PNG\r\n%PDF-1.7")


ACTING = {
    "script at opening": with_action(script()),
    "program": with_action(entry(S=NameObject("/Launch"), F=TextStringObject("calc.exe"))),
    "form that sends": with_action(entry(S=NameObject("/SubmitForm"), F=TextStringObject("https://x.test"))),
    "script behind a link": with_annotation(entry(Subtype=NameObject("/Link"), A=script())),
    "script after another action": with_action(entry(S=NameObject("/Named"), Next=ArrayObject([script()]))),
    "script of the field that a box belongs to": with_annotation(
        entry(Subtype=NameObject("/Widget"), Parent=entry(AA=entry(F=script())))
    ),
    "film": with_annotation(entry(Subtype=NameObject("/RichMedia"))),
}


@pytest.mark.parametrize("data", ACTING.values(), ids=ACTING)
def test_pdf_that_acts_by_itself_is_refused(data: bytes) -> None:
    with pytest.raises(PdfActs):
        read_pdf(data)


def test_pdf_with_a_file_inside_is_refused() -> None:
    made = writer()
    made.add_attachment("prices.exe", b"MZ")
    with pytest.raises(PdfActs):
        read_pdf(save(made))


def test_harmless_link_and_outline_are_no_acting() -> None:
    link = entry(S=NameObject("/URI"), URI=TextStringObject("https://example.com"))
    assert read_pdf(with_annotation(entry(Subtype=NameObject("/Link"), A=link))).pages == 1
    made = writer(2)
    made.add_outline_item(title="Prices", page_number=1)
    assert read_pdf(save(made)).pages == 2


def test_pdf_with_a_password_is_refused_and_one_that_only_restricts_is_not() -> None:
    locked = writer()
    locked.encrypt("secret", algorithm="RC4-128")
    with pytest.raises(PdfLocked):
        read_pdf(save(locked))
    restricted = writer()
    restricted.encrypt("", "owner", algorithm="RC4-128")
    assert read_pdf(save(restricted)).pages == 1


def test_pdf_beyond_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PdfTooLarge):
        read_pdf(b"%PDF-1.7" + bytes(pdfs.MAX_BYTES))
    monkeypatch.setattr(pdfs, "MAX_PAGES", 2)
    assert read_pdf(save(writer(2))).pages == 2
    with pytest.raises(PdfTooLarge):
        read_pdf(save(writer(3)))
    monkeypatch.setattr(pdfs, "_MAX_OBJECTS", 3)
    with pytest.raises(PdfTooLarge):
        read_pdf(save(writer()))


WHOLE = save(writer(2))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=12))
def test_damaged_pdf_is_read_or_refused_and_never_fails(at: int, junk: bytes) -> None:
    data = WHOLE[:at] + junk + WHOLE[at + len(junk) :]
    with suppress(PdfInvalid):
        assert read_pdf(data).pages >= 1
