"""The options of the card: round robin, one agent, a team."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from agents.models import Team, User
from chat.models import LiveChat, Seat
from chat.services.live_chats import lock_live_chat
from routing.events import OfferMade
from routing.models import Decision, Offer, RobinPointer
from routing.services import requests
from routing.services.requests import route_live_chat
from tests.agents.conftest import Hear
from tests.factories import NOW, TeamFactory
from tests.routing.requests import asked, away, back, reload, route, rule_for, steps_of, told
from tests.stage import agent_at_work, ask_for_human, at, configure, offer_chat

pytestmark = pytest.mark.django_db


@pytest.mark.req("LC-15", "LC-22")
def test_chat_is_offered_with_its_deadlines(hear: Hear) -> None:
    agent = agent_at_work()
    chat = ask_for_human()
    with hear(OfferMade) as heard:
        offer = offer_chat(chat)
    assert (offer.agent, offer.status, offer.via, offer.attempt) == (agent, "pending", "robin", 1)
    assert (offer.offered_at, offer.deliver_by, offer.expires_at) == (NOW, at(5), at(100))
    assert (reload(chat).status, reload(chat).route_at) == ("offered", None)
    assert Seat.objects.get().live_chat == chat
    assert heard == [OfferMade(offer.pk)]


@pytest.mark.req("LC-22")
def test_time_to_accept_is_the_admins() -> None:
    configure(accept_seconds=20)
    agent_at_work()
    assert offer_chat().expires_at == at(20)


@pytest.mark.req("LC-13", "LC-24")
def test_offer_needs_no_confirmation_where_inboxes_may_be_closed() -> None:
    configure(require_reachable=False)
    agent_at_work()
    offer = offer_chat()
    assert offer.deliver_by == offer.expires_at


@pytest.mark.req("LC-15")
def test_routing_again_changes_nothing() -> None:
    agents = [agent_at_work(), agent_at_work()]
    chat = ask_for_human()
    offer_chat(chat)
    assert route(chat, seconds=1) is None
    assert (Offer.objects.count(), Seat.objects.count(), Decision.objects.count()) == (1, 1, 1)
    assert asked(route()) == agents[1]


@pytest.mark.req("LC-15")
def test_settled_chat_is_not_routed() -> None:
    chat = ask_for_human()
    assert route(chat) is None
    agent_at_work()
    assert route(chat, seconds=1) is None
    assert reload(chat).status == "fallback"
    assert route_live_chat(live_chat_id=1_000_000, now=NOW) is None


@pytest.mark.req("LC-15", "LC-16")
def test_five_agents_take_turns() -> None:
    agents = [agent_at_work() for _number in range(5)]
    RobinPointer.objects.create(scope="all", last_agent_id=agents[2].pk)
    assert [asked(route()) for _number in range(4)] == [agents[3], agents[4], agents[0], agents[1]]


@pytest.mark.req("LC-16")
def test_agent_who_cannot_is_passed_over_and_keeps_the_place() -> None:
    agents = [agent_at_work() for _number in range(5)]
    away(agents[1])
    assert [asked(route()) for _number in range(3)] == [agents[0], agents[2], agents[3]]
    back(agents[1])
    assert [asked(route()) for _number in range(3)] == [agents[4], agents[0], agents[1]]


@pytest.mark.req("LC-16")
def test_turn_outlives_the_account_of_whoever_had_it() -> None:
    agents = [agent_at_work() for _number in range(3)]
    RobinPointer.objects.create(scope="all", last_agent_id=agents[1].pk)
    agents[1].delete()
    assert asked(route()) == agents[2]


@pytest.mark.req("LC-16")
def test_chats_are_shared_evenly_until_the_seats_are_taken() -> None:
    agents = [agent_at_work(seat_limit=3) for _number in range(4)]
    got: Counter[User | None] = Counter(asked(route()) for _number in range(10))
    assert max(got.values()) - min(got.values()) <= 1
    got.update(asked(route()) for _number in range(4))
    assert [got[agent] for agent in [*agents, None]] == [3, 3, 3, 3, 2]


@pytest.mark.req("LC-16")
def test_nobody_able_moves_no_turn() -> None:
    agents = [agent_at_work() for _number in range(2)]
    for agent in agents:
        away(agent)
    assert route() is None
    assert not RobinPointer.objects.exists()


@pytest.mark.req("LC-15")
def test_chosen_agent_is_asked() -> None:
    agents = [agent_at_work() for _number in range(3)]
    offer = route(option="agent", agent_id=agents[1].pk)
    assert (asked(offer), offer and offer.via) == (agents[1], "agent")
    assert not RobinPointer.objects.exists()


@pytest.mark.req("LC-15")
def test_chosen_agent_who_cannot_gives_the_fallback() -> None:
    agents = [agent_at_work() for _number in range(2)]
    away(agents[0])
    chat = ask_for_human(card={"option": "agent", "agent_id": agents[0].pk})
    assert route(chat) is None
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "no_agent")
    assert told(steps_of(chat)[0]) == ("agent", "nobody", [(agents[0].pk, "unavailable")])


@pytest.mark.req("LC-15", "LC-20")
@pytest.mark.parametrize(
    "card", [{"option": "agent", "agent_id": 1_000_000}, {"option": "team", "team_id": 1_000_000}]
)
def test_agent_or_team_that_is_gone_gives_the_fallback_and_is_explained(card: dict[str, Any]) -> None:
    agent_at_work()
    chat = ask_for_human(card=card)
    assert route(chat) is None
    assert reload(chat).end_reason == "no_agent"
    assert [told(step) for step in steps_of(chat)] == [(card["option"], "nobody", [])]


@pytest.fixture
def team() -> Team:
    agent_at_work()  # of no team
    found: Team = TeamFactory.create(name="Sales", members=[agent_at_work() for _number in range(3)])
    agent_at_work()
    return found


def members_of(team: Team) -> list[User]:
    return list(User.objects.filter(teams=team).order_by("pk"))


@pytest.mark.req("LC-15", "LC-16")
def test_team_takes_turns_of_its_own(team: Team) -> None:
    members = members_of(team)
    route()  # the round robin of all has a pointer of its own
    got = [asked(route(option="team", team_id=team.pk)) for _number in range(4)]
    assert got == [*members, members[0]]
    assert set(RobinPointer.objects.values_list("scope", flat=True)) == {"all", f"team:{team.pk}"}


@pytest.mark.req("LC-15")
def test_team_of_whom_nobody_can_gives_the_fallback(team: Team) -> None:
    for member in members_of(team):
        away(member)
    chat = ask_for_human(card={"option": "team", "team_id": team.pk})
    assert route(chat) is None
    assert reload(chat).end_reason == "no_agent"


@pytest.mark.req("LC-19")
def test_anybody_is_tried_after_the_team_where_that_is_on(team: Team) -> None:
    configure(try_all_agents=True)
    for member in members_of(team):
        away(member)
    offer = route(option="team", team_id=team.pk)
    assert offer is not None
    assert (offer.via, offer.agent in members_of(team)) == ("anybody", False)


@pytest.mark.req("LC-19")
def test_anybody_is_not_tried_while_the_team_can(team: Team) -> None:
    configure(try_all_agents=True)
    offer = route(option="team", team_id=team.pk)
    assert (asked(offer), offer and offer.via) == (members_of(team)[0], "team")


@pytest.mark.req("LC-19")
def test_anybody_is_not_tried_for_one_chosen_agent() -> None:
    configure(try_all_agents=True)
    chosen, _other = agent_at_work(), agent_at_work()
    away(chosen)
    assert route(option="agent", agent_id=chosen.pk) is None


@pytest.mark.req("LC-19")
def test_anybody_is_not_tried_for_a_visitor_who_matches_no_rule() -> None:
    configure(try_all_agents=True)
    rule_for(agent_at_work(), where={"country": "se"})
    chat = ask_for_human(card={"option": "rules"})
    assert route(chat) is None
    assert reload(chat).end_reason == "no_rule"


@pytest.mark.req("LC-19")
def test_anybody_takes_turns_with_the_round_robin_of_all(team: Team) -> None:
    configure(try_all_agents=True)
    for member in members_of(team):
        away(member)
    first, last = route(option="team", team_id=team.pk), route()
    assert {asked(first), asked(last)} == set(User.objects.exclude(teams=team))


@pytest.mark.req("LC-24")
def test_whoever_passed_while_a_router_was_reading_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent_at_work()
    chat = ask_for_human()

    def lock_after_another_round(live_chat_id: int) -> LiveChat:
        monkeypatch.setattr(requests, "lock_live_chat", lock_live_chat)
        # Another process asked the agent, nobody saw it, and the chat looks for the next one.
        LiveChat.objects.filter(pk=live_chat_id).update(route_at=at(9))
        return lock_live_chat(live_chat_id)

    monkeypatch.setattr(requests, "lock_live_chat", lock_after_another_round)
    assert route(chat) is None
    assert not Offer.objects.exists()
    assert not Seat.objects.exists()
