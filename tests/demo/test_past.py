"""The example company's past: whole, true to the services, calm, and the same tale on any day."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import models, transaction
from django.utils import timezone

from agents.models import Agent, Presence, Team, User
from agents.selectors import get_schedule
from chat.models import (
    CannedReply,
    Conversation,
    Dialogue,
    Engagement,
    GoalReached,
    LiveChat,
    Message,
    Note,
    PageView,
    Seat,
    Visitor,
)
from chat.selectors.demand import get_demand
from chat.selectors.history import get_history
from chat.selectors.inbox import list_active_chats, list_past_chats
from chat.selectors.outcomes import count_outcomes
from chat.selectors.usage import list_limits
from config.audit.models import Change
from config.demo import loading
from config.demo.past.calendar import QUIET
from config.demo.past.gap import ZONE, find_gap_day
from config.guide.coverage import Roster, list_gaps, make_map
from config.installation.models import Installation
from config.installation.selectors import get_installation
from routing.models import Decision, Offer, Transfer
from routing.selectors.ledger import list_ledger
from routing.selectors.replay import replay
from routing.services.requests import route_live_chat
from tests.demo.past_chats import Again
from tests.demo.running import Demo, run_python
from tests.factories import ConversationFactory, LiveChatFactory
from tests.invariants import check_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.req("RP-08")]

NOW = datetime(2026, 5, 20, 9, 30, tzinfo=UTC)
# The middle of a night from Sunday to Monday, a Sunday, and a week after the clocks were changed.
MOMENTS = (
    datetime(2026, 6, 15, 0, 10, tzinfo=UTC),
    datetime(2026, 8, 9, 13, 0, tzinfo=UTC),
    datetime(2026, 11, 2, 16, 45, tzinfo=UTC),
)


# In a process of its own, on SQLite.
LOAD = """
from chat.models import Message
from config.demo.loading import load_demo_data
from routing.models import Decision
from tests.invariants import check_invariants
print(load_demo_data(), Message.objects.count() > 2_000 and Decision.objects.exists())
check_invariants()
"""


@contextmanager
def company(now: datetime, *, with_past: bool = True) -> Iterator[None]:
    """The example company at this moment, gone afterwards; on PostgreSQL, where the demo itself never is."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(loading, "refuse_other_databases", lambda: None)
        patch.setattr(timezone, "now", lambda: now)
        assert loading.load_demo_data(now=now, with_past=with_past)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def past(db: None) -> Iterator[None]:
    """The company at NOW."""
    with company(NOW):
        yield


def tell() -> list[Any]:
    """What happened, without the ids that every installation draws for itself."""
    rows = Message.objects.order_by("created_at", "conversation", "seq")
    chats = LiveChat.objects.order_by("requested_at")
    return [
        *rows.values_list("created_at", "author", "text"),
        *chats.values_list("requested_at", "status", "end_reason", "agent__username", "ended_at"),
    ]


@pytest.mark.req("DL-03", "LC-10", "LC-25")
@pytest.mark.usefixtures("past")
def test_a_month_of_every_kind_of_chat_is_in_it_and_breaks_nothing() -> None:
    check_invariants()
    check_variety()
    for model in (Visitor, Conversation, LiveChat, Offer, Decision, Transfer, Note, CannedReply):
        for row in model._default_manager.all():
            row.full_clean(validate_unique=False, validate_constraints=False, exclude=get_blanks(row))


def get_blanks(row: models.Model) -> list[str]:
    """Fields that services leave empty too: no form ever fills them."""
    return [
        field.name for field in row._meta.concrete_fields if getattr(row, field.attname) in ("", None, {})
    ]


def check_variety() -> None:
    assert 250 <= Conversation.objects.count() <= 400
    ends = set(LiveChat.objects.values_list("status", "end_reason"))
    assert ends == {
        *(("ended", reason) for reason in ("agent", "visitor", "idle")),
        *(("fallback", reason) for reason in ("no_agent", "not_accepted")),
        *(("abandoned", reason) for reason in ("cancelled", "contact")),
    }
    offers = Counter(Offer.objects.filter(transfer=None).values_list("status", flat=True))
    assert set(offers) == {"accepted", "declined", "expired", "undelivered", "withdrawn"}
    assert {"account", "robin", "rule", "team", "transfer"} == set(
        Offer.objects.values_list("via", flat=True)
    )
    assert {"accepted", "failed", "withdrawn"} == set(Transfer.objects.values_list("status", flat=True))
    assert Note.objects.count() > 10
    assert GoalReached.objects.values("name").distinct().count() >= 3
    earliest = Conversation.objects.earliest("triggered_at").triggered_at
    assert timedelta(days=30) < NOW - earliest < timedelta(days=34)


