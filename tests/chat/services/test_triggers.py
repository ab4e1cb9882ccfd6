"""What counts as shown: once for each session and dialogue, whoever tells it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from chat.models import Dialogue, Trigger
from chat.services.claims import Claims
from chat.services.dialogues import unpublish_dialogue
from chat.services.triggers import Shown, VersionNotFound, hash_session, record_shown
from chat.services.visitors import hash_key
from tests.chat.services.talking import (
    HALF_HOUR,
    answer,
    ask_then_human,
    greet,
    make_dialogue,
    on,
    republish,
    shown,
)
from tests.chat.streams.builders import choice, question, stream_json
from tests.factories import NOW
from tests.stage import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-04")]

ONE, TWO = "session-one-1234567", "session-two-1234567"


def told(
    dialogue: Dialogue, session: str = ONE, *, number: int = 1, key: str = "", seconds: int = 0
) -> Shown:
    key_hash = hash_key(key) if key else ""
    return Shown((dialogue.public_id, number), session, key_hash, "https://acme.example/", at(seconds))


def counted() -> list[tuple[int, str]]:
    return list(Trigger.objects.order_by("pk").values_list("dialogue_id", "session_hash"))


def test_told_twice_is_counted_once_in_one_batch_and_in_two() -> None:
    dialogue = make_dialogue()
    assert record_shown([told(dialogue), told(dialogue), told(dialogue, TWO)]) == [None] * 3
    assert record_shown([told(dialogue, seconds=5)]) == [None]
    assert sorted(counted()) == sorted((dialogue.pk, hash_session(session)) for session in (ONE, TWO))
    assert set(Trigger.objects.values_list("triggered_at", flat=True)) == {NOW}


def test_two_dialogues_in_one_session_count_each() -> None:
    first, second = make_dialogue(), make_dialogue()
    record_shown([told(first), told(second)])
    assert {dialogue for dialogue, _session in counted()} == {first.pk, second.pk}


def test_republished_dialogue_is_not_counted_again_in_the_session() -> None:
    dialogue = make_dialogue()
    record_shown([told(dialogue)])
    republish(dialogue, stream_json(question(choice("new"))))
    record_shown([told(dialogue, number=2)])
    assert len(counted()) == 1


def test_version_that_was_taken_back_meanwhile_was_still_shown() -> None:
    dialogue = make_dialogue()
    unpublish_dialogue(dialogue_id=dialogue.pk)
    assert record_shown([told(dialogue)]) == [None]
    assert len(counted()) == 1


def test_version_that_never_was_is_refused_and_spoils_nothing_else() -> None:
    dialogue = make_dialogue()
    unknown = Shown((uuid4(), 1), ONE, "", "", NOW)
    outcomes = record_shown([unknown, told(dialogue), told(dialogue, number=7)])
    assert [type(outcome) for outcome in outcomes] == [VersionNotFound, type(None), VersionNotFound]
    assert len(counted()) == 1


def test_who_has_given_an_address_is_known() -> None:
    dialogue = make_dialogue(ask_then_human())
    greet(key="known", claims=Claims(attributes={"email": "vera@acme.example"}), session=ONE)
    greet(key="anonymous", session=TWO)
    record_shown([told(dialogue, "session-3", key="known"), told(dialogue, "session-4", key="anonymous")])
    sessions = (ONE, TWO, "session-3", "session-4")
    found = dict(Trigger.objects.values_list("session_hash", "is_known"))
    assert [found[hash_session(session)] for session in sessions] == [True, False] * 2


def test_batch_costs_the_same_queries_however_large(django_assert_num_queries: Any) -> None:
    dialogues = [make_dialogue() for _ in range(3)]
    for number in range(3):
        greet(key=f"visitor-{number}")
    Trigger.objects.all().delete()
    for size in (1, 60):
        batch = [told(dialogues[n % 3], f"session-{size}-{n}", key=f"visitor-{n % 3}") for n in range(size)]
        with django_assert_num_queries(6):
            record_shown(batch)
    assert Trigger.objects.count() == 61


# --- Conversations that begin


def test_conversation_that_begins_untold_is_counted_in_its_session() -> None:
    dialogue = make_dialogue()
    greet(session=ONE, page=on("/prices"))
    greet(1, session=ONE)
    record_shown([told(dialogue)])
    assert counted() == [(dialogue.pk, hash_session(ONE))]
    assert Trigger.objects.get().page_url == "https://acme.example/prices"


def test_conversation_that_was_told_first_is_not_counted_again() -> None:
    dialogue = make_dialogue()
    record_shown([told(dialogue)])
    greet(5, session=ONE)
    assert len(counted()) == 1


def test_without_a_session_of_the_browser_the_visitors_own_counts() -> None:
    make_dialogue()
    greet()
    greet(5)
    assert len(counted()) == 1
    greet(HALF_HOUR + 10)
    assert len(counted()) == 2


def test_engaged_dialogue_that_follows_is_not_triggered_again() -> None:
    make_dialogue(ask_then_human())
    answer(shown(greet(session=ONE)), "yes", card="c2")
    greet(HALF_HOUR * 3, session=TWO)
    assert len(counted()) == 1


def test_hidden_panel_shows_nothing_and_counts_nothing() -> None:
    make_dialogue()
    greet(session=ONE, show=False)
    assert counted() == []
