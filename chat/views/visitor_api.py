"""What the visitor's own requests have in common: a token instead of cookies, and answers for any website.

The token is in the Authorization header, never in an address, which ends up in logs (S5). Cookies are
ignored, so there is nothing that another website could misuse (S10); the allowed domains hold as on the
socket (DG-18).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from chat.models import Visitor
from chat.services.visitors import find_visitor, read_token
from config.installation.selectors import get_installation
from config.lib.errors import ConflictError, DomainError, InvalidInput, NotAllowed, NotFound
from config.lib.languages import pick_language
from config.lib.origins import is_on_allowed_domain, is_same_origin

View = Callable[..., HttpResponseBase]
_STATUSES: dict[type[DomainError], int] = {
    InvalidInput: 400,
    NotAllowed: 403,
    NotFound: 404,
    ConflictError: 409,
}


def visitor_api(*methods: str) -> Callable[[View], View]:
    """Make a view for visitors: it gets the ``Visitor`` after the request; a refusal becomes JSON."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return _share(_allow(methods))
            return _share(_answer(view, methods, request, *args, **kwargs))

        return csrf_exempt(answer)

    return decorate


def refuse(error: DomainError) -> JsonResponse:
    """Return a refusal as JSON, by its kind's status."""
    status = next((code for kind, code in _STATUSES.items() if isinstance(error, kind)), 400)
    return JsonResponse({"code": error.code, "text": str(error)}, status=status)


def _answer(
    view: View, methods: tuple[str, ...], request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    if request.method not in methods:
        return JsonResponse({"code": "method"}, status=405, headers={"Allow": ", ".join(methods)})
    if not _is_allowed(request):
        return JsonResponse({"code": "domain"}, status=403)
    visitor = _get_visitor(request)
    if visitor is None:
        return JsonResponse({"code": "unauthenticated"}, status=401)
    try:
        with translation.override(pick_language(visitor.language)):
            return view(request, visitor, *args, **kwargs)
    except DomainError as error:
        with translation.override(pick_language(visitor.language)):
            return refuse(error)


def _get_visitor(request: HttpRequest) -> Visitor | None:
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    key = read_token(token.strip()) if scheme.lower() == "bearer" else None
    return find_visitor(key) if key else None


def _is_allowed(request: HttpRequest) -> bool:
    installation = get_installation()
    names = ("Origin", "Host")
    scope = {
        "headers": [
            (name.lower().encode(), request.headers.get(name, "").encode("latin-1")) for name in names
        ]
    }
    if not installation.restrict_domains or is_same_origin(scope) or _is_from_own_page(request):
        return True
    return is_on_allowed_domain(scope, installation.allowed_domains.splitlines())


def _is_from_own_page(request: HttpRequest) -> bool:
    """Whether it is a GET of one of our own pages, such as a flow's: browsers send no Origin with it. A page
    elsewhere can't leave it out where it sends a token along.
    """
    return request.method == "GET" and "Origin" not in request.headers


def _allow(methods: tuple[str, ...]) -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = ", ".join(methods)
    response["Access-Control-Allow-Headers"] = "authorization"
    response["Access-Control-Max-Age"] = "86400"
    return response


def _share(response: HttpResponseBase) -> HttpResponseBase:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response.setdefault("Cache-Control", "no-store")
    return response
