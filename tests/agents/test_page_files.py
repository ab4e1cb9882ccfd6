"""Files as agents' pages send and show them."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agents.models import User
from chat.models import Attachment, LiveChat
from chat.services.live_chats import end_by_visitor
from tests.chat.files.conftest import files_of_test
from tests.chat.files.uploads import HOSTILE, draw
from tests.factories import AgentFactory, UserFactory, grant
from tests.stage import agent_at_work, configure, start_chat

__all__ = ["files_of_test"]

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-35", "LC-38")]


@pytest.fixture
def chat(files_of_test: Path) -> LiveChat:
    configure()
    agent_at_work()
    return start_chat()


def sign_in(user: User | None, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf)
    if user is not None:
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def upload(client: Client, chat: LiveChat, data: bytes, name: str = "photo.png", **form: Any) -> Any:
    file = SimpleUploadedFile(name, data)
    path = f"/inbox/{chat.conversation.public_id}/files/"
    return client.post(path, {"client_id": "file-0001", **form, "file": file})


def test_agent_sends_a_file_into_the_own_chat_and_sees_it(chat: LiveChat) -> None:
    client = sign_in(chat.agent)
    sent = upload(client, chat, draw())
    assert sent.status_code == 201
    got = client.get(f"/inbox/files/{sent.json()['message']['file']['id']}/")
    assert (got.status_code, got["Content-Type"]) == (200, "image/png")
    assert got["Content-Disposition"] == 'attachment; filename="photo.png"'
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got["X-Content-Type-Options"] == "nosniff"


def test_who_may_see_a_file_of_a_chat(chat: LiveChat) -> None:
    file = upload(sign_in(chat.agent), chat, draw()).json()["message"]["file"]["id"]
    supervisor = AgentFactory(permissions=["view_all_conversations"])
    looks = {
        302: None,
        404: AgentFactory(),
        403: UserFactory(permissions=["view_dialogues"]),
        200: supervisor,
    }
    for status, user in looks.items():
        assert sign_in(user).get(f"/inbox/files/{file}/").status_code == status
    assert sign_in(chat.agent).get(f"/inbox/files/{uuid.uuid4()}/").status_code == 404
    end_by_visitor(conversation_id=chat.conversation_id)
    assert sign_in(chat.agent).get(f"/inbox/files/{file}/").status_code == 200
    Attachment.objects.all().delete()
    assert sign_in(chat.agent).get(f"/inbox/files/{file}/").status_code == 404


def test_nobody_else_sends_files_into_an_agents_chat(chat: LiveChat) -> None:
    supervisor = AgentFactory(permissions=["view_all_conversations"])
    assert upload(sign_in(supervisor), chat, draw()).status_code == 404
    assert upload(sign_in(AgentFactory()), chat, draw()).status_code == 404
    assert upload(sign_in(None), chat, draw()).status_code == 302
    assert chat.agent is not None
    assert upload(sign_in(chat.agent, csrf=True), chat, draw()).status_code == 403
    end_by_visitor(conversation_id=chat.conversation_id)
    assert upload(sign_in(chat.agent), chat, draw()).status_code == 404
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_of_an_agent_is_refused_too(name: str, chat: LiveChat) -> None:
    called, data = HOSTILE[name]
    answer = upload(sign_in(chat.agent), chat, data, called)
    assert answer.status_code == 400
    assert answer.json()["text"]


def test_agent_who_lost_the_permission_gets_no_file(chat: LiveChat) -> None:
    file = upload(sign_in(chat.agent), chat, draw()).json()["message"]["file"]["id"]
    assert chat.agent is not None
    chat.agent.user_permissions.clear()
    grant(chat.agent, "view_dialogues")
    assert sign_in(chat.agent).get(f"/inbox/files/{file}/").status_code == 403
