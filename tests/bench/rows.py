"""The rows a benchmark runs on: pairs of a visitor and an agent in an active chat."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Permission
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from agents.models import User
from chat.models import Conversation, Dialogue, DialogueVersion, LiveChat, Seat, Visitor
from chat.services.visitors import hash_key, mint_token


@dataclass(frozen=True)
class Pair:
    """One active chat: how its visitor and its agent sign in."""

    conversation: str
    token: str
    session_key: str


def make_pairs(count: int) -> list[Pair]:
    """Write ``count`` active chats, each with an agent of its own."""
    version = _make_version()
    return [_make_pair(number, version) for number in range(count)]


def _make_version() -> DialogueVersion:
    stream = {"start": "human", "cards": {"human": {"type": "live_chat", "option": "round_robin"}}}
    dialogue = Dialogue.objects.create(name=f"Bench {secrets.token_hex(4)}", stream=stream)
    return DialogueVersion.objects.create(
        dialogue=dialogue, number=1, stream=stream, published_at=timezone.now()
    )


def _make_pair(number: int, version: DialogueVersion) -> Pair:
    agent = User.objects.create(
        username=f"agent-{secrets.token_hex(6)}", first_name="Agent", last_name=str(number)
    )
    agent.user_permissions.add(Permission.objects.get(codename="view_my_conversations"))
    now = timezone.now()
    token = mint_token()
    key = token.split(":")[0]
    visitor = Visitor.objects.create(key_hash=hash_key(key), session_seen_at=now)
    conversation = Conversation.objects.create(
        visitor=visitor, version=version, triggered_at=now, engaged_at=now, active_at=now
    )
    chat = LiveChat.objects.create(
        conversation=conversation,
        card_id="human",
        card=version.stream["cards"]["human"],
        status=LiveChat.Status.ACTIVE,
        agent=agent,
        agent_name=agent.display_name,
        requested_at=now,
        routing_since=now,
        accepted_at=now,
        idle_at=now + timedelta(hours=1),
    )
    Seat.objects.create(agent=agent, number=1, live_chat=chat)
    return Pair(str(conversation.public_id), token, sign_in(agent))


def sign_in(agent: User) -> str:
    """Open a session; return what its cookie holds."""
    session = SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.save()
    return str(session.session_key)
