"""What every client was told, held against the database once all has come to rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from chat.models import Message
from tests.clients import Client
from tests.invariants import check_invariants


def assert_all_agree(*clients: Client) -> None:
    """Every rule of the domain holds, and every client was shown exactly what is stored (DL-01 to DL-04)."""
    check_invariants()
    broken = find_broken_screens(clients)
    assert not broken, "\n".join(broken)


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
            yield f"shown {len(seen)}, last {seen[-3:]}; stored {len(stored)}, last {stored[-3:]}"
    yield from _find_lost_acks(client)


def _find_lost_acks(client: Client) -> Iterator[str]:
    """An acknowledged message is in the database once, under the number that was told (DL-01)."""
    stored = Message.objects.filter(client_id__in=list(client.acks)).values_list("client_id", "seq")
    count = Counter(client_id for client_id, _seq in stored)
    seqs = dict(stored)
    for client_id, acks in client.acks.items():
        if count[client_id] != 1:
            yield f"acknowledged {client_id} is stored {count[client_id]} times"
        elif {ack["seq"] for ack in acks} != {seqs[client_id]}:
            yield f"{client_id} is stored as {seqs[client_id]}, acknowledged as {[a['seq'] for a in acks]}"
