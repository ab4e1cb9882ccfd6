"""What must hold in the database and on every screen once everything has come to rest, whatever happened before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db.models import Count, F, Max, Min, Q

from chat.models import Conversation, LiveChat, Message, Seat
from config.installation.models import MAX_SEATS
from routing.models import Offer
from tests.clients import Client


def assert_invariants(*clients: Client) -> None:
    """Every rule of the domain holds, and every client saw what the database holds."""
    broken = [*find_broken_rows(), *find_broken_screens(clients)]
    assert not broken, "\n".join(broken)


def find_broken_rows() -> list[str]:
    """Every rule that a row breaks, in words."""
    rules = (
        _visitors_with_two_conversations,
        _gaps_in_messages,
        _marks_beyond_the_last_message,
        _client_ids_used_twice,
        _chats_with_two_offers,
        _offers_beyond_their_chat,
        _chats_without_a_deadline,
        _chats_without_an_owner,
        _seats_without_a_reason,
        _agents_beyond_their_limit,
        _open_chats_in_closed_conversations,
    )
    return [f"{rule.__name__.strip('_')}: {row}" for rule in rules for row in rule()]


def _visitors_with_two_conversations() -> Iterator[object]:
    grouped = Conversation.objects.filter(is_open=True).values("visitor").annotate(n=Count("pk"))
    yield from grouped.filter(n__gt=1)


def _gaps_in_messages() -> Iterator[object]:
    counted = Conversation.objects.annotate(
        n=Count("messages"), first=Min("messages__seq"), last=Max("messages__seq")
    ).filter(Q(n__gt=0) | Q(last_seq__gt=0))
    gapless = Q(first=1, last=F("n"), last_seq=F("n"))
    yield from counted.exclude(gapless).values("pk", "last_seq", "n", "first", "last")


def _marks_beyond_the_last_message() -> Iterator[object]:
    marks = ("visitor_delivered", "visitor_read", "agent_delivered", "agent_read")
    beyond = Q()
    for mark in marks:
        beyond |= Q(**{f"{mark}__gt": F("last_seq")})
    beyond |= Q(visitor_read__gt=F("visitor_delivered")) | Q(agent_read__gt=F("agent_delivered"))
    yield from Conversation.objects.filter(beyond).values("pk", "last_seq", *marks)


def _client_ids_used_twice() -> Iterator[object]:
    sent = Message.objects.exclude(client_id="").values("conversation", "author", "client_id")
    yield from sent.annotate(n=Count("pk")).filter(n__gt=1)


def _chats_with_two_offers() -> Iterator[object]:
    pending = Offer.objects.filter(status=Offer.Status.PENDING).values("live_chat").annotate(n=Count("pk"))
    yield from pending.filter(n__gt=1)


def _offers_beyond_their_chat() -> Iterator[object]:
    pending = Offer.objects.filter(status=Offer.Status.PENDING)
    yield from pending.exclude(live_chat__status=LiveChat.Status.OFFERED).values(
        "pk", "live_chat_id", "live_chat__status"
    )


def _chats_without_a_deadline() -> Iterator[object]:
    waiting = LiveChat.objects.filter(status=LiveChat.Status.REQUESTED, route_at__isnull=True)
    yield from waiting.values("pk", "status")
    offered = LiveChat.objects.filter(status=LiveChat.Status.OFFERED)
    pending = offered.annotate(n=Count("offers", filter=Q(offers__status=Offer.Status.PENDING)))
    yield from pending.exclude(n=1).values("pk", "status", "n")


def _chats_without_an_owner() -> Iterator[object]:
    active = LiveChat.objects.filter(status=LiveChat.Status.ACTIVE)
    yield from active.filter(agent__isnull=True).values("pk", "status")
    seated = active.annotate(n=Count("seats", filter=Q(seats__agent=F("agent"))))
    yield from seated.exclude(n=1).values("pk", "agent_id", "n")


def _seats_without_a_reason() -> Iterator[object]:
    held = set(Seat.objects.values_list("agent_id", "live_chat_id"))
    offered = Offer.objects.filter(status=Offer.Status.PENDING).values_list("agent_id", "live_chat_id")
    active = LiveChat.objects.filter(status=LiveChat.Status.ACTIVE).values_list("agent_id", "pk")
    needed = {*offered, *active}
    yield from (f"free it: agent {agent} chat {chat}" for agent, chat in held - needed)
    yield from (f"missing: agent {agent} chat {chat}" for agent, chat in needed - held)


def _agents_beyond_their_limit() -> Iterator[object]:
    yield from Seat.objects.values("agent").annotate(n=Count("pk")).filter(n__gt=MAX_SEATS)


def _open_chats_in_closed_conversations() -> Iterator[object]:
    open_chats = LiveChat.objects.filter(status__in=LiveChat.OPEN, conversation__is_open=False)
    yield from open_chats.values("pk", "status", "conversation_id")


def find_broken_screens(clients: Iterable[Client]) -> list[str]:
    """Every difference between what a client was told and what the database holds, in words."""
    return [fault for client in clients for fault in _compare(client)]


def _compare(client: Client) -> Iterator[str]:
    yield from client.faults
    for conversation, shown in client.shown.items():
        rows = Message.objects.filter(conversation__public_id=conversation).order_by("seq")
        stored = list(rows.values_list("seq", "author", "client_id", "text"))
        seen = [(m["seq"], m["author"], m.get("client_id", ""), m["text"]) for m in shown.values()]
        if seen != stored:
            yield f"{conversation} is shown as {seen[-3:]} ({len(seen)}), stored {stored[-3:]} ({len(stored)})"
    yield from _find_lost_acks(client)


def _find_lost_acks(client: Client) -> Iterator[str]:
    """An acknowledged message is in the database exactly once, under the number that was acknowledged (DL-01)."""
    stored = Message.objects.filter(client_id__in=list(client.acks)).values_list("client_id", "seq")
    count = Counter(client_id for client_id, _seq in stored)
    seqs = dict(stored)
    for client_id, acks in client.acks.items():
        if count[client_id] != 1:
            yield f"acknowledged {client_id} is stored {count[client_id]} times"
        elif {ack["seq"] for ack in acks} != {seqs[client_id]}:
            yield f"{client_id} is stored as {seqs[client_id]}, acknowledged as {[a['seq'] for a in acks]}"
