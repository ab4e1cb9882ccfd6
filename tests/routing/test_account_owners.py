"""Accounts and their owners come before the card's own option."""

from __future__ import annotations

import pytest

from agents.models import User
from routing.models import RobinPointer
from tests.factories import AccountFactory, UserFactory
from tests.routing.requests import asked, away, from_address, route, steps_of, told
from tests.stage import agent_at_work, configure

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    agent_at_work()
    configure(package="prime")
    return agent_at_work()


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
