"""Canned replies: the library with its approval, and everybody's own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agents.models import User
from chat.models import CannedReply
from chat.selectors.canned import get_variables, list_replies_of
from chat.services.canned import ReplyInvalid, clean_code, clean_text, clean_title, set_approval
from chat.services.canned_import import MOST_ROWS, LibraryReport, export_library, import_library
from config.admin_permissions import ModelForm, PermittedAdmin, holds
from config.lib.errors import DomainError
from config.lib.tables import MOST_BYTES

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReplyForm(ModelForm):
    """One reply, by the rules of the service."""

    class Meta:
        model = CannedReply
        fields = ("code", "title", "text", "is_approved")

    def clean_code(self) -> str:
        code = self._clean("code", clean_code)
        same = CannedReply.objects.filter(owner=self.instance.owner_id, code=code)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This short code is taken already."), code="code_taken")
        return code

    def clean_title(self) -> str:
        return self._clean("title", clean_title)

    def clean_text(self) -> str:
        return self._clean("text", clean_text)

    def _clean(self, name: str, clean: Any) -> str:
        try:
            return str(clean(self.cleaned_data[name]))
        except ReplyInvalid as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal


class UploadForm(forms.Form):
    """A file, and whether only to look."""

    file = forms.FileField(
        label=_("CSV or Excel file"),
        widget=forms.ClearableFileInput(attrs={"accept": f".csv,.txt,.xlsx,text/csv,{_EXCEL}"}),
        error_messages={"empty": _("This file is empty.")},
    )
    dry_run = forms.BooleanField(
        required=False, label=_("Only check"), help_text=_("Say what would be imported, and import nothing.")
    )

    def clean_file(self) -> bytes:
        # One byte over the limit is enough for the refusal.
        data: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return data


class WhoseFilter(admin.SimpleListFilter):
    """Everybody's, or one's own."""

    title = _("whose")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("library", _("Everybody's")), ("own", _("My own"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value()
        return queryset.filter(owner__isnull=wanted == "library") if wanted else queryset


@admin.register(CannedReply)
class CannedReplyAdmin(PermittedAdmin):
    """Agents read the library and keep their own; who manages agents keeps and approves the library."""

    viewers = ("view_my_conversations",)
    editors = ("manage_agents",)
    form = ReplyForm
    change_list_template = "admin/chat/cannedreply/change_list.html"
    change_form_template = "admin/chat/cannedreply/change_form.html"
    list_display = ("code_shown", "title", "is_approved", "whose", "proposed_by", "changed_at")
    list_display_links = ("code_shown", "title")
    list_filter = (WhoseFilter, "is_approved")
    list_select_related = ("owner", "proposed_by")
    search_fields = ("code", "title", "text")
    search_help_text = _("Short code, title or text.")
    actions = ("approve", "withdraw_approval")
    readonly_fields = ("proposed_by", "approved_by", "changed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CannedReply]:
        return list_replies_of(_get_user(request)).order_by("code")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and obj.owner_id:
            return ["code", "title", "text", "changed_at"]
        return ["code", "title", "text", "is_approved", *(self.readonly_fields if obj else ())]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.owner_id:
            return self.has_view_permission(request) and obj.owner_id == request.user.pk
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return holds(request, self.editors)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "is_approved" in form.changed_data:
            obj.approved_by = request.user if obj.is_approved else None
        super().save_model(request, obj, form, change)

    @admin.display(description=_("short code"), ordering="code")
    def code_shown(self, reply: CannedReply) -> str:
        return str(reply)

    @admin.display(description=_("whose"))
    def whose(self, reply: CannedReply) -> str:
        return str(reply.owner) if reply.owner else gettext("Everybody's")

    @admin.action(description=_("Approve: offer them to all agents"), permissions=["approve"])
    def approve(self, request: HttpRequest, queryset: QuerySet[CannedReply]) -> None:
        self._set_approval(request, queryset, approved=True)

    @admin.action(description=_("Take the approval back"), permissions=["approve"])
    def withdraw_approval(self, request: HttpRequest, queryset: QuerySet[CannedReply]) -> None:
        self._set_approval(request, queryset, approved=False)

    def _set_approval(self, request: HttpRequest, queryset: QuerySet[CannedReply], *, approved: bool) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = set_approval(ids=ids, approved=approved, user=_get_user(request))
        words = ngettext("%(count)d reply was changed.", "%(count)d replies were changed.", count)
        messages.success(request, words % {"count": count})

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        context = {"variables": get_variables(), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        # First, or their names would be taken for a reply's id.
        site = self.admin_site.admin_view
        return [
            path("upload/", site(self.upload_view), name="chat_cannedreply_upload"),
            path("export.<str:kind>", site(self.export_view), name="chat_cannedreply_export"),
            *super().get_urls(),
        ]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
        report = self._import(request, form) if form.is_valid() else None
        if report is not None and report.is_imported:
            return redirect("admin:chat_cannedreply_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Upload canned replies"),
            "opts": self.opts,
            "form": form,
            "report": report,
            "most_rows": MOST_ROWS,
        }
        status = 400 if form.errors or (report and report.count("refused")) else 200
        return TemplateResponse(request, "admin/chat/cannedreply/upload.html", context, status=status)

    def _import(self, request: HttpRequest, form: UploadForm) -> LibraryReport | None:
        given = form.cleaned_data
        try:
            report = import_library(file=given["file"], user=_get_user(request), dry_run=given["dry_run"])
        except DomainError as refusal:
            form.add_error("file", str(refusal))
            return None
        if report.is_imported:
            words = gettext(
                "Imported: %(added)d added, %(updated)d updated, %(unchanged)d were the same already."
            )
            messages.success(request, words % report.counts)
        return report

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The library as the list's filters and search leave it, own replies aside."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request).filter(owner=None)
        is_csv = kind == "csv"
        data = export_library(rows.order_by("code"), kind="csv" if is_csv else "xlsx")
        response = HttpResponse(data, content_type="text/csv; charset=utf-8" if is_csv else _EXCEL)
        response["Content-Disposition"] = (
            f'attachment; filename="canned-replies.{"csv" if is_csv else "xlsx"}"'
        )
        return response


def _get_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - says to the type checker what the admin site holds
    return request.user
