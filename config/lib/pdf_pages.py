"""Pages of PDF files, drawn and read here, so that a reader needs nothing but pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock

import pypdfium2  # type: ignore[import-untyped]

# Pixels; a phone's screen at three to a point, and enough for small print on a wide one.
WIDTH = 1_200
# Of a page that is a strip, no more than this is drawn.
MOST_PIXELS = 6_000_000
QUALITY = 82
# PDFium is not made for several threads.
_one_at_a_time = Lock()


class PageNotThere(Exception):
    """The file has no page of this number."""


def draw_page(data: bytes, number: int) -> bytes:
    """Return a page, counted from 1, as a WebP picture. Raises ``PageNotThere``."""
    with _open(data) as file:
        page = _get_page(file, number)
        width, height = page.get_size()
        scale = min(WIDTH / width, (MOST_PIXELS / (width * height)) ** 0.5)
        picture = page.render(scale=scale).to_pil()
    out = BytesIO()
    picture.convert("RGB").save(out, "WEBP", quality=QUALITY)
    return out.getvalue()


def read_page(data: bytes, number: int) -> str:
    """Return the words of a page, for who listens to it. Raises ``PageNotThere``."""
    with _open(data) as file:
        text: str = _get_page(file, number).get_textpage().get_text_bounded()
    return text.replace("\r\n", "\n")


@contextmanager
def _open(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        with _one_at_a_time, pypdfium2.PdfDocument(data) as file:
            yield file
    except pypdfium2.PdfiumError as error:
        raise PageNotThere from error


def _get_page(file: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    if not 1 <= number <= len(file):
        raise PageNotThere
    return file[number - 1]
