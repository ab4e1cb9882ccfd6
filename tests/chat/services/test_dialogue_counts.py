"""What counts as triggered, engaged and completed, and the limits on it."""

from __future__ import annotations

from typing import Any

import pytest

from chat.models import Conversation
from chat.protocol.visitor import Page
from chat.services.greeting import Greeting
from chat.streams import AnswerInvalid
from routing.services.offers import cancel_waiting
from tests.chat.services.talking import (
    HALF_HOUR,
    PAGE,
    answer,
    ask_then_human,
    greet,
    make_dialogue,
    shown,
)
from tests.chat.streams.builders import live_chat, stream_json
from tests.factories import NOW
from tests.stage import at, configure

pytestmark = pytest.mark.django_db


@pytest.mark.req("DG-04")
@pytest.mark.parametrize("steps", [["greet"], ["greet"] * 5, ["greet", "other page", "hidden"]])
def test_triggered_once_however_often_the_page_is_loaded(steps: list[str]) -> None:
    make_dialogue()
    for number, step in enumerate(steps):
        page = Page(url="https://acme.example/other") if step == "other page" else PAGE
        greet(number, show=step != "hidden", page=page)
    assert list(Conversation.objects.values_list("triggered_at", "engaged_at", "completed_at")) == [
        (NOW, None, None)
    ]


@pytest.mark.req("DG-04")
def test_triggered_again_in_the_next_session() -> None:
    make_dialogue()
    greet()
    greet(HALF_HOUR)
    rows = Conversation.objects.order_by("pk").values_list("session_number", "triggered_at", "is_open")
    assert list(rows) == [(1, NOW, False), (2, at(HALF_HOUR), True)]


@pytest.mark.req("DG-04")
def test_engaged_at_the_first_answer_and_not_again_at_the_second() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2", seconds=7)
    answer(conversation, "vera@acme.example", card="c3", seconds=9)
    conversation.refresh_from_db()
    assert conversation.engaged_at == at(7)


@pytest.mark.req("DG-04")
def test_invalid_answer_engages_nobody() -> None:
    make_dialogue()
    conversation = shown(greet())
    with pytest.raises(AnswerInvalid):
        answer(conversation, "maybe")
    conversation.refresh_from_db()
    assert conversation.engaged_at is None


@pytest.mark.req("DG-04")
def test_completed_once_and_kept_when_the_live_chat_is_cancelled() -> None:
    make_dialogue(stream_json(live_chat()))
    conversation = shown(greet())
    assert conversation.completed_at == NOW
    cancel_waiting(conversation_id=conversation.pk, now=at(5))
    conversation.refresh_from_db()
    assert (conversation.completed_at, conversation.closed_at) == (NOW, at(5))


@pytest.mark.req("DG-04")
def test_unfinished_dialogue_is_not_completed() -> None:
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2")
    conversation.refresh_from_db()
    assert conversation.completed_at is None


@pytest.mark.req("LC-03")
def test_dialogues_stop_at_the_monthly_limit_until_the_month_ends() -> None:
    configure(monthly_limit=1)
    make_dialogue()
    answer(shown(greet()), "no")
    assert greet(5, key="bo") == Greeting(None, None)
    april = (NOW.replace(month=4, day=1, hour=0) - NOW).total_seconds()
    assert greet(april - 1, key="bo").conversation is None
    assert greet(april, key="bo").conversation is not None


@pytest.mark.req("LC-03")
def test_dialogues_go_on_once_the_limit_is_raised() -> None:
    configure(monthly_limit=1)
    make_dialogue()
    answer(shown(greet()), "no")
    configure(monthly_limit=2)
    assert greet(5, key="bo").conversation is not None


@pytest.mark.req("LC-03")
def test_prime_has_no_monthly_limit() -> None:
    configure(monthly_limit=1, package="prime")
    make_dialogue()
    answer(shown(greet()), "no")
    assert greet(5, key="bo").conversation is not None


@pytest.mark.req("LC-03")
def test_conversation_that_runs_goes_on_at_the_limit() -> None:
    configure(monthly_limit=1)
    make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2")
    assert shown(greet(5)) == conversation
    assert answer(conversation, "vera@acme.example", card="c3").live_chat_id is not None


def test_greeting_costs_the_same_queries_however_much_was_said(django_assert_max_num_queries: Any) -> None:
    make_dialogue(ask_then_human())
    for number in range(20):
        make_dialogue(priority=20 + number)
    greet()
    with django_assert_max_num_queries(12):
        greet(1)
