"""What the services of the audit log write, and what they never write (S20)."""

from __future__ import annotations

from datetime import time

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agents.models import User
from config.audit.models import Change
from config.audit.selectors import read_snapshot
from config.audit.services import HIDDEN, compare, keep_record, record_change, record_event
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.installation.services import rotate_identity_secret
from routing.models import Rule
from tests.factories import (
    NOW,
    AgentFactory,
    GroupFactory,
    RuleFactory,
    ScheduleBlockFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60")]


def test_change_is_kept_with_who_what_before_and_after() -> None:
    boss = UserFactory.create(first_name="Signe", last_name="Berg")
    rule = RuleFactory.create(name="Swedes", priority=10)
    with keep_record(rule, by=boss):
        rule.priority = 2
        rule.save()
    change = Change.objects.get()
    assert (change.actor, change.actor_name, change.action) == (boss, "Signe Berg", "changed")
    assert (change.kind, change.object_id, change.object_name) == ("routing.rule", str(rule.pk), "Swedes")
    assert change.values == {"priority": [10, 2]}


def test_nothing_is_written_where_nothing_changed() -> None:
    rule = RuleFactory.create()
    with keep_record(rule, by=None):
        rule.save()
    assert not Change.objects.exists()


def test_record_and_change_are_there_together_or_not_at_all() -> None:
    rule = RuleFactory.create(priority=10)

    def fail_half_way() -> None:
        with keep_record(rule, by=None):
            rule.priority = 2
            rule.save()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert (Rule.objects.get().priority, Change.objects.count()) == (10, 0)


def test_row_is_locked_while_it_is_changed() -> None:
    """Else two changes at once would each tell a before that the other had made already."""
    rule = RuleFactory.create()
    with CaptureQueriesContext(connection) as queries, keep_record(rule, by=None):
        pass
    first = next(query["sql"] for query in queries if "routing_rule" in query["sql"])
    assert "FOR NO KEY UPDATE" in first


def test_chosen_rows_and_parts_are_named() -> None:
    ann = AgentFactory.create(first_name="Ann", last_name="Ek")
    bo = AgentFactory.create(first_name="Bo", last_name="Ek")
    rule = RuleFactory.create(agents=[ann], team=TeamFactory.create(name="North"))
    with keep_record(rule, by=None):
        rule.agents.set([bo.pk])
        rule.team = None
        rule.save()
    assert Change.objects.get().values == {"agents": [["Ann Ek"], ["Bo Ek"]], "team": ["North", None]}
    with keep_record(ann, by=None):
        ScheduleBlockFactory.create(agent=ann, weekday=1, starts=time(8), ends=time(12))
    assert Change.objects.latest("id").values == {"schedule_blocks": [[], ["Tuesday 08:00–12:00"]]}


@pytest.mark.req("LC-06")
def test_permissions_are_named_by_themselves() -> None:
    user = UserFactory.create(permissions=["manage_agents"])
    user.groups.add(GroupFactory.create(name="Desk"))
    snapshot = read_snapshot(User, user.pk)
    assert snapshot["user_permissions"] == ["Manage agents"]
    assert snapshot["groups"] == ["Desk"]


def test_secret_is_said_to_have_changed_and_never_told() -> None:
    installation = get_installation()
    with keep_record(installation, by=None):
        rotate_identity_secret(now=NOW, keep_former=True)
    change = Change.objects.get()
    assert change.values == {
        "identity_secret": [HIDDEN, HIDDEN],
        "former_identity_secret": ["", HIDDEN],
    }
    user = UserFactory.create()
    with keep_record(user, by=None):
        user.set_password("a new one")
        user.save()
    assert Change.objects.latest("id").values == {"password": [HIDDEN, HIDDEN]}


def test_record_outlives_who_did_it_and_what_it_is_about() -> None:
    boss = UserFactory.create(first_name="Signe", last_name="Berg")
    rule = RuleFactory.create(name="Swedes")
    with keep_record(rule, by=boss):
        rule.delete()
    boss.delete()
    change = Change.objects.get()
    assert (change.actor, change.actor_name, change.action) == (None, "Signe Berg", "deleted")
    assert change.values["name"] == ["Swedes", None]


def test_new_row_is_told_without_what_it_leaves_empty() -> None:
    rule = RuleFactory.create(name="Swedes")
    change = record_change(
        model=Rule, pk=rule.pk, name="Swedes", before={}, after=read_snapshot(Rule, rule.pk), by=None
    )
    assert change is not None
    assert change.action == "added"
    assert change.values["name"] == [None, "Swedes"]
    assert "team" not in change.values
    assert "agents" not in change.values


def test_event_is_told_in_words() -> None:
    change = record_event(row=get_installation(), words="Looked at the secret.", by=None, now=NOW)
    assert (change.action, change.words, change.at, change.values) == (
        "done",
        "Looked at the secret.",
        NOW,
        {},
    )


def test_what_is_off_and_what_is_nothing_differ_from_what_is_not() -> None:
    assert compare({"on": False}, {"on": True}) == {"on": [False, True]}
    assert compare({"team": None}, {"team": ""}) == {}
    assert compare({"limit": 0}, {"limit": None}) == {"limit": [0, None]}


def test_row_that_is_gone_has_an_empty_snapshot() -> None:
    with transaction.atomic():
        assert read_snapshot(Installation, 99, lock=True) == {}
