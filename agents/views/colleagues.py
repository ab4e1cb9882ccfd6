"""Whom the composer offers behind "@", beside one conversation (LC-42)."""

import uuid
from dataclasses import asdict

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chat.selectors.conversations import get_conversation_for_agent
from chat.selectors.readers import list_colleagues
from config.lib.errors import NotFound

from .page import agent_page, get_user


@require_safe
@agent_page
def show_colleagues(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    """The colleagues who may open this conversation, and whether they are there."""
    agent = get_user(request)
    try:
        conversation = get_conversation_for_agent(user=agent, public_id=public_id)
    except NotFound as error:
        raise Http404(str(error)) from error
    found = list_colleagues(conversation=conversation, reader=agent, now=timezone.now())
    return JsonResponse({"colleagues": [asdict(colleague) for colleague in found]})
