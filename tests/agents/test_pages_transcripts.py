"""A chat as a file to take away, once it is over (LC-40)."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from chat.services.notes import write_note
from tests.agents.test_pages_inbox import ENDED, make_chat
from tests.factories import NOW, AgentFactory, ConversationFactory, LiveChatFactory

pytestmark = pytest.mark.django_db


@pytest.mark.req("LC-40")
def test_transcript_of_an_ended_chat_is_a_text_file(client: Client) -> None:
    agent = AgentFactory()
    conversation = make_chat(agent, ENDED, name='Vera"\r\nX-Evil: 1; filename=a.exe', text="Thank you")
    client.force_login(agent)
    response = client.get(reverse("transcript", args=[conversation.public_id]))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="chat-[a-z0-9-]+-2026-03-02\.txt"', response["Content-Disposition"]
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Thank you" in response.content.decode()


@pytest.mark.req("LC-40")
@pytest.mark.parametrize(
    ("form", "kind"), [("html", "text/html; charset=utf-8"), ("json", "application/json")]
)
def test_transcript_is_a_page_or_json_too_and_always_a_file(client: Client, form: str, kind: str) -> None:
    agent = AgentFactory()
    conversation = make_chat(agent, ENDED, text="Thank you")
    client.force_login(agent)
    response = client.get(reverse(f"transcript-{form}", args=[conversation.public_id]))
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"] == f'attachment; filename="chat-vera-2026-03-02.{form}"'
    assert "Thank you" in response.content.decode()


@pytest.mark.req("LC-40", "LC-42")
@pytest.mark.parametrize("name", ["transcript", "transcript-html", "transcript-json"])
def test_colleagues_find_their_notes_in_every_form_of_the_transcript(client: Client, name: str) -> None:
    agent = AgentFactory()
    conversation = make_chat(agent, ENDED)
    write_note(author=agent, conversation=str(conversation.public_id), client_id="note-0001", text="Haggles")
    client.force_login(agent)
    page = client.get(reverse(name, args=[conversation.public_id])).content.decode()
    assert page.count("Haggles") == 1


@pytest.mark.req("LC-40")
@pytest.mark.parametrize("name", ["transcript", "transcript-html", "transcript-json"])
def test_transcript_waits_until_the_chat_has_ended(client: Client, name: str) -> None:
    agent = AgentFactory()
    client.force_login(agent)
    response = client.get(reverse(name, args=[make_chat(agent).public_id]))
    assert response.status_code == 404


@pytest.mark.req("LC-40")
@pytest.mark.parametrize(
    ("status", "answer"), [("requested", 404), ("offered", 404), ("fallback", 200), ("", 200)]
)
def test_transcript_of_a_chat_that_nobody_had_waits_as_long_as_the_visitor_does(
    client: Client, status: str, answer: int
) -> None:
    conversation = ConversationFactory()
    if status:
        LiveChatFactory(
            conversation=conversation,
            status=status,
            route_at=NOW if status == "requested" else None,
            ended_at=NOW if status == "fallback" else None,
        )
    client.force_login(AgentFactory(permissions=["view_all_conversations"]))
    assert client.get(reverse("transcript", args=[conversation.public_id])).status_code == answer
