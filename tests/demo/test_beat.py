"""Beat in a thread: it sweeps all of the table, and nothing but being told ends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from celery.app.task import Task
from pytest_django import DjangoDbBlocker

from config.celery import SWEEPERS, app
from config.demo.beat import BeatThread
from tests.waiting import wait_until


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker) -> Iterator[Counter[str]]:
    """How often each task ran, instead of running."""
    counted: Counter[str] = Counter()

    def count(self: Task, *args: object, **kwargs: object) -> None:
        counted[self.name] += 1
        if self.name == "routing.tasks.settle_offers":
            raise ConnectionError("the database is away")

    monkeypatch.setattr(Task, "apply_async", count)
    with django_db_blocker.unblock():
        yield counted


def test_every_task_of_the_table_exists() -> None:
    app.loader.import_default_modules()
    assert {task for task, _period in SWEEPERS.values()} <= set(app.tasks)


@pytest.mark.req("LC-22")
def test_it_runs_every_sweeper_also_while_one_fails(swept: Counter[str]) -> None:
    beat = BeatThread()
    beat.start()
    try:
        often = {task for task, period in SWEEPERS.values() if period < 10}
        wait_until(lambda: often <= swept.keys(), what="each task runs", seconds=20)
        wait_until(lambda: swept["routing.tasks.settle_offers"] > 2, what="the failing task runs again")
        assert beat.is_alive()
    finally:
        assert beat.stop(within=5)


def test_it_starts_again_after_it_broke(swept: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.demo.beat.PAUSE", 0.01)
    beat = BeatThread()
    monkeypatch.setattr(beat._service, "start", lambda: 1 / 0)
    beat.start()
    try:
        wait_until(lambda: swept["routing.tasks.route_waiting"] > 0, what="it sweeps again", seconds=20)
    finally:
        assert beat.stop(within=5)