def check_hours() -> None:
    """Visitors come by day and are missed by night (LC-58)."""
    asked = get_demand(zone=ZONE, now=NOW).hours
    by_day = [value for (weekday, hour), value in asked.items() if weekday < 5 and 9 <= hour < 17]
    by_night = [value for (_weekday, hour), value in asked.items() if hour in (23, 0)]
    assert sum(value.total for value in by_day) > 60
    assert 0 < sum(value.total for value in by_night) < 15
    missed = LiveChat.objects.filter(end_reason="no_agent").values_list("requested_at", flat=True)
    hours = [moment.astimezone(ZONE).hour for moment in missed if moment.astimezone(ZONE).weekday() < 5]
    assert sum(8 <= hour < 19 for hour in hours) < len(hours) / 3, "by day somebody is there"


@pytest.mark.req("LC-16", "LC-23")
@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_it_is_over_and_the_first_turn_is_ingrids_whenever_it_is_made(now: datetime) -> None:
    with company(now):
        check_invariants()
        assert not LiveChat.objects.filter(status__in=LiveChat.OPEN).exists()
        assert not Seat.objects.exists()
        assert not Presence.objects.exists()
        assert Message.objects.latest("created_at").created_at < now - QUIET + timedelta(hours=1)
        ask_everywhere(now)


def ask_everywhere(now: datetime) -> None:
    """Ingrid and Mateo come in: whichever way a visitor takes, she is asked first."""
    for name in ("ingrid", "mateo"):
        agent = User.objects.get(username=name)
        Presence.objects.create(agent=agent, socket_id=name, expires_at=now + timedelta(minutes=5))
    team = Team.objects.get()
    known = {"topic": "service"}
    for card in ({"option": "round_robin"}, {"option": "team", "team_id": team.pk}, {"option": "rules"}):
        chat = LiveChatFactory.create(
            conversation=ConversationFactory.create(visitor__attributes=known),
            card={"type": "live_chat", **card},
            requested_at=now,
            routing_since=now,
        )
        offer = route_live_chat(live_chat_id=chat.pk, now=now)
        assert offer is not None
        assert offer.agent.username == "ingrid", card


@pytest.mark.long
@pytest.mark.req("LC-20", "LC-25", "LC-26", "LC-27", "LC-31", "LC-34", "LC-57")
@pytest.mark.usefixtures("past")
def test_every_kind_of_chat_is_what_the_services_would_have_kept() -> None:
    played = 0
    for told in pick_one_of_each():
        with transaction.atomic():
            again = Again(told).play()
            assert describe(again) == describe(told)
            played += 1
            transaction.set_rollback(True)
    assert played > 15


def pick_one_of_each() -> list[LiveChat]:
    """The first chat of each kind, of visitors who came once."""
    found: dict[Any, LiveChat] = {}
    once = Visitor.objects.annotate(count=models.Count("conversations")).filter(count=1)
    for chat in LiveChat.objects.filter(conversation__visitor__in=once).order_by("pk"):
        offers = chat.offers.order_by("offered_at").values_list("via", "status", "outcome")
        found.setdefault((chat.end_reason, *offers), chat)
    return list(found.values())


def describe(chat: LiveChat) -> dict[str, Any]:
    """All that is kept of a chat, but for ids."""
    conversation, visitor = chat.conversation, chat.conversation.visitor
    leads = [(visitor.lead.email, visitor.lead.attributes)] if visitor.lead else []
    return {
        "chat": read(chat),
        "conversation": read(conversation),
        "visitor": (visitor.attributes, visitor.language, visitor.session_number, visitor.session_seen_at),
        "lead": leads,
        "messages": read_all(Message.objects.filter(conversation=conversation).order_by("seq")),
        "timeline": read_all(chat.timeline.order_by("id")),
        "offers": read_all(chat.offers.order_by("pk")),
        "decisions": read_all(chat.decisions.order_by("pk")),
        "transfers": read_all(chat.transfers.order_by("pk")),
        "notes": [
            {**note, "client_id": note["client_id"].split("-")[0]}
            for note in read_all(Note.objects.filter(conversation=conversation).order_by("number"))
        ],
        "goals": read_all(GoalReached.objects.filter(conversation=conversation).order_by("pk")),
        "engagement": list(
            Engagement.objects.filter(live_chat=chat).values_list("created_at", "session_number")
        ),
        "pages": list(
            PageView.objects.filter(visitor=visitor).order_by("pk").values_list("url", "title", "seen_at")
        ),
    }


# What differs between two rows that say the same; marks are as far as a browser has told.
OWN = {"id", "public_id", "conversation", "live_chat", "visitor", "visitor_key", "transfer", "offer"}
MARKS = {"visitor_delivered", "visitor_read", "agent_delivered", "agent_read"}


