"""Dialogues: edited as drafts, published as versions."""

from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.forms import DialogueForm, lay_out
from chat.models import Conversation, Dialogue, DialogueVersion
from chat.services.dialogues import (
    DialogueInUse,
    DialogueNotPublishable,
    check_dialogue,
    delete_dialogue,
    publish_dialogue,
    unpublish_dialogue,
)
from chat.streams import Fault, StreamInvalid
from config.admin_permissions import PermittedAdmin, PermittedInline, holds
from routing.models import Rule

from .stream_reference import get_stream_reference

MOST_FAULTS = 5


class VersionInline(PermittedInline):
    viewers = ("view_dialogues", "manage_dialogues", "publish_dialogues")
    model = DialogueVersion
    fields = readonly_fields = ("number", "published_at", "published_by")
    can_delete = False
    show_change_link = True
    classes = ("collapse",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DialogueVersion]:
        return super().get_queryset(request).select_related("published_by", "dialogue").defer("stream")


@admin.register(Dialogue)
class DialogueAdmin(PermittedAdmin):
    viewers = ("view_dialogues", "publish_dialogues")
    editors = ("manage_dialogues",)
    form = DialogueForm
    inlines = (VersionInline,)
    change_form_template = "admin/chat/dialogue/change_form.html"
    list_display = (
        "name",
        "priority",
        "status",
        "published_number",
        "draft_differs",
        "language",
        "changed_at",
    )
    list_filter = ("status", "language")
    list_select_related = ("published_version",)
    search_fields = ("name", "description")
    actions = ("publish", "unpublish")
    fieldsets = (
        (None, {"fields": ("name", "description", "priority", "language", "standing")}),
        (_("Stream"), {"fields": ("faults", "stream")}),
    )
    readonly_fields = ("standing", "faults")

    class Media:
        css = {"all": ("chat/admin/dialogues.css",)}

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return holds(request, ["publish_dialogues"])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:dialogue_id>/publish/", view(self.publish_view), name="chat_dialogue_publish"),
            path("<int:dialogue_id>/unpublish/", view(self.unpublish_view), name="chat_dialogue_unpublish"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return self.fieldsets
        return (
            (None, {"fields": ("name", "description", "priority", "language")}),
            (_("Stream"), {"fields": ("stream",)}),
        )

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.inlines if obj is not None else ()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["may_publish"] = self.has_publish_permission(request)
        if self.has_change_permission(request):
            context["stream_reference"] = get_stream_reference()
        return super().render_change_form(request, context, *args, **kwargs)

    # What is done

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if "_publish" not in request.POST:
            return super().response_change(request, obj)
        if not self.has_publish_permission(request):
            raise PermissionDenied
        self._publish(request, obj)
        return redirect("admin:chat_dialogue_change", obj.pk)

    def publish_view(self, request: HttpRequest, dialogue_id: int) -> HttpResponse:
        return self._switch(request, dialogue_id, self._publish)

    def unpublish_view(self, request: HttpRequest, dialogue_id: int) -> HttpResponse:
        return self._switch(request, dialogue_id, self._unpublish)

    def _switch(self, request: HttpRequest, dialogue_id: int, act: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_publish_permission(request):
            raise PermissionDenied
        dialogue = self.get_object(request, str(dialogue_id))
        if dialogue is None:
            raise Http404
        act(request, dialogue)
        return redirect("admin:chat_dialogue_change", dialogue_id)

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish(self, request: HttpRequest, dialogues: QuerySet[Dialogue]) -> None:
        for dialogue in dialogues:
            self._publish(request, dialogue)

    @admin.action(description=_("Unpublish"), permissions=["publish"])
    def unpublish(self, request: HttpRequest, dialogues: QuerySet[Dialogue]) -> None:
        for dialogue in dialogues:
            self._unpublish(request, dialogue)

    def _publish(self, request: HttpRequest, dialogue: Dialogue) -> None:
        try:
            version = publish_dialogue(dialogue_id=dialogue.pk, user=request.user, has_rules=has_rules())  # type: ignore[arg-type]
        except DialogueNotPublishable as refusal:
            messages.error(request, _say_refused(dialogue, refusal))
        except StreamInvalid as refusal:
            messages.error(request, f"{dialogue}: {refusal}")
        else:
            self.log_change(request, dialogue, f"Published as version {version.number}.")
            words = gettext("“%(name)s” is published as version %(number)d.")
            messages.success(request, words % {"name": dialogue.name, "number": version.number})

    def _unpublish(self, request: HttpRequest, dialogue: Dialogue) -> None:
        if dialogue.status != Dialogue.Status.PUBLISHED:
            messages.info(request, gettext("“%(name)s” wasn't published.") % {"name": dialogue.name})
            return
        unpublish_dialogue(dialogue_id=dialogue.pk)
        self.log_change(request, dialogue, "Unpublished.")
        words = gettext("“%(name)s” is unpublished. Visitors who are in it can finish it.")
        messages.success(request, words % {"name": dialogue.name})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)  # each is deleted, or kept, on its own page
        return actions

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        (dialogue,) = objs
        met = Conversation.objects.filter(version__dialogue=dialogue).exists()
        return [str(dialogue)], {}, set(), [str(DialogueInUse())] if met else []

    def delete_model(self, request: HttpRequest, obj: Dialogue) -> None:
        delete_dialogue(dialogue_id=obj.pk)

    # What is shown

    @admin.display(description=_("published version"), ordering="published_version__number")
    def published_number(self, dialogue: Dialogue) -> int | str:
        return dialogue.published_version.number if dialogue.published_version else "–"

    @admin.display(description=_("draft"))
    def draft_differs(self, dialogue: Dialogue) -> str:
        version = dialogue.published_version
        if version is None:
            return gettext("never published")
        return gettext("has changes") if version.stream != dialogue.stream else gettext("as published")

    @admin.display(description=_("status"))
    def standing(self, dialogue: Dialogue) -> str:
        words = gettext("%(status)s; version %(number)s; draft: %(draft)s")
        return words % {
            "status": dialogue.get_status_display(),
            "number": self.published_number(dialogue),
            "draft": self.draft_differs(dialogue),
        }

    @admin.display(description=_("check"))
    def faults(self, dialogue: Dialogue) -> str | SafeString:
        try:
            found = check_dialogue(dialogue=dialogue, has_rules=has_rules())
        except StreamInvalid as refusal:
            return str(refusal)
        return _list_faults(found) if found else gettext("Nothing is wrong: it can be published.")


@admin.register(DialogueVersion)
class DialogueVersionAdmin(PermittedAdmin):
    """One published version, to read; reached from its dialogue."""

    viewers = ("view_dialogues", "manage_dialogues", "publish_dialogues")
    fields = readonly_fields = ("dialogue", "number", "published_at", "published_by", "cards")

    class Media:
        css = {"all": ("chat/admin/dialogues.css",)}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("stream"))
    def cards(self, version: DialogueVersion) -> SafeString:
        return format_html('<pre class="stream-json">{}</pre>', lay_out(version.stream))


