"""An agent's inbox as frames: what a socket sends first, and what it looks up when something changed."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from agents.models import Agent, User
from agents.selectors import describe_availability, get_agent_availability
from chat.models import Conversation, LiveChat, Seat
from chat.protocol import PROTOCOL_VERSION
from chat.protocol import agent as frames
from chat.selectors.conversations import list_accepted
from chat.selectors.inbox import list_active_chats
from chat.selectors.mentions import list_mentions
from chat.selectors.snapshots import Snapshot, get_snapshot
from config.installation.selectors import get_installation
from routing.models import Offer
from routing.selectors.offers import get_offer, get_settled_offer, list_pending_offers
from routing.selectors.transfers import list_told_transfers


@dataclass(frozen=True, slots=True)
class Inbox:
    """What an agent has now; ``conversations`` maps public ids to the rows' own."""

    availability: frames.AvailabilityNow
    offers: list[frames.Offer]
    chats: list[frames.Chat]
    conversations: dict[str, int]
    files: bool = False
    transfers: list[frames.TransferNow] = field(default_factory=list)
    mentions: list[frames.Mention] = field(default_factory=list)


def read_inbox(agent: Agent, *, now: datetime | None = None) -> Inbox:
    """Return the agent's whole inbox in a constant number of queries (LC-37)."""
    now = now or timezone.now()
    chats = list_active_chats(agent=agent)
    # Of exactly these chats: one may end, or another begin, between the two queries.
    own = Conversation.objects.filter(public_id__in=[chat.state.conversation for chat in chats])
    return Inbox(
        availability=get_availability_frame(agent, now=now),
        offers=list_pending_offers(agent=agent, now=now),
        chats=chats,
        conversations={str(public_id): pk for public_id, pk in own.values_list("public_id", "pk")},
        files=get_installation().files_enabled,
        transfers=list_told_transfers(sender=agent, now=now),
        mentions=list_mentions(person=agent),
    )


def get_welcome(agent: User, inbox: Inbox, *, now: datetime) -> frames.Welcome:
    return frames.Welcome(
        protocol=PROTOCOL_VERSION,
        now=now,
        agent=agent.display_name,
        availability=inbox.availability,
        offers=inbox.offers,
        chats=inbox.chats,
        files=inbox.files,
        transfers=inbox.transfers,
        mentions=inbox.mentions,
    )


def get_availability_frame(agent: User, *, now: datetime) -> frames.AvailabilityNow:
    """Return whether the agent is offered chats now, with the reason in words (LC-12)."""
    fresh = User.objects.prefetch_related("schedule_blocks").get(pk=agent.pk)
    taken = Seat.objects.filter(agent=fresh).count()
    return describe_standing(fresh, seats_taken=taken, seat_limit=get_installation().seat_limit, now=now)


def describe_standing(
    agent: User, *, seats_taken: int, seat_limit: int, now: datetime
) -> frames.AvailabilityNow:
    """The same of an agent who was just read, blocks prefetched; ``seat_limit`` is the installation's."""
    current = get_agent_availability(agent=agent, now=now)
    return frames.AvailabilityNow(
        available=current.available,
        reason=current.reason,
        text=describe_availability(current, agent=agent, now=now),
        seats_taken=seats_taken,
        seats=agent.seat_limit or seat_limit,
        until=current.until,
        by=current.by,
    )


def find_own_chat(agent: User, public_id: str) -> int | None:
    """Return the conversation in which this agent has, or had, a live chat."""
    try:
        conversation = uuid.UUID(public_id)
    except ValueError:
        return None
    own = LiveChat.objects.filter(conversation__public_id=conversation)
    # Also one that was handed over since: what was written before may be sent again (DL-02, LC-34).
    own = own.filter(Q(agent=agent) | Q(pk__in=list_accepted(agent)))
    return own.values_list("conversation_id", flat=True).first()


def read_last_words(agent: User, conversation_id: int, *, after: int) -> Snapshot | None:
    """Return how a chat ended that was this agent's to the end; None where somebody else has it now."""
    live_chat = LiveChat.objects.filter(conversation=conversation_id).order_by("-pk").first()
    if live_chat is None or live_chat.agent_id != agent.pk:
        return None
    return get_snapshot(conversation_id, "staff", after=after)


def read_offer(**which: int | str) -> frames.Offer | frames.OfferSettled | None:
    """Return an offer, by ``pk`` or ``public_id``, as its banner, or as what became of it."""
    related = (
        "agent",
        "live_chat__conversation__visitor",
        "live_chat__conversation__version__dialogue",
        "transfer__sender",
    )
    offer = Offer.objects.select_related(*related).filter(**which).first()
    if offer is None:
        return None
    is_pending = offer.status == Offer.Status.PENDING
    return get_offer(offer) if is_pending else get_settled_offer(offer)
