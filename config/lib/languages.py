"""Which of our languages somebody is answered in."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_request, get_supported_language_variant


def pick_language(wanted: str) -> str:
    """Return the language that we have for a browser's tag
    (``sv-FI`` -> ``sv``), else the installation's own.
    """
    try:
        return str(get_supported_language_variant(wanted))
    except LookupError:
        return str(settings.LANGUAGE_CODE)


def pick_language_of_pages(scope: Mapping[str, Any]) -> str:
    """Return the language in which pages come to the browser that opened this connection (LC-50)."""
    request = HttpRequest()
    request.COOKIES = dict(scope.get("cookies", {}))
    request.META["HTTP_ACCEPT_LANGUAGE"] = (
        dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    )
    return str(get_language_from_request(request))
