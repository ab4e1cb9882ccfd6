"""Put the chat on your website: the line to copy, proof that it works, and guides (DG-16)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext

from chat.selectors.sightings import count_sightings, list_sightings
from config.admin_permissions import holds
from config.audit.services import record_event
from config.installation.admin.guides import list_guides, write_call
from config.installation.admin.identity_examples import list_examples
from config.installation.admin.installing import get_origin, write_lines
from config.installation.admin.one_row import OneRowAdmin
from config.installation.models import Snippet
from config.installation.selectors import FORMER_SECRET_LIVES, get_installation
from config.installation.services import rotate_identity_secret
from config.lib.zones import get_zone

MOST_SIGHTINGS = 50
IN_ITS_PLACE = '"THE TOKEN THAT YOUR SERVER MADE"'
SECRET_KEEPERS = ("manage_privacy_and_security",)


@admin.register(Snippet)
class SnippetAdmin(OneRowAdmin):
    viewers = ("manage_chatbot_settings", *SECRET_KEEPERS)

    def get_urls(self) -> list[URLPattern]:
        def page(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        return [
            path("sightings/", page(self.show_sightings), name="installation_sightings"),
            path("secret/", page(self.show_secret), name="installation_secret"),
            path("secret/new/", page(self.change_secret), name="installation_secret_new"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page. There is nothing to save on it."""
        if request.method != "GET" or not self.has_view_permission(request):
            raise PermissionDenied
        return self._render(request)

    def show_sightings(self, request: HttpRequest) -> HttpResponse:
        """The list of pages alone, for looking again without losing one's place."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return TemplateResponse(request, "admin/installation/sightings.html", _describe_sightings(request))

    def show_secret(self, request: HttpRequest) -> HttpResponseBase:
        """The page with the secret on it, once; that it was looked at is kept (S4, S20)."""
        if not holds(request, SECRET_KEEPERS):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:installation_snippet_changelist")
        self._note(request, gettext("Looked at the secret for signed identities."))
        return self._render(request, secret=get_installation().identity_secret)

    def change_secret(self, request: HttpRequest) -> HttpResponseBase:
        """Asks how, then makes a new secret (S4)."""
        if not holds(request, SECRET_KEEPERS):
            raise PermissionDenied
        if request.method == "GET":
            return TemplateResponse(request, "admin/installation/secret.html", self._describe_page(request))
        keep_former = request.POST.get("former") != "drop"
        with transaction.atomic():
            rotate_identity_secret(now=timezone.now(), keep_former=keep_former)
            self._note(request, gettext("Made a new secret for signed identities."))
        messages.success(request, _say_changed(keep_former))
        return redirect("admin:installation_snippet_changelist")

    def _note(self, request: HttpRequest, words: str) -> None:
        row = self._get_row()
        self.log_change(request, row, words)
        record_event(row=row, words=words, by=request.user)

    def _render(self, request: HttpRequest, *, secret: str = "") -> TemplateResponse:
        context = {
            **self._describe_page(request),
            **_describe_sightings(request),
            **_describe_installing(request),
            "may_see_secret": holds(request, SECRET_KEEPERS),
            "may_change_domains": holds(request, SECRET_KEEPERS),
            "may_change_look": holds(request, ["manage_chatbot_settings"]),
            "secret": secret,
        }
        return TemplateResponse(request, "admin/installation/snippet.html", context)

    def _describe_page(self, request: HttpRequest) -> dict[str, Any]:
        installation = get_installation()
        changed_at = installation.identity_secret_changed_at
        former_until = changed_at + FORMER_SECRET_LIVES if changed_at else None
        is_former_taken = bool(installation.former_identity_secret) and _is_to_come(former_until)
        return {
            **self.admin_site.each_context(request),
            "title": gettext("Put the chat on your website"),
            "opts": self.opts,
            "installation": installation,
            "former_until": former_until if is_former_taken else None,
            "zone": _get_zone(request),
        }

    def _get_row(self) -> Snippet:
        return Snippet.objects.get(pk=get_installation().pk)


def _describe_installing(request: HttpRequest) -> dict[str, Any]:
    origin, installation = get_origin(request), get_installation()
    return {
        "lines": write_lines(request),
        "guides": list_guides(origin),
        "examples": list_examples(),
        "identify": f"<script>\n  {write_call('identify', IN_ITS_PLACE)}</script>\n",
        "domains": installation.allowed_domains.splitlines(),
    }


def _describe_sightings(request: HttpRequest) -> dict[str, Any]:
    return {
        "sightings": list_sightings(limit=MOST_SIGHTINGS),
        "sighting_count": count_sightings(),
        "zone": _get_zone(request),
        "now": timezone.now(),
    }


def _get_zone(request: HttpRequest) -> Any:
    return get_zone(getattr(request.user, "time_zone", ""))


def _is_to_come(moment: datetime | None) -> bool:
    return moment is not None and timezone.now() < moment


def _say_changed(keep_former: bool) -> str:
    if keep_former:
        return gettext("There is a new secret. The one before is still taken for 24 hours.")
    return gettext("There is a new secret. The one before counts no more.")
