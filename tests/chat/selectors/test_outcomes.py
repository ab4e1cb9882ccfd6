"""Raw counts: what is counted, when, and for which dialogue."""

from __future__ import annotations

from typing import Any

import pytest

from chat.selectors.outcomes import Outcomes, count_outcomes
from chat.services.flows import start_flow
from tests.chat.services.talking import HALF_HOUR, PAGE, answer, ask_then_human, greet, make_dialogue, shown
from tests.stage import DAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-04")]


def test_each_outcome_is_counted_for_its_dialogue() -> None:
    first, second = make_dialogue(ask_then_human(), priority=1), make_dialogue(priority=2)
    greet(key="only-saw")
    talker = shown(greet(key="talker"))
    answer(talker, "yes", card="c2")
    ended = shown(greet(key="ended"))
    answer(ended, "no", card="c2")
    answer(shown(greet(5, key="ended")), "no")
    assert count_outcomes() == {first.pk: Outcomes(3, 2, 1), second.pk: Outcomes(1, 1, 1)}


def test_reloads_and_further_answers_count_nothing_twice() -> None:
    dialogue = make_dialogue(ask_then_human())
    for second in range(3):
        greet(second)
    conversation = shown(greet(5))
    answer(conversation, "yes", card="c2", seconds=6)
    answer(conversation, "vera@acme.example", card="c3", seconds=7)
    for second in range(3):
        greet(10 + second)
    assert count_outcomes() == {dialogue.pk: Outcomes(1, 1, 1)}


def test_what_happened_counts_on_the_day_it_happened() -> None:
    dialogue = make_dialogue(ask_then_human())
    conversation = shown(greet())
    answer(conversation, "yes", card="c2", seconds=DAY)
    answer(conversation, "vera@acme.example", card="c3", seconds=2 * DAY)
    days = [count_outcomes(since=at(day * DAY), until=at((day + 1) * DAY))[dialogue.pk] for day in range(3)]
    assert days == [Outcomes(triggered=1), Outcomes(engaged=1), Outcomes(completed=1)]
    assert count_outcomes() == {dialogue.pk: Outcomes(1, 1, 1)}
    assert count_outcomes(since=at(3 * DAY)) == {}


def test_flow_that_ran_twice_counts_once_a_session() -> None:
    flow = make_dialogue(kind="flow", slug="demo", start_on="load")
    for number, second in enumerate([0, 60, HALF_HOUR * 3]):
        session = "session-one-1234567" if second < HALF_HOUR else "session-two-1234567"
        started = start_flow(key="vera", slug="demo", page=PAGE, session=session, now=at(second))
        answer(shown(started), "yes", client_id=f"client-{number}", seconds=second + 1)
    assert count_outcomes() == {flow.pk: Outcomes(2, 2, 2)}


def test_counts_of_some_dialogues_cost_three_queries(django_assert_num_queries: Any) -> None:
    dialogues = [make_dialogue(priority=number + 1) for number in range(4)]
    for _dialogue in dialogues:
        answer(shown(greet()), "no")
    with django_assert_num_queries(3):
        found = count_outcomes(dialogue_ids=[dialogue.pk for dialogue in dialogues[:2]])
    assert found == {dialogue.pk: Outcomes(1, 1, 1) for dialogue in dialogues[:2]}
