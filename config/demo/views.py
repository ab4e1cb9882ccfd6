"""The start page, and signing in by a link."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agents.models import Agent
from config.demo.apps import DemoConfig
from config.demo.company import NAME
from config.demo.links import list_links, read_token
from config.installation.selectors import get_installation

BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_safe
def show_start(request: HttpRequest) -> HttpResponse:
    """Where to go: the example website, and a link to sign in for each of its people."""
    context = {
        "links": list_links(),
        "website": _get_website_url(request),
        "company": NAME,
        "seconds": get_installation().accept_seconds,
    }
    return render(request, "demo/index.html", context)


@never_cache
@require_safe
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Signs in whom the link was made for, and goes where that person works; 403 for any other token."""
    user = read_token(token)
    if user is None:
        return render(request, "demo/link_invalid.html", status=403)
    login(request, user, backend=BACKEND)
    is_agent = not user.is_superuser and Agent.objects.filter(pk=user.pk).exists()
    return redirect("inbox" if is_agent else "admin:index")


def _get_website_url(request: HttpRequest) -> str:
    """Under the name that the reader came by, since 127.0.0.1 is another machine for a phone."""
    if DemoConfig.website_port is None:
        return ""
    host, _port = split_domain_port(request.get_host())
    return f"{request.scheme}://{host}:{DemoConfig.website_port}/"
