"""The supervisor's board as a page: who may see it, what it says, and that it costs little to ask again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import User
from chat.models import LiveChat
from tests.factories import (
    ConversationFactory,
    LiveChatFactory,
    OfferFactory,
    UserFactory,
    VisitorFactory,
)
from tests.scenes import make_agent, set_up

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-13", "LC-38")]

# Session, user, permissions twice; settings; candidates with seats, hours and presences; agents with hours
# and seats; waiting and active chats with their offers and counts; today's sums and longest waits.
QUERIES = 20
SUPERVISOR = ["view_my_conversations", "view_all_conversations"]
PAGES = ["board", "board-now"]


@pytest.fixture
def supervisor(client: Client) -> User:
    user: User = UserFactory(first_name="Sam", last_name="Boss", permissions=SUPERVISOR)
    client.force_login(user)
    return user


def make_chat(first_name: str, **fields: Any) -> LiveChat:
    visitor = VisitorFactory(attributes={"first_name": first_name, "company": "Ek & Söner"})
    live_chat: LiveChat = LiveChatFactory(conversation=ConversationFactory(visitor=visitor), **fields)
    return live_chat


def make_waiting(first_name: str, *, minutes: int = 1) -> LiveChat:
    since = timezone.now() - timedelta(minutes=minutes)
    waiting = LiveChat.Status.REQUESTED
    return make_chat(first_name, status=waiting, requested_at=since, routing_since=since, route_at=since)


def make_active(first_name: str, agent: User) -> LiveChat:
    since = timezone.now() - timedelta(minutes=3)
    return make_chat(
        first_name,
        status=LiveChat.Status.ACTIVE,
        agent=agent,
        requested_at=since,
        routing_since=since,
        accepted_at=since,
        idle_at=since,
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_board_says_who_can_help_who_waits_and_who_is_served(
    client: Client, supervisor: User, page: str
) -> None:
    ann = make_agent(first_name="Ann", last_name="Berg")
    make_agent(first_name="Bo", last_name="Ek", is_present=False)
    offer = OfferFactory(live_chat=make_waiting("Vera"), agent=ann)
    offered, active = offer.live_chat, make_active("Wim", ann)
    shown = client.get(reverse(page)).content.decode()
    for words in ("Vera", "Ann Berg is being asked", "Wim", "with Ann Berg", "Ek &amp; Söner"):
        assert words in shown
    for words in ("Can take a chat", "No open inbox", "No hours set"):  # Ann, Bo and Sam
        assert words in shown
    for live_chat in (offered, active):
        assert reverse("inbox-chat", args=[live_chat.conversation.public_id]) in shown


def test_who_takes_no_chats_sees_the_board_without_links_or_an_inbox(client: Client) -> None:
    client.force_login(UserFactory(permissions=["view_all_conversations"]))
    live_chat = make_waiting("Vera")
    shown = client.get(reverse("board")).content.decode()
    assert "Vera" in shown
    assert str(live_chat.conversation.public_id) in shown  # the row's key
    assert reverse("inbox-chat", args=[live_chat.conversation.public_id]) not in shown
    assert "page-config" not in shown


def test_asking_again_costs_nothing_until_something_has_changed(client: Client, supervisor: User) -> None:
    make_waiting("Vera")
    first = client.get(reverse("board-now"))
    again = client.get(reverse("board-now"), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["X-Server-Time"] > first["X-Server-Time"]
    make_waiting("Wim")
    changed = client.get(reverse("board-now"), headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert "Wim" in changed.content.decode()


def test_longest_wait_is_that_of_whoever_waits_longest_for_an_agent_or_an_answer(
    client: Client, supervisor: User
) -> None:
    def get_longest() -> datetime | None:
        longest: datetime | None = client.get(reverse("board")).context["longest"]
        return longest

    assert get_longest() is None
    make_waiting("Vera", minutes=1)
    waiting = make_waiting("Vidar", minutes=2)
    assert get_longest() == waiting.routing_since
    active = make_active("Wim", make_agent())  # to whom nothing was said yet
    assert get_longest() == active.accepted_at


def test_today_and_every_end_are_by_the_readers_own_clock(client: Client) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 20, tzinfo=UTC), tick=False):  # 01:30 the day after
        client.force_login(UserFactory(time_zone="Asia/Kolkata", permissions=["view_all_conversations"]))
        ann = make_agent(time_zone="America/New_York")
        User.objects.filter(pk=ann.pk).update(override_until=timezone.now() + timedelta(hours=1))
        for minutes in (89, 91):
            asked = timezone.now() - timedelta(minutes=minutes)
            missed = {"status": "fallback", "end_reason": "no_agent", "ended_at": asked}
            make_chat("Vera", requested_at=asked, routing_since=asked, route_at=None, **missed)
        context = client.get(reverse("board")).context
    assert context["board"].today.missed == 1
    (words,) = [row["words"] for row in context["rows"] if row["agent"].pk == ann.pk]
    assert words.startswith("Available until 02:30")


def test_nothing_of_the_board_stays_in_a_cache(client: Client, supervisor: User) -> None:
    for page in PAGES:
        assert "no-store" in client.get(reverse(page))["Cache-Control"]


@pytest.mark.req("LC-50")
def test_the_board_is_about_people_whose_names_are_only_text(client: Client, supervisor: User) -> None:
    make_waiting("<img src=x onerror=alert(1)>")
    shown = client.get(reverse("board-now")).content.decode()
    assert "<img src=x" not in shown
    assert "&lt;img src=x" in shown


@pytest.mark.parametrize("more", [0, 3])
def test_the_board_takes_as_many_queries_for_one_row_as_for_many(
    client: Client, supervisor: User, django_assert_num_queries: Callable[..., Any], more: int
) -> None:
    set_up()
    for number in range(1 + more):
        agent = make_agent()
        OfferFactory(live_chat=make_waiting(f"Vera {number}"), agent=agent)
        make_active(f"Wim {number}", agent)
    with django_assert_num_queries(QUERIES):
        client.get(reverse("board-now"))


def enter_manager(client: Client) -> User:
    manager: User = UserFactory(first_name="Mia", last_name="Ros", permissions=[*SUPERVISOR, "manage_agents"])
    client.force_login(manager)
    return manager


@pytest.mark.req("LC-12")
def test_who_manages_agents_switches_them_and_all_read_who_did_it(client: Client) -> None:
    ann = make_agent(first_name="Ann", last_name="Berg")
    enter_manager(client)
    button = f'formaction="{reverse("board-agent", args=[ann.pk])}" name="available" value="no"'
    assert button in client.get(reverse("board")).content.decode()
    answer = client.post(reverse("board-agent", args=[ann.pk]), {"available": "no"}, follow=True)
    assert answer.redirect_chain == [(reverse("board"), 302)]
    page = answer.content.decode()
    assert "Ann Berg is unavailable now. Active chats go on." in page
    assert "set by Mia Ros" in page
    assert button not in page
    again = client.post(reverse("board-agent", args=[ann.pk]), {"available": "no"}, follow=True)
    assert "Ann Berg was unavailable already." in again.content.decode()


@pytest.mark.req("LC-12", "LC-06")
def test_only_who_manages_agents_and_may_see_the_board_switches_them(client: Client) -> None:
    ann = make_agent()
    url = reverse("board-agent", args=[ann.pk])
    assert client.post(url, {"available": "no"}).status_code == 302  # to the sign-in
    for permissions in (SUPERVISOR, ["manage_agents"], ["view_my_conversations"]):
        client.force_login(UserFactory(permissions=permissions))
        assert client.post(url, {"available": "no"}).status_code == 403
    client.force_login(UserFactory(permissions=SUPERVISOR))
    assert "board-switch" not in client.get(reverse("board")).content.decode()
    enter_manager(client)
    assert client.get(url).status_code == 405
    assert client.post(url, {"available": "maybe"}).status_code == 400
    assert client.post(reverse("board-agent", args=[0]), {"available": "no"}).status_code == 404
    assert (
        client.post(reverse("board-agent", args=[UserFactory().pk]), {"available": "no"}).status_code == 404
    )
    ann.refresh_from_db()
    assert ann.override_available


@pytest.mark.req("LC-12")
def test_switching_needs_the_pages_own_token(client: Client) -> None:
    manager, strict = enter_manager(client), Client(enforce_csrf_checks=True)
    strict.force_login(manager)
    assert strict.post(reverse("board-agent", args=[make_agent().pk]), {"available": "no"}).status_code == 403


def test_asking_again_costs_nothing_for_who_may_switch_either(client: Client) -> None:
    enter_manager(client)
    first = client.get(reverse("board-now"))
    again = client.get(reverse("board-now"), headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
