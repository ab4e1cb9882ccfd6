"""Conversations, to read."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, LiveChat
from chat.selectors.transcripts import render_text
from config.admin_permissions import PermittedAdmin, PermittedInline, show_moment


class ReadOnlyPages(PermittedAdmin):
    """What happened is read, not edited; not even by superusers."""

    viewers: tuple[str, ...] = ("view_all_conversations",)
    actions = None
    # Counting every row of a table that only grows would cost more than the page.
    show_full_result_count = False
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or self.readonly_fields

    @admin.display(description=_("id"))
    def whole_id(self, row: Any) -> str:
        return str(row.public_id)

    def name_row(self, row: Any) -> str:
        """What the page of a row is called: who and when, as nobody knows an id by heart."""
        return str(row)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        named = {**context, "subtitle": self.name_row(obj)} if obj else context
        return super().render_change_form(request, named, add, change, form_url, obj)


def name_by_time(what: object, moment: datetime) -> str:
    """What, and when, in one line."""
    return f"{what}, {show_moment(moment)}"


class LiveChatInline(PermittedInline):
    viewers = ("view_all_conversations",)
    model = LiveChat
    fields = readonly_fields = ("status", "end_reason", "agent", "requested_at", "accepted_at", "ended_at")
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[LiveChat]:
        return super().get_queryset(request).select_related("agent")


class StatusFilter(admin.SimpleListFilter):
    """By what became of the request for a human; "missed" is what nobody took (LC-28)."""

    title = _("live chat")
    parameter_name = "live_chat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*LiveChat.Status.choices, ("none", _("None asked for"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value()
        if wanted == "none":
            return queryset.filter(~Exists(LiveChat.objects.filter(conversation=OuterRef("pk"))))
        return queryset.filter(pk__in=_list_newest(wanted).values("conversation")) if wanted else queryset


def _list_newest(status: str) -> QuerySet[LiveChat]:
    """Return the live chats of this status that are their conversation's newest.

    From the chats to the conversations: the other way round, every conversation's is looked up.
    """
    later = LiveChat.objects.filter(conversation=OuterRef("conversation"), pk__gt=OuterRef("pk"))
    return LiveChat.objects.filter(~Exists(later), status=status)


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyPages):
    list_display = (
        "visitor",
        "live_chat",
        "dialogue",
        "triggered_at",
        "is_engaged",
        "is_completed",
        "is_open",
        "last_seq",
    )
    list_filter = (StatusFilter, "is_open", "version__dialogue", "triggered_at")
    list_select_related = ("visitor", "version__dialogue")
    search_fields = ("public_id__exact",)
    search_help_text = _("The conversation's whole id.")
    ordering = ("-id",)
    inlines = (LiveChatInline,)
    fields = (
        "public_id",
        "visitor",
        "dialogue",
        "page_url",
        "page_title",
        "referrer",
        "triggered_at",
        "engaged_at",
        "completed_at",
        "closed_at",
        "goals_reached",
        "transcript",
    )

    class Media:
        css = {"all": ("chat/admin/live_chats.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        newest = LiveChat.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
        rows: QuerySet[Conversation] = super().get_queryset(request)
        # A version's stream may be 200 kB, and every row would bring it.
        return rows.annotate(live_chat_status=Subquery(newest.values("status")[:1])).defer(
            "version__stream", "version__dialogue__stream"
        )

    def name_row(self, row: Conversation) -> str:
        return name_by_time(row.visitor, row.triggered_at)

    @admin.display(description=_("live chat"), ordering="live_chat_status")
    def live_chat(self, conversation: Any) -> str | None:
        """What became of the request for a human, as the Conversations tab says it (LC-28)."""
        status = conversation.live_chat_status
        return str(LiveChat.Status(status).label) if status else None

    @admin.display(description=_("dialogue"))
    def dialogue(self, conversation: Conversation) -> str:
        return f"{conversation.version.dialogue.name} ({conversation.version.number})"

    @admin.display(description=_("engaged"), boolean=True, ordering="engaged_at")
    def is_engaged(self, conversation: Conversation) -> bool:
        return conversation.engaged_at is not None

    @admin.display(description=_("completed"), boolean=True, ordering="completed_at")
    def is_completed(self, conversation: Conversation) -> bool:
        return conversation.completed_at is not None

    @admin.display(description=_("goals reached"))
    def goals_reached(self, conversation: Conversation) -> str:
        names = conversation.goals.order_by("pk").values_list("name", flat=True)
        return ", ".join(names) or "–"

    @admin.display(description=_("transcript"))
    def transcript(self, conversation: Conversation) -> SafeString:
        text = render_text(conversation=conversation, audience="staff")
        return format_html('<pre class="transcript">{}</pre>', text)
