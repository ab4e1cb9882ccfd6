"""Documents that dialogues show: uploaded, looked at, and how they were read."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.models import Document
from chat.services.documents import DocumentInUse, delete_document, store_document
from config.admin_permissions import ModelForm, PermittedAdmin
from config.lib.file_inputs import LimitedFileInput
from config.lib.pdfs import MAX_BYTES, PdfInvalid, PdfTooLarge, read_pdf


class DocumentForm(ModelForm):
    upload = forms.FileField(
        label=_("PDF file"),
        required=False,
        widget=LimitedFileInput(accept="application/pdf,.pdf", most_bytes=MAX_BYTES),
        help_text=_("At most 10 MB. It replaces the file that is there, also in running chats."),
    )

    class Meta:
        model = Document
        fields = ("name",)

    def clean_upload(self) -> bytes | None:
        upload = self.cleaned_data["upload"]
        if upload is None:
            if not self.instance.pk:
                raise forms.ValidationError(_("Choose a PDF file."), code="required")
            return None
        try:
            # Told by its size before it is read into memory.
            if upload.size > MAX_BYTES:
                raise PdfTooLarge
            data = bytes(upload.read())
            read_pdf(data)
        except PdfInvalid as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return data


@admin.register(Document)
class DocumentAdmin(PermittedAdmin):
    viewers = ("view_dialogues", "view_flows")
    editors = ("manage_dialogues", "manage_flows")
    form = DocumentForm
    readonly_fields = ("file_link", "pages", "file_size", "changed_at")
    list_display = ("name", "pages", "file_size", "opened", "downloaded", "changed_at")
    search_fields = ("name",)
    # Each is asked for its own reasons not to go.
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        rows: QuerySet[Document] = super().get_queryset(request)
        return rows.annotate(
            opened=Count("readings", filter=Q(readings__opened_at__isnull=False)),
            downloaded=Count("readings", filter=Q(readings__downloaded_at__isnull=False)),
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("name", "upload")
        upload = ("upload",) if self.has_change_permission(request, obj) else ()
        return ("name", *upload, *self.readonly_fields)

    @admin.display(description=_("file"))
    def file_link(self, document: Document) -> SafeString | str:
        if not document.file:
            return "–"
        url = reverse("document", args=[document.public_id])
        return format_html('<a href="{}">{}</a>', url, _("Open"))

    @admin.display(description=_("size"), ordering="size")
    def file_size(self, document: Document) -> str:
        return filesizeformat(document.size)

    @admin.display(description=_("visitors who opened it"), ordering="opened")
    def opened(self, document: Any) -> int:
        return int(document.opened)

    @admin.display(description=_("visitors who downloaded it"), ordering="downloaded")
    def downloaded(self, document: Any) -> int:
        return int(document.downloaded)

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        data = form.cleaned_data["upload"]
        if data is None:
            super().save_model(request, obj, form, change)
        else:
            store_document(document=obj, data=data)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DocumentInUse as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:chat_document_change", args=[object_id]))

    def delete_model(self, request: HttpRequest, obj: Document) -> None:
        delete_document(document_id=obj.pk)
