"""Dialogues, and a visitor who meets and answers them."""

from __future__ import annotations

from typing import Any

from chat.models import Conversation, Dialogue, Message
from chat.protocol.visitor import Page
from chat.services.conversations import Answered, answer_card
from chat.services.dialogues import publish_dialogue
from chat.services.greeting import Greeting, greet_visitor
from tests.chat.streams.builders import capture, choice, live_chat, message, question, stream_json
from tests.factories import NOW, DialogueFactory
from tests.stage import at

PAGE = Page(url="https://acme.example/pricing", title="Pricing", referrer="https://search.example/")
HALF_HOUR = 1_801


def ask_then_end() -> dict[str, Any]:
    """A question with two answers, each the end of its branch."""
    return stream_json(question(choice("yes"), choice("no"), attribute="wants_demo"))


def ask_then_human() -> dict[str, Any]:
    return stream_json(
        message("Welcome!", next="c2"),
        question(choice("yes", next="c3"), choice("no"), text="Talk to us?"),
        capture("email", "email", next="c4"),
        live_chat(text="One moment, please."),
    )


def make_dialogue(stream: dict[str, Any] | None = None, **fields: Any) -> Dialogue:
    dialogue: Dialogue = DialogueFactory.create(stream=stream or ask_then_end(), **fields)
    publish_dialogue(dialogue_id=dialogue.pk, user=None, now=NOW)
    dialogue.refresh_from_db()
    return dialogue


def republish(dialogue: Dialogue, stream: dict[str, Any]) -> None:
    Dialogue.objects.filter(pk=dialogue.pk).update(stream=stream)
    publish_dialogue(dialogue_id=dialogue.pk, user=None, now=NOW)


def greet(
    seconds: float = 0, *, key: str = "vera", show: bool = True, page: Page = PAGE, **arrival: Any
) -> Greeting:
    return greet_visitor(key=key, page=page, language="en", show=show, now=at(seconds), **arrival)


def on(path: str) -> Page:
    """A page of the website."""
    return Page(url=f"https://acme.example{path}")


def shown(greeting: Greeting) -> Conversation:
    assert greeting.conversation is not None
    return Conversation.objects.select_related("version__dialogue").get(pk=greeting.conversation.pk)


def answer(
    conversation: Conversation, value: str, *, card: str = "c1", client_id: str = "", seconds: float = 1
) -> Answered:
    return answer_card(
        visitor_id=conversation.visitor_id,
        conversation_id=conversation.pk,
        card=card,
        client_id=client_id or f"client-{card}",
        value=value,
        now=at(seconds),
    )


def dialogue_of(greeting: Greeting) -> Dialogue:
    return shown(greeting).version.dialogue


def texts(conversation: Conversation) -> list[tuple[str, str]]:
    return list(
        Message.objects.filter(conversation=conversation).order_by("seq").values_list("author", "text")
    )
