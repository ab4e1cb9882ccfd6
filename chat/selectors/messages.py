"""Reading messages, as the frames that both sides get."""

from datetime import datetime
from itertools import accumulate
from typing import Any

import msgspec

from chat.models import Conversation, Message
from chat.protocol import state
from config.lib.richtext import Node

PAGE = 500  # messages; a client that missed more starts over from a fresh load (R4)
# Bytes of JSON, beside that: Daphne sends no frame above 1 MiB (`SERVER_LIMIT`), so the socket would end at
# it every time.
PAGE_BYTES = 500_000
_FIELDS = ("seq", "author", "kind", "text", "created_at", "client_id", "payload")
_encode = msgspec.json.Encoder().encode


def as_frame(message: Message, public_id: str) -> state.Message:
    """Return a message's frame, alike for visitors and staff."""
    return _frame(
        public_id,
        message.seq,
        message.author,
        message.kind,
        message.text,
        message.created_at,
        message.client_id,
        message.payload,
    )


def list_messages(*, conversation: Conversation, after: int = 0, limit: int = PAGE) -> list[state.Message]:
    """Return the messages after a sequence number, in order, at most ``limit`` (DL-04)."""
    rows = Message.objects.filter(conversation=conversation, seq__gt=after).order_by("seq")
    public_id = str(conversation.public_id)
    return [_frame(public_id, *row) for row in rows.values_list(*_FIELDS)[:limit]]


def list_last_messages(*, conversation: Conversation, limit: int = PAGE) -> tuple[list[state.Message], bool]:
    """Return the last messages, in order, at most ``limit``, and whether there are earlier ones (LC-40)."""
    rows = Message.objects.filter(conversation=conversation).order_by("-seq")
    public_id = str(conversation.public_id)
    found = [_frame(public_id, *row) for row in rows.values_list(*_FIELDS)[: limit + 1]]
    return found[:limit][::-1], len(found) > limit


def list_missed(*, conversation: Conversation, after: int) -> state.Messages:
    """Return one page of what a client that holds ``after`` messages has missed: as much as fits a frame."""
    found = list_messages(conversation=conversation, after=after, limit=PAGE + 1)
    page = _fit(found[:PAGE])
    return state.Messages(
        conversation=str(conversation.public_id), messages=page, more=len(page) < len(found)
    )


def _fit(messages: list[state.Message]) -> list[state.Message]:
    """Cut to ``PAGE_BYTES``; the first one always stays, so that every page gets further."""
    sizes = accumulate(len(_encode(message)) for message in messages)
    fitting = sum(size <= PAGE_BYTES for size in sizes)
    return messages[: max(fitting, 1)]


def _frame(
    public_id: str,
    seq: int,
    author: Any,
    kind: Any,
    text: str,
    at: datetime,
    client_id: str,
    payload: dict[str, Any],
) -> state.Message:
    if not payload:
        return state.Message(public_id, seq, str(author), str(kind), text, at, client_id)  # type: ignore[arg-type]
    return state.Message(
        conversation=public_id,
        seq=seq,
        author=str(author),  # type: ignore[arg-type]
        kind=str(kind),  # type: ignore[arg-type]
        text=text,
        at=at,
        client_id=client_id,
        name=payload.get("name", ""),
        ask=msgspec.convert(payload["ask"], state.Ask) if "ask" in payload else None,
        notice=payload.get("notice", ""),
        rich=msgspec.convert(payload.get("rich", []), list[Node]),
        document=msgspec.convert(payload["document"], state.DocumentShown) if "document" in payload else None,
        file=msgspec.convert(payload["file"], state.File) if "file" in payload else None,
    )
