from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.signing import TimestampSigner
from django.db import transaction

from chat.errors import ConversationNotFound
from chat.models import Visitor
from chat.services.visitors import (
    find_visitor,
    hash_key,
    lock_visitor,
    meet_visitor,
    mint_token,
    note_visit,
    read_token,
)
from tests.factories import NOW, ConversationFactory, VisitorFactory
from tests.stage import at

WRITTEN = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.req("DL-10")
def test_token_gives_back_the_key_it_was_made_of() -> None:
    key = read_token(mint_token())
    assert key is not None
    assert len(key) >= 43  # 256 bits
    assert read_token(mint_token(key)) == key


@pytest.mark.req("DL-10")
def test_new_tokens_are_different_people() -> None:
    assert read_token(mint_token()) != read_token(mint_token())


@pytest.mark.req("DL-10")
@pytest.mark.parametrize("place", range(0, 70, 7))
def test_token_with_one_sign_changed_opens_nothing(place: int) -> None:
    token = mint_token()
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    assert read_token(changed) is None


@pytest.mark.req("DL-10")
def test_token_signed_for_something_else_opens_nothing() -> None:
    assert read_token(TimestampSigner(salt="switchboard.other").sign("somebody")) is None
    assert read_token(TimestampSigner(key="x" * 50, salt="switchboard.visitor").sign("somebody")) is None


@pytest.mark.req("DL-10")
@pytest.mark.parametrize(
    "token",
    [
        "",
        ":",
        "::",
        ":::",
        "a:b:c",
        "\0",
        "å:ä:ö",
        "\ud800:a:b",
        "x" * 10_000,
        "key:1sOmEt:signature",
        "None",
    ],
)
def test_rubbish_is_no_token(token: str) -> None:
    assert read_token(token) is None


@pytest.mark.req("DL-10")
def test_token_opens_for_30_days_and_no_longer() -> None:
    with time_machine.travel(WRITTEN, tick=False):
        token = mint_token("somebody")
    with time_machine.travel(WRITTEN + timedelta(days=29, hours=23), tick=False):
        assert read_token(token) == "somebody"
    with time_machine.travel(WRITTEN + timedelta(days=30, seconds=1), tick=False):
        assert read_token(token) is None


@pytest.mark.req("DL-10")
def test_token_from_a_server_whose_clock_is_ahead_opens() -> None:
    with time_machine.travel(WRITTEN + timedelta(minutes=7), tick=False):
        token = mint_token("somebody")
    with time_machine.travel(WRITTEN, tick=False):
        assert read_token(token) == "somebody"


@pytest.mark.django_db
@pytest.mark.req("DL-10")
def test_only_a_hash_of_the_key_is_stored() -> None:
    with transaction.atomic():
        visitor = meet_visitor("a secret key", language="sv", now=NOW)
    assert "a secret key" not in str(Visitor.objects.filter(pk=visitor.pk).values().get())
    assert find_visitor("a secret key") == visitor
    assert find_visitor(hash_key("a secret key")) is None


@pytest.mark.django_db
def test_same_key_is_the_same_visitor() -> None:
    with transaction.atomic():
        first = meet_visitor("key", language="sv", now=NOW)
        again = meet_visitor("key", language="", now=at(60))
    assert first == again
    assert (again.language, again.session_number) == ("sv", 1)


@pytest.mark.django_db
@pytest.mark.req("DG-21")
@pytest.mark.parametrize(("minutes", "session"), [(29, 1), (30, 1), (31, 2)])
def test_session_ends_after_30_minutes_of_silence(minutes: int, session: int) -> None:
    visitor = VisitorFactory.create()
    note_visit(visitor, now=at(minutes * 60))
    assert Visitor.objects.get(pk=visitor.pk).session_number == session


@pytest.mark.django_db
@pytest.mark.req("DG-21", "LC-02")
def test_messages_keep_the_session_going() -> None:
    visitor = ConversationFactory.create(active_at=at(3_600)).visitor
    note_visit(visitor, now=at(3_600 + 1_200))
    assert visitor.session_number == 1
    note_visit(visitor, now=at(3_600 + 1_200 + 1_801))
    assert visitor.session_number == 2


@pytest.mark.django_db
@pytest.mark.req("DG-21")
def test_clock_that_steps_back_ends_no_session() -> None:
    visitor = VisitorFactory.create()
    note_visit(visitor, now=at(-7_200))
    assert (visitor.session_number, visitor.session_seen_at) == (1, NOW)


@pytest.mark.django_db
def test_erased_visitor_is_not_found() -> None:
    with transaction.atomic(), pytest.raises(ConversationNotFound):
        lock_visitor(1_000_000)
