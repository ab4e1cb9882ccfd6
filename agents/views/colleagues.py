"""Whom the composer offers behind "@", beside one conversation (LC-42)."""

import uuid
from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chat.selectors.readers import list_colleagues

from .page import agent_page, get_conversation, get_user


@require_safe
@agent_page
def show_colleagues(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    """The colleagues who may open this conversation, and whether they are there."""
    conversation = get_conversation(request, public_id)
    found = list_colleagues(conversation=conversation, reader=get_user(request), now=timezone.now())
    return JsonResponse({"colleagues": [asdict(colleague) for colleague in found]})
