"""What "/" in the composer asks the server for."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.models import CannedReply
from tests.factories import AgentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-42")]

REPLY = {"code": "hello", "title": "Greeting", "text": "Hi {{visitor.first_name|there}}"}


@pytest.fixture
def agent(client: Client) -> User:
    user: User = AgentFactory()
    client.force_login(user)
    return user


def test_agent_gets_what_is_offered_and_the_variables(client: Client, agent: User) -> None:
    CannedReply.objects.create(code="draft", title="x", text="x")
    CannedReply.objects.create(owner=AgentFactory(), code="others", title="x", text="x")
    CannedReply.objects.create(**REPLY, is_approved=True)
    answer = client.get(reverse("inbox-replies"))
    assert answer.json()["replies"] == [{**REPLY, "is_own": False}]
    assert "visitor.first_name" in answer.json()["variables"]
    assert "no-store" in answer["Cache-Control"]


def test_agent_keeps_one_and_has_it_at_once(client: Client, agent: User) -> None:
    answer = client.post(reverse("inbox-replies"), REPLY)
    assert answer.json()["replies"] == [{**REPLY, "is_own": True}]
    assert CannedReply.objects.get().owner == agent


def test_agent_proposes_one_for_everybody(client: Client, agent: User) -> None:
    client.post(reverse("inbox-replies"), {**REPLY, "propose": "1"})
    reply = CannedReply.objects.get()
    assert (reply.owner, reply.proposed_by, reply.is_approved) == (None, agent, False)


def test_refusal_names_the_field(client: Client, agent: User) -> None:
    answer = client.post(reverse("inbox-replies"), {**REPLY, "text": "{{x}}"})
    assert answer.status_code == 400
    assert answer.json()["field"] == "text"
    assert "visitor.first_name" in answer.json()["text"]
