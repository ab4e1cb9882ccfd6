"""Files and the transcript over HTTP, as the visitor's widget asks for them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agents.models import User
from chat.models import Attachment, LiveChat, Message
from chat.services.messages import Post
from chat.services.notes import write_note
from chat.services.uploads import read_upload
from config.installation.models import Installation
from tests.chat.files.uploads import HOSTILE, draw, pdf
from tests.scenes import get_token
from tests.stage import post_message, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-35")]
SHOP = "https://shop.example"


@pytest.fixture
def chat(agent: User) -> LiveChat:
    return start_chat()


class Widget:
    """Sends a visitor's requests from a page of another origin, without cookies."""

    def __init__(self, chat: LiveChat) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.conversation = chat.conversation
        self.token = get_token(chat.conversation.visitor)

    def upload(self, data: bytes, name: str = "photo.png", *, token: str | None = None, **form: Any) -> Any:
        given = {"conversation": str(self.conversation.public_id), "client_id": "file-0001", **form}
        file = SimpleUploadedFile(name, data, "image/svg+xml")
        return self.client.post("/visitor/files", {**given, "file": file}, headers=self.headers(token))

    def get(self, path: str, *, token: str | None = None) -> Any:
        return self.client.get(path, headers=self.headers(token))

    def headers(self, token: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token if token is None else token}", "Origin": SHOP}


def test_visitor_sends_a_file_and_gets_it_back(chat: LiveChat) -> None:
    widget = Widget(chat)
    sent = widget.upload(draw())
    assert sent.status_code == 201
    file = sent.json()["message"]["file"]
    got = widget.get(f"/visitor/files/{file['id']}")
    assert got.content == read_upload("photo.png", draw()).data
    assert got["Content-Type"] == "image/png"
    assert got["Content-Disposition"] == 'attachment; filename="photo.png"'
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in got


def test_browser_may_ask_beforehand_for_the_header(client: Client) -> None:
    for path in ("/visitor/files", f"/visitor/files/{uuid.uuid4()}", "/visitor/transcript"):
        answer = client.options(path, headers={"Origin": SHOP})
        assert answer.status_code == 204
        assert answer["Access-Control-Allow-Headers"] == "authorization"
        assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_in_words_and_nothing_is_kept(name: str, chat: LiveChat) -> None:
    called, data = HOSTILE[name]
    answer = Widget(chat).upload(data, called)
    assert answer.status_code == 400
    assert answer.json()["text"]
    assert not Attachment.objects.exists()


@pytest.mark.req("DL-10")
def test_without_the_visitors_own_token_there_is_nothing(chat: LiveChat) -> None:
    widget, stranger = Widget(chat), Widget(start_chat())
    file = widget.upload(draw()).json()["message"]["file"]["id"]
    transcript = f"/visitor/transcript?conversation={chat.conversation.public_id}"
    for token in ("", "rubbish", f"{widget.token}x"):
        assert widget.upload(draw(), token=token).status_code == 401
        assert widget.get(f"/visitor/files/{file}", token=token).status_code == 401
        assert widget.get(transcript, token=token).status_code == 401
    assert stranger.get(f"/visitor/files/{file}").status_code == 404
    assert stranger.get(transcript).status_code == 404
    stolen = stranger.upload(draw(), conversation=str(chat.conversation.public_id))
    assert stolen.status_code == 404
    missing = stranger.upload(draw(), conversation=str(uuid.uuid4()))
    assert (missing.status_code, missing.json()) == (404, stolen.json())
    assert widget.get(f"/visitor/files/{uuid.uuid4()}").status_code == 404


@pytest.mark.req("DL-10")
def test_token_counts_nowhere_but_in_its_header(chat: LiveChat) -> None:
    widget = Widget(chat)
    widget.client.cookies["token"] = widget.token
    answer = widget.client.get(
        f"/visitor/transcript?conversation={chat.conversation.public_id}&token={widget.token}"
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "form", [{"client_id": "short"}, {"client_id": "x y z 12345"}, {"conversation": "x"}]
)
def test_form_with_a_bad_member_is_refused(form: dict[str, str], chat: LiveChat) -> None:
    assert Widget(chat).upload(draw(), **form).status_code in (400, 404)


def test_form_without_a_file_is_refused(chat: LiveChat) -> None:
    widget = Widget(chat)
    form = {"conversation": str(chat.conversation.public_id), "client_id": "file-0001"}
    answer = widget.client.post("/visitor/files", form, headers=widget.headers(None))
    assert (answer.status_code, answer.json()["code"]) == (400, "file_refused")


@pytest.mark.req("DG-18")
def test_only_pages_on_allowed_domains_send_and_fetch(chat: LiveChat) -> None:
    widget = Widget(chat)
    file = widget.upload(draw()).json()["message"]["file"]["id"]
    Installation.objects.update(restrict_domains=True, allowed_domains="other.example")
    assert widget.upload(draw()).status_code == 403
    assert widget.get(f"/visitor/files/{file}").status_code == 403
    own = {"Authorization": f"Bearer {widget.token}"}
    path = f"/visitor/transcript?conversation={widget.conversation.public_id}"
    assert widget.client.get(path, headers=own).status_code == 200, "a page of this server says no origin"
    assert widget.client.post("/visitor/files", {}, headers=own).status_code == 403
    Installation.objects.update(allowed_domains="shop.example")
    assert widget.get(f"/visitor/files/{file}").status_code == 200


def test_refusals_are_in_the_visitors_language(chat: LiveChat) -> None:
    chat.conversation.visitor.language = "sv-SE"
    chat.conversation.visitor.save()
    Installation.objects.update(files_enabled=False)
    answer = Widget(chat).upload(draw())
    assert (answer.status_code, answer.json()["code"]) == (403, "files_off")


def test_pdf_is_downloaded_under_its_name_in_any_script(chat: LiveChat) -> None:
    widget = Widget(chat)
    file = widget.upload(pdf(), "見積\r\nX: y.pdf").json()["message"]["file"]
    got = widget.get(f"/visitor/files/{file['id']}")
    assert got["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%A6%8B%E7%A9%8D")
    assert "\n" not in got["Content-Disposition"]


def test_file_that_was_erased_is_gone(chat: LiveChat) -> None:
    widget = Widget(chat)
    file = widget.upload(draw()).json()["message"]["file"]["id"]
    Attachment.objects.all().delete()
    assert widget.get(f"/visitor/files/{file}").status_code == 404


@pytest.mark.req("LC-40")
def test_visitor_takes_the_own_conversation_home(chat: LiveChat) -> None:
    widget = Widget(chat)
    visitor = chat.conversation.visitor
    post_message(Post(chat.conversation_id, "visitor", visitor.pk, "text-0001", "Twelve,\nfor our couriers"))
    assert chat.agent is not None
    conversation = str(chat.conversation.public_id)
    write_note(author=chat.agent, conversation=conversation, client_id="note-0001", text="Haggles")
    got = widget.get(f"/visitor/transcript?conversation={chat.conversation.public_id}")
    assert "Haggles" not in got.content.decode()
    assert got["Content-Type"] == "text/plain; charset=utf-8"
    assert got["Content-Disposition"].startswith('attachment; filename="chat-2026-')
    assert "Twelve,\n    for our couriers" in got.content.decode()
    assert Message.objects.count() == 2
    for bad in ("", "?conversation=x", f"?conversation={uuid.uuid4()}"):
        assert widget.get(f"/visitor/transcript{bad}").status_code == 404
    assert widget.client.post("/visitor/transcript").status_code == 405
