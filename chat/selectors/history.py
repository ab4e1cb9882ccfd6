"""What a visitor has done on the website in the last 90 days, beside the chat (LC-39)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import User
from chat.errors import ConversationNotFound
from chat.models import Conversation, Dialogue, DocumentReading, GoalReached, LiveChat, PageView
from chat.selectors.conversations import list_conversations_of

PERIOD = timedelta(days=90)
PAGE = 20  # entries


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that the visitor did, in words; ``conversation`` where its transcript may be read."""

    kind: Literal["page", "dialogue", "chat", "goal", "document"]
    at: datetime
    title: str
    detail: str = ""
    url: str = ""
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """A page of it, the latest first; ``older`` is where the next one begins, if there is one."""

    entries: list[Entry]
    older: datetime | None = None


def get_history(
    *, user: User, conversation: Conversation, now: datetime, before: datetime | None = None
) -> History:
    """Return what the conversation's visitor did, from ``before`` back to 90 days ago: five queries.

    The conversation itself isn't listed. By visitor, so by browser: that somebody typed in the same address
    makes nobody the same person (S4).
    """
    since = now - PERIOD
    found = sorted(
        (
            *_list_pages(conversation, since, before),
            *_list_conversations(user, conversation, since, before),
            *_list_goals(conversation, since, before),
            *_list_documents(conversation, since, before),
        ),
        key=lambda entry: entry.at,
        reverse=True,
    )
    if len(found) <= PAGE:
        return History(found)
    # What happened at the very same moment stays together, or the next page would leave it out.
    last = found[PAGE - 1].at
    page = [entry for entry in found if entry.at >= last]
    return History(page, last if len(page) < len(found) else None)


def get_earlier_conversation(*, user: User, conversation: Conversation, public_id: uuid.UUID) -> Conversation:
    """Return another conversation of the same visitor for reading, or raise ``ConversationNotFound``."""
    rows = _list_readable(user, conversation).select_related("visitor", "version__dialogue")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise ConversationNotFound
    return found


def _list_readable(user: User, conversation: Conversation) -> QuerySet[Conversation]:
    """What only the bot said, and the live chats that the reader may look at anyway (LC-38)."""
    others = Conversation.objects.filter(visitor=conversation.visitor_id).exclude(pk=conversation.pk)
    live_chats = LiveChat.objects.filter(conversation=OuterRef("pk"))
    own = list_conversations_of(user).filter(pk=OuterRef("pk"))
    return others.filter(~Exists(live_chats) | Exists(own))


def _list_pages(conversation: Conversation, since: datetime, before: datetime | None) -> Iterator[Entry]:
    rows = PageView.objects.filter(visitor=conversation.visitor_id)
    for view in _cut(rows, "seen_at", since, before):
        yield Entry("page", view.seen_at, view.title or view.url, url=view.url)


def _list_conversations(
    user: User, conversation: Conversation, since: datetime, before: datetime | None
) -> Iterator[Entry]:
    rows = (
        Conversation.objects.filter(visitor=conversation.visitor_id)
        .exclude(pk=conversation.pk)
        .select_related("version__dialogue")
        .prefetch_related(Prefetch("live_chats", LiveChat.objects.order_by("-pk"), to_attr="chats"))
        .annotate(is_readable=Exists(_list_readable(user, conversation).filter(pk=OuterRef("pk"))))
    )
    for row in _cut(rows, "triggered_at", since, before):
        live_chat = next(iter(row.chats), None)
        yield Entry(
            kind="chat" if live_chat else "dialogue",
            at=row.triggered_at,
            title=row.version.dialogue.name,
            detail=_describe_chat(live_chat) if live_chat else _describe_dialogue(row),
            conversation=str(row.public_id) if row.is_readable else "",
        )


def _list_goals(conversation: Conversation, since: datetime, before: datetime | None) -> Iterator[Entry]:
    rows = GoalReached.objects.filter(conversation__visitor=conversation.visitor_id)
    for goal in _cut(rows, "reached_at", since, before):
        yield Entry("goal", goal.reached_at, goal.name)


def _list_documents(conversation: Conversation, since: datetime, before: datetime | None) -> Iterator[Entry]:
    rows = DocumentReading.objects.filter(conversation__visitor=conversation.visitor_id).annotate(
        at=Coalesce("opened_at", "downloaded_at")
    )
    for reading in _cut(rows, "at", since, before):
        yield Entry("document", reading.at, reading.name, _describe_reading(reading))


def _cut(rows: QuerySet, field: str, since: datetime, before: datetime | None) -> QuerySet:  # type: ignore[type-arg]
    """One more than a page, so that it is known whether there are older ones."""
    rows = rows.filter(**{f"{field}__gte": since})
    if before is not None:
        rows = rows.filter(**{f"{field}__lt": before})
    return rows.order_by(f"-{field}", "-pk")[: PAGE + 1]


def _describe_chat(live_chat: LiveChat) -> str:
    if live_chat.status in LiveChat.WAITING:
        return _("Waiting for an agent")
    words = {
        LiveChat.Status.ACTIVE: _("Active"),
        LiveChat.Status.ENDED: _("Ended"),
        LiveChat.Status.FALLBACK: _("Missed"),
        LiveChat.Status.ABANDONED: _("Abandoned"),
    }[LiveChat.Status(live_chat.status)]
    if not live_chat.agent_name:
        return words
    return _("With %(agent)s · %(status)s") % {"agent": live_chat.agent_name, "status": words}


def _describe_dialogue(conversation: Conversation) -> str:
    if conversation.completed_at is not None:
        return _("Completed")
    if conversation.engaged_at is not None:
        return _("Answered")
    is_flow = conversation.version.dialogue.kind == Dialogue.Kind.FLOW
    return _("Started") if is_flow else _("Shown, not answered")


def _describe_reading(reading: DocumentReading) -> str:
    words = []
    if reading.furthest_page:
        words.append(
            ngettext("Read %(pages)d page", "Read up to page %(pages)d", reading.furthest_page)
            % {"pages": reading.furthest_page}
        )
    elif reading.opened_at is not None:
        words.append(_("Opened"))
    if reading.downloaded_at is not None:
        words.append(_("downloaded") if words else _("Downloaded"))
    return ", ".join(words)
