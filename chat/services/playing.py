"""Playing a conversation: what a run of its stream shows, stores and asks for."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from chat import streams
from chat.events import ConversationChanged
from chat.models import Conversation, DialogueVersion, GoalReached, LiveChat, Message, Visitor
from chat.selectors.availability import look_once
from chat.selectors.documents import Documents
from chat.selectors.known import get_known
from chat.services.leads import change_lists, keep_facts, take_facts
from chat.services.live_chats import close_conversation, open_live_chat
from chat.services.messages import Draft, append_messages
from config.lib.events import publish


def read_stream(version: DialogueVersion) -> streams.Stream:
    """Return a version's cards, those of its flows too."""
    return streams.parse_stream(version.stream, frozen=True)


def begin_stream(conversation: Conversation, visitor: Visitor, now: datetime) -> int | None:
    """Play a new conversation of a locked visitor to its first card that waits; return the live chat that it
    asks for, if any.
    """
    run = streams.begin(read_stream(conversation.version), make_context(visitor, conversation, now))
    keep_attributes(visitor, run)
    return move_on(conversation, run, now)


def respond(
    conversation: Conversation, visitor: Visitor, card: str, value: str, now: datetime
) -> streams.Run:
    """Take a locked visitor's answer to a card and play on. An e-mail address in it says who the visitor is:
    the next card goes by all that is known of that lead already (DG-09). Raises what ``streams.take`` raises.
    """
    stream = read_stream(conversation.version)
    waiting = conversation.awaiting_card or None
    context = make_context(visitor, conversation, now)
    reply = streams.take(stream, card, value, context, awaiting=waiting)
    if reply.attributes:
        take_facts(visitor, reply.attributes, now=now)
        context = make_context(visitor, conversation, now)
    run = streams.play_on(stream, reply, context)
    set_on_the_way = {
        name: value for name, value in run.attributes.items() if reply.attributes.get(name) != value
    }
    keep_attributes(visitor, replace(run, attributes=set_on_the_way))
    return run


def make_context(visitor: Visitor, conversation: Conversation, now: datetime) -> streams.RunContext:
    """Return what cards may ask of the world; documents and agents are looked up when one does."""
    known = get_known(visitor, conversation)
    return streams.RunContext(
        attributes=known.attributes,
        lists=known.lists,
        documents=Documents(),
        is_agent_available=look_once(now),
    )


def move_on(conversation: Conversation, run: streams.Run, now: datetime) -> int | None:
    """Store a run's outcome; return the live chat that it asks for, if any."""
    append_messages(conversation, [draft_output(output) for output in run.outputs], now=now)
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


def draft_output(output: streams.Output) -> Draft:
    """Turn what a card shows into a message; a question keeps its choices, and a document what it is,
    so that a reload shows them again.
    """
    if isinstance(output, streams.Ask):
        return Draft(Message.Author.BOT, output.text, Message.Kind.CARD, {"ask": _ask(output)})
    if isinstance(output, streams.ShowDocument):
        shown = {"card": output.card_id, "document_id": output.document_id, **asdict(output.facts)}
        return Draft(Message.Author.BOT, output.text, Message.Kind.CARD, {"document": shown})
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
    """Store what a run has set, with a locked visitor and its lead, and the lists it is on now."""
    if run.attributes:
        keep_facts(visitor, run.attributes)
    change_lists(visitor, run.memberships)


def get_waiting_live_chat_id(conversation: Conversation) -> int | None:
    """Return the live chat that nobody has routed yet, if there is one."""
    waiting = LiveChat.objects.filter(conversation=conversation, status=LiveChat.Status.REQUESTED)
    return waiting.values_list("pk", flat=True).first()
