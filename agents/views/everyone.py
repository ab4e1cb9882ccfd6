"""Everybody's chats, for those who may see them: who waits, what runs, and the past ones in pages (LC-38)."""

import uuid

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat.selectors.inbox import list_everyones_past_chats, list_others_chats, list_waiting_chats

from .page import agent_page, get_user

PAST = 50  # chats a page


@require_safe
@agent_page
def show_everyone(request: HttpRequest) -> HttpResponse:
    """Who is ``waiting``, ``running`` chats of others, and a page of ``past`` after the chat ``before``;
    ``only=running`` without that page.
    """
    agent = get_user(request)
    if not agent.has_perm("agents.view_all_conversations"):
        raise PermissionDenied
    content: dict[str, object] = {
        "waiting": list_waiting_chats(user=agent),
        "running": list_others_chats(user=agent),
    }
    if request.GET.get("only") != "running":
        past = list_everyones_past_chats(user=agent, limit=PAST, before=_get_before(request))
        older = past[-1].state.conversation if len(past) == PAST else ""
        content |= {"past": past, "older": older}
    return HttpResponse(msgspec.json.encode(content), content_type="application/json")


def _get_before(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("before", ""))
    except ValueError:
        return None
