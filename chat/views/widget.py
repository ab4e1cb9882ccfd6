"""What a customer's website loads from us: the snippet, and the
rest when somebody is about to use it (DG-16).
"""

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from chat import widget_archive
from chat.views.allowed_pages import is_served_to_page, refuse_page
from chat.widget import (
    LANGUAGES,
    JoinedFile,
    get_page_events,
    get_part,
    get_pinned_snippet,
    get_snippet,
    get_version,
    make_config,
    to_json,
)
from config.installation.look import get_look
from config.installation.models import Installation
from config.installation.selectors import get_installation

SNIPPET_SECONDS = 300
FOR_GOOD = "public, max-age=31536000, immutable"
SCRIPT = "text/javascript; charset=utf-8"
JSON = "application/json; charset=utf-8"


@require_safe
def serve_snippet(request: HttpRequest) -> HttpResponse:
    """The one line of script: a stable address, so it is asked for again after five minutes."""
    installation = get_installation()
    if not is_served_to_page(request, installation):
        return refuse_page()
    snippet = get_snippet(write_config(request, installation))
    return _respond(request, snippet, _choose_cache(installation))


@require_safe
def serve_config(request: HttpRequest) -> HttpResponse:
    """What a pinned snippet has to be told, and only that: the evergreen one brings it along."""
    installation = get_installation()
    if not is_served_to_page(request, installation):
        return refuse_page()
    file = JoinedFile(write_config(request, installation).encode())
    return _respond(request, file, _choose_cache(installation), content_type=JSON)


@require_safe
def serve_pinned(request: HttpRequest, version: str) -> HttpResponse:
    """The snippet of one version, for websites that write its integrity beside it."""
    snippet = get_pinned_snippet()
    return _respond(request, _keep_or_find(snippet, version, get_version(snippet), f"{version}.js"), FOR_GOOD)


@require_safe
def serve_part(request: HttpRequest, part: str, language: str, digest: str) -> HttpResponse:
    """``chat`` or ``more`` in a language, under an address that changes with its content."""
    if language not in LANGUAGES:
        raise Http404
    file = get_part(part, language)
    name = f"{part}.{language}.{digest}.js"
    return _respond(request, _keep_or_find(file, digest, file.digest, name), FOR_GOOD)


@require_safe
def serve_page_events(request: HttpRequest, digest: str) -> HttpResponse:
    """What watches a page on which something waits for what the visitor does."""
    file = get_page_events()
    return _respond(request, _keep_or_find(file, digest, file.digest, f"events.{digest}.js"), FOR_GOOD)


def _keep_or_find(current: JoinedFile, wanted: str, its: str, name: str) -> JoinedFile:
    """Return today's file, or that of a page from before a deployment."""
    if wanted == its:
        widget_archive.keep(name, current.body)
        return current
    former = widget_archive.find(name)
    if former is None:
        raise Http404
    return JoinedFile(former)


@lru_cache(maxsize=1)
def _announce(digests: str) -> None:
    """Keep everything that a snippet names: in a deployment the next request may reach another version."""
    for language in LANGUAGES:
        for part in ("chat", "more"):
            file = get_part(part, language)
            widget_archive.keep(f"{part}.{language}.{file.digest}.js", file.body)
    events = get_page_events()
    widget_archive.keep(f"events.{events.digest}.js", events.body)


def write_config(request: HttpRequest, installation: Installation) -> str:
    """What the snippet is told, as JSON; the admin's preview of the look starts with the same."""
    _announce(get_pinned_snippet().digest)
    public = urlsplit(settings.PUBLIC_URL or request.build_absolute_uri("/"))
    return to_json(make_config(get_look(installation), origin=f"{public.scheme}://{public.netloc}"))


def _choose_cache(installation: Installation) -> str:
    # While it is for some websites alone, a cache between would give it to any (DG-18).
    return f"{'private' if installation.restrict_domains else 'public'}, max-age={SNIPPET_SECONDS}"


def _respond(
    request: HttpRequest, file: JoinedFile, cache_control: str, *, content_type: str = SCRIPT
) -> HttpResponse:
    takes_brotli = "br" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(file.compressed if takes_brotli else file.body, content_type=content_type)
    if takes_brotli:
        response["Content-Encoding"] = "br"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = cache_control
    # The customer's page is another origin, and may isolate itself from everything that doesn't say this.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["ETag"] = quote_etag(f"{file.digest}-br" if takes_brotli else file.digest)
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return answer if isinstance(answer, HttpResponse) else response
