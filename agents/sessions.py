"""Who a session belongs to, asked again and again while a socket is open (DL-10, R16)."""

from collections.abc import Collection, Mapping
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from agents.models import Agent, User

_Store = import_module(settings.SESSION_ENGINE).SessionStore


def get_session_user_id(session_key: str) -> int | None:
    """Return the id of who is signed in with this session;
    None when it ended or the password changed since.
    """
    return get_session_user_ids([session_key]).get(session_key)


def get_session_user_ids(session_keys: Collection[str]) -> dict[str, int]:
    """Return who is signed in with each of these sessions that still count; two queries for all."""
    # One with a NUL is nobody's, and the database refuses to look for it.
    keys = [key for key in session_keys if key and "\0" not in key]
    store = _Store()
    rows = store.get_model_class().objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = {row.session_key: store.decode(row.session_data) for row in rows}
    ids = {session.get(SESSION_KEY) for session in sessions.values()} - {None}
    users = {str(user.pk): user for user in User.objects.filter(pk__in=ids, is_active=True)}
    found = ((key, session, users.get(session.get(SESSION_KEY, ""))) for key, session in sessions.items())
    return {key: user.pk for key, session, user in found if user and _is_signed_in(session, user)}


def _is_signed_in(session: Mapping[str, str], user: User) -> bool:
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


def get_session_agent(session_key: str) -> Agent | None:
    """Return the agent who is signed in with this session and may take live chats, else None (LC-05)."""
    user_id = get_session_user_id(session_key)
    return Agent.objects.filter(pk=user_id).first() if user_id else None
