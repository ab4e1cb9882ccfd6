"""The statements of a group commit, in plain SQL: through the ORM a commit cost 2 to 3.5 ms of processor time
however few messages it held. What PostgreSQL can take together travels in one round trip.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from chat.models import Conversation, LiveChat, Message

# A statement and what is bound to its placeholders. Names come from the models, never from people.
_Statement = tuple[str, Sequence[Any]]

_MESSAGES = Message._meta.db_table
_CONVERSATIONS = Conversation._meta.db_table
_LIVE_CHATS = LiveChat._meta.db_table


class Row(NamedTuple):
    """One message of kind text; `name` is the agent's, None where a visitor wrote it."""

    conversation_id: int
    seq: int
    author: str
    client_id: str
    text: str
    agent_id: int | None
    name: str | None


@dataclass(slots=True)
class Standing:
    """What a locked conversation allows now: its open live chat, if there is one."""

    pk: int
    public_id: str
    visitor_id: int
    last_seq: int
    is_open: bool
    status: str = ""
    agent_id: int | None = None
    agent_name: str = ""
    # Both sides were told when the chat ends, and nobody has written since (LC-31).
    is_warned: bool = False


def lock_conversations(ids: Collection[int]) -> list[Standing]:
    """Lock the conversations until the end of the transaction, in the order of their ids: two processes'
    batches never wait for each other.

    The live chats are read after the lock, by a statement of their own: who ends a chat appends a line under
    the same lock, so "active" here holds until the commit.
    """
    if not ids:
        return []
    pks = _slots(len(ids))
    lock = " FOR NO KEY UPDATE" if connection.features.has_select_for_no_key_update else ""
    conversations, chats = _run(
        (
            f"SELECT id, public_id, visitor_id, last_seq, is_open FROM {_CONVERSATIONS}"  # noqa: S608
            f" WHERE id IN {pks} ORDER BY id{lock}",
            [*ids],
        ),
        (
            "SELECT conversation_id, status, agent_id, agent_name,"  # noqa: S608
            " idle_warned_at IS NOT NULL AND idle_warned_at >= active_at"
            f" FROM {_LIVE_CHATS} JOIN {_CONVERSATIONS} ON {_CONVERSATIONS}.id = conversation_id"
            f" WHERE conversation_id IN {pks} AND status IN {_slots(len(LiveChat.OPEN))}",
            [*ids, *LiveChat.OPEN],
        ),
    )
    open_chats = {pk: chat for pk, *chat in chats}
    return [
        Standing(pk, _as_text(public_id), visitor_id, last_seq, bool(is_open), *open_chats.get(pk, ()))
        for pk, public_id, visitor_id, last_seq, is_open in conversations
    ]


def write_rows(rows: Sequence[Row], now: datetime, *, changed: Collection[int]) -> None:
    """Write the messages; to each conversation, the last number given out and the time of the last word.

    ``changed`` are the conversations whose state is another one now.
    """
    # SQLite keeps times as text; the ORM writes them without the zone, and so must this.
    at = connection.ops.adapt_datetimefield_value(now)
    last_seqs = {row.conversation_id: row.seq for row in rows}
    moved = ", ".join(["(%s, %s, %s)"] * len(last_seqs))
    _run(
        (
            f"INSERT INTO {_MESSAGES} (conversation_id, seq, author, client_id, text, agent_id,"  # noqa: S608
            f" payload, kind, created_at) VALUES {', '.join([_slots(9)] * len(rows))}",
            [value for row in rows for value in (*row[:6], _payload(row), "text", at)],
        ),
        (
            f"UPDATE {_CONVERSATIONS} SET last_seq = moved.column2, active_at = %s,"  # noqa: S608
            f" revision = revision + moved.column3 FROM (VALUES {moved}) AS moved"
            f" WHERE {_CONVERSATIONS}.id = moved.column1",
            [at, *(value for pk, seq in last_seqs.items() for value in (pk, seq, int(pk in changed)))],
        ),
    )


def _payload(row: Row) -> str:
    return "{}" if row.name is None else json.dumps({"name": row.name})


def _run(*statements: _Statement) -> list[list[Any]]:
    """Execute in order; what each returns. PostgreSQL takes them all in one message, each with a snapshot of
    its own.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return [_fetch(cursor.execute(sql, params) and cursor) for sql, params in statements]
        cursor.execute(
            "; ".join(sql for sql, _params in statements),
            [value for _sql, params in statements for value in params],
        )
        found = [_fetch(cursor)]
        while cursor.nextset():
            found.append(_fetch(cursor))
        return found


def _fetch(cursor: Any) -> list[Any]:
    return cursor.fetchall() if cursor.description else []


def _slots(count: int) -> str:
    return f"({', '.join(['%s'] * count)})"


def _as_text(public_id: UUID | str) -> str:
    """SQLite keeps an id as its 32 digits."""
    return str(public_id if isinstance(public_id, UUID) else UUID(public_id))