def has_rules() -> bool:
    return Rule.objects.filter(is_enabled=True).exists()


def _list_faults(found: list[Fault]) -> SafeString:
    """The faults under the names of their cards, errors before advice."""
    ordered = sorted(found, key=lambda fault: (fault.card_id or "", fault.severity == "advice"))
    cards = (
        (card or gettext("The stream"), _list_card(list(faults)))
        for card, faults in groupby(ordered, key=lambda fault: fault.card_id)
    )
    return format_html('<ul class="faults">{}</ul>', format_html_join("", "<li><b>{}</b>{}</li>", cards))


def _list_card(faults: list[Fault]) -> SafeString:
    rows = ((fault.severity, _name_severity(fault), fault.message) for fault in faults)
    return format_html("<ul>{}</ul>", format_html_join("", '<li class="{}"><b>{}</b> {}</li>', rows))


def _name_severity(fault: Fault) -> str:
    return gettext("Fault:") if fault.severity == "error" else gettext("Advice:")


def _say_refused(dialogue: Dialogue, refusal: DialogueNotPublishable) -> SafeString:
    errors = [fault for fault in refusal.faults if fault.severity == "error"]
    lines = [
        f"{fault.card_id}: {fault.message}" if fault.card_id else fault.message
        for fault in errors[:MOST_FAULTS]
    ]
    if len(errors) > MOST_FAULTS:
        lines.append("…")
    listed = format_html_join("", "<br>{}", ((line,) for line in lines))
    return format_html("“{}”: {}{}", dialogue.name, refusal, listed)
