"""Which websites a socket may be opened from (DL-10, S2)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings


def get_header(scope: dict[str, Any], name: bytes) -> str:
    """Return a header's value, empty where it is missing or there twice."""
    found = [value for key, value in scope.get("headers", ()) if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def is_same_origin(scope: dict[str, Any]) -> bool:
    """Whether a socket comes from a page of this very server: scheme, host and port."""
    origin = get_header(scope, b"origin").lower()
    host = get_header(scope, b"host").lower()
    if not origin or not host:
        return False
    schemes = ("https",) if settings.HTTPS else ("http", "https")
    return origin in {f"{scheme}://{host}" for scheme in schemes} or origin in settings.CSRF_TRUSTED_ORIGINS


def is_on_allowed_domain(scope: dict[str, Any], allowed: Iterable[str]) -> bool:
    """Whether the page's host is one of ``allowed``: exact, or ``*.example.com`` for every subdomain
    (DG-18).
    """
    host = (urlsplit(get_header(scope, b"origin")).hostname or "").lower()
    return bool(host) and any(_matches(host, pattern.strip().lower()) for pattern in allowed)


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host == pattern
