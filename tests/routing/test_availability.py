"""Whether any agent is available now, as dialogues ask it."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from chat.models import Seat
from routing.selectors.candidates import is_any_agent_able
from tests.chat.services.talking import greet, make_dialogue, shown, texts
from tests.chat.streams.builders import asks, branch, case, message, stream_json
from tests.factories import NOW, AgentFactory, LiveChatFactory
from tests.stage import agent_at_work, configure

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-10", "LC-13")]


def test_nobody_is_available_where_nobody_is_at_work() -> None:
    assert not is_any_agent_able(NOW)
    AgentFactory.create()
    assert not is_any_agent_able(NOW)
    agent_at_work()
    assert is_any_agent_able(NOW)


def test_agent_without_a_free_seat_is_not_available() -> None:
    configure(seat_limit=1)
    agent = agent_at_work()
    seat = Seat.objects.create(agent=agent, number=1, live_chat=LiveChatFactory.create())
    assert not is_any_agent_able(NOW)
    seat.delete()
    assert is_any_agent_able(NOW)


def test_look_costs_the_same_for_any_number_of_agents(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    configure()
    agent_at_work()
    is_any_agent_able(NOW)
    with django_assert_num_queries(5):
        is_any_agent_able(NOW)
    for _more in range(5):
        agent_at_work()
    with django_assert_num_queries(5):
        is_any_agent_able(NOW)


def test_dialogue_branches_by_whether_somebody_is_there_now() -> None:
    way = branch(case("a", asks("agent_available", "is", "yes"), next="c2"), otherwise="c3")
    make_dialogue(stream_json(way, message("We are here"), message("We are away")))
    assert texts(shown(greet(key="early"))) == [("bot", "We are away")]
    agent_at_work()
    assert texts(shown(greet(key="late"))) == [("bot", "We are here")]
