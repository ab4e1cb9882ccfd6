"""Live chats, to read: what happened, who was asked, and why."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.models import LiveChat, TimelineEntry
from config.admin_permissions import PermittedInline, link_to, show_moment
from routing.admin.reading import describe_decision, name_circle
from routing.models import Offer
from routing.selectors.timeline_words import say_details

from .conversations import ReadOnlyPages, name_by_time
from .timelines import show_timeline

_OPTIONS: dict[str, Any] = {
    "round_robin": _("Round robin: all agents in turn"),
    "agent": _("One agent"),
    "rules": _("Custom rules"),
    "team": _("A team, in turn"),
}


class OfferInline(PermittedInline):
    viewers = ("view_all_conversations",)
    model = Offer
    fields = readonly_fields = (
        "attempt",
        "agent",
        "through",
        "status",
        "offered",
        "shown",
        "settled",
        "decline_reason",
    )
    can_delete = False
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offer]:
        return super().get_queryset(request).select_related("agent")

    @admin.display(description=_("asked through"))
    def through(self, offer: Offer) -> str:
        return name_circle(offer.via)

    @admin.display(description=_("offered"))
    def offered(self, offer: Offer) -> str:
        return show_moment(offer.offered_at)

    @admin.display(description=_("banner on screen"))
    def shown(self, offer: Offer) -> str:
        return show_moment(offer.shown_at)

    @admin.display(description=_("settled"))
    def settled(self, offer: Offer) -> str:
        return show_moment(offer.settled_at)


class TimelineInline(PermittedInline):
    viewers = ("view_all_conversations",)
    model = TimelineEntry
    fields = readonly_fields = ("time", "kind", "agent", "details")
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[TimelineEntry]:
        return super().get_queryset(request).select_related("agent")

    @admin.display(description=_("at"))
    def time(self, entry: TimelineEntry) -> str:
        return show_moment(entry.at)

    @admin.display(description=_("details"))
    def details(self, entry: TimelineEntry) -> str:
        return say_details(entry.kind, entry.data)


@admin.register(LiveChat)
class LiveChatAdmin(ReadOnlyPages):
    list_display = ("requested_at", "visitor", "dialogue", "status", "end_reason", "agent", "ended_at")
    list_filter = ("status", "end_reason", "requested_at", "conversation__version__dialogue")
    list_select_related = ("conversation__visitor", "conversation__version__dialogue", "agent")
    search_fields = ("public_id__exact", "agent__first_name", "agent__last_name", "agent__username")
    search_help_text = _("The chat's whole id, or the agent's name.")
    ordering = ("-id",)
    inlines = (OfferInline, TimelineInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "whole_id",
                    "visitor",
                    "conversation_page",
                    "dialogue",
                    "status",
                    "end_reason",
                    "agent",
                )
            },
        ),
        (_("Times (UTC)"), {"fields": ("requested_at", "accepted_at", "ended_at")}),
        (_("Who was asked, and why"), {"fields": ("option", "decisions")}),
    )

    change_form_template = "admin/chat/livechat/change_form.html"

    class Media:
        css = {"all": ("chat/admin/live_chats.css",)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.timeline_view)
        return [
            path("<int:pk>/timeline/", view, {"form": ""}, name="chat_livechat_timeline"),
            path("<int:pk>/timeline.<str:form>", view, name="chat_livechat_timeline_file"),
            *super().get_urls(),
        ]

    def timeline_view(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        chat = self.get_queryset(request).filter(pk=pk).first()
        if chat is None or form not in ("", "csv", "json"):
            raise Http404
        return show_timeline(self.admin_site, request, chat, form)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LiveChat]:
        # A version's stream may be 200 kB, and every row would bring it.
        heavy = ("conversation__version__stream", "conversation__version__dialogue__stream")
        return super().get_queryset(request).defer(*heavy)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def name_row(self, row: LiveChat) -> str:
        return name_by_time(self.visitor(row), row.requested_at)

    @admin.display(description=_("visitor"))
    def visitor(self, chat: LiveChat) -> str:
        return chat.conversation.visitor.display_name

    @admin.display(description=_("dialogue"))
    def dialogue(self, chat: LiveChat) -> str:
        return chat.conversation.version.dialogue.name

    @admin.display(description=_("conversation"))
    def conversation_page(self, chat: LiveChat) -> SafeString:
        return link_to(chat.conversation, _("Open the transcript"))

    @admin.display(description=_("routing option"))
    def option(self, chat: LiveChat) -> str:
        option = str(chat.card.get("option", ""))
        return str(_OPTIONS.get(option, option or "–"))

    @admin.display(description=_("decisions"))
    def decisions(self, chat: LiveChat) -> SafeString:
        described = [
            describe_decision(decision) for decision in chat.decisions.select_related("offer__agent")
        ]
        return render_to_string("admin/chat/livechat/decisions.html", {"decisions": described})


@admin.register(TimelineEntry)
class TimelineAdmin(ReadOnlyPages):
    list_display = ("time", "kind", "chat", "agent", "details")
    list_filter = ("kind", "at")
    list_select_related = ("live_chat__conversation__visitor", "agent")
    search_fields = ("live_chat__public_id__exact",)
    search_help_text = _("The chat's whole id.")
    ordering = ("-id",)
    fields = ("time", "kind", "chat", "agent", "details")

    def name_row(self, row: TimelineEntry) -> str:
        return name_by_time(row.get_kind_display(), row.at)

    @admin.display(description=_("live chat"))
    def chat(self, entry: TimelineEntry) -> SafeString:
        return link_to(entry.live_chat, entry.live_chat.conversation.visitor)

    @admin.display(description=_("at"), ordering="at")
    def time(self, entry: TimelineEntry) -> str:
        return show_moment(entry.at)

    @admin.display(description=_("details"))
    def details(self, entry: TimelineEntry) -> str:
        return say_details(entry.kind, entry.data)
