from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Presence
from agents.selectors import list_agents, list_reachable
from agents.services.presence import end_presence, forget_stale, note_presence
from agents.tasks import forget_stale_presences
from tests.factories import NOW, AgentFactory, PresenceFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-13")]


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def get_end(socket_id: str) -> datetime:
    return Presence.objects.get(socket_id=socket_id).expires_at


def test_open_inbox_counts_for_a_minute() -> None:
    ann = AgentFactory.create()
    note_presence(agent_id=ann.pk, socket_id="a", now=NOW)
    assert list(list_reachable(now=NOW + seconds(59))) == [ann]
    assert list(list_reachable(now=NOW + seconds(60))) == []


def test_heartbeat_moves_the_end_on_in_one_statement(django_assert_num_queries: Any) -> None:
    ann = AgentFactory.create()
    note_presence(agent_id=ann.pk, socket_id="a", now=NOW)
    with django_assert_num_queries(1):
        note_presence(agent_id=ann.pk, socket_id="a", now=NOW + seconds(20))
    assert get_end("a") == NOW + seconds(80)
    assert Presence.objects.count() == 1


def test_closed_inbox_counts_for_ten_seconds_more() -> None:
    note_presence(agent_id=AgentFactory.create().pk, socket_id="a", now=NOW)
    end_presence(socket_id="a", now=NOW)
    assert get_end("a") == NOW + seconds(10)


def test_closing_never_lengthens() -> None:
    PresenceFactory.create(socket_id="a", expires_at=NOW + seconds(3))
    end_presence(socket_id="a", now=NOW)
    assert get_end("a") == NOW + seconds(3)


def test_closing_twice_or_an_unknown_socket_changes_nothing() -> None:
    note_presence(agent_id=AgentFactory.create().pk, socket_id="a", now=NOW)
    end_presence(socket_id="a", now=NOW)
    end_presence(socket_id="a", now=NOW + seconds(5))
    end_presence(socket_id="b", now=NOW)
    assert get_end("a") == NOW + seconds(10)


def test_one_closed_tab_of_two_leaves_the_agent_reachable() -> None:
    bo = AgentFactory.create()
    note_presence(agent_id=bo.pk, socket_id="a", now=NOW)
    note_presence(agent_id=bo.pk, socket_id="b", now=NOW)
    end_presence(socket_id="a", now=NOW)
    assert list(list_reachable(now=NOW + seconds(30))) == [bo]


def test_only_long_gone_sockets_are_forgotten() -> None:
    PresenceFactory.create(socket_id="old", expires_at=NOW - timedelta(hours=1))
    PresenceFactory.create(socket_id="recent", expires_at=NOW - timedelta(minutes=59))
    assert forget_stale(now=NOW) == 1
    assert list(Presence.objects.values_list("socket_id", flat=True)) == ["recent"]


def test_task_forgets_by_the_clock() -> None:
    PresenceFactory.create(expires_at=NOW.replace(year=2020))
    forget_stale_presences()
    assert not Presence.objects.exists()


@pytest.mark.req("LC-05", "LC-07")
def test_agents_are_those_with_the_permission_by_name() -> None:
    eva, ann = AgentFactory.create(first_name="Eva"), AgentFactory.create(first_name="Ann")
    UserFactory.create(first_name="Bo")
    AgentFactory.create(first_name="Cleo", is_active=False)
    assert [agent.pk for agent in list_agents()] == [ann.pk, eva.pk]


@pytest.mark.req("LC-05")
def test_user_without_the_permission_is_never_reachable() -> None:
    PresenceFactory.create(agent=UserFactory.create())
    assert not list_reachable(now=NOW).exists()
