"""What a customer's website loads from us: the snippet,
and the panel when somebody is about to use it (DG-16).
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from chat.views.allowed_pages import is_served_to_page, refuse_page
from chat.widget import LANGUAGES, JoinedFile, get_panel, get_snippet, make_config
from config.installation.selectors import get_installation

SNIPPET_SECONDS = 300
YEAR_SECONDS = 31_536_000


@require_safe
def serve_snippet(request: HttpRequest) -> HttpResponse:
    """The one line of script: a stable address, so it is asked for again after five minutes.

    Only browsers keep it while it is for some websites alone: a cache between would give it to any (DG-18).
    """
    installation = get_installation()
    if not is_served_to_page(request, installation):
        return refuse_page()
    paths = {
        language: reverse("widget-panel", args=[language, get_panel(language).digest])
        for language in LANGUAGES
    }
    origin = settings.PUBLIC_URL or request.build_absolute_uri("/")
    public = urlsplit(origin)
    config = make_config(
        origin=f"{public.scheme}://{public.netloc}", name=installation.widget_name, paths=paths
    )
    kept_by = "private" if installation.restrict_domains else "public"
    return _respond(request, get_snippet(config), f"{kept_by}, max-age={SNIPPET_SECONDS}")


@require_safe
def serve_panel(request: HttpRequest, language: str, digest: str) -> HttpResponse:
    """Everything else, under an address that changes with its content.

    A snippet from before a deployment asks for the version
    before: it gets today's, which isn't kept under that name.
    """
    if language not in LANGUAGES:
        raise Http404
    panel = get_panel(language)
    lifetime = f"public, max-age={YEAR_SECONDS}, immutable" if digest == panel.digest else "no-cache"
    return _respond(request, panel, lifetime)


def _respond(request: HttpRequest, file: JoinedFile, cache_control: str) -> HttpResponse:
    takes_brotli = "br" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        file.compressed if takes_brotli else file.body, content_type="text/javascript; charset=utf-8"
    )
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
