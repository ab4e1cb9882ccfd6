"""Finding files, always starting from who asks (S6): what isn't theirs isn't there."""

import uuid

from agents.models import User
from chat.errors import FileNotFound
from chat.models import Attachment, Visitor
from chat.selectors.conversations import list_conversations_of


def get_attachment_of_visitor(*, visitor: Visitor, public_id: uuid.UUID) -> Attachment:
    """Return a file of one of this visitor's own conversations, or raise ``FileNotFound`` (LC-35)."""
    found = Attachment.objects.filter(public_id=public_id, conversation__visitor=visitor).first()
    if found is None:
        raise FileNotFound
    return found


def get_attachment_for_agent(*, user: User, public_id: uuid.UUID) -> Attachment:
    """Return a file of a chat that this user has or had, or may look at; else ``FileNotFound`` (LC-38)."""
    own = list_conversations_of(user).values("pk")
    found = Attachment.objects.filter(public_id=public_id, conversation__in=own).first()
    if found is None:
        raise FileNotFound
    return found
