from .conversations import Conversation, Message
from .dialogues import Dialogue, DialogueVersion
from .live_chats import Engagement, LiveChat, Seat, TimelineEntry
from .visitors import Visitor

__all__ = [
    "Conversation",
    "Dialogue",
    "DialogueVersion",
    "Engagement",
    "LiveChat",
    "Message",
    "Seat",
    "TimelineEntry",
    "Visitor",
]
