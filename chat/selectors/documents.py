"""Documents, as streams and visitors get them."""

from collections.abc import Iterator, Mapping

from django.urls import reverse

from chat.models import Document
from chat.streams import DocumentFacts


class Documents(Mapping[int, DocumentFacts]):
    """All documents by id, each read when a card shows it."""

    def __getitem__(self, document_id: int) -> DocumentFacts:
        document = Document.objects.filter(pk=document_id).first()
        if document is None:
            raise KeyError(document_id)
        return describe_document(document)

    def __iter__(self) -> Iterator[int]:
        return iter(Document.objects.values_list("pk", flat=True))

    def __len__(self) -> int:
        return Document.objects.count()


def describe_document(document: Document) -> DocumentFacts:
    """Return what a visitor sees of a document; its address is a path on our own server."""
    return DocumentFacts(
        name=document.name,
        pages=document.pages,
        size=document.size,
        url=reverse("document", args=[document.public_id]),
    )
