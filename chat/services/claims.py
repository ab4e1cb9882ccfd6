"""What a page knows of its visitor: attributes that its script sets, and who it is, signed by its server.

Anybody can run script in their own browser, so attributes are claims. Only what comes in a token signed with
this installation's secret is known for certain (S4).
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.db import transaction
from django.utils import timezone

from chat.errors import AttributesTooMany, AttributeUnfit, IdentityInvalid
from chat.events import VisitorChanged
from chat.models import Visitor
from chat.services.leads import add_facts, take_facts
from chat.services.messages import storable
from chat.services.visitors import find_visitor
from chat.streams.answers import email_answer
from config.installation.selectors import get_installation, list_identity_secrets
from config.lib.errors import DomainError
from config.lib.events import publish
from config.lib.texts import without_bidi_controls

MOST_ATTRIBUTES = 50
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
MOST_CHARACTERS = 500
MOST_SUBJECT = 200
# A token that was copied from somewhere is of no use for long.
TOKEN_LIFE = timedelta(hours=1)
CLOCK_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a page says of its visitor; ``signed`` has the page's own name of the person under "sub"."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    signed: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.attributes or self.signed)


def read_claims(
    attributes: Mapping[str, str], identity: str, *, now: datetime | None = None
) -> tuple[Claims, list[DomainError]]:
    """Return what can be believed of what a page sent, and what the rest is refused with (DG-19, S4)."""
    refusals: list[DomainError] = []
    kept: Mapping[str, str] = {}
    signed: Mapping[str, str] = {}
    try:
        kept = read_attributes(attributes)
    except DomainError as error:
        refusals.append(error)
    try:
        signed = read_identity(identity, now=now) if identity else {}
    except DomainError as error:
        refusals.append(error)
    return Claims(kept, signed), refusals


def read_attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes as they are stored; raises ``AttributesTooMany`` and ``AttributeUnfit``."""
    if len(attributes) > MOST_ATTRIBUTES:
        raise AttributesTooMany(params={"limit": MOST_ATTRIBUTES})
    return {_check_name(name): _tidy(name, value) for name, value in attributes.items()}


def read_identity(token: str, *, now: datetime | None = None) -> dict[str, str]:
    """Return what the page's server has signed; raises ``IdentityInvalid`` for anything that isn't ours,
    isn't HS256, has expired or lives longer than an hour (S4).
    """
    now = now or timezone.now()
    payload = _decode(token, list_identity_secrets(get_installation(), now=now))
    _check_expiry(payload["exp"], now)
    return _read_payload(payload)


def _decode(token: str, secrets_taken: list[str]) -> Mapping[str, Any]:
    """Return what is in a token that one of the secrets has signed."""
    for secret in secrets_taken:
        try:
            payload: Mapping[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                leeway=CLOCK_SKEW,
                # The expiry is looked at by the clock that services are given.
                options={"require": ["exp", "sub"], "verify_exp": False, "verify_aud": False},
            )
        except (jwt.PyJWTError, ValueError):
            continue
        return payload
    raise IdentityInvalid


def keep_claims(visitor: Visitor, claims: Claims) -> None:
    """Store claims with a locked visitor; an empty value takes an attribute away. Of names that are new, only
    as many as there is room for are kept (S12).
    """
    named = {name: value for name, value in claims.signed.items() if name != "sub"}
    known = {**add_facts(visitor.attributes, claims.attributes), **named}
    known = {name: value for name, value in known.items() if value}
    signed = dict(claims.signed) or visitor.signed
    if (known, signed) == (visitor.attributes, visitor.signed):
        return
    visitor.attributes, visitor.signed, visitor.is_identified = known, signed, bool(signed)
    visitor.save(update_fields=["attributes", "signed", "is_identified"])
    # Of what a page claims, only what its server has signed says who somebody is (DG-09).
    take_facts(visitor, {name: value for name, value in claims.signed.items() if name == "email"})
    publish(VisitorChanged(visitor.pk))


def note_claims(*, visitor_id: int, claims: Claims) -> None:
    """Store what a page says of a visitor who is there; of nobody, nothing is kept."""
    if not claims:
        return
    with transaction.atomic():
        visitor = Visitor.objects.select_for_update(no_key=True).filter(pk=visitor_id).first()
        if visitor is not None:
            keep_claims(visitor, claims)


def pick_key(key: str, claims: Claims) -> str:
    """Return the key, or a new one where it belongs to somebody else than was signed: on a shared computer
    the next person gets nothing of the one before (S4).
    """
    subject = claims.signed.get("sub")
    visitor = find_visitor(key) if subject else None
    known = visitor.signed.get("sub") if visitor else None
    return secrets.token_urlsafe(32) if known and known != subject else key


def _check_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise AttributeUnfit(field=storable(name)[:40])
    return name


def _tidy(name: str, value: str) -> str:
    text = without_bidi_controls(storable(value)).strip()
    if len(text) > MOST_CHARACTERS:
        raise AttributeUnfit(field=name)
    return email_answer(text) if name == "email" and text else text


def _check_expiry(expiry: Any, now: datetime) -> None:
    if not isinstance(expiry, int | float) or isinstance(expiry, bool):
        raise IdentityInvalid
    left = expiry - now.timestamp()
    if not -CLOCK_SKEW.total_seconds() < left < (TOKEN_LIFE + CLOCK_SKEW).total_seconds():
        raise IdentityInvalid


def _read_payload(payload: Mapping[str, Any]) -> dict[str, str]:
    subject, email, attributes = payload["sub"], payload.get("email") or "", payload.get("attributes") or {}
    if not isinstance(email, str) or not isinstance(attributes, dict):
        raise IdentityInvalid
    if not all(isinstance(value, str) for value in attributes.values()) or "sub" in attributes:
        raise IdentityInvalid
    if not 0 < len(storable(subject).strip()) <= MOST_SUBJECT:
        raise IdentityInvalid
    named = read_attributes({**attributes, **({"email": email} if email else {})})
    return {**named, "sub": storable(subject).strip()}
