"""Which page a visitor is on: what an agent sees beside the chat (LC-39)."""

from chat.events import VisitorChanged
from chat.models import Conversation
from chat.protocol import visitor as frames
from chat.services.messages import storable
from config.lib.events import publish


def note_page(*, conversation_id: int, page: frames.PageNow | frames.Page) -> None:
    """Store the page that a conversation's visitor has moved to; where the visit came from stays."""
    moved = {"page_url": storable(page.url), "page_title": storable(page.title)}
    rows = Conversation.objects.filter(pk=conversation_id, is_open=True).exclude(**moved)
    visitor_id = rows.values_list("visitor_id", flat=True).first()
    if visitor_id is not None and rows.update(**moved):
        publish(VisitorChanged(visitor_id))
