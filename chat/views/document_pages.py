"""The pages of documents as pictures and as words, for the widget's viewer (DG-10).

A browser's own viewer shows one page on many phones, needs a line in the policy of the website, and tells
nobody which pages were read. Each page is drawn once and kept beside the document.
"""

import uuid
from collections.abc import Callable
from threading import Lock

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from chat.models import Document
from config.lib.pdf_pages import PageNotThere, draw_page, read_page

FOLDER = "document-pages"
LIFETIME = "public, max-age=300"

# Whoever asks for the same page at once waits for it, instead of having it made once more.
_making = Lock()


@require_safe
def serve_page_picture(request: HttpRequest, public_id: uuid.UUID, page: int) -> HttpResponse:
    """One page as a picture, counted from 1."""
    document = get_object_or_404(Document, public_id=public_id)
    return _respond(_find_or_make(f"{page}.webp", draw_page, document, page), "image/webp")


@require_safe
def serve_page_words(request: HttpRequest, public_id: uuid.UUID, page: int) -> HttpResponse:
    """The words of a page, for who can't see the picture."""
    document = get_object_or_404(Document, public_id=public_id)
    return _respond(_find_or_make(f"{page}.txt", _read, document, page), "text/plain; charset=utf-8")


def _read(data: bytes, page: int) -> bytes:
    return read_page(data, page).encode("utf-8", "replace")


def _get_folder(document: Document) -> str:
    # Another file under the same document is another folder.
    return f"{FOLDER}/{document.public_id.hex}/{int(document.changed_at.timestamp() * 1_000)}"


def _find_or_make(file: str, make: Callable[[bytes, int], bytes], document: Document, page: int) -> bytes:
    name = f"{_get_folder(document)}/{file}"
    if not default_storage.exists(name):
        with _making:
            if not default_storage.exists(name):
                default_storage.save(name, ContentFile(_make(make, document, page)))
    with default_storage.open(name) as kept:
        found: bytes = kept.read()
    return found


def _make(make: Callable[[bytes, int], bytes], document: Document, page: int) -> bytes:
    """Return what is made of a page, or answer that there is none."""
    if page > document.pages:
        raise Http404
    try:
        with document.file.open("rb") as file:
            return make(file.read(), page)
    except (FileNotFoundError, ValueError, PageNotThere) as error:
        raise Http404 from error


def _respond(body: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Cache-Control"] = LIFETIME
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
