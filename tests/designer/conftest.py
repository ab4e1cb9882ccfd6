"""People who open the designer, and what they save."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.models import Dialogue
from tests.factories import DialogueFactory, UserFactory, live_chat_stream

Enter = Callable[..., Client]


@pytest.fixture(autouse=True)
def surroundings(settings: Any) -> None:
    """Static files, which each client would search for anew, stay out."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture
def enter(db: None) -> Enter:
    """A client of somebody with exactly these product permissions."""

    def enter_with(*codenames: str, name: str = "Signe") -> Client:
        client = Client()
        user: User = UserFactory.create(first_name=name, last_name="", permissions=codenames)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter_with


@pytest.fixture
def dialogue(db: None) -> Dialogue:
    made: Dialogue = DialogueFactory.create(name="Welcome")
    return made


def address(page: str, dialogue: Dialogue) -> str:
    return reverse(f"admin:chat_{dialogue.kind}_{page}", args=[dialogue.pk])


def post(client: Client, page: str, dialogue: Dialogue, body: object) -> Any:
    return client.post(address(page, dialogue), body, content_type="application/json")


def saying(text: str) -> dict[str, Any]:
    """The factory's stream with other first words."""
    stream = live_chat_stream()
    stream["cards"]["hello"]["text"] = text
    return stream
