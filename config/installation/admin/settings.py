"""Settings and limits: one page for the one row."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import to_builtins

from chat.selectors.usage import count_engagements, count_monthly_engagements, get_next_month
from chat.services.idle import look_again_at_idle_chats
from config.admin_permissions import holds
from config.installation.admin.one_row import OneRowAdmin
from config.installation.forms import InstallationForm
from config.installation.models import Installation
from config.lib.richtext import RichTextInvalid, to_nodes

PACKAGE = ("package", "engagement_limit", "monthly_limit", "seat_limit", "accept_seconds")
USED = ("engagements_used", "monthly_used")
TIMERS = ("accept_seconds", "idle_seconds")
ROUTING = ("try_all_agents", "require_reachable")
DIALOGUES = ("dialogues_enabled",)
PRIVACY = ("block_email_domains", "blocked_email_domains", "restrict_domains", "allowed_domains")
# Field -> who may change it besides superusers.
SETTERS = {
    **dict.fromkeys(("idle_seconds", *ROUTING, "fallback_html", *DIALOGUES), "manage_chatbot_settings"),
    **dict.fromkeys(PACKAGE, "manage_agents"),
    **dict.fromkeys(PRIVACY, "manage_privacy_and_security"),
}


@admin.register(Installation)
class InstallationAdmin(OneRowAdmin):
    editors = ("manage_chatbot_settings", "manage_agents", "manage_privacy_and_security")
    form = InstallationForm
    change_form_template = "admin/installation/change_form.html"
    fieldsets = (
        (
            _("Package and limits"),
            {"fields": ("package", "engagement_limit", "monthly_limit", *USED, "seat_limit")},
        ),
        (_("Timers"), {"fields": TIMERS}),
        (_("Routing"), {"fields": ROUTING}),
        (_("Fallback message"), {"fields": ("fallback_html",)}),
        (_("Blocked e-mail domains"), {"fields": PRIVACY[:2]}),
        (_("Allowed domains"), {"fields": PRIVACY[2:]}),
        (_("Dialogues"), {"fields": DIALOGUES}),
    )

    class Media:
        css = {"all": ("installation/rich_text.css",)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_fallback)
        return [path("preview/", view, name="installation_preview"), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        closed = (name for name, codename in SETTERS.items() if not holds(request, [codename]))
        return (*USED, *closed)

    def save_model(self, request: HttpRequest, obj: Installation, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "idle_seconds" in form.changed_data:
            # After the commit: the sweeper must find the new time.
            transaction.on_commit(look_again_at_idle_chats, robust=True)

    def preview_fallback(self, request: HttpRequest) -> HttpResponse:
        """The text as a tree of nodes, as the widget gets it; nothing is saved."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not holds(request, ["manage_chatbot_settings"]):
            return JsonResponse({"error": gettext("You don't have permission to do this.")}, status=403)
        try:
            return JsonResponse({"nodes": to_builtins(to_nodes(request.POST.get("html", "")))})
        except RichTextInvalid as refusal:
            return JsonResponse({"error": str(refusal)}, status=400)

    @admin.display(description=_("engagements used"))
    def engagements_used(self, installation: Installation) -> str:
        return _describe_used(count_engagements(), installation.engagement_limit, installation.is_prime)

    @admin.display(description=_("engaged this month"))
    def monthly_used(self, installation: Installation) -> str:
        now = timezone.now()
        used = _describe_used(
            count_monthly_engagements(now), installation.monthly_limit, installation.is_prime
        )
        resets = date_format(get_next_month(now), "DATE_FORMAT")
        return gettext("%(used)s; starts again at 0 on %(date)s (UTC)") % {"used": used, "date": resets}


def _describe_used(used: int, limit: int, is_prime: bool) -> str:
    if is_prime:
        return gettext("%(used)d, no limit on Prime") % {"used": used}
    words = gettext("%(used)d of %(limit)d") % {"used": used, "limit": limit}
    return gettext("%(words)s: the limit is reached") % {"words": words} if used >= limit else words
