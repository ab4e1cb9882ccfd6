"""Canned replies: the library with its approval, and everybody's own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agents.views.page import get_user
from chat.models import CannedReply
from chat.selectors.canned import get_variables, list_replies_of
from chat.services.canned import ReplyInvalid, clean_code, clean_text, clean_title, set_approval
from chat.services.canned_import import MOST_ROWS, export_library, import_library
from config.admin_files import FilesAdmin
from config.admin_permissions import ModelForm, holds
from config.lib.imports import ImportReport
from config.lib.tables import Kind


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
class CannedReplyAdmin(FilesAdmin):
    """Agents read the library and keep their own; who manages agents keeps and approves the library."""

    viewers = ("view_my_conversations",)
    editors = ("manage_agents",)
    form = ReplyForm
    change_form_template = "admin/chat/cannedreply/change_form.html"
    list_display = ("code_shown", "title", "is_approved", "whose", "proposed_by", "changed_at")
    list_display_links = ("code_shown", "title")
    list_filter = (WhoseFilter, "is_approved")
    list_select_related = ("owner", "proposed_by")
    search_fields = ("code", "title", "text")
    search_help_text = _("Short code, title or text.")
    actions = ("approve", "withdraw_approval")
    file_name = "canned-replies"
    upload_title = _("Upload canned replies")
    file_columns = {
        "code": _("what agents type after “/”"),
        "title": _("what the list shows"),
        "text": _("with variables, if you like"),
        "status": _("approved or draft; may be left out"),
    }
    upload_rule = _(
        "A reply with the same code is updated, others stay as they are. "
        "New ones without a status are drafts."
    )
    upload_most = MOST_ROWS
    readonly_fields = ("proposed_by", "approved_by", "changed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CannedReply]:
        return list_replies_of(get_user(request)).order_by("code")

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

    def is_recorded(self, obj: Any) -> bool:
        return obj.owner_id is None

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
        count = set_approval(ids=ids, approved=approved, user=get_user(request))
        words = ngettext("%(count)d reply was changed.", "%(count)d replies were changed.", count)
        messages.success(request, words % {"count": count})

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        context = {"variables": get_variables(), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def import_file(self, request: HttpRequest, file: bytes, *, dry_run: bool) -> ImportReport:
        return import_library(file=file, user=get_user(request), dry_run=dry_run)

    def export_file(self, rows: QuerySet[CannedReply], *, kind: Kind) -> bytes:
        """Everybody's; own replies are nobody else's business."""
        return export_library(rows.filter(owner=None).order_by("code"), kind=kind)
