"""What must hold in the database when nobody is in the middle of a step; every race and kill ends with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, F, Max, Min, Q

from chat.models import Conversation, Engagement, LiveChat, Message, Seat
from config.installation.models import MAX_SEATS
from config.installation.selectors import get_installation
from routing.models import Decision, Offer, Transfer


def check_invariants() -> None:
    """Raise AssertionError with every broken invariant, and the ids concerned."""
    broken = [problem for check in CHECKS for problem in check()]
    assert not broken, "\n".join(broken)


def _conversations() -> Iterator[str]:
    rows = Conversation.objects.filter(is_open=True).values("visitor").annotate(open=Count("pk"))
    for row in rows.filter(open__gt=1):
        yield f"visitor {row['visitor']} has {row['open']} open conversations (R12)"
    over = Conversation.objects.filter(is_open=False, is_suspended=False)
    for pk in _ids(over.exclude(awaiting_card="")):
        yield f"closed conversation {pk} waits for an answer"
    aside = Conversation.objects.filter(is_suspended=True)
    for pk in _ids(aside.filter(Q(is_open=True) | Q(engaged_at=None) | Q(completed_at__isnull=False))):
        yield f"conversation {pk} is set aside and has nothing to come back to (DG-20)"


def _messages() -> Iterator[str]:
    spans = Message.objects.values("conversation", "conversation__last_seq").annotate(
        first=Min("seq"), last=Max("seq"), count=Count("pk")
    )
    for row in spans:
        ends = {row["last"], row["count"], row["conversation__last_seq"]}
        if row["first"] != 1 or len(ends) != 1:
            yield f"conversation {row['conversation']} has gaps or a wrong last_seq: {row} (DL-03)"
    silent = Conversation.objects.filter(last_seq__gt=0, messages__isnull=True)
    for pk in _ids(silent):
        yield f"conversation {pk} has a last_seq and no messages (DL-03)"


def _marks() -> Iterator[str]:
    for side in ("visitor", "agent"):
        delivered, read = f"{side}_delivered", f"{side}_read"
        ahead = Q(**{f"{delivered}__gt": F("last_seq")}) | Q(**{f"{read}__gt": F(delivered)})
        for pk in _ids(Conversation.objects.filter(ahead)):
            yield f"conversation {pk}: the {side}'s marks are ahead of the messages (LC-30)"


def _live_chats() -> Iterator[str]:
    chats = LiveChat.objects.all()
    for pk in _ids(chats.filter(status__in=LiveChat.OPEN, conversation__is_open=False)):
        yield f"live chat {pk} is open in a closed conversation"
    for pk in _ids(chats.exclude(status__in=LiveChat.OPEN).filter(conversation__is_open=True)):
        yield f"live chat {pk} is over in an open conversation"
    for pk in _ids(chats.filter(status="requested", route_at__isnull=True)):
        yield f"requested live chat {pk} has no deadline (LC-22)"
    for pk in _ids(chats.filter(status="active").filter(Q(agent__isnull=True) | Q(idle_at__isnull=True))):
        yield f"active live chat {pk} has no owner or no deadline (LC-07)"
    for pk in _ids(chats.filter(status__in=LiveChat.WAITING, agent__isnull=False)):
        yield f"waiting live chat {pk} has an owner"
    over = chats.exclude(status__in=LiveChat.OPEN)
    for pk in _ids(over.filter(Q(ended_at__isnull=True) | Q(end_reason=""))):
        yield f"live chat {pk} is over without a time or a reason"
    never_active = chats.filter(status__in=("fallback", "abandoned")).exclude(accepted_at__isnull=True)
    for pk in _ids(never_active):
        yield f"live chat {pk} was accepted and counts as missed (LC-28)"


def _offers() -> Iterator[str]:
    pending = Offer.objects.filter(status="pending")
    counts = Counter(pending.values_list("live_chat_id", flat=True))
    for pk, count in counts.items():
        if count > 1:
            yield f"live chat {pk} has {count} pending offers"
    for pk in _ids(pending.filter(transfer=None).exclude(live_chat__status="offered")):
        yield f"offer {pk} is pending and its chat isn't offered (LC-25)"
    for pk in _ids(LiveChat.objects.filter(status="offered")):
        if pk not in counts:
            yield f"live chat {pk} is offered to nobody"
    for pk in _ids(pending.filter(Q(expires_at__isnull=True) | Q(deliver_by__isnull=True))):
        yield f"pending offer {pk} has no deadline (LC-22)"
    for pk in _ids(Offer.objects.filter(decision__isnull=True)):
        yield f"offer {pk} is not explained (LC-20)"
    accepted = Counter(Offer.objects.filter(status="accepted").values_list("live_chat_id", flat=True))
    for chat in LiveChat.objects.filter(accepted_at__isnull=True, pk__in=accepted):
        yield f"live chat {chat.pk} has an accepted offer and was never active (LC-25)"
    for pk in _ids(LiveChat.objects.filter(status="fallback")):
        if not Decision.objects.filter(live_chat=pk).exists():
            yield f"live chat {pk} fell back without an explanation (LC-20)"


def _transfers() -> Iterator[str]:
    """The sender has the chat while a colleague is asked, and nobody is asked for longer (LC-34)."""
    waiting = Transfer.objects.filter(status="pending").select_related("live_chat")
    for transfer in waiting:
        chat = transfer.live_chat
        if (chat.status, chat.agent_id) != ("active", transfer.sender_id):
            yield f"transfer {transfer.pk} is pending and its sender hasn't the chat"
        asked = transfer.offers.filter(status="pending").count()
        if asked + (transfer.next_at is not None) != 1:
            yield f"transfer {transfer.pk} asks {asked} people, and is due at {transfer.next_at}"
    asking = Offer.objects.filter(status="pending", transfer__isnull=False)
    for pk in _ids(asking.exclude(transfer__status="pending")):
        yield f"offer {pk} is pending and its transfer is over"
    accepted = Counter(
        Offer.objects.filter(status="accepted", transfer__isnull=False).values_list("transfer_id", flat=True)
    )
    done = Counter(Transfer.objects.filter(status="accepted").values_list("pk", flat=True))
    if accepted != done:
        yield f"transfers {done} are accepted, and offers of {accepted}"


def _seats() -> Iterator[str]:
    """Seats are exactly the pending offers and the active chats (LC-10)."""
    taken = Counter(Seat.objects.values_list("agent_id", "live_chat_id"))
    due = Counter(Offer.objects.filter(status="pending").values_list("agent_id", "live_chat_id"))
    due.update(LiveChat.objects.filter(status="active").values_list("agent_id", "pk"))
    for (agent_id, chat_id), count in (due - taken).items():
        yield f"agent {agent_id} has no seat for live chat {chat_id} ({count})"
    for (agent_id, chat_id), count in (taken - due).items():
        yield f"agent {agent_id} keeps a seat for live chat {chat_id} ({count})"
    for agent_id, count in Counter(agent_id for agent_id, _chat in taken.elements()).items():
        if count > MAX_SEATS:
            yield f"agent {agent_id} has {count} seats (LC-10)"


def _engagements() -> Iterator[str]:
    counted = Counter(Engagement.objects.values_list("visitor_key", "session_number"))
    for key, count in counted.items():
        if count > 1:
            yield f"session {key} is counted {count} times (LC-02)"
    installation = get_installation()
    if not installation.is_prime and len(counted) > installation.engagement_limit:
        yield f"{len(counted)} engagements are counted, {installation.engagement_limit} allowed (LC-02)"
    sessions = set(Engagement.objects.values_list("visitor_key", flat=True))
    for chat in LiveChat.objects.filter(accepted_at__isnull=False).select_related("conversation__visitor"):
        if chat.conversation.visitor.public_id not in sessions:
            yield f"live chat {chat.pk} was active and isn't counted (LC-02)"


def _ids(rows: object) -> list[int]:
    return list(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]


CHECKS = (_conversations, _messages, _marks, _live_chats, _offers, _transfers, _seats, _engagements)
