"""Who is asked: the four options of the card, and what comes before and after them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from agents.models import Team, User
from chat.models import Engagement, LiveChat, Seat
from routing.events import OfferMade
from routing.models import Decision, Offer, RobinPointer, Rule
from routing.services.requests import route_live_chat
from tests.agents.conftest import Hear
from tests.factories import NOW, AccountFactory, RuleFactory, TeamFactory, UserFactory
from tests.stage import accept, agent_at_work, ask_for_human, at, configure, offer_chat, start_chat

pytestmark = pytest.mark.django_db


def route(live_chat: LiveChat | None = None, *, seconds: float = 0, **card: Any) -> Offer | None:
    chat = live_chat or ask_for_human(card=card)
    return route_live_chat(live_chat_id=chat.pk, now=at(seconds))


def asked(offer: Offer | None) -> User | None:
    return offer.agent if offer else None


def away(agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(override_available=False)


def back(agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(override_available=True)


def reload(chat: LiveChat) -> LiveChat:
    return LiveChat.objects.get(pk=chat.pk)


def rule_for(*agents: User, where: dict[str, str] | None = None, **fields: Any) -> Rule:
    items = [{"attribute": name, "operator": "is", "value": value} for name, value in (where or {}).items()]
    rule: Rule = RuleFactory.create(agents=agents, conditions={"match": "all", "items": items}, **fields)
    return rule


def steps_of(chat: LiveChat) -> list[dict[str, Any]]:
    decision = Decision.objects.filter(live_chat=chat).last()
    assert decision is not None
    return list(decision.steps)


def told(step: dict[str, Any]) -> tuple[str, str, list[tuple[int, str]]]:
    return step["step"], step["result"], [(agent["id"], agent["verdict"]) for agent in step["agents"]]


# The offer itself


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


# Round robin (LC-16)


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
    got = Counter(asked(route()) for _number in range(10))
    assert max(got.values()) - min(got.values()) <= 1
    got.update(asked(route()) for _number in range(4))
    assert got == Counter({**dict.fromkeys(agents, 3), None: 2})


@pytest.mark.req("LC-16")
def test_nobody_able_moves_no_turn() -> None:
    agents = [agent_at_work() for _number in range(2)]
    for agent in agents:
        away(agent)
    assert route() is None
    assert not RobinPointer.objects.exists()


# One agent


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


# Team


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


# Custom rules (LC-17)


@pytest.mark.req("LC-15", "LC-17")
def test_first_rule_that_matches_wins_by_priority_then_name() -> None:
    ann, bo, cleo = (agent_at_work() for _number in range(3))
    rule_for(ann, name="B", priority=2)
    rule_for(bo, name="A", priority=2)
    rule_for(cleo, name="C", priority=1, where={"country": "se"})
    assert asked(route(option="rules")) == bo
    swede = ask_for_human(card={"option": "rules"}, attributes={"country": "SE"})
    assert asked(route(swede)) == cleo


@pytest.mark.req("LC-17")
def test_rule_without_an_able_agent_goes_on_to_the_next_that_matches() -> None:
    ann, bo, cleo = (agent_at_work() for _number in range(3))
    rule_for(ann, name="First", priority=1)
    rule_for(cleo, name="Not for him", priority=2, where={"country": "se"})
    third = rule_for(bo, name="Third", priority=3)
    away(ann)
    chat = ask_for_human(card={"option": "rules"})
    offer = route(chat)
    assert (asked(offer), offer and offer.via) == (bo, "rule")
    steps = steps_of(chat)
    assert [(step["label"], step["result"]) for step in steps] == [
        ("First", "nobody"),
        ("Not for him", "no_match"),
        ("Third", "offered"),
    ]
    assert told(steps[0])[2] == [(ann.pk, "unavailable")]
    assert "country" in steps[1]["why"].lower()
    assert RobinPointer.objects.get().scope == f"rule:{third.pk}"


@pytest.mark.req("LC-17")
def test_rules_agents_and_its_teams_take_turns() -> None:
    ann, bo, cleo = (agent_at_work() for _number in range(3))
    rule_for(cleo, team=TeamFactory.create(members=[ann, cleo]))
    rule_for(bo, where={"country": "se"})
    assert [asked(route(option="rules")) for _number in range(3)] == [ann, cleo, ann]


@pytest.mark.req("LC-17")
def test_visitor_who_matches_no_rule_gets_the_fallback() -> None:
    rule_for(agent_at_work(), where={"country": "se"})
    rule_for(agent_at_work(), is_enabled=False)
    chat = ask_for_human(card={"option": "rules"})
    assert route(chat) is None
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "no_rule")


@pytest.mark.req("LC-17")
def test_visitor_who_matches_rules_that_nobody_can_serve_is_no_agent() -> None:
    agent = agent_at_work()
    rule_for(agent)
    rule_for()
    away(agent)
    chat = ask_for_human(card={"option": "rules"})
    assert route(chat) is None
    assert reload(chat).end_reason == "no_agent"


@pytest.mark.req("LC-17", "LC-20")
def test_rule_that_cannot_be_read_stops_none_behind_it() -> None:
    ann, bo = agent_at_work(), agent_at_work()
    broken = rule_for(ann, name="Broken", priority=1)
    Rule.objects.filter(pk=broken.pk).update(conditions={"match": "some", "items": "x"})
    rule_for(bo, priority=2)
    chat = ask_for_human(card={"option": "rules"})
    assert asked(route(chat)) == bo
    assert steps_of(chat)[0]["why"] == "The conditions can't be read."


@pytest.mark.req("LC-17")
@pytest.mark.parametrize(
    ("attribute", "value"),
    [("page_url", "https://acme.example/pricing"), ("language", "sv"), ("email", "vera@acme.example")],
)
def test_rules_know_page_language_and_attributes(attribute: str, value: str) -> None:
    agent = agent_at_work()
    rule_for(agent, where={attribute: value})
    chat = ask_for_human(
        card={"option": "rules"},
        page_url="https://acme.example/pricing",
        visitor__language="sv",
        attributes={"email": "vera@acme.example"},
    )
    assert asked(route(chat)) == agent
    other = ask_for_human(card={"option": "rules"}, attributes={})
    assert route(other) is None


# Account owners (LC-18)


@pytest.fixture
def owner() -> User:
    agent_at_work()
    configure(package="prime")
    return agent_at_work()


def from_address(email: str = "", **attributes: str) -> LiveChat:
    return ask_for_human(attributes={"email": email, **attributes})


@pytest.mark.req("LC-18")
@pytest.mark.parametrize(
    "email", ["vera@acme.example", "vera@ACME.example", "vera@mail.eu.acme.example", "v@acme.example."]
)
def test_owner_of_the_domain_or_a_parent_of_it_gets_the_offer(owner: User, email: str) -> None:
    AccountFactory.create(domain="acme.example", owner=owner)
    offer = route(from_address(email))
    assert (asked(offer), offer and offer.via) == (owner, "account")


@pytest.mark.req("LC-18")
@pytest.mark.parametrize(
    "email", ["vera@notacme.example", "vera@example", "acme.example", "vera@acme.example.org", ""]
)
def test_other_addresses_are_no_account_of_his(owner: User, email: str) -> None:
    AccountFactory.create(domain="acme.example", owner=owner)
    offer = route(from_address(email))
    assert offer is not None
    assert offer.via == "robin"


@pytest.mark.req("LC-18")
def test_nearest_domain_wins(owner: User) -> None:
    other = agent_at_work()
    AccountFactory.create(domain="acme.example", owner=other)
    AccountFactory.create(domain="eu.acme.example", owner=owner)
    assert asked(route(from_address("vera@mail.eu.acme.example"))) == owner
    assert asked(route(from_address("vera@us.acme.example"))) == other


@pytest.mark.req("LC-18")
def test_company_finds_the_owner_and_the_domain_comes_before_it(owner: User) -> None:
    other = agent_at_work()
    AccountFactory.create(name="Acme  Ltd", name_key="acme ltd", domain=None, owner=owner)
    AccountFactory.create(domain="beta.example", owner=other)
    assert asked(route(from_address("v@gmail.example", company=" ACME   Ltd "))) == owner
    assert asked(route(from_address("v@beta.example", company="Acme Ltd"))) == other


@pytest.mark.req("LC-18")
def test_owner_who_cannot_leaves_it_to_the_cards_own_option(owner: User) -> None:
    AccountFactory.create(domain="acme.example", owner=owner)
    away(owner)
    chat = from_address("vera@acme.example")
    offer = route(chat)
    assert offer is not None
    assert (offer.via, offer.agent != owner) == ("robin", True)
    assert told(steps_of(chat)[0]) == ("account", "nobody", [(owner.pk, "unavailable")])


@pytest.mark.req("LC-18", "LC-20")
def test_owner_who_is_no_agent_is_named_in_the_explanation_and_not_asked(owner: User) -> None:
    AccountFactory.create(domain="acme.example", owner=UserFactory.create(first_name="Old", last_name="Boss"))
    chat = from_address("vera@acme.example")
    assert asked(route(chat)) is not None
    account, robin = steps_of(chat)
    assert [agent["name"] for agent in account["agents"]] == ["Old Boss"]
    assert account["agents"][0]["verdict"] == "not_an_agent"
    assert "Old Boss" not in str(robin)


@pytest.mark.req("LC-18")
def test_accounts_are_primes_only(owner: User) -> None:
    configure(package="select")
    AccountFactory.create(domain="acme.example", owner=owner)
    offer = route(from_address("vera@acme.example"))
    assert offer is not None
    assert offer.via == "robin"


@pytest.mark.req("LC-18")
def test_offer_to_the_owner_moves_no_turn(owner: User) -> None:
    AccountFactory.create(domain="acme.example", owner=owner)
    route(from_address("vera@acme.example"))
    assert not RobinPointer.objects.exists()


# Refusals (LC-01, LC-36)


@pytest.mark.req("LC-36")
@pytest.mark.parametrize("email", ["v@spam.example", "v@SPAM.example", "v@mail.spam.example"])
def test_blocked_domain_is_connected_to_nobody(email: str) -> None:
    configure(block_email_domains=True, blocked_email_domains="other.example\n @Spam.example \n\n")
    agent_at_work()
    chat = from_address(email)
    assert route(chat) is None
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "blocked")
    assert Offer.objects.count() == 0


@pytest.mark.req("LC-36")
@pytest.mark.parametrize(
    ("switch", "email"),
    [(False, "v@spam.example"), (True, "v@notspam.example"), (True, ""), (True, "spam.example")],
)
def test_others_are_not_blocked(switch: bool, email: str) -> None:
    configure(block_email_domains=switch, blocked_email_domains="spam.example")
    agent_at_work()
    assert route(from_address(email)) is not None


def engage(visitors: int) -> None:
    for chat in (ask_for_human() for _number in range(visitors)):
        visitor = chat.conversation.visitor
        Engagement.objects.create(
            visitor=visitor, visitor_key=visitor.public_id, session_number=1, created_at=NOW
        )


@pytest.mark.req("LC-01")
def test_visitor_at_the_lifetime_limit_gets_the_fallback() -> None:
    configure(engagement_limit=2)
    agent_at_work()
    engage(2)
    chat = ask_for_human()
    assert route(chat) is None
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "limit")


@pytest.mark.req("LC-01")
@pytest.mark.parametrize("settings", [{"engagement_limit": 3}, {"engagement_limit": 2, "package": "prime"}])
def test_raised_limit_or_prime_connects_again(settings: dict[str, Any]) -> None:
    configure(engagement_limit=2)
    agent_at_work()
    engage(2)
    configure(**settings)
    assert route() is not None


@pytest.mark.req("LC-02")
def test_second_chat_of_a_counted_session_is_free() -> None:
    configure(engagement_limit=1)
    agent_at_work()
    first = start_chat()
    again = ask_for_human(visitor=first.conversation.visitor, is_open=False, closed_at=NOW)
    offer = route(again)
    assert offer is not None
    accept(offer)
    assert Engagement.objects.count() == 1


# Explanations (LC-20)


@pytest.mark.req("LC-20")
def test_decision_names_everybody_considered_and_why_passed_over() -> None:
    configure(seat_limit=1)
    busy, gone, able, _later = (agent_at_work() for _number in range(4))
    start_chat(ask_for_human(card={"option": "agent", "agent_id": busy.pk}))
    away(gone)
    chat = ask_for_human()
    offer = route(chat)
    assert told(steps_of(chat)[0]) == (
        "robin",
        "offered",
        [(busy.pk, "no_seat"), (gone.pk, "unavailable"), (able.pk, "offered")],
    )
    decision = Decision.objects.get(offer=offer)
    assert (decision.outcome, decision.reason, decision.made_at) == ("offered", "", NOW)


@pytest.mark.req("LC-20")
def test_fallback_is_explained_too() -> None:
    agent = agent_at_work()
    away(agent)
    chat = ask_for_human()
    route(chat)
    decision = Decision.objects.get(live_chat=chat)
    assert (decision.outcome, decision.reason, decision.offer) == ("fallback", "no_agent", None)
    assert told(decision.steps[0]) == ("robin", "nobody", [(agent.pk, "unavailable")])


@pytest.mark.req("LC-20")
def test_long_explanation_counts_those_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.services.requests.EXPLAINED_AGENTS", 2)
    agents = [agent_at_work() for _number in range(4)]
    for agent in agents[:3]:
        away(agent)
    chat = ask_for_human()
    route(chat)
    (step,) = steps_of(chat)
    assert told(step)[2] == [(agents[2].pk, "unavailable"), (agents[3].pk, "offered")]
    assert step["more"] == {"unavailable": 2}


@pytest.mark.req("LC-20")
def test_many_rules_that_do_not_match_are_listed_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.services.requests.EXPLAINED_STEPS", 2)
    for number in range(5):
        rule_for(where={"country": "se"}, priority=number + 1)
    last = rule_for(agent_at_work(), priority=9, name="Last")
    chat = ask_for_human(card={"option": "rules"}, attributes={})
    assert route(chat) is not None
    steps = steps_of(chat)
    assert [step["result"] for step in steps] == ["no_match", "no_match", "offered"]
    assert steps[-1]["label"] == last.name


# Cost


@pytest.mark.parametrize("option", ["round_robin", "agent", "team", "rules"])
def test_routing_costs_the_same_queries_however_many_there_are(
    option: str, django_assert_max_num_queries: Any
) -> None:
    configure(package="prime", try_all_agents=True)
    counts = []
    for crowd in (10, 100):
        first, *others = [agent_at_work() for _number in range(crowd)]
        group = TeamFactory.create(members=[first, *others])
        for number in range(crowd):
            rule_for(others[number % 5], where={"country": f"{crowd}-{number}"}, priority=1)
            AccountFactory.create(owner=others[0])
        rule_for(first, where={"crowd": str(crowd)}, priority=2)
        card = {"option": option, "agent_id": first.pk, "team_id": group.pk}
        chat = ask_for_human(card=card, attributes={"crowd": str(crowd), "email": "v@mail.acme.example"})
        RobinPointer.objects.get_or_create(scope=f"team:{group.pk}")
        RobinPointer.objects.get_or_create(scope="all")
        for rule in Rule.objects.all():
            RobinPointer.objects.get_or_create(scope=f"rule:{rule.pk}")
        with django_assert_max_num_queries(60) as captured:
            assert route(chat) is not None
        counts.append(len(captured))
    assert counts[0] == counts[1]
