"""Lists of the admin that come from a file and leave as one: the upload with its dry run, and the export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.admin_permissions import PermittedAdmin
from config.audit.services import record_import
from config.lib.downloads import make_download
from config.lib.errors import DomainError
from config.lib.file_inputs import LimitedFileInput
from config.lib.imports import ImportReport
from config.lib.tables import MOST_BYTES, Kind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_TYPES: dict[Kind, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Of a file without a fault: nobody reads ten thousand lines that are right.
MOST_SHOWN = 500


class UploadForm(forms.Form):
    """A file, and whether only to look."""

    file = forms.FileField(
        label=_("CSV or Excel file"),
        widget=LimitedFileInput(accept=f".csv,.txt,.xlsx,text/csv,{_TYPES['xlsx']}", most_bytes=MOST_BYTES),
        error_messages={"empty": _("This file is empty.")},
    )
    dry_run = forms.BooleanField(
        required=False, label=_("Only check"), help_text=_("Say what would be imported, and import nothing.")
    )

    def clean_file(self) -> bytes:
        # One byte over the limit is enough for the refusal.
        data: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return data


class FilesAdmin(PermittedAdmin):
    """A page says what its files hold; this shows the upload, reports line by line, and gives them out."""

    change_list_template = "admin/list_in_files.html"
    file_name: ClassVar[str]
    upload_title: ClassVar[StrOrPromise]
    # The columns of a file, each with what stands in it; the first one names a line in the report.
    file_columns: ClassVar[Mapping[str, StrOrPromise]]
    upload_rule: ClassVar[StrOrPromise]
    upload_most: ClassVar[int]

    # The page's own service, all or nothing; where it only looks, it keeps nothing. Raises DomainError.
    import_file: Callable[..., ImportReport]
    # Rows of the list as a file, with nothing that a spreadsheet would run (S14).
    export_file: Callable[..., bytes]

    def get_urls(self) -> list[URLPattern]:
        # First, or their names would be taken for a row's id.
        site = self.admin_site.admin_view
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("upload/", site(self.upload_view), name=f"{name}_upload"),
            path("export.<str:kind>", site(self.export_view), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
        report = self._import(request, form) if form.is_valid() else None
        if report is not None and report.is_imported:
            return redirect(self._name_list())
        context = {
            **self.admin_site.each_context(request),
            "title": self.upload_title,
            "opts": self.opts,
            "form": form,
            "report": report,
            "lines": (report.refused or report.lines[:MOST_SHOWN]) if report else (),
            "most_shown": MOST_SHOWN,
            "columns": self.file_columns,
            "rule": self.upload_rule,
            "most_rows": self.upload_most,
        }
        status = 400 if form.errors or (report and report.refused) else 200
        return TemplateResponse(request, "admin/upload.html", context, status=status)

    def _import(self, request: HttpRequest, form: UploadForm) -> ImportReport | None:
        given = form.cleaned_data
        try:
            with transaction.atomic():
                report = self.import_file(request, given["file"], dry_run=given["dry_run"])
                if report.is_imported:
                    words = _say_imported(report)
                    record_import(model=self.model, words=words, by=request.user)
                    messages.success(request, words)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
            return None
        return report

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The rows that the list shows by its search and its filters, of all its pages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in _TYPES:
            raise Http404
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect(self._name_list())
        data = self.export_file(rows, kind=kind)
        return make_download(data, name=f"{self.file_name}.{kind}", content_type=_TYPES[kind])

    def _name_list(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"


def _say_imported(report: ImportReport) -> str:
    words = gettext("Imported: %(added)d added, %(updated)d updated, %(unchanged)d were the same already.")
    return words % report.counts
