"""An ended chat as a file: text to read, a page to pass on, JSON for programs (LC-40)."""

import uuid
from collections.abc import Callable
from typing import Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chat.models import LiveChat
from chat.selectors.states import get_live_chat
from chat.selectors.transcript_files import render_html, render_json
from chat.selectors.transcripts import render_text
from config.lib.downloads import make_download

from .page import agent_page, get_conversation

Form = Literal["txt", "html", "json"]
_RENDER: dict[Form, tuple[Callable[..., str | bytes], str]] = {
    "txt": (render_text, "text/plain; charset=utf-8"),
    "html": (render_html, "text/html; charset=utf-8"),
    "json": (render_json, "application/json"),
}


@require_GET
@agent_page
def download_transcript(request: HttpRequest, public_id: uuid.UUID, form: Form = "txt") -> HttpResponse:
    """An ended chat with its notes, always as a file: no browser opens it among our own pages."""
    conversation = get_conversation(request, public_id)
    live_chat = get_live_chat(conversation)
    if live_chat is not None and live_chat.status in LiveChat.OPEN:
        raise Http404(_("The transcript is there once the chat has ended."))
    render, content_type = _RENDER[form]
    # The visitor chose the name, so only plain letters of it get into a header and a file's name.
    who = slugify(conversation.visitor.display_name)[:40] or "visitor"
    name = f"chat-{who}-{conversation.triggered_at:%Y-%m-%d}.{form}"
    content = render(conversation=conversation, audience="staff")
    return make_download(content, name=name, content_type=content_type)
