"""The admin's start page: what is left to set up and what needs attention now, each with its mend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agents.models import User
from chat.models import Engagement, Sighting, Visitor
from chat.services.dialogues import publish_dialogue
from config.guide.attention import list_attention
from config.guide.checklist import list_checklist
from config.guide.facts import Facts
from config.guide.lines import Line
from config.installation.models import Installation
from tests.admin.conftest import SignIn
from tests.factories import (
    NOW,
    AgentFactory,
    DialogueFactory,
    GroupFactory,
    LiveChatFactory,
    OfferFactory,
    PresenceFactory,
    RuleFactory,
    ScheduleBlockFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def get_checks() -> dict[str, Line]:
    return {line.title: line for line in list_checklist(Facts(NOW))}


def get_titles() -> list[str]:
    return [line.title for line in list_attention(Facts(NOW))]


def get_urgent() -> list[Line]:
    """Without what the factories' own drafts give reason for."""
    return [line for line in list_attention(Facts(NOW)) if line.is_urgent]


@pytest.mark.usefixtures("installation")
def test_new_installation_has_everything_still_to_do(settings: Any) -> None:
    settings.EMBEDDED, settings.EMAIL_URL = False, ""
    checks = get_checks()
    assert {title for title, line in checks.items() if line.is_done} == {"Every custom rule asks somebody"}
    assert all(line.mend for line in checks.values())
    assert get_titles() == []


@pytest.mark.req("LC-05", "LC-11", "LC-14", "LC-17", "LC-26")
def test_everything_done_is_seen_as_done(installation: Installation, settings: Any) -> None:
    settings.EMBEDDED, settings.EMAIL_URL = False, "smtp://mail.example.com"
    settings.DEFAULT_FROM_EMAIL = "chat@example.com"
    installation.fallback_html = "<b>Sorry</b>"
    installation.save()
    agent = ScheduleBlockFactory.create().agent
    RuleFactory.create(agents=[agent])
    publish_dialogue(dialogue_id=DialogueFactory.create(name="Welcome").pk, user=None)
    Sighting.objects.create(origin="https://www.example.com", path="/", first_seen_at=NOW, last_seen_at=NOW)
    checks = get_checks()
    assert [title for title, line in checks.items() if not line.is_done] == []
    assert checks["A published dialogue leads to a human"].words == "Published: Welcome."
    assert checks["The chat is on your website"].words == "Seen on 1 page."


@pytest.mark.req("LC-11")
@pytest.mark.usefixtures("installation")
def test_agents_without_hours_are_named_with_the_way_to_their_page() -> None:
    ScheduleBlockFactory.create()
    bo = AgentFactory.create(first_name="Bo", last_name="Ek")
    line = get_checks()["Every agent has hours"]
    assert "Bo Ek" in line.words
    assert line.url == reverse("admin:agents_user_change", args=[bo.pk])
    AgentFactory.create_batch(4)
    line = get_checks()["Every agent has hours"]
    assert "and 2 more" in line.words
    assert line.url.endswith("?agent=yes")


@pytest.mark.req("LC-11")
@pytest.mark.usefixtures("installation")
def test_superuser_alone_needs_no_hours_and_is_nobody_on_duty(boss: User) -> None:
    line = get_checks()["Every agent has hours"]
    assert (line.words, line.is_done) == ("Nobody has hours yet.", False)
    ScheduleBlockFactory.create()
    line = get_checks()["Every agent has hours"]
    assert line.is_done
    assert boss.display_name in line.words
    ScheduleBlockFactory.create(agent=boss)
    assert get_checks()["Every agent has hours"].words == "All of them."


@pytest.mark.req("LC-14")
@pytest.mark.usefixtures("installation")
def test_published_dialogue_without_the_card_leads_to_nobody() -> None:
    stream = {"start": "hello", "cards": {"hello": {"type": "message", "text": "Welcome!"}}}
    publish_dialogue(dialogue_id=DialogueFactory.create(stream=stream).pk, user=None)
    line = get_checks()["A published dialogue leads to a human"]
    assert not line.is_done
    assert "none has a Live chat card" in line.words


@pytest.mark.req("LC-17", "LC-09")
def test_rule_that_asks_nobody_is_named(installation: Installation) -> None:
    RuleFactory.create(name="Empty")
    RuleFactory.create(name="Off", is_enabled=False)
    RuleFactory.create(name="Left", agents=[AgentFactory.create(live_chat=False)])
    RuleFactory.create(name="Team", team=TeamFactory.create(members=[AgentFactory.create()]))
    RuleFactory.create(name="Alone", team=TeamFactory.create())
    for package in ("prime", "select"):
        installation.package = package
        installation.save()
        assert set(Facts(NOW).idle_rules) == {"Empty", "Left", "Alone"}
    assert "Alone" in get_checks()["Every custom rule asks somebody"].words


