from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from agents.events import AvailabilityChanged
from agents.models import User
from agents.selectors import (
    describe_availability,
    get_agent_availability,
    get_schedule,
    list_availabilities,
)
from agents.services.availability import end_due_overrides, set_availability, set_availability_of
from agents.tasks import end_due_overrides as end_due_overrides_task
from config.audit.models import Change
from tests.agents.conftest import Hear
from tests.factories import NOW, AgentFactory, ScheduleBlockFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-12")]


def reload(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_available_outside_hours_lasts_until_the_next_block() -> None:
    ann = AgentFactory.create(override_available=None)
    ScheduleBlockFactory.create(agent=ann, starts=time(14))
    held = set_availability(agent=ann, available=True, now=NOW)
    assert (held.available, held.reason) == (True, "override")
    assert reload(ann).override_until == NOW.replace(hour=14)


def test_available_without_hours_lasts_until_midnight_in_the_agents_zone() -> None:
    bo = AgentFactory.create(time_zone="Europe/Stockholm")
    set_availability(agent=bo, available=True, now=NOW)
    assert reload(bo).override_until == datetime(2026, 3, 2, 23, tzinfo=UTC)
    after = get_agent_availability(agent=reload(bo), now=datetime(2026, 3, 2, 23, tzinfo=UTC))
    assert after.available is False


def test_unavailable_within_hours_overrides_the_schedule() -> None:
    cleo = ScheduleBlockFactory.create().agent
    held = set_availability(agent=cleo, available=False, now=NOW)
    assert (held.available, held.reason) == (False, "override")
    assert reload(cleo).override_available is False


def test_switching_to_what_the_schedule_says_clears_the_override() -> None:
    dag = ScheduleBlockFactory.create().agent
    set_availability(agent=dag, available=False, now=NOW)
    held = set_availability(agent=dag, available=True, now=NOW)
    assert (held.available, held.reason) == (True, "schedule")
    assert (reload(dag).override_available, reload(dag).override_until) == (None, None)


def test_supervisor_switches_in_the_agents_place_and_the_agent_reads_who() -> None:
    boss = UserFactory.create(first_name="Signe", last_name="Berg")
    hal = AgentFactory.create()
    assert set_availability_of(agent=hal, available=True, by=boss, now=NOW)
    held = get_agent_availability(agent=reload(hal), now=NOW)
    assert (held.available, held.reason, held.by) == (True, "override", "Signe Berg")
    assert describe_availability(held, agent=hal, now=NOW).endswith(" · set by Signe Berg")
    recorded = Change.objects.get()
    assert (recorded.kind, recorded.actor, recorded.words) == ("agents.user", boss, "Made available by hand.")
    set_availability(agent=hal, available=False, now=NOW)
    assert reload(hal).override_by == ""


def test_what_is_so_already_stays_the_agents_own_choice(hear: Hear) -> None:
    boss, ida = UserFactory.create(), ScheduleBlockFactory.create().agent
    set_availability(agent=ida, available=False, now=NOW)
    with hear(AvailabilityChanged) as heard:
        assert not set_availability_of(agent=ida, available=False, by=boss, now=NOW)
    assert (reload(ida).override_by, heard, Change.objects.count()) == ("", [], 0)


def test_supervisors_choice_that_the_hours_share_ends_with_them(hear: Hear) -> None:
    boss = UserFactory.create(first_name="Signe", last_name="Berg")
    jon = ScheduleBlockFactory.create(ends=time(17)).agent
    set_availability(agent=jon, available=False, now=NOW)
    with hear(AvailabilityChanged) as heard:
        assert set_availability_of(agent=jon, available=True, by=boss, now=NOW)
    assert heard == [AvailabilityChanged(agent_id=jon.pk)]
    assert (reload(jon).override_by, reload(jon).override_until) == ("Signe Berg", NOW.replace(hour=17))
    after = get_agent_availability(agent=reload(jon), now=NOW.replace(hour=17))
    assert (after.available, after.by) == (False, "")


def test_supervisors_choice_against_the_hours_ends_as_the_agents_own_would() -> None:
    boss, kai = UserFactory.create(), AgentFactory.create()
    ScheduleBlockFactory.create(agent=kai, starts=time(14))
    set_availability_of(agent=kai, available=True, by=boss, now=NOW)
    assert reload(kai).override_until == NOW.replace(hour=14)


def test_due_override_of_a_supervisor_leaves_no_name() -> None:
    AgentFactory.create(override_available=True, override_until=NOW, override_by="Signe Berg")
    end_due_overrides(now=NOW)
    assert User.objects.get().override_by == ""


def test_who_supervises_may_switch_for_themselves() -> None:
    lea = AgentFactory.create()
    assert set_availability_of(agent=lea, available=True, by=lea, now=NOW)
    assert (reload(lea).override_available, reload(lea).override_by) == (True, "")
    assert not Change.objects.exists()


def test_the_callers_object_is_up_to_date_afterwards() -> None:
    eva = AgentFactory.create()
    set_availability(agent=eva, available=True, now=NOW)
    assert (eva.override_available, eva.override_until) == (True, reload(eva).override_until)


def test_a_stale_object_doesnt_write_back_other_fields() -> None:
    finn = AgentFactory.create(job_title="Seller")
    User.objects.filter(pk=finn.pk).update(job_title="Manager")
    set_availability(agent=finn, available=True, now=NOW)
    assert reload(finn).job_title == "Manager"


def test_change_is_announced_after_the_commit(hear: Hear) -> None:
    gro = AgentFactory.create()
    with hear(AvailabilityChanged) as heard:
        set_availability(agent=gro, available=True, now=NOW)
        assert heard == []
    assert heard == [AvailabilityChanged(agent_id=gro.pk)]


def test_due_overrides_end_and_are_announced(hear: Hear) -> None:
    due = AgentFactory.create_batch(2, override_available=True, override_until=NOW)
    AgentFactory.create(override_available=False, override_until=NOW + timedelta(seconds=1))
    with hear(AvailabilityChanged) as heard:
        assert end_due_overrides(now=NOW) == 2
    assert heard == [AvailabilityChanged(agent_id=agent.pk) for agent in due]
    assert [reload(agent).override_until for agent in due] == [None, None]
    assert User.objects.filter(override_available=False).count() == 1


def test_nothing_due_announces_nothing(hear: Hear) -> None:
    AgentFactory.create(override_available=True, override_until=NOW + timedelta(seconds=1))
    with hear(AvailabilityChanged) as heard:
        assert end_due_overrides(now=NOW) == 0
    assert heard == []


def test_full_batch_leaves_the_rest_to_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.services.availability.BATCH", 2)
    AgentFactory.create_batch(3, override_available=True, override_until=NOW)
    assert [end_due_overrides(now=NOW) for _run in range(3)] == [2, 1, 0]


def test_task_ends_overrides_that_are_due_by_the_clock() -> None:
    ann = AgentFactory.create(override_available=True, override_until=NOW.replace(year=2020))
    end_due_overrides_task()
    assert reload(ann).override_available is None


def test_schedule_is_in_order_of_the_week() -> None:
    bo = AgentFactory.create()
    ScheduleBlockFactory.create(agent=bo, weekday=2)
    ScheduleBlockFactory.create(agent=bo, weekday=0, starts=time(13))
    ScheduleBlockFactory.create(agent=bo, weekday=0, starts=time(8), ends=time(12))
    assert [(block.weekday, block.starts.hour) for block in get_schedule(bo)] == [(0, 8), (0, 13), (2, 9)]


def test_availabilities_of_many_cost_one_query(django_assert_num_queries: Any) -> None:
    agents = [ScheduleBlockFactory.create(starts=time(hour)).agent for hour in (9, 13)]
    with django_assert_num_queries(1):
        found = list_availabilities(agents=agents, now=NOW)
    assert [found[agent.pk].available for agent in agents] == [True, False]
