"""Files between agent and visitor, as the inbox sends and shows them (LC-35)."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from chat.selectors.attachments import get_attachment_for_agent
from chat.selectors.conversations import get_conversation_for_agent
from chat.services.messages import Post
from chat.views.files import read_client_id, say_message, serve
from chat.views.visitor_api import refuse
from config.lib.errors import DomainError, NotFound

from .page import agent_page, get_user


@require_POST
@agent_page
def take_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A form with ``client_id`` and ``file``, into the agent's own active chat; the message it became."""
    agent = get_user(request)
    try:
        conversation = get_conversation_for_agent(user=agent, public_id=public_id)
        post = Post(conversation.pk, "agent", agent.pk, read_client_id(request), "")
        return say_message(request, post)
    except DomainError as error:
        return refuse(error)


@require_safe
@agent_page
def give_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A file of a chat that this agent has or had, or may look at (LC-38)."""
    try:
        return serve(get_attachment_for_agent(user=get_user(request), public_id=public_id))
    except NotFound as error:
        raise Http404(str(error)) from error
