"""The visitor's own conversation as a text to keep."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from chat.errors import ConversationNotFound
from chat.models import Conversation, Visitor
from chat.selectors.transcripts import render_text
from chat.views.visitor_api import visitor_api


@visitor_api("GET")
def give_transcript(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """``GET /visitor/transcript?conversation=<id>``: one of the visitor's own, so far (LC-40)."""
    conversation = _find(visitor, request.GET.get("conversation", ""))
    response = HttpResponse(render_text(conversation=conversation), content_type="text/plain; charset=utf-8")
    name = f"chat-{conversation.triggered_at:%Y-%m-%d}.txt"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _find(visitor: Visitor, public_id: str) -> Conversation:
    rows = Conversation.objects.select_related("visitor", "version__dialogue")
    try:
        return rows.get(visitor=visitor, public_id=uuid.UUID(public_id))
    except (ValueError, Conversation.DoesNotExist):
        raise ConversationNotFound from None
