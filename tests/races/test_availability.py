"""An agent and a supervisor who switch in the same instant: one after the other, and the last one holds."""

from __future__ import annotations

from functools import partial

import pytest

from agents.models import User
from agents.services.availability import set_availability, set_availability_of
from config.audit.models import Change
from tests.factories import AgentFactory, UserFactory
from tests.races.at_once import Crowd

pytestmark = pytest.mark.req("LC-12")


def test_switches_at_once_leave_one_persons_choice_whole(crowd: Crowd) -> None:
    boss = UserFactory.create(first_name="Signe", last_name="Berg")
    agents = AgentFactory.create_batch(6)
    answers = crowd.run(
        [
            work
            for agent in agents
            for work in (
                partial(set_availability_of, agent=agent, available=True, by=boss),
                partial(set_availability, agent=agent, available=False),
            )
        ]
    )
    assert all(answers[::2])
    held = {(row.override_available, row.override_by) for row in User.objects.exclude(pk=boss.pk)}
    assert held <= {(True, "Signe Berg"), (None, "")}
    assert Change.objects.count() == len(agents)


def test_supervisors_at_once_change_it_once(crowd: Crowd) -> None:
    bosses, agent = UserFactory.create_batch(4), AgentFactory.create()
    answers = crowd.run(
        [partial(set_availability_of, agent=agent, available=True, by=boss) for boss in bosses]
    )
    assert sorted(answers) == [False, False, False, True]
    assert Change.objects.get().actor == bosses[answers.index(True)]
