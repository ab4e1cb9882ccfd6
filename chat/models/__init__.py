from .canned import CannedReply
from .conversations import Conversation, GoalReached, Message
from .dialogues import Dialogue, DialogueVersion, Flow, Trigger
from .files import Attachment, Document, DocumentReading
from .leads import Lead, LeadList
from .live_chats import Engagement, LiveChat, Seat, TimelineEntry
from .notes import Mention, Note
from .page_views import PageView
from .presences import VisitorPresence
from .sightings import Sighting
from .visitors import Visitor

__all__ = [
    "Attachment",
    "CannedReply",
    "Conversation",
    "Dialogue",
    "DialogueVersion",
    "Document",
    "DocumentReading",
    "Engagement",
    "Flow",
    "GoalReached",
    "Lead",
    "LeadList",
    "LiveChat",
    "Mention",
    "Message",
    "Note",
    "PageView",
    "Seat",
    "Sighting",
    "TimelineEntry",
    "Trigger",
    "Visitor",
    "VisitorPresence",
]