@pytest.mark.req("LC-15")
@pytest.mark.usefixtures("installation")
def test_visitor_who_waits_long_needs_attention() -> None:
    LiveChatFactory.create(route_at=NOW)
    assert get_urgent() == []
    LiveChatFactory.create(routing_since=NOW - timedelta(seconds=95), route_at=NOW)
    (line,) = get_urgent()
    assert line.title == "Visitors are waiting"
    assert line.words == "2 visitors wait for an agent, the first for 1 min."


@pytest.mark.req("LC-22")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("late", ["route", "offer"])
def test_deadlines_that_nobody_keeps_come_first(late: str) -> None:
    before = NOW - timedelta(seconds=31)
    if late == "route":
        LiveChatFactory.create(route_at=before, routing_since=before)
    else:
        OfferFactory.create(expires_at=before, live_chat__status="offered", live_chat__routing_since=before)
    assert [line.title for line in get_urgent()] == [
        "Deadlines pass, and nobody keeps them",
        "Visitors are waiting",
    ]


@pytest.mark.req("LC-12", "LC-13")
def test_hours_in_which_nobody_takes_chats_need_attention(installation: Installation) -> None:
    agent: User = ScheduleBlockFactory.create(starts=time(9), ends=time(17)).agent
    (line,) = list_attention(Facts(NOW))
    assert line.title == "Nobody takes live chats now"
    assert "without an open inbox" in line.words
    agent.override_available, agent.override_until = False, NOW + timedelta(hours=1)
    agent.save()
    (line,) = list_attention(Facts(NOW))
    assert "switched to unavailable" in line.words
    agent.override_available = True
    agent.save()
    PresenceFactory.create(agent=agent)
    assert get_titles() == []
    # After hours nobody is missed.
    assert list_attention(Facts(NOW + timedelta(hours=9))) == []


@pytest.mark.req("LC-13")
def test_agents_without_an_inbox_are_enough_where_that_is_not_asked(installation: Installation) -> None:
    installation.require_reachable = False
    installation.save()
    ScheduleBlockFactory.create()
    assert get_titles() == []


@pytest.mark.req("LC-04")
def test_limit_of_which_nearly_all_is_used_needs_attention(installation: Installation) -> None:
    installation.engagement_limit = 10
    installation.save()
    for number in range(9):
        visitor = Visitor.objects.create(key_hash=f"{number:064}", session_seen_at=NOW)
        Engagement.objects.create(
            visitor=visitor, visitor_key=visitor.public_id, session_number=1, created_at=NOW
        )
    (line,) = list_attention(Facts(NOW))
    assert line.words.startswith("9 of 10 are used (90 %).")
    assert not line.is_urgent


@pytest.mark.req("LC-28")
@pytest.mark.usefixtures("installation")
def test_missed_chats_of_a_day_and_drafts_need_attention() -> None:
    for reason, hours in (("no_agent", 1), ("not_accepted", 23), ("no_agent", 25), ("blocked", 1)):
        LiveChatFactory.create(
            status="fallback", end_reason=reason, ended_at=NOW - timedelta(hours=hours), route_at=None
        )
    DialogueFactory.create(name="Spring")
    missed, draft = list_attention(Facts(NOW))
    assert missed.words.startswith("2 visitors asked")
    assert "“Spring”" in draft.words


def test_dialogues_that_are_switched_off_need_attention(installation: Installation) -> None:
    installation.dialogues_enabled = False
    installation.save()
    assert get_titles() == []
    publish_dialogue(dialogue_id=DialogueFactory.create().pk, user=None)
    assert get_titles() == ["Dialogues are switched off"]


@pytest.mark.req("LC-06")
@pytest.mark.usefixtures("installation")
def test_each_person_reads_what_concerns_them(enter: Enter) -> None:
    DialogueFactory.create(name="Spring")
    page = text_of(enter("manage_agents").get(reverse("admin:index")))
    assert "Give somebody the profile" in page
    assert "Copy the line" not in page
    assert "Somebody with the permission “Manage chatbot settings” can do this." in page
    assert "Never published" not in page
    assert "Never published" in text_of(enter("manage_dialogues").get(reverse("admin:index")))
    page = text_of(enter("view_my_conversations").get(reverse("admin:index")))
    assert "guide-line" not in page
    assert "Needs attention" not in page


@pytest.mark.usefixtures("prime")
def test_start_page_costs_the_same_however_much_there_is(boss: User, sign_in: SignIn) -> None:
    client = sign_in(boss)

    def add() -> None:
        agent = ScheduleBlockFactory.create().agent
        PresenceFactory.create(agent=agent, expires_at=timezone.now() + timedelta(minutes=1))
        GroupFactory.create().user_set.add(agent)
        RuleFactory.create(team=TeamFactory.create(members=[agent]))
        publish_dialogue(dialogue_id=DialogueFactory.create().pk, user=None)
        DialogueFactory.create()
        LiveChatFactory.create()

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("admin:index")).status_code == 200
        return len(queries)

    add()
    count()
    before = count()
    for _row in range(3):
        add()
    count()  # compiles what was published since
    assert count() == before
    assert before <= 30
