"""Which websites get the snippet at all, while the switch is on (DG-18)."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from config.installation.models import Installation
from config.lib.origins import is_allowed_address

# For whoever looks for the reason in the browser's network tab; no browser runs a script that comes as 403.
REFUSAL = "// Switchboard: this website is not among the allowed domains. An admin can add it.\n"


def is_served_to_page(request: HttpRequest, installation: Installation) -> bool:
    """Whether the page that asks may have the snippet: one on an allowed domain, or on this server.

    A page that doesn't say who it is gets it: the server then refuses what the snippet asks for, by the
    origin that no page can hide (DL-10).
    """
    page = request.headers.get("Origin") or request.headers.get("Referer")
    if not installation.restrict_domains or not page:
        return True
    return _is_ours(page, request) or is_allowed_address(page, installation.allowed_domains.splitlines())


def refuse_page() -> HttpResponse:
    """What any other website gets. Never kept: from a shared cache it would reach the allowed ones too."""
    response = HttpResponse(REFUSAL, status=403, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _is_ours(page: str, request: HttpRequest) -> bool:
    try:
        return urlsplit(page).netloc.lower() == request.get_host().lower()
    except ValueError:  # half an address
        return False
