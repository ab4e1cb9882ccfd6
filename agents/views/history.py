"""What a chat's visitor did before, as the panel beside the chat reads it (LC-39)."""

import uuid
from datetime import UTC, datetime

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chat.selectors.history import get_earlier_conversation, get_history
from chat.selectors.messages import list_last_messages
from config.lib.errors import NotFound

from .page import agent_page, get_conversation, get_user


@require_safe
@agent_page
def show_history(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A page of what the visitor did in the last 90 days; ``before`` is the ``older`` of the page before."""
    agent = get_user(request)
    found = get_history(
        user=agent,
        conversation=get_conversation(request, public_id),
        now=timezone.now(),
        before=_get_before(request),
    )
    return _answer({"entries": found.entries, "older": found.older})


@require_safe
@agent_page
def show_earlier_chat(request: HttpRequest, public_id: uuid.UUID, earlier: uuid.UUID) -> HttpResponse:
    """The last messages of another conversation of the same visitor, where this agent may read it (LC-38)."""
    agent = get_user(request)
    try:
        conversation = get_earlier_conversation(
            user=agent, conversation=get_conversation(request, public_id), public_id=earlier
        )
    except NotFound as error:
        raise Http404(str(error)) from error
    messages, has_earlier = list_last_messages(conversation=conversation)
    return _answer({"messages": messages, "has_earlier": has_earlier})


def _get_before(request: HttpRequest) -> datetime | None:
    try:
        before = datetime.fromisoformat(request.GET.get("before", ""))
        # A moment at the end of all years may be none in UTC.
        return before.astimezone(UTC) if before.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _answer(content: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(content), content_type="application/json")
