"""The end of an offer, as every way to it stores it (LC-25)."""

from datetime import datetime

from chat.events import AgentChatsChanged
from chat.models import LiveChat, Seat, TimelineEntry
from chat.services.live_chats import note
from config.lib.events import publish
from routing.events import OfferSettled
from routing.models import Offer

_ENTRY = {
    Offer.Status.ACCEPTED: TimelineEntry.Kind.ACCEPTED,
    Offer.Status.DECLINED: TimelineEntry.Kind.DECLINED,
    Offer.Status.EXPIRED: TimelineEntry.Kind.EXPIRED,
    Offer.Status.UNDELIVERED: TimelineEntry.Kind.UNDELIVERED,
    Offer.Status.WITHDRAWN: TimelineEntry.Kind.WITHDRAWN,
}


def settle_offer(
    offer: Offer, live_chat: LiveChat, status: Offer.Status, *, now: datetime, outcome: str = ""
) -> None:
    """Store how a locked offer ended; the seat is free again unless the chat began."""
    offer.status = status
    offer.outcome = outcome
    offer.settled_at = now
    offer.save(update_fields=["status", "outcome", "settled_at", "decline_reason"])
    if status != Offer.Status.ACCEPTED:
        Seat.objects.filter(agent_id=offer.agent_id, live_chat=live_chat).delete()
        publish(AgentChatsChanged(offer.agent_id))
    data = {key: text for key, text in (("outcome", outcome), ("reason", offer.decline_reason)) if text}
    note(live_chat, _ENTRY[status], now=now, agent_id=offer.agent_id, data=data)
    publish(OfferSettled(offer.pk))
