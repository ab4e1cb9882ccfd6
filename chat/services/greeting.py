"""What a visitor is to see on a page: the conversation they are in, or the dialogue that is due."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from chat import streams
from chat.events import ConversationReplaced
from chat.models import Conversation, Dialogue, DialogueVersion, Visitor
from chat.protocol import visitor as frames
from chat.selectors.usage import is_monthly_limit_reached
from chat.services.claims import Claims, keep_claims, note_claims
from chat.services.live_chats import close_conversation
from chat.services.messages import storable
from chat.services.playing import get_waiting_live_chat_id, keep_attributes, move_on, read_stream
from chat.services.suspension import lock_open_conversation, take_back
from chat.services.visitors import find_visitor, meet_visitor
from config.installation.selectors import get_installation
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
    now: datetime | None = None,
) -> Greeting:
    """Return what a visitor is to see on this page; begins a dialogue where one is due (DG-02, DG-03).

    ``show`` False, or nothing to show, writes no row for somebody who is new. ``holding`` is the public id
    of the conversation that is on screen: a flow there stays, also where it wasn't answered yet (DG-20).
    """
    now = now or timezone.now()
    visitor = find_visitor(key)
    if not show or (visitor is None and _find_dialogue(None, now) is None):
        if visitor is not None:
            note_claims(visitor_id=visitor.pk, claims=claims or Claims())
        return Greeting(visitor, _last_conversation(visitor))
    with transaction.atomic():
        visitor = meet_visitor(key, language=storable(language), now=now)
        keep_claims(visitor, claims or Claims())
        conversation = _keep_or_drop(visitor, holding, now) or take_back(visitor)
        conversation = conversation or _start(visitor, page, now)
    if conversation is None:
        return Greeting(visitor, _last_conversation(visitor))
    return Greeting(visitor, conversation, get_waiting_live_chat_id(conversation))


def _keep_or_drop(visitor: Visitor, holding: str, now: datetime) -> Conversation | None:
    """Return the open conversation, unless it was only seen and a newer version or session is due (DG-02)."""
    conversation = lock_open_conversation(visitor)
    # Completed and still open: a live chat goes on in it, whatever happens to the dialogue (LC-33).
    if conversation is None or conversation.engaged_at or conversation.completed_at:
        return conversation
    if _is_current(conversation, visitor) and not _is_left_flow(conversation, holding):
        return conversation
    close_conversation(conversation, now=now)
    publish(ConversationReplaced(conversation.pk))
    return None


def _is_current(conversation: Conversation, visitor: Visitor) -> bool:
    dialogue = conversation.version.dialogue
    return (
        get_installation().dialogues_enabled
        and dialogue.status == Dialogue.Status.PUBLISHED
        and dialogue.published_version_id == conversation.version_id
        and conversation.session_number == visitor.session_number
    )


def _is_left_flow(conversation: Conversation, holding: str) -> bool:
    """Whether a flow that nobody answered is off the screen: what is due on the page comes instead."""
    is_flow = conversation.version.dialogue.kind == Dialogue.Kind.FLOW
    return is_flow and str(conversation.public_id) != holding


def _find_dialogue(visitor: Visitor | None, now: datetime) -> Dialogue | None:
    """Return the published dialogue with the highest priority
    that this visitor hasn't completed (DG-03, DG-06).
    """
    installation = get_installation()
    if not installation.dialogues_enabled or is_monthly_limit_reached(installation, now):
        return None
    completed = Conversation.objects.filter(
        visitor=visitor, version__dialogue=OuterRef("pk"), completed_at__isnull=False
    )
    published = Dialogue.objects.filter(
        status=Dialogue.Status.PUBLISHED, kind=Dialogue.Kind.DIALOGUE
    ).select_related("published_version")
    if visitor is not None:
        published = published.filter(~Exists(completed))
    return published.order_by("priority", "name").first()


def _start(visitor: Visitor, page: frames.Page, now: datetime) -> Conversation | None:
    dialogue = _find_dialogue(visitor, now)
    if dialogue is None or dialogue.published_version is None:
        return None
    return begin_dialogue(visitor, dialogue.published_version, page, now)


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
    stream = read_stream(version)
    run = streams.begin(stream, streams.RunContext(visitor.attributes))
    keep_attributes(visitor, run)
    move_on(conversation, run, now)
    return conversation


def _last_conversation(visitor: Visitor | None) -> Conversation | None:
    """The open one, else the last that came to anything: one that was only seen isn't shown again."""
    if visitor is None:
        return None
    shown = Q(is_open=True) | Q(engaged_at__isnull=False) | Q(completed_at__isnull=False)
    return Conversation.objects.filter(shown, visitor=visitor).order_by("-is_open", "-pk").first()
