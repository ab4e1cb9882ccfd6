"""What agents do with an offer, and what became of it."""

from __future__ import annotations

from agents.models import User
from chat.models import LiveChat
from routing.models import Offer
from routing.services.offers import accept_offer, confirm_shown, decline_offer
from tests.stage import at


def reload(chat: LiveChat) -> LiveChat:
    return LiveChat.objects.select_related("conversation").get(pk=chat.pk)


def take(offer: Offer, seconds: float = 1, *, agent: User | None = None) -> Offer:
    return accept_offer(
        offer_id=str(offer.public_id), agent_id=agent.pk if agent else offer.agent_id, now=at(seconds)
    )


def decline(offer: Offer, seconds: float = 1, reason: str = "") -> Offer:
    return decline_offer(
        offer_id=str(offer.public_id), agent_id=offer.agent_id, reason=reason, now=at(seconds)
    )


def show(offer: Offer, seconds: float = 1) -> None:
    confirm_shown(offer_id=str(offer.public_id), agent_id=offer.agent_id, now=at(seconds))


def status(offer: Offer) -> str:
    return Offer.objects.get(pk=offer.pk).status


def pending(chat: LiveChat) -> Offer:
    return Offer.objects.get(live_chat=chat, status="pending")
