"""Offers, as the agent's pages show them."""

from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from agents.models import User
from chat.protocol import agent as frames
from chat.selectors.inbox import LINE, describe_visitor, get_last_text
from chat.selectors.known import with_people
from chat.selectors.waits import list_said
from routing.models import Offer
from routing.policy import STEPS, Step
from routing.selectors.transfers import list_handovers


def list_pending_offers(*, agent: User, now: datetime) -> list[frames.Offer]:
    """Return what waits for this agent's answer, the oldest first (LC-21). One query; one more for all that
    colleagues hand over.
    """
    rows = Offer.objects.filter(agent=agent, status=Offer.Status.PENDING, expires_at__gt=now).order_by("pk")
    related = with_people(rows.select_related("transfer__sender"), conversation="live_chat__conversation")
    said = list_said().filter(conversation=OuterRef("live_chat__conversation"))
    found = related.annotate(last_text=Subquery(said.values("text")[:1]))
    offers = list(found)
    handovers = list_handovers(offers)
    return [_frame(offer, (offer.last_text or "")[:LINE], handovers.get(offer.pk)) for offer in offers]


def get_offer(offer: Offer) -> frames.Offer:
    """Return one offer as its banner shows it."""
    last_text = get_last_text(offer.live_chat.conversation)
    return _frame(offer, last_text, list_handovers([offer]).get(offer.pk))


def _frame(offer: Offer, last_text: str, handover: frames.Handover | None) -> frames.Offer:
    conversation = offer.live_chat.conversation
    return frames.Offer(
        id=str(offer.public_id),
        conversation=str(conversation.public_id),
        expires_at=offer.expires_at,
        offered_at=offer.offered_at,
        visitor=describe_visitor(conversation.visitor, conversation),
        dialogue=conversation.version.dialogue.name,
        why=_describe_why(offer),
        last_text=last_text,
        handover=handover,
    )


def get_settled_offer(offer: Offer) -> frames.OfferSettled:
    """Return what became of an offer, in words."""
    accepted = offer.status == Offer.Status.ACCEPTED
    return frames.OfferSettled(
        id=str(offer.public_id),
        status=offer.status,  # type: ignore[arg-type]
        text=describe_settled(offer),
        conversation=str(offer.live_chat.conversation.public_id) if accepted else "",
    )


def describe_settled(offer: Offer) -> str:
    """Return what happened to an offer, for the agent who had it (LC-25)."""
    if offer.outcome == "cancelled":
        return _("The visitor stopped waiting.")
    if offer.outcome == "limit":
        return _("The engagement limit of your package is reached, so the visitor got the fallback message.")
    if offer.outcome == "access_lost":
        return _("You can't take live chats any more.")
    if offer.transfer is not None and (words := _HANDED_OVER.get(offer.outcome or offer.status)):
        return words() % {"name": offer.transfer.sender.display_name}
    return {
        Offer.Status.PENDING: _("Waiting for your answer."),
        Offer.Status.ACCEPTED: _("You took this chat."),
        Offer.Status.DECLINED: _("You passed this chat on."),
        Offer.Status.EXPIRED: _("The time to accept was over."),
        Offer.Status.UNDELIVERED: _("Your inbox didn't answer in time, so somebody else was asked."),
        Offer.Status.WITHDRAWN: _("This chat is no longer offered to you."),
    }[Offer.Status(offer.status)]


# What the receiver of a transfer is told otherwise (LC-34).
_HANDED_OVER = {
    "taken_back": lambda: _("%(name)s kept the chat."),
    "chat_ended": lambda: _("The chat has ended."),
    "sender_lost": lambda: _("%(name)s had to leave, so this chat goes another way."),
    "declined": lambda: _("You declined; %(name)s keeps the chat."),
    "undelivered": lambda: _("Your inbox didn't answer in time, so %(name)s keeps the chat."),
}


def _describe_why(offer: Offer) -> str:
    return str(STEPS[Step(offer.via)]) if offer.via in STEPS else ""
