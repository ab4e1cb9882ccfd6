"""What the supervisor's board is made of: verdicts as routing has them, waits, and today's sums."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from agents.models import User
from chat.models import LiveChat, Message
from routing.policy import Verdict
from routing.selectors.board import Board, get_board
from tests.factories import (
    NOW,
    AgentFactory,
    ConversationFactory,
    LiveChatFactory,
    OfferFactory,
    PresenceFactory,
    ScheduleBlockFactory,
    VisitorFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-13", "LC-38")]

MIDNIGHT = NOW.replace(hour=0)
ACTIVE = LiveChat.Status.ACTIVE


def board() -> Board:
    return get_board(midnight=MIDNIGHT, now=NOW)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def make_agent(name: str, *, is_present: bool = True, **fields: Any) -> User:
    """Within hours: NOW is a Monday at noon."""
    agent: User = AgentFactory(first_name=name, last_name="", **fields)
    ScheduleBlockFactory(agent=agent, starts=time(9), ends=time(17))
    if is_present:
        PresenceFactory(agent=agent)
    return agent


def ask(name: str, **fields: Any) -> LiveChat:
    visitor = VisitorFactory(attributes={"first_name": name})
    live_chat: LiveChat = LiveChatFactory(conversation=ConversationFactory(visitor=visitor), **fields)
    return live_chat


def serve(name: str, agent: User, *, accepted_at: datetime) -> LiveChat:
    fields = {"requested_at": accepted_at, "accepted_at": accepted_at, "idle_at": NOW}
    live_chat = ask(name, status=ACTIVE, agent=agent, **fields)
    live_chat.seats.create(agent=agent, number=agent.seats.count() + 1)
    return live_chat


def say(live_chat: LiveChat, author: str, *, at: datetime) -> None:
    conversation = live_chat.conversation
    conversation.last_seq += 1
    conversation.save(update_fields=["last_seq"])
    Message.objects.create(
        conversation=conversation, seq=conversation.last_seq, author=author, text="hello", created_at=at
    )


def test_each_agent_has_the_verdict_of_routing_and_those_who_can_help_stand_first() -> None:
    make_agent("Absent", is_present=False)
    make_agent("Off", override_available=False, override_until=NOW + timedelta(hours=1))
    AgentFactory(first_name="Home", last_name="")
    full = make_agent("Full", seat_limit=1)
    serve("Vera", full, accepted_at=ago(minutes=1))
    make_agent("Free", seat_limit=3)
    rows = [(row.agent.display_name, row.verdict) for row in board().agents]
    assert rows == [
        ("Free", Verdict.ABLE),
        ("Full", Verdict.NO_SEAT),
        ("Absent", Verdict.UNREACHABLE),
        ("Off", Verdict.UNAVAILABLE),
        ("Home", Verdict.OUTSIDE_HOURS),
    ]
    assert (board().able, board().free_seats) == (1, 3)


def test_a_seat_that_an_offer_holds_is_taken() -> None:
    agent = make_agent("Ann", seat_limit=2)
    offer = OfferFactory(live_chat=ask("Vera", status=LiveChat.Status.OFFERED), agent=agent)
    offer.live_chat.seats.create(agent=agent, number=1)
    (row,) = board().agents
    assert (row.seats_taken, row.seats, board().free_seats) == (1, 2, 1)


def test_who_has_waited_longest_stands_first_with_who_is_asked() -> None:
    agent = make_agent("Ann")
    ask("Late", routing_since=ago(seconds=5))
    early = ask("Early", status=LiveChat.Status.OFFERED, routing_since=ago(minutes=2))
    offer = OfferFactory(live_chat=early, agent=agent)
    OfferFactory(live_chat=early, agent=AgentFactory(), status="expired", settled_at=NOW)
    rows = [(chat.visitor, chat.since, chat.asked, chat.asked_until) for chat in board().waiting]
    assert rows == [
        ("Early", ago(minutes=2), agent, offer.expires_at),
        ("Late", ago(seconds=5), None, None),
    ]
    assert board().waiting_count == 2


def test_a_chat_that_lost_its_agent_waits_since_then() -> None:
    lost = {"requested_at": ago(hours=1), "accepted_at": ago(minutes=50), "agent": AgentFactory()}
    ask("Vera", routing_since=ago(seconds=30), **lost)
    (chat,) = board().waiting
    assert (chat.since, chat.agent) == (ago(seconds=30), None)


def test_chats_without_an_answer_stand_before_those_that_have_one() -> None:
    agent = make_agent("Ann")
    answered = serve("Answered", agent, accepted_at=ago(minutes=30))
    say(answered, "visitor", at=ago(minutes=29))
    say(answered, "agent", at=ago(minutes=28))
    waiting = serve("Waiting", agent, accepted_at=ago(minutes=5))
    say(waiting, "agent", at=ago(minutes=4))
    say(waiting, "visitor", at=ago(minutes=3))
    say(waiting, "visitor", at=ago(minutes=1))
    rows = [(chat.visitor, chat.waiting_since, chat.agent) for chat in board().active]
    assert rows == [("Waiting", ago(minutes=3), agent), ("Answered", None, agent)]


def test_today_begins_at_the_readers_midnight_and_the_longest_waits_come_first() -> None:
    agent = AgentFactory()
    over = {"ended_at": NOW, "agent": agent, "status": LiveChat.Status.ENDED}
    at = MIDNIGHT + timedelta(hours=1)
    ask("Quick", requested_at=at, accepted_at=at + timedelta(seconds=65), **over)
    ask("Slow", requested_at=at, accepted_at=at + timedelta(minutes=3), **over)
    missed, abandoned = LiveChat.Status.FALLBACK, LiveChat.Status.ABANDONED
    ask("Missed", requested_at=at, ended_at=at + timedelta(seconds=100), status=missed)
    ask("Gone", requested_at=at, ended_at=at + timedelta(seconds=20), status=abandoned)
    ask("Yesterday", requested_at=MIDNIGHT - timedelta(seconds=1), ended_at=NOW, status=missed)
    today = board().today
    assert (today.answered, today.missed, today.abandoned) == (2, 1, 1)
    assert [(row.visitor, row.clock, row.is_answered) for row in today.longest] == [
        ("Slow", "3:00", True),
        ("Missed", "1:40", False),
        ("Quick", "1:05", True),
        ("Gone", "0:20", False),
    ]


def test_an_empty_installation_has_an_empty_board() -> None:
    empty = board()
    assert (empty.agents, empty.waiting, empty.active, empty.today.longest) == ([], [], [], [])
    assert (empty.able, empty.free_seats, empty.waiting_count) == (0, 0, 0)
