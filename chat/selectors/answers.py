"""What a visitor told the bot, as questions and answers."""

from collections.abc import Collection

from chat.models import Message
from chat.protocol.agent import Answer

MOST = 8  # answers of a conversation, the last ones
LONGEST = 200  # characters of a question or an answer


def list_answers(conversation_ids: Collection[int]) -> dict[int, list[Answer]]:
    """Return the bot's questions that were answered, in order, by conversation: one query (LC-34)."""
    rows = Message.objects.filter(conversation__in=conversation_ids).order_by("conversation", "seq")
    said = rows.filter(author__in=(Message.Author.BOT, Message.Author.VISITOR))
    found: dict[int, list[Answer]] = {}
    asked: tuple[int, str] | None = None
    for conversation_id, author, text, payload in said.values_list(
        "conversation_id", "author", "text", "payload"
    ):
        if author == Message.Author.BOT:
            asked = (conversation_id, text) if payload.get("ask") else None
        elif asked is not None and asked[0] == conversation_id:
            if text:
                found.setdefault(conversation_id, []).append(Answer(asked[1][:LONGEST], text[:LONGEST]))
            asked = None
    return {conversation_id: answers[-MOST:] for conversation_id, answers in found.items()}