def read(row: models.Model) -> dict[str, Any]:
    fields = [field for field in row._meta.concrete_fields if field.name not in OWN | MARKS]
    return {field.name: getattr(row, field.attname) for field in fields}


def read_all(rows: Any) -> list[dict[str, Any]]:
    return [read(row) for row in rows]


@pytest.mark.req("DG-04", "LC-37", "LC-39", "LC-42", "LC-56", "LC-58", "LC-60")
@pytest.mark.usefixtures("past")
def test_every_page_has_something_to_tell() -> None:
    check_hours()
    check_gap()
    check_ledger()
    check_inbox()
    check_record()


def check_gap() -> None:
    """The map warns of one night without anybody, days from now (LC-58)."""
    weekday = find_gap_day(NOW)
    demand = get_demand(zone=ZONE, now=NOW)
    rosters = [Roster(10, agent.zone, get_schedule(agent)) for agent in Agent.objects.all()]
    week = make_map(demand=demand, rosters=rosters, zone=ZONE, monday=date(2026, 5, 18))
    gaps = [(gap.weekday, gap.has_seats) for gap in list_gaps(week)]
    assert gaps
    assert set(gaps) == {(weekday, False)}
    assert weekday == (NOW.weekday() + 3) % 7


def check_ledger() -> None:
    ledger = {row.name: row for row in list_ledger(since=NOW - timedelta(days=30), until=NOW)}
    for name in ("Ingrid Solberg", "Mateo Rivas", "Aiko Tanaka", "Daniel Okafor"):
        row = ledger[name]
        assert row.accepted > 5
        assert row.missed + row.declined > 0
        assert row.median_wait is not None
        assert timedelta(seconds=3) < row.median_wait < timedelta(seconds=60)
    assert sum(row.taken_over for row in ledger.values()) >= 3
    replayed = replay(since=NOW - timedelta(days=30), until=NOW)
    assert len(replayed) > 100
    # What would lead elsewhere today is a visitor of whom more is known since, not the configuration.
    elsewhere = [each.live_chat for each in replayed if each.was.circle != each.now.circle]
    assert len(elsewhere) < 5
    for chat in elsewhere:
        assert chat.conversation.visitor.conversations.count() > 1


def check_inbox() -> None:
    """An agent finds past chats, a history and a library, and no work."""
    ingrid = User.objects.get(username="ingrid")
    assert list_active_chats(agent=ingrid) == []
    assert len(list_past_chats(agent=ingrid)) >= 30
    twice = Visitor.objects.annotate(count=models.Count("conversations")).filter(count__gt=1)
    last = Conversation.objects.filter(visitor__in=twice, live_chats__agent=ingrid).latest("triggered_at")
    kinds = {entry.kind for entry in get_history(user=ingrid, conversation=last, now=NOW).entries}
    assert {"page", "dialogue"} <= kinds or {"page", "chat"} <= kinds
    library = CannedReply.objects.filter(owner=None)
    assert (library.filter(is_approved=True).count(), library.filter(is_approved=False).count()) == (9, 2)
    assert CannedReply.objects.filter(owner=ingrid).exists()


def check_record() -> None:
    outcomes = count_outcomes()
    for dialogue in Dialogue.objects.all():
        counted = outcomes[dialogue.pk]
        assert counted.triggered >= counted.engaged >= counted.completed > 0, dialogue
    Installation.objects.update(package="select")
    for limit in list_limits(get_installation(), now=NOW):
        assert 20 < limit.percent < 80, limit.name
    record = Change.objects.order_by("at")
    assert record.count() > 20
    assert {change.actor_name for change in record} == {"Petra Lindqvist"}
    assert record[0].at < Conversation.objects.earliest("triggered_at").triggered_at


def test_the_same_moment_has_the_same_past() -> None:
    tales = []
    for _start in range(2):
        with company(NOW):
            tales.append(tell())
    assert tales[0] == tales[1]


def test_who_wants_to_begin_with_nothing_can() -> None:
    with company(NOW, with_past=False):
        assert Dialogue.objects.filter(status="published").count() == 6
        for model in (Visitor, Conversation, CannedReply, Change):
            assert not model._default_manager.exists()


@pytest.mark.long
@pytest.mark.req("RP-08")
def test_a_kill_half_way_leaves_nothing_and_the_next_start_makes_all_of_it(tmp_path: Path) -> None:
    killed = Demo(tmp_path / "data", environment={"FAILPOINTS": "demo.past"}).start()
    try:
        assert killed.process.wait(timeout=60) == -signal.SIGKILL
        for table in ("agents_user", "chat_visitor", "chat_message"):
            assert killed.query(f"SELECT count(*) FROM {table}") == [(0,)], table
        assert run_python(LOAD, tmp_path / "data") == "True True"
    finally:
        killed.end()
