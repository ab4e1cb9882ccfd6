"""Changing the secret that visitors' identities are signed with, without a gap or at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from chat.errors import IdentityInvalid
from chat.services.claims import read_identity
from config.installation.selectors import get_installation, list_identity_secrets
from config.installation.services import rotate_identity_secret

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-19")]


def test_a_new_installation_has_one_secret_of_256_bits() -> None:
    [secret] = list_identity_secrets(get_installation(), now=NOW)
    assert len(bytes.fromhex(secret)) == 32


def test_website_has_a_day_to_change_over() -> None:
    before = get_installation().identity_secret
    rotate_identity_secret(now=NOW, keep_former=True)
    installation = get_installation()
    assert installation.identity_secret != before
    just_before = NOW + DAY - timedelta(seconds=1)
    assert list_identity_secrets(installation, now=just_before) == [installation.identity_secret, before]
    assert list_identity_secrets(installation, now=NOW + DAY) == [installation.identity_secret]


def test_secret_that_got_out_counts_no_more_at_once() -> None:
    rotate_identity_secret(now=NOW, keep_former=True)
    rotate_identity_secret(now=NOW, keep_former=False)
    installation = get_installation()
    assert list_identity_secrets(installation, now=NOW) == [installation.identity_secret]


def test_only_the_last_secret_but_one_is_still_taken() -> None:
    first = get_installation().identity_secret
    rotate_identity_secret(now=NOW, keep_former=True)
    second = get_installation().identity_secret
    rotate_identity_secret(now=NOW, keep_former=True)
    taken = list_identity_secrets(get_installation(), now=NOW)
    assert taken[1] == second
    assert first not in taken


def sign(secret: str) -> str:
    expires = int((NOW + timedelta(minutes=10)).timestamp())
    return jwt.encode({"sub": "u-17", "exp": expires}, secret, algorithm="HS256")


def test_identity_signed_with_the_former_secret_is_believed_for_as_long_as_that_is_taken() -> None:
    before = get_installation().identity_secret
    rotate_identity_secret(now=NOW, keep_former=True)
    for secret in (before, get_installation().identity_secret):
        assert read_identity(sign(secret), now=NOW) == {"sub": "u-17"}
    rotate_identity_secret(now=NOW, keep_former=False)
    for secret in (before, ""):
        with pytest.raises(IdentityInvalid):
            read_identity(sign(secret or "x" * 64), now=NOW)
