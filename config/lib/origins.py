"""Which websites a socket may be opened from (DL-10, S2)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

# An origin leaves these out.
_PORTS = {"http": 80, "https": 443}


def get_header(scope: dict[str, Any], name: bytes) -> str:
    """Return a header's value, empty where it is missing or there twice."""
    found = [value for key, value in scope.get("headers", ()) if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def get_client_address(scope: dict[str, Any]) -> str:
    """Return where a connection comes from: the server believes its proxy where it is told to."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def is_same_origin(scope: dict[str, Any]) -> bool:
    """Whether a socket comes from a page of this very server: scheme, host and port."""
    origin = get_header(scope, b"origin").lower()
    host = get_header(scope, b"host").lower()
    # A name of the attacker's that leads here would be its page's origin and our host alike.
    if not origin or not validate_host(split_domain_port(host)[0], _get_allowed_hosts()):
        return False
    schemes = ("https",) if settings.HTTPS else ("http", "https")
    return origin in {f"{scheme}://{host}" for scheme in schemes} or origin in settings.CSRF_TRUSTED_ORIGINS


def _get_allowed_hosts() -> list[str]:
    return settings.ALLOWED_HOSTS or ([".localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])


def is_on_allowed_domain(scope: dict[str, Any], allowed: Iterable[str]) -> bool:
    """Whether the page's host is one of ``allowed`` (DG-18): exact, or ``*.example.com`` for every
    subdomain. With a port it is about that port alone, without one about any.
    """
    return is_allowed_address(get_header(scope, b"origin"), allowed)


def is_allowed_address(address: str, allowed: Iterable[str]) -> bool:
    """As `is_on_allowed_domain`, of a page's origin or whole address."""
    try:
        page = urlsplit(address)
        port = page.port or _PORTS.get(page.scheme)
    except ValueError:  # half an address
        return False
    host = (page.hostname or "").lower()
    return bool(host) and any(_matches(host, port, pattern.strip().lower()) for pattern in allowed)


def _matches(host: str, port: int | None, pattern: str) -> bool:
    name, has_port, wanted = pattern.partition(":")
    if has_port and wanted != str(port):
        return False
    if name.startswith("*."):
        return host.endswith(f".{_spell(name[2:])}")
    return host == _spell(name)


def _spell(name: str) -> str:
    """As browsers write it: in an origin, exämple.com is xn--exmple-cua.com."""
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return name
