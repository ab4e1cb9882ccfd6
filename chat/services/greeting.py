"""What a visitor is to see on a page: the conversation they are in, or the dialogue that is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chat.events import ConversationReplaced
from chat.models import Conversation, Dialogue, DialogueVersion, Visitor
from chat.protocol import visitor as frames
from chat.selectors.due import find_due
from chat.selectors.known import Known, get_known
from chat.services.claims import Claims, keep_claims, note_claims
from chat.services.live_chats import close_conversation
from chat.services.messages import storable
from chat.services.playing import begin_stream, get_waiting_live_chat_id
from chat.services.suspension import lock_open_conversation, take_back
from chat.services.triggers import count_shown
from chat.services.visitors import find_visitor, keep_inferred, meet_visitor
from config.lib.events import publish


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who came, and what there is to show: a conversation, open or the last one, or nothing."""

    visitor: Visitor | None
    conversation: Conversation | None
    # A live chat that nobody has routed yet.
    live_chat_id: int | None = None


def greet_visitor(
    *,
    key: str,
    page: frames.Page,
    language: str = "",
    show: bool = True,
    holding: str = "",
    claims: Claims | None = None,
    session: str = "",
    inferred: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Greeting:
    """Return what a visitor is to see on this page; begins a dialogue where one is due (DG-02, DG-03).

    ``show`` False, or nothing to show, writes no row for somebody who is new. ``holding`` is the public id of
    the conversation that is on screen: a flow there stays, also where it wasn't answered yet (DG-20). What
    begins is counted as shown in the browser's ``session`` (DG-04). ``inferred`` is what the browser tells.
    """
    now, claims, inferred = now or timezone.now(), claims or Claims(), inferred or {}
    visitor = find_visitor(key)
    if not show or (visitor is None and not _is_due_for_strangers(page, claims, inferred, now)):
        if visitor is not None:
            note_claims(visitor_id=visitor.pk, claims=claims)
        return Greeting(visitor, _last_conversation(visitor))
    with transaction.atomic():
        visitor = meet_visitor(key, language=storable(language), now=now)
        keep_claims(visitor, claims)
        keep_inferred(visitor, inferred)
        conversation = _find_conversation(visitor, page, holding, session, now)
    if conversation is None:
        return Greeting(visitor, _last_conversation(visitor, came_to_anything=True))
    return Greeting(visitor, conversation, get_waiting_live_chat_id(conversation))


def _is_due_for_strangers(
    page: frames.Page, claims: Claims, inferred: Mapping[str, str], now: datetime
) -> bool:
    known = Known({**inferred, **claims.attributes, **claims.signed})
    return find_due(page.url, known, now=now) is not None


def _find_conversation(
    visitor: Visitor, page: frames.Page, holding: str, session: str, now: datetime
) -> Conversation | None:
    """Return the conversation to show: the one that runs, or of what is due on this page."""
    conversation = _keep_or_drop(visitor, holding, now)
    if conversation is not None and (_is_running(conversation) or _is_flow(conversation)):
        return conversation
    if conversation is None and (suspended := take_back(visitor)):
        return suspended
    due = find_due(page.url, get_known(visitor), visitor=visitor, now=now)
    if due is None:
        # One that was only seen on another page doesn't follow; it stays open there.
        return None
    if conversation is not None:
        if conversation.version_id == due.version_id:
            return conversation
        _drop(conversation, now)
    version = DialogueVersion.objects.select_related("dialogue").get(pk=due.version_id)
    conversation = begin_dialogue(visitor, version, page, now)
    count_shown(conversation, visitor=visitor, session=session, now=now)
    return conversation


def _keep_or_drop(visitor: Visitor, holding: str, now: datetime) -> Conversation | None:
    """Return the open conversation, unless it was only seen and a newer version or session is due (DG-02)."""
    conversation = lock_open_conversation(visitor)
    if conversation is None or _is_running(conversation):
        return conversation
    if _is_current(conversation, visitor) and not _is_left_flow(conversation, holding):
        return conversation
    _drop(conversation, now)
    return None


def _drop(conversation: Conversation, now: datetime) -> None:
    close_conversation(conversation, now=now)
    publish(ConversationReplaced(conversation.pk))


def _is_running(conversation: Conversation) -> bool:
    """Whether it follows the visitor. Completed and still open: a live chat goes on in it, whatever happens
    to the dialogue (LC-33).
    """
    return bool(conversation.engaged_at or conversation.completed_at)


def _is_current(conversation: Conversation, visitor: Visitor) -> bool:
    dialogue = conversation.version.dialogue
    return (
        dialogue.status == Dialogue.Status.PUBLISHED
        and dialogue.published_version_id == conversation.version_id
        and conversation.session_number == visitor.session_number
    )


def _is_flow(conversation: Conversation) -> bool:
    return conversation.version.dialogue.kind == Dialogue.Kind.FLOW


def _is_left_flow(conversation: Conversation, holding: str) -> bool:
    """Whether a flow that nobody answered is off the screen: what is due on the page comes instead."""
    return _is_flow(conversation) and str(conversation.public_id) != holding


def begin_dialogue(
    visitor: Visitor, version: DialogueVersion, page: frames.Page, now: datetime
) -> Conversation:
    """Begin a version of a dialogue for a locked visitor who has no open conversation."""
    conversation = Conversation.objects.create(
        visitor=visitor,
        version=version,
        session_number=visitor.session_number,
        page_url=storable(page.url),
        page_title=storable(page.title),
        referrer=storable(page.referrer),
        triggered_at=now,
        active_at=now,
    )
    begin_stream(conversation, visitor, now)
    return conversation


def _last_conversation(visitor: Visitor | None, *, came_to_anything: bool = False) -> Conversation | None:
    """The open one, else the last that came to anything: one that was only seen isn't shown again."""
    if visitor is None:
        return None
    shown = Q(engaged_at__isnull=False) | Q(completed_at__isnull=False)
    if not came_to_anything:
        shown |= Q(is_open=True)
    return Conversation.objects.filter(shown, visitor=visitor).order_by("-is_open", "-pk").first()
