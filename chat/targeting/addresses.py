"""Addresses of pages, brought to the form in which equal means the same page to people (DG-08).

Query and fragment are left out, and so are scheme, case and the slash at the end: none of them is what
somebody means who writes down a page. Names of hosts are compared as people write them, not as xn--….
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

# What is left of the path's end, the query and the fragment, isn't looked at.
PARTS = re.compile(
    r"(?:(?P<scheme>[^:/?#]*):)?//(?P<host>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.DOTALL,
)
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """A page: its host with a dot before it, its port, and its path with a slash at the end."""

    host: str
    port: int | None
    path: str


def read_address(url: str) -> Address | None:
    """Return the address of a web page, None for what is none."""
    found = PARTS.fullmatch(url.strip())
    if found is None or (found["scheme"] or "").lower() not in DEFAULT_PORTS:
        return None
    name, port = split_port(found["host"].rpartition("@")[2])
    if not name or not (port == "" or port.isdecimal()):
        return None
    number = int(port[:6]) if port else DEFAULT_PORTS[found["scheme"].lower()]
    return Address(f".{fold_host(name)}", number, f"{fold_path(found['path']).rstrip('/')}/")


def split_port(host: str) -> tuple[str, str]:
    """Split ``host:port``; an IPv6 address has colons of its own, in brackets."""
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and not port.endswith("]") else (host, "")


def fold_host(name: str) -> str:
    """Bring a host's name to the form that people write: lower case, and xn--… read."""
    return ".".join(_fold_label(label) for label in name.strip().rstrip(".").split("."))


def _fold_label(label: str) -> str:
    label = label.lower()
    if label.startswith("xn--"):
        try:
            label = label[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            return label
    # Lower case, not case folding: browsers keep ß apart from ss.
    return unicodedata.normalize("NFKC", label).lower()


def fold_path(path: str) -> str:
    """Read %-escapes; case makes no difference."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", unquote(path)).casefold())
