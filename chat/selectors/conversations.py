"""Finding conversations, always starting from who asks (S6): what isn't theirs isn't there."""

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from agents.models import User
from chat.errors import ConversationNotFound
from chat.models import Conversation, LiveChat


def list_conversations_of(user: User) -> "QuerySet[Conversation]":
    """Conversations whose live chat this user has or had; with the permission, everybody's (LC-38)."""
    rows = Conversation.objects.select_related("visitor", "version__dialogue")
    if user.has_perm("agents.view_all_conversations"):
        return rows
    if not user.has_perm("agents.view_my_conversations"):
        return rows.none()
    own = LiveChat.objects.filter(Q(agent=user), conversation=OuterRef("pk"))
    return rows.filter(Exists(own))


def get_conversation_for_agent(*, user: User, public_id: uuid.UUID | str) -> Conversation:
    """Return one of them, or raise ``ConversationNotFound``:
    nobody learns whether another's exists (LC-38).
    """
    try:
        wanted = uuid.UUID(str(public_id))
    except ValueError:
        raise ConversationNotFound from None
    found = list_conversations_of(user).filter(public_id=wanted).first()
    if found is None:
        raise ConversationNotFound
    return found
