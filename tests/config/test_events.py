"""The bus: after the commit, to everybody, and no receiver's fault reaches the service."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from collections.abc import Iterator

import pytest
from django.db import transaction

from config.lib import events
from config.lib.events import Event, publish, receives


@dataclasses.dataclass(frozen=True)
class TeaServed(Event):
    table_id: int
    note: str = ""


@dataclasses.dataclass(frozen=True)
class CakeServed(Event):
    table_id: int


@pytest.fixture(autouse=True)
def _no_receivers_left() -> Iterator[None]:
    yield
    events._receivers.pop(TeaServed, None)


@pytest.fixture
def heard() -> list[TeaServed]:
    heard: list[TeaServed] = []
    receives(TeaServed)(heard.append)
    return heard


@pytest.mark.req("DL-01")
@pytest.mark.django_db(transaction=True)
def test_an_event_leaves_only_after_the_commit(heard: list[TeaServed]) -> None:
    with transaction.atomic():
        publish(TeaServed(table_id=7))
        assert heard == []
    assert heard == [TeaServed(table_id=7)]


@pytest.mark.req("DL-01")
@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_transaction_that_failed_never_leaves(heard: list[TeaServed]) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        publish(TeaServed(table_id=7))
        raise ZeroDivisionError
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_fails_harms_neither_the_service_nor_the_other_receivers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[TeaServed] = []

    @receives(TeaServed)
    def fail(event: TeaServed) -> None:
        raise LookupError

    receives(TeaServed)(heard.append)
    with caplog.at_level(logging.ERROR, logger="config.lib.events"):
        publish(TeaServed(table_id=7, note="no sugar, please"))
    assert heard == [TeaServed(table_id=7, note="no sugar, please")]
    assert "event=TeaServed" in caplog.text
    assert "table_id=7" in caplog.text
    assert "no sugar" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_receivers_hear_only_the_type_they_asked_for_and_once(heard: list[TeaServed]) -> None:
    receiver = events._receivers[TeaServed][0]
    receives(TeaServed)(receiver)
    publish(CakeServed(table_id=7))
    publish(TeaServed(table_id=8))
    assert heard == [TeaServed(table_id=8)]
