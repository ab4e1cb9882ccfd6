"""Documents that cards show: kept as PDF files, and what visitors do with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Dialogue, Document, DocumentReading, Message
from config.lib.errors import ConflictError, NotFound
from config.lib.pdfs import read_pdf

ReadingEvent = Literal["opened", "page", "downloaded"]


class DocumentNotShown(NotFound):
    """No card of this conversation has shown a document under this id, or it isn't the visitor's."""

    code = "document_not_shown"
    message = _("This document isn't part of the chat.")


class DocumentInUse(ConflictError):
    """A published dialogue or flow shows it."""

    code = "document_in_use"
    message = _("Dialogues show this document: %(names)s. Take it out of them and publish them first.")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A document as a message shows it."""

    document_id: int | None
    name: str
    pages: int


@transaction.atomic
def note_reading(
    *,
    visitor_id: int,
    conversation_id: int,
    card: str,
    event: ReadingEvent,
    page: int = 0,
    now: datetime | None = None,
) -> None:
    """Keep what a visitor did with a card's document: opened it, looked at a page (from 1), downloaded it.

    Repeatable, in any order: the first time counts, and the furthest page only grows, up to the last one.
    Raises ``DocumentNotShown``.
    """
    now = now or timezone.now()
    shown = _find_shown(visitor_id, conversation_id, card)
    # A document may have been deleted since; its name stays.
    document = Document.objects.filter(pk=shown.document_id).first() if shown.document_id else None
    reading, _is_new = DocumentReading.objects.get_or_create(
        conversation_id=conversation_id, card_id=card, defaults={"document": document, "name": shown.name}
    )
    changes: dict[str, Any] = {}
    if event in ("opened", "page"):
        changes["opened_at"] = Coalesce(F("opened_at"), Value(now))
    if event == "page":
        changes["furthest_page"] = Greatest(F("furthest_page"), Value(min(max(page, 0), shown.pages)))
    if event == "downloaded":
        changes["downloaded_at"] = Coalesce(F("downloaded_at"), Value(now))
    DocumentReading.objects.filter(pk=reading.pk).update(**changes)


def store_document(*, document: Document, data: bytes) -> Document:
    """Keep a PDF as the document's file, with its pages and bytes.

    Raises ``PdfInvalid`` and its kinds with a reason.
    """
    facts = read_pdf(data)
    document.pages, document.size = facts.pages, facts.size
    replaced, storage = document.file.name, document.file.storage
    # The name that was uploaded is in no address: it may hold what isn't meant for visitors.
    document.file.save(f"{document.public_id.hex}.pdf", ContentFile(data), save=False)
    document.save()
    if replaced:
        transaction.on_commit(lambda: storage.delete(replaced))
    return document


@transaction.atomic
def delete_document(*, document_id: int) -> None:
    """Delete a document that no published dialogue shows; what was read stays counted.

    Raises ``DocumentInUse``.
    """
    document = Document.objects.select_for_update().get(pk=document_id)
    names = [dialogue.name for dialogue in list_showing(document)]
    if names:
        raise DocumentInUse(params={"names": ", ".join(names)})
    file, storage = document.file.name, document.file.storage
    document.delete()
    if file:
        transaction.on_commit(lambda: storage.delete(file))


def list_showing(document: Document) -> list[Dialogue]:
    """Return the published dialogues and flows that show a document."""
    published = Dialogue.objects.filter(~Q(published_version=None), status=Dialogue.Status.PUBLISHED)
    return [
        dialogue
        for dialogue in published.select_related("published_version")
        if dialogue.published_version and _shows(dialogue.published_version.stream, document.pk)
    ]


def _shows(stream: dict[str, Any], document_id: int) -> bool:
    cards = stream.get("cards", {}).values()
    return any(card.get("type") == "document" and card.get("document_id") == document_id for card in cards)


def _find_shown(visitor_id: int, conversation_id: int, card: str) -> _Shown:
    if "\0" in card:
        raise DocumentNotShown  # PostgreSQL can't even look for it in JSON.
    message = Message.objects.filter(
        conversation__in=Conversation.objects.filter(pk=conversation_id, visitor=visitor_id),
        kind=Message.Kind.CARD,
        payload__document__card=card,
    ).first()
    if message is None:
        raise DocumentNotShown
    shown = message.payload["document"]
    return _Shown(shown.get("document_id"), shown["name"], shown["pages"])
