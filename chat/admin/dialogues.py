"""Dialogues and conversational flows: edited as drafts, published as versions."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.designer.access import ACCESS, list_kinds
from chat.forms import DialogueForm, FlowForm, lay_out, make_slug
from chat.models import Dialogue, DialogueVersion, Flow
from config.admin_permissions import PermittedAdmin, holds

from .streams import StreamAdmin, VersionInline


@admin.register(Dialogue)
class DialogueAdmin(StreamAdmin):
    form = DialogueForm
    list_display = (
        "name",
        "stream_link",
        "priority",
        "standing",
        "came_of_it",
        "language",
        "changed_at",
    )
    list_filter = ("status", "language")
    fieldsets = (
        (None, {"fields": ("name", "description", "priority", "language", "standing", "faults")}),
        (_("Who gets it"), {"fields": ("audience",)}),
        (_("On which pages"), {"fields": ("target_include", "target_exclude")}),
        (
            _("When it is shown"),
            {
                "description": _("At once, unless something is set here; then when all of it has happened."),
                "fields": (("event_page_seconds", "event_site_seconds", "event_scroll_percent"), "poke"),
            },
        ),
    )


class FlowVersionInline(VersionInline):
    viewers = ACCESS[Dialogue.Kind.FLOW].look


@admin.register(Flow)
class FlowAdmin(StreamAdmin):
    kind = Dialogue.Kind.FLOW
    viewers = ACCESS[kind].look
    editors = (ACCESS[kind].edit,)
    inlines = (FlowVersionInline,)
    form = FlowForm
    list_display = (
        "name",
        "stream_link",
        "slug",
        "start_on",
        "look",
        "standing",
        "came_of_it",
        "changed_at",
    )
    list_filter = ("status", "start_on", "look", "has_landing_page")
    fieldsets = (
        (None, {"fields": ("name", "slug", "description", "language", "standing", "faults")}),
        (_("How it starts"), {"fields": ("start_on", "start_selector", "look")}),
        (_("Who gets it, and where"), {"fields": ("audience", "target_include", "target_exclude")}),
        (_("Landing page"), {"fields": ("has_landing_page", "landing_title", "landing_text")}),
    )

    def get_first_setup(self, name: str) -> dict[str, Any]:
        # It can be published at once; how else it starts is chosen on its page.
        return {"slug": make_slug(name), "start_on": Dialogue.Start.CALL}


@admin.register(DialogueVersion)
class DialogueVersionAdmin(PermittedAdmin):
    """One published version, to read; reached from its dialogue, and there for who may look at that."""

    viewers = tuple(codename for access in ACCESS.values() for codename in access.look)
    list_display = ("dialogue", "number", "published_at", "published_by")
    list_select_related = ("dialogue", "published_by")
    show_full_result_count = False
    fields = readonly_fields = ("dialogue", "number", "published_at", "published_by", "cards")

    class Media:
        css = {"all": ("chat/admin/dialogues.css",)}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[DialogueVersion]:
        kinds = list_kinds(partial(holds, request))
        rows: QuerySet[DialogueVersion] = super().get_queryset(request).filter(dialogue__kind__in=kinds)
        # Two streams may be 200 kB each, and every row of the list would bring them.
        return rows.defer("stream", "dialogue__stream")

    @admin.display(description=_("stream"))
    def cards(self, version: DialogueVersion) -> SafeString:
        return format_html('<pre class="stream-json">{}</pre>', lay_out(version.stream))
