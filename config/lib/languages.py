"""Which of our languages somebody is answered in."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

_TRADITIONAL = re.compile(r"zh(?!.*hans).*-(hant|tw|hk|mo)\b")


def pick_language(wanted: str) -> str:
    """Return the visitors' language that we have for a browser's tag (``de-CH`` -> ``de``,
    ``pt-PT`` -> ``pt-br``, ``zh-TW`` -> ``zh-hant``), else the installation's own (LC-50).
    """
    # The widget's chooseLanguage does the same, and one table of tests holds both.
    tag = wanted.lower().replace("_", "-")
    code = tag.partition("-")[0]
    if code == "zh":
        code = "zh-hant" if _TRADITIONAL.match(tag) else "zh-hans"
    known = (its for its, _name in settings.VISITOR_LANGUAGES if its == code or its.startswith(f"{code}-"))
    return next(known, settings.LANGUAGE_CODE)


def pick_language_of_pages(scope: Mapping[str, Any]) -> str:
    """Return the language in which pages come to the browser that opened this connection (LC-50)."""
    request = HttpRequest()
    request.COOKIES = dict(scope.get("cookies", {}))
    request.META["HTTP_ACCEPT_LANGUAGE"] = (
        dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    )
    return str(get_language_from_request(request))
