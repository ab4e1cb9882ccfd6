"""Round robin under load: a thousand people at once, and every agent's turn comes."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.utils import timezone

from chat.models import LiveChat, Seat
from routing.models import Offer
from tests.races.at_once import Crowd
from tests.races.deeds import route_each
from tests.scenes import ask_for_humans, make_agent, set_up

REQUESTS, WAVE = 1_000, 50


def end_all() -> None:
    """Everybody is done, and every seat is free."""
    now = timezone.now()
    Offer.objects.filter(status=Offer.Status.PENDING).update(status=Offer.Status.WITHDRAWN, settled_at=now)
    LiveChat.objects.filter(status=LiveChat.Status.OFFERED).update(
        status=LiveChat.Status.ABANDONED, ended_at=now
    )
    Seat.objects.all().delete()


@pytest.mark.req("LC-16")
@pytest.mark.django_db(transaction=True)
def test_thousand_requests_over_ten_agents_differ_by_at_most_one(crowd: Crowd) -> None:
    set_up()
    agents = [make_agent() for _ in range(10)]
    chats = [chat.pk for chat in ask_for_humans(REQUESTS)]
    with crowd.of(10) as people:
        for start in range(0, REQUESTS, WAVE):
            wave = chats[start : start + WAVE]
            people.run([partial(route_each, wave[place::10]) for place in range(10)])
            counted = Counter(Offer.objects.values_list("agent_id", flat=True))
            # Also in the middle of the day: nobody is ahead of anybody by more than one.
            assert max(counted.values()) - min(counted[agent.pk] for agent in agents) <= 1
            end_all()
    assert Counter(Offer.objects.values_list("agent_id", flat=True)) == {
        agent.pk: REQUESTS // 10 for agent in agents
    }
