"""Rows for tests with real processes: everything is due by the clock on the wall, as the processes see it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.utils import timezone

from agents.models import Presence, User
from chat.models import Conversation, Dialogue, LiveChat, Visitor
from chat.services.dialogues import publish_dialogue
from chat.services.visitors import hash_key, mint_token
from config.installation.models import Installation
from config.installation.selectors import get_installation
from routing.models import Offer
from routing.services.requests import route_live_chat
from tests.factories import (
    AgentFactory,
    ConversationFactory,
    DialogueFactory,
    LiveChatFactory,
    VisitorFactory,
)
from tests.waiting import wait_until

# Between two statements of one piece of work nothing is to be seen either.
QUIET_LOOKS = 5


def set_up(**values: Any) -> Installation:
    """The installation's settings; Prime unless a test is about Select."""
    get_installation()
    Installation.objects.filter(pk=1).update(**{"package": Installation.Package.PRIME, **values})
    return get_installation()


def make_agent(*, is_present: bool = True, **fields: Any) -> User:
    """An agent who is available for hours and, unless told otherwise, has an inbox open somewhere."""
    now = timezone.now()
    until = now + timedelta(hours=8)
    agent: User = AgentFactory(override_available=True, override_until=until, **fields)
    if is_present:
        Presence.objects.create(agent=agent, socket_id=f"scene-{agent.pk}", expires_at=until)
    return agent


def sign_in(agent: User) -> str:
    """The key of a new session of this agent."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def publish(stream: dict[str, Any] | None = None) -> Dialogue:
    """A published dialogue; by default a greeting, then a human."""
    dialogue: Dialogue = DialogueFactory(**({"stream": stream} if stream else {}))
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    dialogue.refresh_from_db()
    return dialogue


def ask_for_human(*, dialogue: Dialogue | None = None, **card: Any) -> LiveChat:
    """A new visitor's request that nobody has routed yet."""
    now = timezone.now()
    extra = {"version": dialogue.published_version} if dialogue else {}
    visitor = VisitorFactory(session_seen_at=now)
    conversation = ConversationFactory(
        visitor=visitor, triggered_at=now, active_at=now, engaged_at=now, completed_at=now, **extra
    )
    live_chat: LiveChat = LiveChatFactory(
        conversation=conversation,
        card={"type": "live_chat", "option": "round_robin", **card},
        requested_at=now,
        routing_since=now,
        # Far off: who is to route it says so himself.
        route_at=now + timedelta(hours=1),
    )
    return live_chat


def ask_for_humans(count: int) -> list[LiveChat]:
    """As many new visitors' requests, in a few statements."""
    first, now = ask_for_human(), timezone.now()
    version = first.conversation.version
    visitors = Visitor.objects.bulk_create(
        VisitorFactory.build(session_seen_at=now, attributes={}) for _ in range(count - 1)
    )
    conversations = Conversation.objects.bulk_create(
        ConversationFactory.build(visitor=visitor, version=version, active_at=now) for visitor in visitors
    )
    chats = LiveChat.objects.bulk_create(
        LiveChatFactory.build(
            conversation=conversation, requested_at=now, routing_since=now, route_at=first.route_at
        )
        for conversation in conversations
    )
    return [first, *chats]


def make_offer(*, shown: bool = True, **card: Any) -> Offer:
    """A request that was routed: the offer is on somebody's screen."""
    offer = route_live_chat(live_chat_id=ask_for_human(**card).pk)
    assert offer is not None, "nobody could take the chat"
    if shown:
        Offer.objects.filter(pk=offer.pk).update(shown_at=timezone.now())
    return offer


def get_token(visitor: Visitor) -> str:
    """A token with which a client is this visitor."""
    key = f"key-of-{visitor.pk}"
    Visitor.objects.filter(pk=visitor.pk).update(key_hash=hash_key(key))
    return mint_token(key)


def wait_until_quiet() -> None:
    """Wait until no other connection is at work in the database: what was going on has come to its end."""
    quiet = 0

    def look() -> bool:
        nonlocal quiet
        quiet = 0 if count_busy() else quiet + 1
        return quiet == QUIET_LOOKS

    wait_until(look, what="the database is at rest", seconds=30)


def count_busy() -> int:
    """Other connections to this database that are in the middle of something."""
    with closing(connection.cursor()) as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])
