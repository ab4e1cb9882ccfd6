"""Flows that are started in the same instant, and beside answers (DG-20)."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

import pytest

from chat.models import Conversation, Dialogue
from chat.protocol.visitor import Page
from chat.services.conversations import answer_card
from chat.services.dialogues import publish_dialogue
from chat.services.greeting import greet_visitor
from chat.services.visitors import hash_key
from tests.factories import DialogueFactory
from tests.invariants import check_invariants
from tests.races.at_once import Crowd
from tests.races.crowd import Refused
from tests.races.deeds import start
from tests.races.test_conversation import QUESTION_FIRST
from tests.scenes import publish, set_up

PEOPLE = 8
TWO_QUESTIONS = {
    "start": "one",
    "cards": {
        name: {
            "type": "question",
            "text": name,
            "choices": [{"id": "yes", "label": "Yes", "next": following}],
        }
        for name, following in (("one", "two"), ("two", None))
    },
}


def make_flows() -> None:
    for slug in ("demo", "prices"):
        flow = DialogueFactory(stream=QUESTION_FIRST, kind=Dialogue.Kind.FLOW, slug=slug, start_on="call")
        publish_dialogue(dialogue_id=flow.pk, user=None)


@pytest.mark.req("DG-20", "LC-33")
def test_flow_started_in_many_tabs_at_once_runs_once(crowd: Crowd) -> None:
    set_up()
    make_flows()
    with crowd.of(PEOPLE) as people:
        for _round in range(5):
            key = secrets.token_hex(8)
            found = people.run([partial(start, "demo", key)] * PEOPLE)
            assert len(set(found)) == 1
            assert Conversation.objects.filter(visitor__key_hash=hash_key(key)).count() == 1
    check_invariants()


@pytest.mark.req("DG-20", "DL-02")
def test_two_flows_and_an_answer_at_once_leave_one_open_conversation(crowd: Crowd) -> None:
    set_up()
    publish(TWO_QUESTIONS)
    make_flows()
    with crowd.of(PEOPLE) as people:
        for _round in range(5):
            key = secrets.token_hex(8)
            seen = greet_visitor(key=key, page=Page())
            assert seen.visitor is not None
            assert seen.conversation is not None
            answer = partial(
                answer_card,
                visitor_id=seen.visitor.pk,
                conversation_id=seen.conversation.pk,
                card="one",
                client_id=secrets.token_hex(8),
                value="yes",
            )
            flows: list[Any] = [partial(start, "demo", key), partial(start, "prices", key)] * 3
            works = [*flows, answer, answer]
            found = people.run(works)
            assert all(not isinstance(each, Refused) for each in found[:6])
            assert Conversation.objects.filter(visitor=seen.visitor, is_open=True).count() == 1
    check_invariants()
