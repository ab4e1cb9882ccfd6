"""Visitors and the tokens that say who they are."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Max, QuerySet

from chat.errors import ConversationNotFound
from chat.models import Conversation, Visitor

TOKEN_LIFE = timedelta(days=30)  # rolling: every welcome gives a fresh one (S5)
SESSION_LIFE = timedelta(minutes=30)  # DG-21
_signer = signing.TimestampSigner(salt="switchboard.visitor")


def mint_token(key: str = "") -> str:
    """Return a signed token for a visitor's key, or for a new one of 256 random bits. Nothing is stored."""
    return _signer.sign(key or secrets.token_urlsafe(32))


def read_token(token: str) -> str | None:
    """Return the key in a token that we signed within the last 30 days, else None (DL-10)."""
    try:
        return _signer.unsign(token, max_age=TOKEN_LIFE)
    # The second: half a surrogate pair, which no signature can be computed of.
    except (signing.BadSignature, UnicodeEncodeError):
        return None


def hash_key(key: str) -> str:
    """Return what is stored of a visitor's key: with it alone nobody can pose as the visitor (S5)."""
    return hashlib.sha256(key.encode()).hexdigest()


def find_visitor(key: str) -> Visitor | None:
    """Return the visitor who holds this key, if one is known."""
    return Visitor.objects.filter(key_hash=hash_key(key)).first()


def lock_visitor(visitor_id: int) -> Visitor:
    """Lock a visitor: what one visitor's tabs do at once happens one after the other. Before the
    conversation. Raises ``ConversationNotFound`` for one who was erased meanwhile.
    """
    visitor = Visitor.objects.select_for_update(no_key=True).filter(pk=visitor_id).first()
    if visitor is None:
        raise ConversationNotFound
    return visitor


def meet_visitor(key: str, *, language: str, now: datetime) -> Visitor:
    """Return the locked visitor who holds this key, made
    if there is none; counts a new session where one began.
    """
    rows: QuerySet[Visitor] = Visitor.objects.select_for_update(no_key=True)
    visitor, is_new = rows.get_or_create(
        key_hash=hash_key(key), defaults={"session_seen_at": now, "language": language}
    )
    if not is_new:
        note_visit(visitor, language=language, now=now)
    return visitor


def note_visit(visitor: Visitor, *, language: str = "", now: datetime) -> None:
    """Keep the session going, or begin the next one after 30 minutes of silence (DG-21)."""
    if now - visitor.session_seen_at > SESSION_LIFE and now - _last_word(visitor) > SESSION_LIFE:
        visitor.session_number += 1
    visitor.session_seen_at = max(now, visitor.session_seen_at)
    visitor.language = language or visitor.language
    visitor.save(update_fields=["session_number", "session_seen_at", "language"])


def keep_inferred(visitor: Visitor, inferred: Mapping[str, str]) -> None:
    """Store what the browser of a locked visitor tells, in place of what it told last time (DG-07)."""
    if inferred and visitor.inferred != inferred:
        visitor.inferred = dict(inferred)
        visitor.save(update_fields=["inferred"])


def _last_word(visitor: Visitor) -> datetime:
    """When something was last said: messages keep a session going without touching the visitor's row."""
    said = Conversation.objects.filter(visitor=visitor).aggregate(at=Max("active_at"))["at"]
    return max(said or visitor.session_seen_at, visitor.session_seen_at)
