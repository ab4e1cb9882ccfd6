"""PDF files (LC-35, S11): told by content, readable by anybody, and without anything that acts by itself.

The bytes are kept as they are, so what is refused here is what could do something where the file is opened.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from .errors import InvalidInput

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_BYTES = 10 * 1024 * 1024
MAX_PAGES = 2_000
# Readers look for it in the first kilobyte; a file that begins with something else may be two things at once.
_MARK = b"%PDF-"
_ACTING = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMedia", "/GoToE"})
_ACTING_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/XFA", "/EF", "/RichMediaContent"})
# What a page is drawn with: many objects, none of which acts.
_DRAWN_KEYS = frozenset({"/Contents", "/Resources", "/StructTreeRoot", "/Thumb", "/Metadata"})
_MAX_OBJECTS = 200_000
# What the reader raises on broken data, beside its own errors.
_BROKEN = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    EOFError,
    OSError,
    struct.error,
)
# It warns of every small fault of a file that it can read all the same, with words out of the file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class PdfInvalid(InvalidInput):
    """The upload is no PDF that can be shown."""

    code = "pdf_invalid"
    message: StrOrPromise = _("This PDF can't be read. Export it again, and choose that file.")


class PdfTooLarge(PdfInvalid):
    """The file is beyond the limit."""

    code = "pdf_too_large"
    message: StrOrPromise = _("This PDF is too large. Choose one of at most 10 MB and 2000 pages.")


class PdfLocked(PdfInvalid):
    """It asks for a password."""

    code = "pdf_locked"
    message: StrOrPromise = _("This PDF is protected by a password. Choose one that anybody can open.")


class PdfActs(PdfInvalid):
    """It has scripts, programs to start, forms that send, or files inside."""

    code = "pdf_acts"
    message: StrOrPromise = _(
        "This PDF has scripts, forms that send something, or files inside. "
        "Print it to a new PDF, and choose that one."
    )


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What is known of a PDF; `size` in bytes."""

    pages: int
    size: int


def is_pdf(data: bytes) -> bool:
    """Say whether the content begins like a PDF, whatever its name says."""
    return data.startswith(_MARK)


def read_pdf(data: bytes) -> PdfFacts:
    """Count the pages of a PDF that may be shown to anybody (LC-35, S11).

    Raises `PdfInvalid`; its kinds `PdfTooLarge` above 10 MB or 2000 pages, `PdfLocked`, and `PdfActs`.
    """
    if len(data) > MAX_BYTES:
        raise PdfTooLarge
    if not is_pdf(data):
        raise PdfInvalid
    try:
        return _read(data)
    except PdfInvalid:
        raise
    except DependencyError as error:
        # A cipher that nobody uses without a password.
        raise PdfLocked from error
    except _BROKEN as error:
        raise PdfInvalid from error


def _read(data: bytes) -> PdfFacts:
    reader = PdfReader(BytesIO(data), strict=False)
    # One without a user password opens for anybody; it only says what may be done with it.
    if reader.is_encrypted and not reader.decrypt(""):
        raise PdfLocked
    pages = len(reader.pages)
    if not pages:
        raise PdfInvalid
    if pages > MAX_PAGES:
        raise PdfTooLarge
    if any(_acts(each) for each in _walk(reader.root_object)):
        raise PdfActs
    return PdfFacts(pages, len(data))


def _acts(entry: DictionaryObject) -> bool:
    kinds = {str(entry.get("/S")), str(entry.get("/Subtype"))}
    return bool(kinds & _ACTING or entry.keys() & _ACTING_KEYS)


def _walk(root: Any) -> Iterator[DictionaryObject]:
    """Every dictionary that is reached from the document, each once. Raises `PdfTooLarge`."""
    waiting: list[Any] = [root]
    seen: set[tuple[int, int]] = set()
    met = 0
    while waiting:
        entry = waiting.pop()
        met += 1
        if met > _MAX_OBJECTS:
            raise PdfTooLarge
        if isinstance(entry, IndirectObject):
            place = (entry.idnum, entry.generation)
            if place not in seen:
                seen.add(place)
                waiting.append(entry.get_object())
        elif isinstance(entry, DictionaryObject):
            yield entry
            waiting += [value for key, value in entry.items() if key not in _DRAWN_KEYS]
        elif isinstance(entry, ArrayObject):
            waiting += entry
