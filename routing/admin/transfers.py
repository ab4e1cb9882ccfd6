"""Transfers, to read: who handed which chat over to whom, who was asked, and what became of it (LC-34)."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.admin.conversations import ReadOnlyPages, name_by_time
from config.admin_permissions import link_to, show_moment
from routing.models import Offer, Transfer
from routing.selectors.timeline_words import REASONS


@admin.register(Transfer)
class TransferAdmin(ReadOnlyPages):
    list_display = ("started", "sender_shown", "target", "state", "reason", "taken_by", "lasted", "chat")
    list_filter = (
        "status",
        "started_at",
        ("sender", admin.RelatedOnlyFieldListFilter),
        ("team", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("sender", "live_chat__conversation__visitor")
    search_fields = (
        "public_id__exact",
        "live_chat__public_id__exact",
        "target_name",
        "sender__username",
        "sender__first_name",
        "sender__last_name",
    )
    search_help_text = _("The whole id of the transfer or the chat, or the name of who sent it or was asked.")
    ordering = ("-id",)
    fields = ("chat", "sender_shown", "target", "note_shown", "state", "reason", "asked", "started", "lasted")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        offers = Offer.objects.select_related("agent").order_by("pk")
        return super().get_queryset(request).prefetch_related(Prefetch("offers", offers))

    def name_row(self, row: Transfer) -> str:
        return name_by_time(self.sender_shown(row), row.started_at)

    @admin.display(description=_("started (UTC)"), ordering="started_at")
    def started(self, transfer: Transfer) -> str:
        return show_moment(transfer.started_at)

    @admin.display(description=_("from"), ordering="sender__first_name")
    def sender_shown(self, transfer: Transfer) -> str:
        return transfer.sender.display_name

    @admin.display(description=_("to"), ordering="target_name")
    def target(self, transfer: Transfer) -> str:
        return transfer.target_name

    @admin.display(description=_("state"), ordering="status")
    def state(self, transfer: Transfer) -> str:
        return transfer.get_status_display()

    @admin.display(description=_("why"), ordering="outcome")
    def reason(self, transfer: Transfer) -> str:
        return str(REASONS.get(transfer.outcome, transfer.outcome)) or "–"

    @admin.display(description=_("taken by"))
    def taken_by(self, transfer: Transfer) -> str:
        taken = [offer for offer in transfer.offers.all() if offer.status == Offer.Status.ACCEPTED]
        return taken[-1].agent.display_name if taken else "–"

    @admin.display(description=_("took"))
    def lasted(self, transfer: Transfer) -> str:
        if transfer.settled_at is None:
            return "–"
        seconds = (transfer.settled_at - transfer.started_at) / timedelta(seconds=1)
        return gettext("%(seconds).0f s") % {"seconds": seconds}

    @admin.display(description=_("live chat"))
    def chat(self, transfer: Transfer) -> SafeString:
        visitor = transfer.live_chat.conversation.visitor
        return link_to(transfer.live_chat, visitor.display_name)

    @admin.display(description=_("note to the colleague"))
    def note_shown(self, transfer: Transfer) -> str:
        return transfer.note or "–"

    @admin.display(description=_("who was asked"))
    def asked(self, transfer: Transfer) -> SafeString | str:
        lines = [(link_to(offer, offer.agent), _describe(offer)) for offer in transfer.offers.all()]
        return format_html_join("", "<p>{}: {}</p>", lines) or "–"


def _describe(offer: Offer) -> str:
    """What became of it, with the agent's own reason where there is one."""
    status = offer.get_status_display()
    return f"{status} ({offer.decline_reason})" if offer.decline_reason else status
