"""The visitor's own conversation as a text to keep."""

import uuid

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chat.errors import ConversationNotFound
from chat.models import Conversation, Visitor
from chat.selectors.transcripts import render_text
from chat.views.visitor_api import visitor_api
from config.lib.downloads import make_download


@visitor_api("GET")
def give_transcript(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """``GET /visitor/transcript?conversation=<id>``: one of the visitor's own, so far (LC-40)."""
    conversation = _find(visitor, request.GET.get("conversation", ""))
    text = render_text(conversation=conversation)
    name = f"chat-{conversation.triggered_at:%Y-%m-%d}.txt"
    return make_download(text, name=name, content_type="text/plain; charset=utf-8")


def _find(visitor: Visitor, public_id: str) -> Conversation:
    rows = Conversation.objects.select_related("visitor", "version__dialogue")
    try:
        return rows.get(visitor=visitor, public_id=uuid.UUID(public_id))
    except (ValueError, Conversation.DoesNotExist):
        raise ConversationNotFound from None
