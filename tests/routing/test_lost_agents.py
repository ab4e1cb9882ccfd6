"""Agents who may no longer take chats."""

from __future__ import annotations

import pytest

from agents.models import User
from agents.services.availability import set_availability
from chat.models import Engagement, Message
from routing.services.timers import release_lost_agents, settle_offers
from tests.factories import TeamFactory, grant
from tests.invariants import check_invariants
from tests.routing.steps import decline, pending, reload, show, status, take
from tests.stage import (
    accept,
    agent_at_work,
    ask_for_human,
    at,
    configure,
    dismiss,
    list_notices,
    offer_chat,
    start_chat,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agent() -> User:
    return agent_at_work(first_name="Ann", last_name="Berg")


@pytest.mark.req("LC-24", "LC-12")
def test_agent_who_switches_off_keeps_the_pending_offer(agent: User) -> None:
    agent_at_work()
    offer = offer_chat()
    show(offer)
    set_availability(agent=agent, available=False, now=at(2))
    release_lost_agents(now=at(3))
    settle_offers(now=at(4))
    assert status(offer) == "pending"
    assert take(offer, 5).status == "accepted"


@pytest.mark.req("LC-07", "LC-24")
@pytest.mark.parametrize("how", ["permission", "deactivated"])
def test_lost_agents_pending_offer_goes_to_the_next_at_once(agent: User, how: str) -> None:
    offer, heir = offer_chat(), agent_at_work()
    lose(agent, how)
    assert release_lost_agents(now=at(1)) == 1
    offer.refresh_from_db()
    assert (offer.status, offer.outcome) == ("withdrawn", "access_lost")
    second = pending(offer.live_chat)
    assert (second.agent, second.attempt) == (heir, 1)
    check_invariants()


def lose(agent: User, how: str) -> None:
    if how == "permission":
        dismiss(agent)
    else:
        User.objects.filter(pk=agent.pk).update(is_active=False)


@pytest.mark.req("LC-07")
@pytest.mark.parametrize("how", ["permission", "deactivated"])
def test_lost_agents_chats_are_offered_onward_and_never_without_an_owner(agent: User, how: str) -> None:
    chats = [start_chat() for _number in range(3)]
    heir = agent_at_work()
    lose(agent, how)
    assert release_lost_agents(now=at(9)) == 3
    for chat in chats:
        lost = reload(chat)
        assert (lost.status, lost.agent, lost.agent_name) == ("offered", None, "")
        assert list_notices(chat) == ["joined", "agent_left"]
        assert pending(chat).agent == heir
    check_invariants()
    accept(pending(chats[0]), now=at(10))
    assert (reload(chats[0]).status, reload(chats[0]).agent) == ("active", heir)
    assert list_notices(chats[0]) == ["joined", "agent_left", "joined"]
    assert Engagement.objects.count() == 3
    assert release_lost_agents(now=at(11)) == 0
    check_invariants()


@pytest.mark.req("LC-07")
def test_chat_that_nobody_can_take_over_ends_with_the_fallback(agent: User) -> None:
    chat = start_chat()
    dismiss(agent)
    release_lost_agents(now=at(9))
    chat = reload(chat)
    assert (chat.status, chat.end_reason, chat.conversation.is_open) == ("ended", "agent_gone", False)
    assert Message.objects.filter(conversation=chat.conversation, kind="fallback").count() == 1
    check_invariants()


@pytest.mark.req("LC-07")
def test_chat_that_nobody_takes_over_in_time_ends(agent: User) -> None:
    chat = start_chat()
    agent_at_work()
    dismiss(agent)
    release_lost_agents(now=at(9))
    show(pending(chat), 10)
    settle_offers(now=at(109))
    assert (reload(chat).status, reload(chat).end_reason) == ("ended", "agent_gone")
    check_invariants()


@pytest.mark.req("LC-07")
def test_agent_who_was_asked_before_may_be_asked_to_take_over(agent: User) -> None:
    configure(package="prime")
    other = agent_at_work()
    team = TeamFactory.create(members=[agent, other])
    chat = ask_for_human(card={"option": "team", "team_id": team.pk})
    decline(offer_chat(chat), 1)
    accept(pending(chat), now=at(2))
    lost = reload(chat).agent
    assert lost == other
    dismiss(other)
    release_lost_agents(now=at(3))
    assert pending(chat).agent == agent


@pytest.mark.req("LC-07")
def test_agent_with_the_permission_loses_nothing(agent: User) -> None:
    chat, offer = start_chat(), offer_chat()
    dismiss(agent)
    grant(agent, "view_my_conversations")
    assert release_lost_agents(now=at(1)) == 0
    assert (reload(chat).status, status(offer)) == ("active", "pending")
