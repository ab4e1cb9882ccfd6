"""Visits, reloads, answers, publishing and unpublishing in any order, against a model of a few lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chat.models import Conversation, Dialogue, Flow, Trigger
from chat.selectors.outcomes import Outcomes, count_outcomes
from chat.selectors.visits import NOBODY, get_standings
from chat.services.dialogues import publish_dialogue, unpublish_dialogue
from chat.services.triggers import Shown, record_shown
from chat.services.visitors import hash_key
from chat.visits.board import read_board
from chat.visits.resolving import resolve
from tests.chat.services.talking import answer, greet, on
from tests.chat.streams.builders import choice, question, stream_json
from tests.factories import DialogueFactory
from tests.stage import at, configure

PAGES = ("/a", "/b", "/c")
TARGETS = ("https://acme.example/a", "https://acme.example/b", "")
VISITORS = ("vera", "viktor")
HOURS = 7_200


def two_questions(version: int) -> dict[str, Any]:
    return stream_json(
        question(choice("yes", next="c2"), text=f"Version {version}?"), question(choice("yes"), text="Sure?")
    )


@dataclass
class Told:
    """A dialogue as the model has it."""

    target: str
    priority: int
    version: int = 0
    is_published: bool = False


@dataclass
class Person:
    """A visitor as the model has one: ``place`` is (dialogue, version, answers given, session)."""

    session: int = 0
    place: tuple[int, int, int, int] | None = None
    last: int | None = None
    completed: set[int] = field(default_factory=set)

    @property
    def is_running(self) -> bool:
        return self.place is not None and self.place[2] > 0


class Website(RuleBasedStateMachine):
    """The product beside the model. Each run leaves the database as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = 0.0
        self.is_on = True
        self.answers = 0
        self.people = {name: Person() for name in VISITORS}
        self.triggered: set[tuple[str, int, int]] = set()
        self.engaged: Counter[int] = Counter()
        configure(package="prime")
        self.rows = [
            DialogueFactory.create(name=f"D{number}", priority=number + 1, target_include=target)
            for number, target in enumerate(TARGETS)
        ]
        self.told = [Told(target, number + 1) for number, target in enumerate(TARGETS)]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- The model

    def due(self, person: Person, path: str) -> int | None:
        ranked = sorted(range(len(self.told)), key=lambda number: (self.told[number].priority, number))
        fitting = (
            number
            for number in ranked
            if self.is_on
            and self.told[number].is_published
            and number not in person.completed
            and self.told[number].target in ("", f"https://acme.example{path}")
        )
        return next(fitting, None)

    def trigger(self, name: str, number: int) -> None:
        self.triggered.add((name, self.people[name].session, number))

    def browser_session(self, name: str) -> str:
        return f"{name}-session-{self.people[name].session:06}"

    # --- What happens

    @initialize(published=st.sets(st.integers(0, 2), min_size=1))
    def begin(self, published: set[int]) -> None:
        for number in sorted(published):
            self.publish(number, is_changed=True)

    @rule(name=st.sampled_from(VISITORS), path=st.sampled_from(PAGES), times=st.integers(1, 3))
    def load_page(self, name: str, path: str, times: int) -> None:
        """A page view, perhaps reloaded, and its dialogue shown beside the button."""
        person = self.people[name]
        key_hash = hash_key(name)
        standing = get_standings([key_hash]).get(key_hash, NOBODY)
        reply = resolve(
            read_board(), standing, page_url=f"https://acme.example{path}", inferred={}, claimed={}
        )
        if person.is_running:
            assert (reply.dialogue, reply.conversation) == (None, True)
            return
        due = self.due(person, path)
        assert reply.conversation is (person.last is not None)
        assert (reply.dialogue is None) is (due is None)
        if reply.dialogue is None or due is None:
            return
        assert reply.dialogue.id == f"{self.rows[due].public_id}.{self.told[due].version}"
        ref = (self.rows[due].public_id, self.told[due].version)
        shown = Shown(ref, self.browser_session(name), key_hash, "", at(self.now))
        assert record_shown([shown] * times) == [None] * times
        self.trigger(name, due)

    @rule(name=st.sampled_from(VISITORS), path=st.sampled_from(PAGES))
    def open_chat(self, name: str, path: str) -> None:
        person = self.people[name]
        found = greet(self.now, key=name, page=on(path), session=self.browser_session(name)).conversation
        if not person.is_running:
            self.choose(name, path)
        expected = person.last if person.place is None or self.is_elsewhere(person, path) else person.place[0]
        if expected is None:
            assert found is None
            return
        assert found is not None
        assert found.version.dialogue_id == self.rows[expected].pk
        if person.place is not None and not self.is_elsewhere(person, path):
            assert found.version.number == person.place[1]

    def choose(self, name: str, path: str) -> None:
        person = self.people[name]
        if person.place is not None and not self.is_current(person):
            person.place = None
        due = self.due(person, path)
        if due is not None and (person.place is None or person.place[0] != due):
            person.place = (due, self.told[due].version, 0, person.session)
            self.trigger(name, due)

    def is_current(self, person: Person) -> bool:
        assert person.place is not None
        number, version, _answers, session = person.place
        told = self.told[number]
        return told.is_published and told.version == version and session == person.session

    def is_elsewhere(self, person: Person, path: str) -> bool:
        """What was only seen on another page isn't shown where nothing is due."""
        return not person.is_running and self.due(person, path) is None

    @rule(name=st.sampled_from(VISITORS))
    def respond(self, name: str) -> None:
        person = self.people[name]
        if person.place is None:
            return
        number, version, given, session = person.place
        conversation = Conversation.objects.get(visitor__key_hash=hash_key(name), is_open=True)
        self.answers += 1
        self.now += 1
        answer(
            conversation,
            "yes",
            card="c2" if given else "c1",
            client_id=f"client-{self.answers:04}",
            seconds=self.now,
        )
        person.last = number
        if given:
            person.completed.add(number)
            person.place = None
        else:
            self.engaged[number] += 1
            person.place = (number, version, 1, session)

    @rule(name=st.sampled_from(VISITORS))
    def come_back_hours_later(self, name: str) -> None:
        """Time passes for both: each browser begins a new session."""
        self.now += HOURS
        for person in self.people.values():
            person.session += 1

    @rule(number=st.integers(0, 2), is_changed=st.booleans())
    def publish(self, number: int, is_changed: bool) -> None:
        told = self.told[number]
        if is_changed or not told.version:
            told.version += 1
            Dialogue.objects.filter(pk=self.rows[number].pk).update(stream=two_questions(told.version))
        publish_dialogue(dialogue_id=self.rows[number].pk, user=None, now=at(self.now))
        told.is_published = True

    @rule(number=st.integers(0, 2))
    def unpublish(self, number: int) -> None:
        unpublish_dialogue(dialogue_id=self.rows[number].pk)
        self.told[number].is_published = False

    @rule(number=st.integers(0, 2), priority=st.integers(1, 3))
    def rank(self, number: int, priority: int) -> None:
        Dialogue.objects.filter(pk=self.rows[number].pk).update(priority=priority)
        self.told[number].priority = priority

    @rule(is_on=st.sampled_from([True, True, True, False]))
    def switch(self, is_on: bool) -> None:
        self.is_on = is_on
        configure(dialogues_enabled=is_on)

    # --- What always holds

    @invariant()
    def counts_agree(self) -> None:
        completed = Counter(number for person in self.people.values() for number in person.completed)
        triggered = Counter(number for _name, _session, number in self.triggered)
        expected = {
            self.rows[number].pk: Outcomes(triggered[number], self.engaged[number], completed[number])
            for number in range(len(self.told))
            if triggered[number]
        }
        assert count_outcomes() == expected
        assert Trigger.objects.count() == len(self.triggered)

    @invariant()
    def one_conversation_at_most_is_open(self) -> None:
        for name, person in self.people.items():
            rows = Conversation.objects.filter(visitor__key_hash=hash_key(name), is_open=True)
            assert rows.count() == (person.place is not None)


@pytest.mark.req("DG-02", "DG-03", "DG-04", "DG-06")
@pytest.mark.django_db
def test_any_order_of_events_gives_what_the_model_says() -> None:
    # Without making a failure shorter: with a database that takes longer than a test may.
    phases = (Phase.explicit, Phase.generate)
    run_state_machine_as_test(
        Website, settings=settings(max_examples=30, stateful_step_count=30, phases=phases)
    )


@pytest.mark.req("DG-15", "LC-60")
def test_what_people_set_of_a_dialogue_or_a_flow_is_named_in_one_place() -> None:
    """Its page, its copies and the configuration's file take it from there, and so they do a new column."""
    editable = {field.name for field in Dialogue._meta.concrete_fields if field.editable}
    set_elsewhere = {"id", "stream", "changed_at", "status"}
    assert editable - set_elsewhere == {*Dialogue.SETTINGS, *Flow.SETTINGS}
