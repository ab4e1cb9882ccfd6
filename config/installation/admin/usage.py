"""Usage limits: what is used of the package, when it starts again, and where to raise it (LC-04)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from chat.selectors.usage import count_engagements, count_monthly_engagements, list_limits
from config.admin_permissions import holds
from config.installation.admin.one_row import OneRowAdmin
from config.installation.models import UsageLimits
from config.installation.selectors import get_installation

VIEWERS = ("manage_agents", "manage_chatbot_settings", "view_global_reports")


@admin.register(UsageLimits)
class UsageAdmin(OneRowAdmin):
    viewers = VIEWERS

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page. There is nothing to save on it."""
        if request.method != "GET" or not self.has_view_permission(request):
            raise PermissionDenied
        installation, now = get_installation(), timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Usage limits"),
            "opts": self.opts,
            "installation": installation,
            "limits": list_limits(installation, now=now),
            "engagements": count_engagements(),
            "monthly": count_monthly_engagements(now),
            "may_change": holds(request, ["manage_agents"]),
            # This page says it all; the banner would say it twice.
            "limits_near": [],
        }
        return TemplateResponse(request, "admin/installation/usage.html", context)
