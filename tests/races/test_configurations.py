"""An import of a configuration, and somebody who changes the same while it runs (LC-60)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from config.configuration.errors import ConfigurationChanged
from config.configuration.selectors import export
from config.configuration.services import imports
from routing.models import Rule
from tests.configuration.bringing import write
from tests.factories import AgentFactory, RuleFactory, TeamFactory
from tests.stage import configure

pytestmark = [pytest.mark.req("LC-60"), pytest.mark.usefixtures("transactional_db")]


def _do_elsewhere(work: Callable[[], Any]) -> None:
    try:
        work()
    finally:
        connection.close()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Somebody else does this, and has done it, once the import has read what is there."""

    def intrude(work: Callable[[], Any]) -> None:
        def read_and_be_late() -> dict[str, Any]:
            monkeypatch.undo()
            found = export.read_configuration()
            other = Thread(target=partial(_do_elsewhere, work))
            other.start()
            other.join()
            return found

        monkeypatch.setattr(imports, "read_configuration", read_and_be_late)

    return intrude


def test_what_somebody_saved_while_an_import_ran_is_not_written_over(meanwhile: Any) -> None:
    rule = RuleFactory.create(name="Norway", priority=3, agents=[AgentFactory.create(username="ida")])
    file = write(rules=[{"name": "Norway", "priority": 5}])
    shown = imports.plan_import(file=file)
    meanwhile(lambda: Rule.objects.filter(pk=rule.pk).update(is_enabled=False))
    with pytest.raises(ConfigurationChanged):
        imports.import_configuration(file=file, shown=shown, by=None)
    rule.refresh_from_db()
    assert (rule.is_enabled, rule.priority) == (False, 3)


def test_of_two_imports_at_once_the_later_looks_again(meanwhile: Any) -> None:
    configure()
    rule = RuleFactory.create(name="Norway", priority=3, agents=[AgentFactory.create(username="ida")])
    mine = write(rules=[{"name": "Norway", "priority": 5}])
    theirs = write(rules=[{"name": "Norway", "is_enabled": False}])
    shown, others = (imports.plan_import(file=file) for file in (mine, theirs))
    meanwhile(lambda: imports.import_configuration(file=theirs, shown=others, by=None))
    with pytest.raises(ConfigurationChanged):
        imports.import_configuration(file=mine, shown=shown, by=None)
    rule.refresh_from_db()
    assert (rule.is_enabled, rule.priority) == (False, 3)
    again = imports.plan_import(file=mine)
    imports.import_configuration(file=mine, shown=again, by=None)
    rule.refresh_from_db()
    assert (rule.is_enabled, rule.priority) == (False, 5)


def test_export_is_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    configure()
    list_people = export._list_people

    def list_people_late() -> export.Items:
        other = Thread(target=partial(_do_elsewhere, partial(TeamFactory.create, name="Later")))
        other.start()
        other.join()
        return list_people()

    monkeypatch.setattr(export, "_list_people", list_people_late)
    assert export.read_configuration()["teams"] == []
    monkeypatch.undo()
    assert [team["name"] for team in export.read_configuration()["teams"]] == ["Later"]
