"""A page of our own that holds nothing but one flow, for links in e-mails (DG-20)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from chat.models import Dialogue
from chat.selectors.flows import find_flow
from chat.targeting.setup import Setup, load_setup
from config.installation.selectors import get_installation
from config.lib.languages import pick_language

SECONDS = 60


@require_safe
def show_landing_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a published flow that has one, in the flow's language."""
    setup = _find_setup(slug)
    origin = _get_origin(request)
    installation = get_installation()
    with translation.override(pick_language(setup.language)):
        response = render(
            request,
            "chat/landing.html",
            {
                "setup": setup,
                "title": setup.landing_title or installation.widget_name,
                "address": origin + reverse("landing-page", args=[slug]),
                "company": installation.widget_name,
                "asks_consent": installation.consent_mode,
            },
        )
    response["Content-Security-Policy"] = _write_policy(origin)
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    return response


def _find_setup(slug: str) -> Setup:
    flow = find_flow(slug)
    is_on = flow is not None and flow.status == Dialogue.Status.PUBLISHED
    if flow is None or flow.published_version is None or not is_on:
        raise Http404
    setup = load_setup(flow.published_version.setup)
    if not setup.has_landing_page or not get_installation().dialogues_enabled:
        raise Http404
    return setup


def _get_origin(request: HttpRequest) -> str:
    public = urlsplit(settings.PUBLIC_URL or request.build_absolute_uri("/"))
    return f"{public.scheme}://{public.netloc}"


def _write_policy(origin: str) -> str:
    """What the chat needs and no more, also where this page has another name than the public one."""
    socket = origin.replace("http", "ws", 1)
    lines = {
        "default-src": "'none'",
        "script-src": f"'self' {origin}",
        "style-src": "'self'",
        "connect-src": f"'self' {origin} {socket}",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in lines.items())
