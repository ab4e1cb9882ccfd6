"""What a Document card shows, and what visitors do with it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from chat.models import Conversation, Dialogue, Document, DocumentReading, Message
from chat.selectors.messages import list_messages
from chat.selectors.transcripts import render_text
from chat.services.dialogues import unpublish_dialogue
from chat.services.documents import (
    DocumentInUse,
    DocumentNotShown,
    ReadingEvent,
    delete_document,
    note_reading,
    store_document,
)
from config.lib.pdfs import PdfInvalid
from tests.chat.services.talking import greet, make_dialogue, shown
from tests.chat.streams.builders import document, message, stream_json
from tests.factories import NOW
from tests.stage import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-10")]


@pytest.fixture(autouse=True)
def own_media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def pdf(pages: int = 4) -> bytes:
    made = PdfWriter()
    for _page in range(pages):
        made.add_blank_page(width=200, height=300)
    output = BytesIO()
    made.write(output)
    return output.getvalue()


def make_document(pages: int = 4, name: str = "Prices 2027") -> Document:
    return store_document(document=Document(name=name), data=pdf(pages))


def read_file(made: Document) -> bytes:
    return Path(made.file.path).read_bytes()


def show(made: Document, **fields: Any) -> tuple[Dialogue, Conversation]:
    card = document(made.pk, text='For {{first_name:"you"}}:', next="c2", **fields)
    dialogue = make_dialogue(stream_json(card, message("Any questions?")))
    return dialogue, shown(greet())


def read(
    conversation: Conversation, event: ReadingEvent, page: int = 0, *, card: str = "c1", seconds: float = 0
) -> None:
    note_reading(
        visitor_id=conversation.visitor_id,
        conversation_id=conversation.pk,
        card=card,
        event=event,
        page=page,
        now=at(seconds),
    )


def reading() -> tuple[Any, int, Any]:
    """When it was opened, the furthest page, when it was downloaded."""
    row = DocumentReading.objects.get()
    return row.opened_at, row.furthest_page, row.downloaded_at


def test_document_is_shown_as_it_is_with_its_pages_and_address() -> None:
    made = make_document()
    _dialogue, conversation = show(made)
    first, second = list_messages(conversation=conversation)
    assert (first.kind, first.text, second.text) == ("card", "For you:", "Any questions?")
    assert first.document is not None
    assert (first.document.card, first.document.name) == ("c1", "Prices 2027")
    assert (first.document.pages, first.document.size) == (4, len(pdf()))
    assert first.document.url == f"/documents/{made.public_id}/"
    assert second.document is None


@pytest.mark.req("LC-40")
def test_transcript_names_the_document() -> None:
    _dialogue, conversation = show(make_document())
    assert "Bot: For you:\n    [Document: Prices 2027]\n" in render_text(conversation=conversation)


def test_document_that_is_deleted_later_stays_in_what_was_said() -> None:
    made = make_document()
    dialogue, conversation = show(made)
    unpublish_dialogue(dialogue_id=dialogue.pk)
    delete_document(document_id=made.pk)
    (first, _second) = list_messages(conversation=conversation)
    assert first.document is not None
    read(conversation, "opened")
    assert (DocumentReading.objects.get().name, DocumentReading.objects.get().document) == (
        "Prices 2027",
        None,
    )


def test_first_opening_and_first_download_count_and_the_furthest_page_only_grows() -> None:
    _dialogue, conversation = show(make_document())
    for seconds, page in enumerate([1, 3, 2]):
        read(conversation, "page", page, seconds=seconds)
    assert reading() == (NOW, 3, None)
    for seconds in (10, 20):
        read(conversation, "opened", seconds=seconds)
        read(conversation, "downloaded", seconds=seconds)
    assert reading() == (NOW, 3, at(10))


@pytest.mark.parametrize(("page", "furthest"), [(0, 0), (-3, 0), (4, 4), (5, 4), (100_000, 4)])
def test_page_that_is_not_there_counts_as_the_last_one_or_none(page: int, furthest: int) -> None:
    _dialogue, conversation = show(make_document())
    read(conversation, "page", page)
    assert reading()[1] == furthest


def test_download_alone_is_no_opening() -> None:
    _dialogue, conversation = show(make_document())
    read(conversation, "downloaded")
    assert reading() == (None, 0, NOW)


@pytest.mark.req("DL-10")
def test_reading_of_what_was_not_shown_or_is_not_theirs_is_refused() -> None:
    _dialogue, conversation = show(make_document())
    stranger = shown(greet(key="wim"))
    with pytest.raises(DocumentNotShown):
        read(conversation, "opened", card="c2")
    with pytest.raises(DocumentNotShown):
        note_reading(
            visitor_id=stranger.visitor_id, conversation_id=conversation.pk, card="c1", event="opened"
        )
    with pytest.raises(DocumentNotShown):
        read(conversation, "opened", card="c1\0")
    assert not DocumentReading.objects.exists()


def test_file_is_kept_under_a_name_of_our_own_with_what_was_found_in_it() -> None:
    made = make_document(3)
    assert (made.pages, made.size) == (3, len(pdf(3)))
    assert (made.file.name or "").startswith(f"documents/{made.public_id.hex}")
    assert read_file(made) == pdf(3)


def test_file_that_is_no_pdf_changes_nothing() -> None:
    made = make_document()
    with pytest.raises(PdfInvalid):
        store_document(document=made, data=b"<html>")
    assert read_file(Document.objects.get()) == pdf()
    assert Document.objects.get().pages == 4


def test_document_that_a_published_dialogue_shows_is_not_deleted() -> None:
    made = make_document()
    dialogue, _conversation = show(made)
    with pytest.raises(DocumentInUse, match=dialogue.name):
        delete_document(document_id=made.pk)
    assert Document.objects.exists()


def test_deleted_document_takes_its_file_along(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    made = make_document()
    path = Path(made.file.path)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        delete_document(document_id=made.pk)
    assert not path.exists()
    assert not Message.objects.exists()
