"""The example company's buyer's guide: a PDF of three pages, written by hand so that it needs no program."""

from __future__ import annotations

_PAGES = (
    (
        "Which cargo bike?",
        "A guide in three pages.",
        "",
        "One: for children, dogs, bread, and the way home.",
        "Long: as narrow as any bike, with room behind you.",
        "Post: a dry box that locks, 220 litres of it.",
    ),
    (
        "What it costs",
        "With motor, lights, lock and the first service:",
        "",
        "One, from 3,490 euros, lease 79 a month",
        "Long, from 3,890 euros, lease 88 a month",
        "Post, from 4,750 euros, lease 109 a month",
    ),
    (
        "Before you buy",
        "Ride it loaded. Ride it uphill. Ride it through your own gate.",
        "",
        "We bring one to your door for a week.",
        "Ask for a test ride in the chat.",
    ),
)
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
_FIRST_PAGE = 4


def write_guide() -> bytes:
    """Return the PDF."""
    kids = " ".join(f"{_FIRST_PAGE + 2 * number} 0 R" for number in range(len(_PAGES)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(_PAGES)} >>".encode(),
        _FONT,
    ]
    for number, lines in enumerate(_PAGES):
        drawn = _draw(lines)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Resources << /Font << /F1 3 0 R >> >> "
            + f"/Contents {_FIRST_PAGE + 2 * number + 1} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n".encode() + drawn + b"\nendstream")
    return _put_together(objects)


def _draw(lines: tuple[str, ...]) -> bytes:
    title, *rest = lines
    shown = [f"BT /F1 26 Tf 48 500 Td ({title}) Tj ET", "BT /F1 13 Tf 22 TL 48 455 Td"]
    shown += [f"({line}) Tj T*" for line in rest]
    return "\n".join([*shown, "ET"]).encode("latin-1")


def _put_together(objects: list[bytes]) -> bytes:
    """Number the objects, and say at the end where each begins."""
    body = b"%PDF-1.4\n"
    places = []
    for number, written in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + written + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()
