"""Files between visitor and agent, as the visitor's widget sends and fetches them (LC-35)."""

import re
import uuid

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from chat.errors import ConversationNotFound, FileNotFound, FileRefused
from chat.models import Attachment, Conversation, Visitor
from chat.selectors.attachments import get_attachment_of_visitor
from chat.services.attachments import add_attachment, check_may_attach
from chat.services.messages import Post
from chat.services.uploads import read_upload
from chat.views.visitor_api import visitor_api
from config.lib.errors import InvalidInput

CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@visitor_api("POST")
def take_file(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """``POST /visitor/files``: a form with ``conversation``, ``client_id``, ``file``; its message."""
    conversation = _find_conversation(visitor, request.POST.get("conversation", ""))
    post = Post(conversation.pk, "visitor", visitor.pk, read_client_id(request), "")
    return say_message(request, post)


@visitor_api("GET")
def give_file(request: HttpRequest, visitor: Visitor, public_id: uuid.UUID) -> HttpResponseBase:
    """``GET /visitor/files/<id>``: a file of one of the visitor's own chats."""
    return serve(get_attachment_of_visitor(visitor=visitor, public_id=public_id))


def say_message(request: HttpRequest, post: Post) -> HttpResponse:
    """Keep the uploaded file as this post; return its message, as JSON."""
    check_may_attach(post)
    given = request.FILES.get("file")
    if given is None or given.size is None:
        raise FileRefused
    message = add_attachment(post, read_upload(given.name or "", given.read()))
    return JsonResponse({"message": msgspec.to_builtins(message)}, status=201)


def read_client_id(request: HttpRequest) -> str:
    """Return the sender's own id of the message, or raise ``InvalidInput``."""
    client_id = request.POST.get("client_id", "")
    if not CLIENT_ID.fullmatch(client_id):
        raise InvalidInput(field="client_id")
    return client_id


def serve(attachment: Attachment) -> HttpResponse:
    """Return a file so that nothing but a download, or a picture in a page of ours, can come of it (S11)."""
    try:
        with attachment.file.open() as file:
            response = HttpResponse(file.read(), content_type=attachment.content_type)
    except OSError as error:
        raise FileNotFound from error
    disposition = content_disposition_header(as_attachment=True, filename=attachment.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _find_conversation(visitor: Visitor, public_id: str) -> Conversation:
    try:
        wanted = uuid.UUID(public_id)
    except ValueError:
        raise ConversationNotFound from None
    found = Conversation.objects.filter(visitor=visitor, public_id=wanted).first()
    if found is None:
        raise ConversationNotFound
    return found
