"""A visitor's run through a dialogue: which one, its first cards, and the answers."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from chat import streams
from chat.errors import ConversationClosed, ConversationNotFound
from chat.events import ConversationChanged
from chat.models import Conversation, Dialogue, DialogueVersion, GoalReached, LiveChat, Message, Visitor
from chat.protocol import visitor as frames
from chat.selectors.usage import is_monthly_limit_reached
from chat.services.live_chats import close_conversation, open_live_chat
from chat.services.messages import Draft, append_messages, storable
from chat.services.visitors import find_visitor, lock_visitor, meet_visitor, note_visit
from config.installation.selectors import get_installation
from config.lib.events import publish
from config.lib.failpoints import failpoint


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who came, and what there is to show: a conversation, open or the last one, or nothing."""

    visitor: Visitor | None
    conversation: Conversation | None
    # A live chat that nobody has routed yet.
    live_chat_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is committed; ``live_chat_id`` asks to be routed now."""

    conversation_id: int
    client_id: str
    live_chat_id: int | None = None


def greet_visitor(
    *, key: str, page: frames.Page, language: str = "", show: bool = True, now: datetime | None = None
) -> Greeting:
    """Return what a visitor is to see on this page; begins a dialogue where one is due (DG-02, DG-03).

    ``show`` False, or nothing to show, writes no row for somebody who is new.
    """
    now = now or timezone.now()
    visitor = find_visitor(key)
    if not show or (visitor is None and _find_dialogue(None, now) is None):
        return Greeting(visitor, _last_conversation(visitor))
    with transaction.atomic():
        visitor = meet_visitor(key, language=storable(language), now=now)
        conversation = _keep_or_drop(visitor, now) or _start(visitor, page, now)
    if conversation is None:
        return Greeting(visitor, _last_conversation(visitor))
    return Greeting(visitor, conversation, _waiting_live_chat_id(conversation))


def answer_card(
    *,
    visitor_id: int,
    conversation_id: int,
    card: str,
    client_id: str,
    value: str,
    now: datetime | None = None,
) -> Answered:
    """Take the visitor's answer to the awaited card and play on to the next one (DG-04, DG-10).

    The same client id again is the same answer (DL-02). Raises ``streams.AnswerInvalid`` with a reason
    for the visitor, ``streams.AnswerLate``, ``ConversationClosed`` and ``ConversationNotFound``.
    """
    now = now or timezone.now()
    with transaction.atomic():
        visitor = lock_visitor(visitor_id)
        conversation = _lock_conversation(conversation_id, visitor)
        if _is_answered(conversation, client_id):
            return Answered(conversation.pk, client_id, _waiting_live_chat_id(conversation))
        if not conversation.is_open:
            raise ConversationClosed
        note_visit(visitor, now=now)
        run = _respond(conversation, visitor, card, value)
        _keep_attributes(visitor, run)
        _say_answer(conversation, run, card, client_id, now)
        transaction.on_commit(partial(failpoint, "answer.committed"))
        return Answered(conversation.pk, client_id, _move_on(conversation, run, now))


def _keep_or_drop(visitor: Visitor, now: datetime) -> Conversation | None:
    """Return the open conversation, unless it was only seen and a newer version or session is due (DG-02)."""
    conversation = (
        # Only its own row: the dialogue's is everybody's.
        Conversation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("version__dialogue")
        .filter(visitor=visitor, is_open=True)
        .first()
    )
    # Completed and still open: a live chat goes on in it, whatever happens to the dialogue (LC-33).
    if conversation is None or conversation.engaged_at or conversation.completed_at:
        return conversation
    if _is_current(conversation, visitor):
        return conversation
    close_conversation(conversation, now=now)
    return None


def _is_current(conversation: Conversation, visitor: Visitor) -> bool:
    dialogue = conversation.version.dialogue
    return (
        get_installation().dialogues_enabled
        and dialogue.status == Dialogue.Status.PUBLISHED
        and dialogue.published_version_id == conversation.version_id
        and conversation.session_number == visitor.session_number
    )


def _find_dialogue(visitor: Visitor | None, now: datetime) -> Dialogue | None:
    """Return the published dialogue with the highest priority
    that this visitor hasn't completed (DG-03, DG-06).
    """
    installation = get_installation()
    if not installation.dialogues_enabled or is_monthly_limit_reached(installation, now):
        return None
    completed = Conversation.objects.filter(
        visitor=visitor, version__dialogue=OuterRef("pk"), completed_at__isnull=False
    )
    published = Dialogue.objects.filter(status=Dialogue.Status.PUBLISHED).select_related("published_version")
    if visitor is not None:
        published = published.filter(~Exists(completed))
    return published.order_by("priority", "name").first()


def _start(visitor: Visitor, page: frames.Page, now: datetime) -> Conversation | None:
    dialogue = _find_dialogue(visitor, now)
    if dialogue is None or dialogue.published_version is None:
        return None
    conversation = Conversation.objects.create(
        visitor=visitor,
        version=dialogue.published_version,
        session_number=visitor.session_number,
        page_url=storable(page.url),
        page_title=storable(page.title),
        referrer=storable(page.referrer),
        triggered_at=now,
        active_at=now,
    )
    stream = _read_stream(dialogue.published_version)
    run = streams.begin(stream, streams.RunContext(visitor.attributes))
    _keep_attributes(visitor, run)
    _move_on(conversation, run, now)
    return conversation


def _read_stream(version: DialogueVersion) -> streams.Stream:
    return streams.parse_stream(version.stream)


def _respond(conversation: Conversation, visitor: Visitor, card: str, value: str) -> streams.Run:
    return streams.respond(
        _read_stream(conversation.version),
        card,
        value,
        streams.RunContext(visitor.attributes),
        awaiting=conversation.awaiting_card or None,
    )


def _say_answer(
    conversation: Conversation, run: streams.Run, card: str, client_id: str, now: datetime
) -> None:
    # A fact that was typed in stands in the panel; as "what they last said" it says nothing.
    captured = {"captured": True} if conversation.version.stream["cards"][card]["type"] == "capture" else {}
    draft = Draft(Message.Author.VISITOR, run.shown_answer or "", payload=captured, client_id=client_id)
    append_messages(conversation, [draft], now=now)
    conversation.engaged_at = conversation.engaged_at or now
    conversation.active_at = now
    conversation.save(update_fields=["engaged_at", "active_at"])


def _move_on(conversation: Conversation, run: streams.Run, now: datetime) -> int | None:
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


def _keep_attributes(visitor: Visitor, run: streams.Run) -> None:
    if run.attributes:
        visitor.attributes = {**visitor.attributes, **run.attributes}
        visitor.save(update_fields=["attributes"])


def _lock_conversation(conversation_id: int, visitor: Visitor) -> Conversation:
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True).select_related("version")
    conversation = rows.filter(pk=conversation_id, visitor=visitor).first()
    if conversation is None:
        raise ConversationNotFound
    return conversation


def _is_answered(conversation: Conversation, client_id: str) -> bool:
    return Message.objects.filter(
        conversation=conversation, author=Message.Author.VISITOR, client_id=client_id
    ).exists()


def _waiting_live_chat_id(conversation: Conversation) -> int | None:
    waiting = LiveChat.objects.filter(conversation=conversation, status=LiveChat.Status.REQUESTED)
    return waiting.values_list("pk", flat=True).first()


def _last_conversation(visitor: Visitor | None) -> Conversation | None:
    """The open one, else the last that came to anything: one that was only seen isn't shown again."""
    if visitor is None:
        return None
    shown = Q(is_open=True) | Q(engaged_at__isnull=False) | Q(completed_at__isnull=False)
    return Conversation.objects.filter(shown, visitor=visitor).order_by("-is_open", "-pk").first()
