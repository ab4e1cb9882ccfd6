"""Finding conversations, always starting from who asks (S6): what isn't theirs isn't there."""

import uuid

from django.db.models import Exists, OuterRef, QuerySet

from agents.models import User
from chat.errors import ConversationNotFound
from chat.models import Conversation, LiveChat, TimelineEntry


def list_conversations_of(user: User) -> "QuerySet[Conversation]":
    """Conversations whose live chat this user has, or had where it is over; with the permission, everybody's
    (LC-38).
    """
    rows = Conversation.objects.select_related("visitor", "version__dialogue")
    if user.has_perm("agents.view_all_conversations"):
        return rows
    if not user.has_perm("agents.view_my_conversations"):
        return rows.none()
    own = LiveChat.objects.filter(agent=user, conversation=OuterRef("pk"))
    # What was handed over is another agent's until it ends (LC-34).
    had = LiveChat.objects.filter(
        status=LiveChat.Status.ENDED, pk__in=list_accepted(user), conversation=OuterRef("pk")
    )
    return rows.filter(Exists(own) | Exists(had))


def list_accepted(user: User) -> "QuerySet[TimelineEntry, int]":
    """Return the ids of the live chats that this user ever accepted, whoever has them now (LC-38)."""
    accepted = TimelineEntry.objects.filter(agent=user, kind=TimelineEntry.Kind.ACCEPTED)
    return accepted.order_by().values_list("live_chat", flat=True)


def is_handed_over(*, user: User, public_id: uuid.UUID) -> bool:
    """Whether the user had this conversation's live chat, and somebody else has it now (LC-34).

    Who was away when a colleague took over comes back to its address, and that is no error.
    """
    running = LiveChat.objects.filter(conversation__public_id=public_id, status=LiveChat.Status.ACTIVE)
    return running.exclude(agent=user).filter(pk__in=list_accepted(user)).exists()


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
