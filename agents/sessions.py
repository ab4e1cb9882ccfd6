"""Who a session belongs to, asked again and again while a socket is open (DL-10, R16)."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from agents.models import Agent, User

_Store = import_module(settings.SESSION_ENGINE).SessionStore


def get_session_user_id(session_key: str) -> int | None:
    """Return the id of who is signed in with this session;
    None when it ended or the password changed since.
    """
    # Such a key is nobody's, and the database refuses to look for it.
    if "\0" in session_key:
        return None
    # A fresh store each time: what an older one has read stays as it was.
    session = _Store(session_key=session_key)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user_id = session.get(SESSION_KEY)
    user = _find_user(user_id)
    if user is None:
        return None
    signed = constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user.pk if signed else None


def get_session_agent(session_key: str) -> Agent | None:
    """Return the agent who is signed in with this session and may take live chats, else None (LC-05)."""
    user_id = get_session_user_id(session_key)
    return Agent.objects.filter(pk=user_id).first() if user_id else None


def _find_user(user_id: str | None) -> User | None:
    return User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
