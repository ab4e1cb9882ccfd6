"""Who may do what on the admin's pages: the product's permissions in place of Django's four per model.

Every page checks on the server, whatever links it shows (`permissions.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst

from config.admin_recording import RecordedAdmin
from config.admin_rows import NamedList, NamedRows
from config.installation.selectors import get_installation

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

# The classes are generic for the type checker only.
if TYPE_CHECKING:
    _Base = admin.options.BaseModelAdmin[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
else:
    _Base, _ModelAdmin, _TabularInline = object, admin.ModelAdmin, admin.TabularInline
    ModelForm = forms.ModelForm


def holds(request: HttpRequest, codenames: Iterable[str]) -> bool:
    """Whether the person holds at least one of these product permissions; superusers hold all."""
    return any(request.user.has_perm(f"agents.{codename}") for codename in codenames)


def link_to(row: models.Model, text: object = None, *, page: str | None = None) -> SafeString:
    """A link to the row's page in the admin; `page` names another model's page for the same id."""
    opts = row._meta
    name = page or f"{opts.app_label}_{opts.model_name}"
    url = reverse(f"admin:{name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, row if text is None else text)


def show_moment(moment: datetime | None) -> str:
    """A time to the second: what happened in a chat is seconds apart."""
    return date_format(timezone.localtime(moment), "Y-m-d H:i:s") if moment else "–"


class ByPermission(_Base):
    """Whoever holds one of `viewers` or `editors` sees the pages; one of `editors` lets people change things.

    Without editors everything is read-only, also for superusers. For pages and inlines.
    """

    viewers: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, (*self.viewers, *self.editors))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, self.editors)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, self.editors)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, self.editors)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class PermittedAdmin(ByPermission, RecordedAdmin, _ModelAdmin):
    """A page and its list, open by permission; what is changed here is in the audit log."""

    show_facets = admin.ShowFacets.NEVER  # each would be one more query

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Whoever may see none of them isn't told either whether this one is there (S6)."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = {"audit_query": self._ask_audit_log(request, object_id), **(extra_context or {})}
        return super().history_view(request, object_id, context)

    def _ask_audit_log(self, request: HttpRequest, object_id: str) -> str:
        """What the audit log's list is asked for this row, for who may see that list; else nothing."""
        # It is a page of this kind itself.
        from config.audit.admin import ChangeAdmin

        # What is done beside a form of a proxy model is recorded under the model itself.
        kinds = {model._meta.label_lower for model in (self.model, self.opts.proxy_for_model or self.model)}
        query = urlencode({"kind__in": ",".join(sorted(kinds)), "object_id": object_id})
        return query if holds(request, ChangeAdmin.viewers) else ""

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_formset(request, **{"formset": NamedList, **kwargs})


class PermittedInline(ByPermission, _TabularInline):
    """Rows on another row's page, open by permission."""

    extra = 0
    formset = NamedRows
    template = "admin/inline_rows.html"


class PrimePages(PermittedAdmin):
    """Pages of the Prime package: on Select they say so, and neither show nor change anything."""

    def get_urls(self) -> list[URLPattern]:
        return self.guard(super().get_urls())

    def guard(self, patterns: list[URLPattern]) -> list[URLPattern]:
        """Close these addresses on Select; twice does no harm."""
        for pattern in patterns:
            pattern.callback = self._closed_on_select(pattern.callback)
        return patterns

    def _closed_on_select(self, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_view_permission(request) or get_installation().is_prime:
                return view(request, *args, **kwargs)
            return self._say_closed(request)

        return guarded

    def _say_closed(self, request: HttpRequest) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "may_change_package": holds(request, ["manage_agents"]),
        }
        return TemplateResponse(request, "admin/prime_only.html", context, status=403)
