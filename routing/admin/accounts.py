"""Accounts (Prime): the list, and its upload."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.admin_permissions import PrimePages
from config.audit.services import record_import
from config.lib.errors import DomainError
from routing.forms import AccountForm, AccountUploadForm
from routing.models import Account
from routing.services.account_file import MOST_ROWS
from routing.services.accounts import ImportReport, import_accounts


@admin.register(Account)
class AccountAdmin(PrimePages):
    viewers = ("view_account_list",)
    editors = ("manage_accounts",)
    form = AccountForm
    change_list_template = "admin/routing/account/change_list.html"
    list_display = ("name", "domain", "owner")
    list_filter = (("owner", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("owner",)
    search_fields = ("name_key", "domain", "owner__username", "owner__first_name", "owner__last_name")
    search_help_text = _("Company, domain or owner.")
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        # First, or its name would be taken for an account's id.
        view = self.admin_site.admin_view(self.upload_view)
        return [*self.guard([path("upload/", view, name="routing_account_upload")]), *super().get_urls()]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = request.method == "POST"
        form = AccountUploadForm(request.POST, request.FILES) if sent else AccountUploadForm()
        report = self._import(request, form) if form.is_valid() else None
        if report is not None and report.is_imported:
            return redirect("admin:routing_account_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Upload accounts"),
            "opts": self.opts,
            "form": form,
            "report": report,
            "most_rows": MOST_ROWS,
        }
        status = 400 if form.errors or (report and report.errors) else 200
        return TemplateResponse(request, "admin/routing/account/upload.html", context, status=status)

    def _import(self, request: HttpRequest, form: AccountUploadForm) -> ImportReport | None:
        try:
            report = self._import_file(request, form)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
            return None
        if report.is_imported:
            messages.success(request, _say_imported(report))
        return report

    @transaction.atomic
    def _import_file(self, request: HttpRequest, form: AccountUploadForm) -> ImportReport:
        report = import_accounts(file=form.cleaned_data["file"], dry_run=form.cleaned_data["dry_run"])
        if report.is_imported:
            record_import(model=Account, words=_say_imported(report), by=request.user)
        return report


def _say_imported(report: ImportReport) -> str:
    words = gettext("Imported: %(created)d added, %(updated)d updated, %(unchanged)d were the same already.")
    return words % _count(report)


def _count(report: ImportReport) -> dict[str, Any]:
    return {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
