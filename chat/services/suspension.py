"""A dialogue that is set aside while a flow runs, and comes back when the flow has ended (DG-20)."""

from datetime import datetime

from chat.events import ConversationReplaced
from chat.models import Conversation, Dialogue, LiveChat, Visitor
from chat.services.live_chats import change_state, close_conversation
from config.lib.events import publish


def lock_open_conversation(visitor: Visitor) -> Conversation | None:
    """Lock and return the open conversation of a locked visitor."""
    return (
        # Only its own row: the dialogue's is everybody's.
        Conversation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("version__dialogue")
        .filter(visitor=visitor, is_open=True)
        .first()
    )


def is_live(conversation: Conversation) -> bool:
    """Whether a human is being asked, or is there."""
    return LiveChat.objects.filter(conversation=conversation, status__in=LiveChat.OPEN).exists()


def set_aside(conversation: Conversation, *, now: datetime) -> None:
    """Make room for a flow: a dialogue that was answered keeps its place, anything else is over.

    Other tabs that show it are told to look anew.
    """
    is_dialogue = conversation.version.dialogue.kind == Dialogue.Kind.DIALOGUE
    if is_dialogue and conversation.engaged_at and not conversation.completed_at:
        conversation.is_open, conversation.is_suspended, conversation.closed_at = False, True, now
        conversation.save(update_fields=["is_open", "is_suspended", "closed_at"])
        change_state(conversation)
    else:
        close_conversation(conversation, now=now)
    publish(ConversationReplaced(conversation.pk))


def take_back(visitor: Visitor) -> Conversation | None:
    """Return the dialogue that was set aside, open again; the caller knows that no other is open."""
    conversation = (
        Conversation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("version__dialogue")
        .filter(visitor=visitor, is_suspended=True)
        .order_by("-pk")
        .first()
    )
    if conversation is None:
        return None
    conversation.is_open, conversation.is_suspended, conversation.closed_at = True, False, None
    conversation.save(update_fields=["is_open", "is_suspended", "closed_at"])
    change_state(conversation)
    return conversation
