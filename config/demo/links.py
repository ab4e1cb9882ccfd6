"""Links that sign in to the demo: signed, and good only for the data they were made with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from agents.models import User
from config.demo.people import VISITABLE

_TOKEN = re.compile(r"\A([0-9]{1,18})\.[A-Za-z0-9_-]{43}\Z")


@dataclass(frozen=True)
class SignInLink:
    """One person to sign in as; `path` is the address without the server's name."""

    user: User
    path: str
    is_admin: bool


def list_links() -> list[SignInLink]:
    """A link for each of the people who may be signed in as and still exist, in their order."""
    usernames = [person.username for person in VISITABLE]
    users = {user.username: user for user in User.objects.filter(username__in=usernames, is_active=True)}
    return [
        SignInLink(user, reverse("demo-sign-in", args=[make_token(user)]), user.is_superuser)
        for user in (users[name] for name in usernames if name in users)
    ]


def make_token(user: User) -> str:
    """The user's id and 256 bits that only the holder of the secret key can compute. Always the same."""
    return _get_signer(user).sign(str(user.pk))


def read_token(token: str) -> User | None:
    """The active user whom this token was made for, else None."""
    form = _TOKEN.match(token)
    user = User.objects.filter(pk=form[1], is_active=True).first() if form else None
    if user is None:
        return None
    try:
        _get_signer(user).unsign(token)
    except signing.BadSignature:
        return None
    return user


def _get_signer(user: User) -> signing.Signer:
    # With the session's hash in it, which is made of the password: a token is void in every other database
    # with the same key, and as soon as somebody gives the account a password.
    return signing.Signer(sep=".", salt=f"switchboard.demo.{user.get_session_auth_hash()}")
