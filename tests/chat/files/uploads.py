"""Files as people send them, and as somebody sends them who means no good (S11)."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

SCRIPT = b"<script>alert(document.domain)</script>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def draw(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    output = BytesIO()
    colours: dict[str, Any] = {"P": 3, "RGBA": (0, 0, 128, 99)}
    Image.new(mode, size, colours.get(mode, "navy")).save(output, kind, **options)
    return output.getvalue()


def photo_with_notes(orientation: int = 6) -> bytes:
    """As a phone makes it: lying, with the way to turn it, and with the place where it was taken."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010F] = "Canary Camera"
    notes.get_ifd(0x8825)[1] = "N"
    return draw("JPEG", (80, 40), exif=notes)


def animation() -> bytes:
    output = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(output, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return output.getvalue()


def bomb() -> bytes:
    """A PNG of some hundred bytes that says it has 10,000 by 10,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(pages: int = 1, *, script: str = "") -> bytes:
    made = PdfWriter()
    for _page in range(pages):
        made.add_blank_page(width=200, height=300)
    if script:
        action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(script)}
        entries = {NameObject(name): value for name, value in action.items()}
        made.root_object[NameObject("/OpenAction")] = DictionaryObject(entries)
    output = BytesIO()
    made.write(output)
    return output.getvalue()


def pdf_with_file() -> bytes:
    made = PdfWriter()
    made.add_blank_page(width=200, height=300)
    made.add_attachment("evil.exe", b"MZ")
    output = BytesIO()
    made.write(output)
    return output.getvalue()


# By name, what it calls itself and what it holds; each is refused.
HOSTILE: dict[str, tuple[str, bytes]] = {
    "svg": ("photo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "svg named png": ("photo.png", b'<?xml version="1.0"?><svg onload="alert(1)"/>'),
    "html": ("page.html", b"<!doctype html>" + SCRIPT),
    "html named png": ("photo.png", b"<html>" + SCRIPT),
    "html named pdf": ("offer.pdf", b"<html>" + SCRIPT),
    "gif and script": ("photo.gif", b"GIF89a/*" + b"\0" * 30 + b"*/=1;alert(1)"),
    "png and html": ("photo.png", draw() + b"<html><body>" + SCRIPT),
    "jpeg and php": ("photo.jpg", draw("JPEG") + b"<?php system('id');"),
    "png and pdf": ("photo.png", draw() + pdf()),
    "html and pdf": ("offer.pdf", b"<html>" + SCRIPT + b"</html>\n" + pdf()),
    "pdf with script": ("offer.pdf", pdf(script="app.alert(1)")),
    "pdf with a file": ("offer.pdf", pdf_with_file()),
    "pdf cut off": ("offer.pdf", pdf()[:40]),
    "bomb": ("photo.png", bomb()),
    "cut off": ("photo.png", draw()[:60]),
    "zip": ("photo.png", b"PK\x03\x04" + b"\0" * 100),
    "program": ("photo.png", b"MZ\x90\0" + b"\0" * 100),
    "eicar": ("photo.png", EICAR),
    "postscript": ("photo.png", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
    "tiff": ("photo.tif", draw("TIFF")),
    "icon": ("photo.png", draw("ICO")),
    "text": ("notes.txt", b"hello"),
    "one byte": ("photo.png", b"\x89"),
    "nothing": ("photo.png", b""),
}
# As given, and as kept of a PNG.
NAMES: dict[str, str] = {
    "photo.png": "photo.png",
    "photo.PNG": "photo.png",
    "photo.jpeg": "photo.png",
    "evil.html": "evil.png",
    "evil.php.png": "evil.php.png",
    "../../etc/passwd": "passwd.png",
    "..\\..\\boot.ini": "boot.png",
    "/abs/olute.png": "olute.png",
    "a\r\nSet-Cookie: x=1.png": "a Set-Cookie x=1.png",
    "photo\0.php.png": "photo .php.png",
    "gnp\u202egpj.exe": "gnpgpj.png",
    "  spaces   inside  .png": "spaces inside.png",
    "<img src=x>.png": "img src=x.png",
    '"quoted".png': "quoted.png",
    "": "file.png",
    ".png": "file.png",
    "...": "file.png",
    "レポート.png": "レポート.png",
    "e\u0301te\u0301.png": "été.png",
    "x" * 300 + ".png": "x" * 95 + ".png",
}
