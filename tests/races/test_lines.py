"""A visitor who comes back in the instant in which sweepers find the absence."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from chat.models import LiveChat, TimelineEntry, VisitorPresence
from chat.services.lines import greet_visitor, settle_lines
from tests.invariants import check_invariants
from tests.races.at_once import Crowd, Work
from tests.scenes import make_agent, make_offer, set_up
from tests.stage import accept

ROUNDS = 6


@pytest.mark.req("LC-57")
def test_an_absence_and_its_end_are_noted_once_whoever_comes_first(crowd: Crowd) -> None:
    set_up()
    make_agent()
    now = timezone.now()
    seen_at, ended_at = now - timedelta(seconds=40), now - timedelta(seconds=30)
    with crowd.of(4) as people:
        for number in range(ROUNDS):
            chat = accept(make_offer(), now=now)
            LiveChat.objects.filter(pk=chat.pk).update(requested_at=now - timedelta(minutes=5))
            VisitorPresence.objects.create(
                conversation=chat.conversation,
                socket_id=f"lost-{number}",
                since=now - timedelta(minutes=5),
                seen_at=seen_at,
                expires_at=ended_at,
            )
            back = partial(
                greet_visitor, conversation_id=chat.conversation_id, socket_id=f"back-{number}", now=now
            )
            works: list[Work] = [partial(settle_lines, now=now)] * 3
            people.run([*works, back])
            settle_lines(now=now)
            noted = TimelineEntry.objects.filter(
                live_chat=chat, agent=None, kind__in=["dropped", "reconnected"]
            )
            assert [(row.kind, row.at) for row in noted] == [("dropped", seen_at), ("reconnected", now)]
    check_invariants()
