"""Reading what somebody wants to send: told by content, whatever it calls itself (S11)."""

import re
import unicodedata
from dataclasses import dataclass
from threading import BoundedSemaphore

from chat.errors import FileEmpty, FileRefused, FileTooLarge
from config.lib.pdfs import is_pdf, read_pdf
from config.lib.photos import is_image, reencode_photo

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 100
PDF = "application/pdf"
_EXTENSIONS = {PDF: "pdf", "image/png": "png", "image/jpeg": "jpg"}
_EXTENSION = re.compile(r"\.[^.\s]{1,10}\Z")
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]+')
# Reading one takes up to some hundred megabytes and a second of a processor; the others wait their turn.
_desk = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be passed on, as it is kept; width and height in pixels, 0 for a PDF."""

    name: str
    content_type: str
    data: bytes
    width: int = 0
    height: int = 0

    @property
    def extension(self) -> str:
        return _EXTENSIONS[self.content_type]


def read_upload(name: str, data: bytes) -> Upload:
    """Return the file that is kept of an upload: an image drawn anew, or a PDF that does nothing (LC-35).

    Raises ``FileRefused`` and its kinds, ``PhotoInvalid`` and ``PdfInvalid``, each with a sentence.
    """
    if not data:
        raise FileEmpty
    if len(data) > MAX_BYTES:
        raise FileTooLarge
    with _desk:
        if is_image(data):
            photo = reencode_photo(data)
            name = tidy_name(name, _EXTENSIONS[photo.content_type])
            return Upload(name, photo.content_type, photo.data, photo.width, photo.height)
        if is_pdf(data):
            read_pdf(data)
            return Upload(tidy_name(name, "pdf"), PDF, data)
    raise FileRefused


def tidy_name(name: str, extension: str) -> str:
    """Return a file's name without folders and without signs that deceive, with the ending that is true."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(_show(sign) for sign in last)
    stem = _EXTENSION.sub("", _FORBIDDEN.sub("", seen).strip())
    stem = " ".join(unicodedata.normalize("NFC", stem).split()).strip(" .")[: MAX_NAME - 5].strip(" .")
    return f"{stem or 'file'}.{extension}"


def _show(sign: str) -> str:
    """A line's end parts words; what nobody sees (turning marks, halves of pairs) is left out."""
    category = unicodedata.category(sign)
    return " " if category == "Cc" else "" if category.startswith("C") else sign
