from .conversations import Conversation, GoalReached, Message
from .dialogues import Dialogue, DialogueVersion
from .live_chats import Engagement, LiveChat, Seat, TimelineEntry
from .visitors import Visitor

__all__ = [
    "Conversation",
    "Dialogue",
    "DialogueVersion",
    "Engagement",
    "GoalReached",
    "LiveChat",
    "Message",
    "Seat",
    "TimelineEntry",
    "Visitor",
]
