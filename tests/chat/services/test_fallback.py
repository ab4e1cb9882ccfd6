from __future__ import annotations

import pytest

from chat.models import Conversation, Message
from chat.services.fallback import write_fallback
from routing.services.requests import route_live_chat
from tests.factories import NOW, ConversationFactory
from tests.stage import ask_for_human, at, configure

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-26")]
STANDARD = "Sorry, nobody can chat with you right now. Please come back a little later."


def written(conversation: Conversation) -> Message:
    write_fallback(conversation, now=NOW)
    return Message.objects.get(conversation=conversation)


def test_standard_text_where_the_admin_wrote_none() -> None:
    message = written(ConversationFactory.create())
    assert (message.text, message.author, message.kind) == (STANDARD, "bot", "fallback")
    assert message.payload["rich"] != []


@pytest.mark.req("LC-50")
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Tyvärr kan ingen chatta med dig just nu. Kom gärna tillbaka lite senare."),
        ("ko", "죄송합니다. 지금은 채팅에 응답할 수 있는 상담원이 없습니다. 잠시 후 다시 방문해 주세요."),
    ],
)
def test_standard_text_is_in_the_language_of_the_dialogue(language: str, text: str) -> None:
    message = written(ConversationFactory.create(version__dialogue__language=language))
    assert message.text == text


def test_custom_text_keeps_its_form() -> None:
    configure(fallback_html='<p><b>Sorry!</b> See <a href="https://acme.example/faq">our answers</a> 🙂</p>')
    message = written(ConversationFactory.create())
    assert "Sorry!" in message.text
    assert "https://acme.example/faq" in message.text
    assert message.payload["rich"][0]["type"] == "p"


def test_dangerous_custom_text_is_only_text() -> None:
    configure(fallback_html='<p>Hi<script>alert(1)</script><a href="javascript:alert(1)">x</a></p>')
    message = written(ConversationFactory.create())
    assert "javascript" not in str(message.payload)
    assert "alert" not in message.text


@pytest.mark.parametrize("html", ["<p></p>", "  ", "<b>" * 30 + "deep" + "</b>" * 30, "x" * 50_000])
def test_text_that_cannot_be_shown_gives_the_standard_one(html: str) -> None:
    configure(fallback_html=html)
    assert written(ConversationFactory.create()).text == STANDARD


def test_visitor_whom_nobody_can_take_gets_it_and_the_conversation_closes() -> None:
    chat = ask_for_human()
    assert route_live_chat(live_chat_id=chat.pk, now=at(1)) is None
    chat.refresh_from_db()
    assert (chat.status, chat.end_reason, chat.ended_at) == ("fallback", "no_agent", at(1))
    conversation = Conversation.objects.get(pk=chat.conversation_id)
    assert (conversation.is_open, conversation.closed_at) == (False, at(1))
    assert Message.objects.get(conversation=conversation).text == STANDARD
