"""Which page a visitor is on, and was on: what an agent sees beside the chat (LC-39)."""

from datetime import datetime, timedelta

from django.utils import timezone

from chat.events import VisitorChanged
from chat.models import Conversation, PageView
from chat.protocol import visitor as frames
from chat.services.messages import storable
from config.lib.events import publish

KEPT = timedelta(days=90)
# A reload, or a connection that comes back, is no further view of the same page.
SAME_VIEW = timedelta(minutes=30)
# Pages of one visitor: a script that runs through addresses fills no table.
MOST = 300


def note_page(
    *, conversation_id: int, page: frames.PageNow | frames.Page, now: datetime | None = None
) -> None:
    """Store the page that a conversation's visitor has moved to; where the visit came from stays."""
    moved = {"page_url": storable(page.url), "page_title": storable(page.title)}
    rows = Conversation.objects.filter(pk=conversation_id, is_open=True).exclude(**moved)
    visitor_id = rows.values_list("visitor_id", flat=True).first()
    if visitor_id is not None and rows.update(**moved):
        note_view(visitor_id=visitor_id, page=page, now=now)
        publish(VisitorChanged(visitor_id))


def note_view(*, visitor_id: int, page: frames.PageNow | frames.Page, now: datetime | None = None) -> None:
    """Keep that a visitor has come to a page; again only after another page, or half an hour (LC-39)."""
    now, url = now or timezone.now(), storable(page.url)
    views = PageView.objects.filter(visitor=visitor_id).order_by("-seen_at", "-pk")
    last = views.first()
    if not url or (last is not None and last.url == url and now - last.seen_at < SAME_VIEW):
        return
    PageView.objects.create(visitor_id=visitor_id, url=url, title=storable(page.title), seen_at=now)
    surplus = views.values_list("pk", flat=True)[MOST:]
    PageView.objects.filter(pk__in=list(surplus)).delete()


def forget_pages(*, now: datetime | None = None) -> int:
    """Delete page views older than 90 days, and return how many."""
    deleted, _by_model = PageView.objects.filter(seen_at__lt=(now or timezone.now()) - KEPT).delete()
    return deleted
