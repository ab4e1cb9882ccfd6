"""Playing a conversation on: what a run of its stream shows, stores and asks for."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from chat import streams
from chat.events import ConversationChanged
from chat.models import Conversation, DialogueVersion, GoalReached, LiveChat, Message, Visitor
from chat.services.live_chats import close_conversation, open_live_chat
from chat.services.messages import Draft, append_messages
from config.lib.events import publish


def read_stream(version: DialogueVersion) -> streams.Stream:
    return streams.parse_stream(version.stream)


def move_on(conversation: Conversation, run: streams.Run, now: datetime) -> int | None:
    """Store a run's outcome; return the live chat that it asks for, if any."""
    append_messages(conversation, [_draft(output) for output in run.outputs], now=now)
    _keep_goals(conversation, run.goals, now)
    conversation.awaiting_card = run.awaiting or ""
    conversation.completed_at = now if run.completed else None
    conversation.revision += 1
    conversation.save(update_fields=["awaiting_card", "completed_at", "revision"])
    publish(ConversationChanged(conversation.pk))
    if run.live_chat:
        card: dict[str, Any] = conversation.version.stream["cards"][run.live_chat]
        return open_live_chat(conversation, card_id=run.live_chat, card=card, now=now).pk
    if run.completed:
        close_conversation(conversation, now=now)
    return None


def _keep_goals(conversation: Conversation, goals: Iterable[streams.Goal], now: datetime) -> None:
    for goal in goals:
        GoalReached.objects.get_or_create(
            conversation=conversation,
            card_id=goal.card_id,
            defaults={"name": goal.name[:100], "reached_at": now},
        )


def _draft(output: streams.Output) -> Draft:
    """Turn what a card shows into a message; a question
    keeps its choices, so that a reload shows them again.
    """
    if isinstance(output, streams.Ask):
        return Draft(Message.Author.BOT, output.text, Message.Kind.CARD, {"ask": _ask(output)})
    if isinstance(output, streams.Say):
        return Draft(Message.Author.BOT, output.text)
    raise TypeError(f"no message shows {type(output).__name__}")


def _ask(output: streams.Ask) -> dict[str, Any]:
    if output.input is None:
        choices = [asdict(choice) for choice in output.choices]
        return {"card": output.card_id, "input": "choice", "choices": choices}
    return {
        "card": output.card_id,
        "input": output.input.kind,
        "options": list(output.input.options),
        "attribute": output.input.attribute,
        "required": output.input.required,
    }


def keep_attributes(visitor: Visitor, run: streams.Run) -> None:
    if run.attributes:
        visitor.attributes = {**visitor.attributes, **run.attributes}
        visitor.save(update_fields=["attributes"])


def get_waiting_live_chat_id(conversation: Conversation) -> int | None:
    waiting = LiveChat.objects.filter(conversation=conversation, status=LiveChat.Status.REQUESTED)
    return waiting.values_list("pk", flat=True).first()
