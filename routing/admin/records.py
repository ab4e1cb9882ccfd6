"""Offers and decisions, to read."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.admin.conversations import ReadOnlyPages, name_by_time
from chat.models import LiveChat
from config.admin_permissions import link_to
from routing.models import Decision, Offer
from routing.policy import STEPS

from .ledger import show_agent, show_ledger
from .reading import describe_decision, name_circle, name_reason
from .rule_versions import link_to_version

# What a decision may have ended with.
REFUSALS = (
    LiveChat.End.NO_AGENT,
    LiveChat.End.NOT_ACCEPTED,
    LiveChat.End.NO_RULE,
    LiveChat.End.LIMIT,
    LiveChat.End.BLOCKED,
)

# Beside the steps: what the ledger counts, which is all but what colleagues hand over.
ROUTING = "routing"


class StepFilter(admin.SimpleListFilter):
    """By the step of routing that led to the agent, in the words of the pages."""

    title = _("asked through")
    parameter_name = "via"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        steps = ((step.value, words) for step, words in STEPS.items())
        return [(ROUTING, _("all of routing")), *steps]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == ROUTING:
            return queryset.filter(transfer=None)
        return queryset.filter(via=self.value()) if self.value() else queryset


class ChatColumn:
    """The chat that a row is about, by its visitor's name."""

    @admin.display(description=_("live chat"))
    def chat(self, row: Offer | Decision) -> SafeString:
        return link_to(row.live_chat, row.live_chat.conversation.visitor)


@admin.register(Offer)
class OfferAdmin(ChatColumn, ReadOnlyPages):
    list_display = ("offered_at", "agent", "status", "through", "attempt", "shown_at", "settled_at", "chat")
    list_filter = ("status", StepFilter, "offered_at", ("agent", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("agent", "live_chat__conversation__visitor")
    search_fields = ("public_id__exact", "live_chat__public_id__exact", "agent__username", "agent__last_name")
    search_help_text = _("The whole id of the offer or the chat, or the agent's name.")
    ordering = ("-id",)
    fields = (
        "whole_id",
        "chat",
        "agent",
        "status",
        "through",
        "attempt",
        "offered_at",
        "shown_at",
        "expires_at",
        "settled_at",
        "decline_reason",
        "outcome",
    )

    change_list_template = "admin/routing/offer/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(partial(self._guarded, view))

        return [
            path("ledger/", guard(show_ledger), name="routing_ledger"),
            path("ledger/<int:agent_id>/", guard(show_agent), name="routing_ledger_agent"),
            *super().get_urls(),
        ]

    def name_row(self, row: Offer) -> str:
        return name_by_time(row.agent, row.offered_at)

    @admin.display(description=_("asked through"), ordering="via")
    def through(self, offer: Offer) -> str:
        return name_circle(offer.via)

    def _guarded(
        self, view: Callable[..., HttpResponse], request: HttpRequest, **kwargs: Any
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return view(self.admin_site, request, **kwargs)


class ReasonFilter(admin.SimpleListFilter):
    """By why nobody was asked, in the words of the pages."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(reason.value, reason.label) for reason in REFUSALS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


@admin.register(Decision)
class DecisionAdmin(ChatColumn, ReadOnlyPages):
    list_display = ("made_at", "outcome", "why", "asked", "chat")
    list_filter = ("outcome", ReasonFilter, "made_at")
    list_select_related = ("offer__agent", "live_chat__conversation__visitor")
    search_fields = ("live_chat__public_id__exact",)
    search_help_text = _("The chat's whole id.")
    ordering = ("-id",)
    fields = ("chat", "made_at", "rules", "explanation")

    class Media:
        css = {"all": ("chat/admin/live_chats.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        rows: QuerySet[Decision] = super().get_queryset(request)
        # The steps name every agent considered; the list doesn't show them.
        is_list = bool(
            request.resolver_match and request.resolver_match.url_name == "routing_decision_changelist"
        )
        return rows.defer("steps") if is_list else rows

    def name_row(self, row: Decision) -> str:
        return name_by_time(row.get_outcome_display(), row.made_at)

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, decision: Decision) -> str:
        return name_reason(decision.reason) or "–"

    @admin.display(description=_("asked"))
    def asked(self, decision: Decision) -> str:
        return str(decision.offer.agent) if decision.offer else "–"

    @admin.display(description=_("custom rules"))
    def rules(self, decision: Decision) -> SafeString | str:
        version = decision.rule_version
        return (
            link_to_version(version)
            if version
            else gettext("None: a handover asks no rules, and earlier decisions kept none")
        )

    @admin.display(description=_("who was asked, and why"))
    def explanation(self, decision: Decision) -> SafeString:
        context = {"decisions": [describe_decision(decision)]}
        return render_to_string("admin/chat/livechat/decisions.html", context)
