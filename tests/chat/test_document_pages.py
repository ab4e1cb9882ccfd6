"""The pages of documents as the widget shows them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from chat.models import Document

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-10")]


@pytest.fixture(autouse=True)
def own_media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def make_pdf(*texts: str) -> bytes:
    """A PDF with one line of text a page, small enough to be read here."""
    count = len(texts)
    kids = " ".join(f"{4 + place * 2} 0 R" for place in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for place, text in enumerate(texts):
        content = f"BT /F1 24 Tf 40 200 Td ({text}) Tj ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + place * 2} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode()


def make_document(*texts: str) -> Document:
    made = Document(name="Prices", pages=len(texts), size=1)
    made.file.save("prices.pdf", ContentFile(make_pdf(*texts)), save=False)
    made.save()
    return made


def test_each_page_is_a_picture_that_any_website_may_show(client: Client) -> None:
    made = make_document("First", "Second")
    response = client.get(f"/documents/{made.public_id}/2.webp")
    picture = Image.open(BytesIO(response.content))
    assert (picture.format, picture.size) == ("WEBP", (1200, 1600))
    assert min(picture.convert("L").tobytes()) < 50
    assert response["Content-Type"] == "image/webp"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_page_is_drawn_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_document("First")
    first = client.get(f"/documents/{made.public_id}/1.webp").content
    monkeypatch.setattr("chat.views.document_pages.draw_page", lambda data, page: b"drawn again")
    assert client.get(f"/documents/{made.public_id}/1.webp").content == first


def test_a_page_is_read_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_document("First")
    first = client.get(f"/documents/{made.public_id}/1.txt").content
    monkeypatch.setattr("chat.views.document_pages.read_page", lambda data, page: "read again")
    assert client.get(f"/documents/{made.public_id}/1.txt").content == first


def test_a_file_that_cannot_be_drawn_has_no_pages(client: Client) -> None:
    made = make_document("First")
    made.file.save("prices.pdf", ContentFile(b"%PDF-1.7 and nothing else"), save=False)
    made.save()
    for kind in ("webp", "txt"):
        assert client.get(f"/documents/{made.public_id}/1.{kind}").status_code == 404


def test_another_file_under_the_same_document_is_drawn_anew(client: Client) -> None:
    made = make_document("First")
    before = client.get(f"/documents/{made.public_id}/1.webp").content
    made.file.save("other.pdf", ContentFile(make_pdf("Something else")), save=False)
    made.save()
    assert client.get(f"/documents/{made.public_id}/1.webp").content != before


def test_the_words_of_a_page_are_there_for_who_listens(client: Client) -> None:
    made = make_document("Bikes from 1900", "Carts")
    response = client.get(f"/documents/{made.public_id}/1.txt")
    assert response.text.strip() == "Bikes from 1900"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("page", ["0", "3", "99999"])
def test_a_page_that_is_not_there_is_not_found(client: Client, page: str) -> None:
    made = make_document("First", "Second")
    for kind in ("webp", "txt"):
        assert client.get(f"/documents/{made.public_id}/{page}.{kind}").status_code == 404


def test_a_document_whose_file_is_gone_is_not_found(client: Client) -> None:
    made = make_document("First")
    made.file.storage.delete(str(made.file.name))
    assert client.get(f"/documents/{made.public_id}/1.webp").status_code == 404
