"""Documents over HTTP, for viewers on other websites."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from chat.models import Document
from tests.chat.services.test_documents import make_document, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-10")]


@pytest.fixture(autouse=True)
def own_media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def url(document: Document) -> str:
    return f"/documents/{document.public_id}/"


def test_anybody_reads_a_document_and_browsers_take_it_for_nothing_else(client: Client) -> None:
    made = make_document(name='Prices "2027"')
    response = client.get(url(made))
    assert b"".join(response.streaming_content) == pdf()  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="Prices \\"2027\\".pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "X-Frame-Options" not in response, "a viewer on a website may be a frame"
    assert "Set-Cookie" not in response


def test_document_that_is_not_there_is_not_found(client: Client) -> None:
    made = make_document()
    assert client.get(f"/documents/{uuid.uuid4()}/").status_code == 404
    Path(made.file.path).unlink()
    assert client.get(url(made)).status_code == 404
    Document.objects.update(file="")
    assert client.get(url(made)).status_code == 404


def test_document_is_only_read(client: Client) -> None:
    assert client.post(url(make_document())).status_code == 405
