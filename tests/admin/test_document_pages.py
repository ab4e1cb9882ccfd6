"""The pages of documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from agents.models import User
from chat.models import Document
from config.lib.pdfs import MAX_BYTES
from tests.admin.conftest import SignIn
from tests.chat.services.test_documents import make_document, pdf, read, show

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-10")]

ADD = reverse("admin:chat_document_add")


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def upload(data: bytes, name: str = "prices.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def save(client: Client, document: Document, **fields: Any) -> Any:
    url = reverse("admin:chat_document_change", args=[document.pk])
    return client.post(url, {"name": document.name, **fields})


def test_uploaded_pdf_is_a_document_with_its_pages(client: Client) -> None:
    answer = client.post(ADD, {"name": "Prices", "upload": upload(pdf(3))})
    assert answer.status_code == 302
    made = Document.objects.get()
    assert (made.name, made.pages, made.size) == ("Prices", 3, len(pdf(3)))
    assert "prices" not in (made.file.name or "")


@pytest.mark.req("LC-35")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html><script>alert(1)</script>", "This PDF can&#x27;t be read."),
        (b"%PDF-1.7\n<script>", "This PDF can&#x27;t be read."),
        (b"%PDF-" + bytes(MAX_BYTES), "This PDF is too large."),
    ],
    ids=["page", "half", "large"],
)
def test_what_is_no_pdf_is_refused_at_its_field(client: Client, data: bytes, words: str) -> None:
    answer = client.post(ADD, {"name": "Prices", "upload": upload(data)})
    assert words in answer.content.decode()
    assert not Document.objects.exists()


def test_document_without_a_file_is_refused(client: Client) -> None:
    assert "Choose a PDF file." in client.post(ADD, {"name": "Prices"}).content.decode()


def test_new_file_takes_the_place_of_the_old_one(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    made = make_document(4)
    old = Path(made.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        assert save(client, made, upload=upload(pdf(2))).status_code == 302
    changed = Document.objects.get()
    assert (changed.pages, changed.public_id) == (2, made.public_id)
    assert Path(changed.file.path).read_bytes() == pdf(2)
    assert not old.exists()


def test_new_name_leaves_the_file_alone(client: Client) -> None:
    made = make_document(4)
    save(client, made, name="Prices 2028")
    changed = Document.objects.get()
    assert (changed.name, changed.pages, changed.file.name) == ("Prices 2028", 4, made.file.name)


def test_list_says_how_many_opened_and_downloaded_it(client: Client) -> None:
    _dialogue, conversation = show(make_document())
    read(conversation, "opened")
    (row,) = client.get(reverse("admin:chat_document_changelist")).context["cl"].queryset
    assert (row.opened, row.downloaded) == (1, 0)


def test_document_that_is_shown_is_kept_with_the_reason(client: Client) -> None:
    made = make_document()
    dialogue, _conversation = show(made)
    url = reverse("admin:chat_document_delete", args=[made.pk])
    answer = client.post(url, {"post": "yes"}, follow=True)
    assert f"Dialogues show this document: {dialogue.name}." in answer.content.decode()
    assert Document.objects.exists()


def test_document_that_nothing_shows_is_deleted(client: Client) -> None:
    made = make_document()
    client.post(reverse("admin:chat_document_delete", args=[made.pk]), {"post": "yes"})
    assert not Document.objects.exists()
