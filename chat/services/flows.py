"""Conversational flows: dialogues that an action starts, however often (DG-20)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from chat.errors import FlowNotFound
from chat.models import Conversation, Dialogue, Visitor
from chat.protocol import visitor as frames
from chat.selectors.flows import find_flow
from chat.selectors.usage import is_monthly_limit_reached
from chat.services.claims import Claims, keep_claims
from chat.services.greeting import Greeting, begin_dialogue
from chat.services.messages import storable
from chat.services.playing import get_waiting_live_chat_id
from chat.services.suspension import is_live, lock_open_conversation, set_aside
from chat.services.triggers import count_shown
from chat.services.visitors import hash_key, keep_inferred, meet_visitor
from config.installation.selectors import get_installation


def start_flow(
    *,
    key: str,
    slug: str,
    page: frames.Page,
    language: str = "",
    session: str = "",
    claims: Claims | None = None,
    inferred: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Greeting:
    """Return the conversation in which a flow runs now, for the visitor who holds this key.

    The same flow, unfinished, goes on. While a human is asked or there, that chat is returned instead. An
    answered dialogue is set aside until the flow ends. ``inferred`` is what the browser tells. Raises
    ``FlowNotFound`` where no published flow has this name, or dialogues are off (DG-06, LC-03).
    """
    now = now or timezone.now()
    flow = find_flow(slug)
    is_available = flow is not None and _is_available(flow, now)
    # Before a row is made for somebody who asks for what isn't there.
    if flow is None or not (is_available or _is_engaged(key, flow)):
        raise FlowNotFound
    with transaction.atomic():
        visitor = meet_visitor(key, language=storable(language), now=now)
        keep_claims(visitor, claims or Claims())
        keep_inferred(visitor, inferred or {})
        conversation = _go_on(visitor, flow)
        if conversation is None and not is_available:
            raise FlowNotFound
        conversation = conversation or _start(visitor, flow, page, now)
        # Once for each session, however often it runs; a chat with a human that goes on is none (DG-04).
        if session and conversation.version.dialogue.kind == Dialogue.Kind.FLOW:
            count_shown(conversation, visitor=visitor, session=session, now=now)
        return Greeting(visitor, conversation, get_waiting_live_chat_id(conversation))


def _is_available(flow: Dialogue, now: datetime) -> bool:
    installation = get_installation()
    return (
        flow.status == Dialogue.Status.PUBLISHED
        and installation.dialogues_enabled
        and not is_monthly_limit_reached(installation, now)
    )


def _is_engaged(key: str, flow: Dialogue) -> bool:
    """Whether this visitor has begun the flow: then it goes on, whatever has become of it since (DG-02)."""
    return Conversation.objects.filter(
        visitor__key_hash=hash_key(key), version__dialogue=flow, is_open=True, engaged_at__isnull=False
    ).exists()


def _go_on(visitor: Visitor, flow: Dialogue) -> Conversation | None:
    """Return the conversation that stays: one with a human, or this very flow, begun; else make room."""
    conversation = lock_open_conversation(visitor)
    if conversation is None or is_live(conversation):
        return conversation
    is_newest = conversation.version_id == flow.published_version_id
    if conversation.version.dialogue_id == flow.pk and (conversation.engaged_at or is_newest):
        return conversation
    return None


def _start(visitor: Visitor, flow: Dialogue, page: frames.Page, now: datetime) -> Conversation:
    replaced = lock_open_conversation(visitor)
    if replaced is not None:
        set_aside(replaced, now=now)
    # As it is at this moment: it may have been published anew since it was looked up.
    flow.refresh_from_db(fields=["published_version"])
    if flow.published_version is None:
        raise FlowNotFound
    return begin_dialogue(visitor, flow.published_version, page, now)
