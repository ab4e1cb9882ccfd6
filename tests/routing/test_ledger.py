"""What each agent was offered and what became of it, to audit the robin by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from routing.models import Offer
from routing.selectors.ledger import LedgerRow, list_considered, list_ledger
from routing.services.offers import decline_offer, expire_offer
from routing.services.transfers import start_transfer
from tests.factories import (
    NOW,
    AgentFactory,
    DecisionFactory,
    OfferFactory,
    TransferFactory,
    UserFactory,
)
from tests.routing.requests import away, route
from tests.stage import accept, agent_at_work, at, configure, offer_chat

SHORTLY = timedelta(microseconds=1)

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-56")]


def read(via: str = "") -> dict[int, LedgerRow]:
    rows = list_ledger(since=NOW - timedelta(days=1), until=NOW + timedelta(days=1), via=via)
    return {row.agent_id: row for row in rows}


def test_ledger_counts_what_became_of_each_offer() -> None:
    configure()
    ann, bo = agent_at_work(first_name="Ann"), agent_at_work(first_name="Bo")
    accept(offer_chat(), now=at(4))
    declined = offer_chat()
    decline_offer(offer_id=str(declined.public_id), agent_id=bo.pk, now=at(1))
    accept(offer_chat(), now=at(10))
    missed = offer_chat()
    expire_offer(offer_id=missed.pk, now=at(100))
    rows = read()
    first, second = rows[ann.pk], rows[bo.pk]
    assert (first.offered, first.accepted, first.declined, first.missed, first.share) == (2, 2, 0, 0, 0.5)
    assert first.median_wait == timedelta(seconds=7)
    assert (second.offered, second.accepted, second.declined, second.missed) == (2, 0, 1, 1)
    assert second.median_wait is None


def test_ledger_has_agents_who_were_never_asked_and_those_who_are_gone() -> None:
    never, gone = AgentFactory.create(), UserFactory.create()
    UserFactory.create()
    OfferFactory.create(agent=gone)
    OfferFactory.create(agent=gone, offered_at=NOW - timedelta(days=3))
    rows = read()
    assert {pk: row.offered for pk, row in rows.items()} == {never.pk: 0, gone.pk: 1}


def settled(status: str) -> dict[str, Any]:
    return {"status": status, "settled_at": NOW}


def test_each_way_an_offer_can_end_is_counted_by_itself() -> None:
    ann = AgentFactory.create()
    ends = ("accepted", "declined", "expired", "undelivered", "withdrawn", "pending")
    for number, status in enumerate(ends, start=1):
        for _time in range(number):
            OfferFactory.create(agent=ann, status=status, settled_at=None if status == "pending" else NOW)
    row = read()[ann.pk]
    counted = (row.accepted, row.declined, row.missed, row.undelivered, row.withdrawn)
    assert (counted, row.offered) == ((1, 2, 3, 4, 5), 21)


def test_ledger_is_of_what_began_in_the_time_and_of_nothing_else() -> None:
    since, until = NOW, NOW + timedelta(days=1)
    moments = (since - SHORTLY, since, until - SHORTLY, until)
    agents = [AgentFactory.create(first_name=f"Agent {number}") for number in range(4)]
    for agent, moment in zip(agents, moments, strict=True):
        OfferFactory.create(agent=agent, offered_at=moment)
        TransferFactory.create(sender=agent, agent=agents[0], started_at=moment, **settled("accepted"))
        TransferFactory.create(sender=agent, agent=agents[0], started_at=moment, **settled("failed"))
        DecisionFactory.create(made_at=moment, steps=[{"agents": [{"id": agent.pk}]}])
    rows = {row.agent_id: row for row in list_ledger(since=since, until=until)}
    assert [rows[agent.pk].offered for agent in agents] == [0, 1, 1, 0]
    assert [rows[agent.pk].handed_over for agent in agents] == [0, 1, 1, 0]
    found = [list_considered(agent_id=agent.pk, since=since, until=until).count() for agent in agents]
    assert found == [0, 1, 1, 0]


def test_newest_decision_of_an_agent_comes_first() -> None:
    ann = AgentFactory.create()
    steps = [{"agents": [{"id": ann.pk}]}]
    made = [DecisionFactory.create(made_at=at(second), steps=steps) for second in (5, 9, 9, 1)]
    found = list_considered(agent_id=ann.pk, since=NOW, until=at(60))
    assert list(found) == [made[2], made[1], made[0], made[3]]


@pytest.mark.req("LC-34")
def test_who_only_handed_chats_over_and_is_gone_is_in_the_ledger() -> None:
    gone = UserFactory.create()
    TransferFactory.create(sender=gone, **settled("accepted"))
    assert read()[gone.pk].handed_over == 1


@pytest.mark.req("LC-34")
def test_chats_of_colleagues_are_counted_whatever_step_of_routing_is_asked_for() -> None:
    transfer = TransferFactory.create(**settled("accepted"))
    OfferFactory.create(agent=transfer.agent, transfer=transfer, via="transfer", **settled("accepted"))
    asked = TransferFactory.create(agent=transfer.agent)
    OfferFactory.create(agent=asked.agent, transfer=asked, via="transfer")
    rows = read("robin")
    assert (rows[transfer.agent_id].taken_over, rows[transfer.agent_id].offered) == (1, 0)
    assert rows[transfer.sender_id].handed_over == 1


def test_ledger_can_be_of_one_step_of_routing_only() -> None:
    offer = OfferFactory.create(via="rule")
    OfferFactory.create(via="robin", agent=offer.agent)
    assert [read(via)[offer.agent_id].offered for via in ("rule", "robin", "team", "")] == [1, 1, 0, 2]


def test_ledger_costs_the_same_however_many_there_are(django_assert_num_queries: Any) -> None:
    for _number in range(12):
        OfferFactory.create()
    with django_assert_num_queries(4):
        assert len(read()) == 12


def test_decisions_that_passed_an_agent_over_are_found_too() -> None:
    configure()
    ann, bo = agent_at_work(), agent_at_work()
    away(ann)
    offer = route()
    assert offer is not None
    period = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1)}
    for agent in (ann, bo):
        assert [decision.offer_id for decision in list_considered(agent_id=agent.pk, **period)] == [offer.pk]
    assert not list_considered(agent_id=AgentFactory.create().pk, **period).exists()


@pytest.mark.req("LC-34")
def test_chats_of_colleagues_are_counted_apart() -> None:
    configure()
    ann, bo = agent_at_work(), agent_at_work()
    chat = accept(offer_chat(), now=at(1))
    transfer = start_transfer(
        conversation_id=chat.conversation_id, sender_id=ann.pk, agent_id=bo.pk, now=at(2)
    )
    accept(Offer.objects.get(transfer=transfer), now=at(3))
    rows = read()
    assert (rows[ann.pk].offered, rows[ann.pk].handed_over, rows[ann.pk].taken_over) == (1, 1, 0)
    assert (rows[bo.pk].offered, rows[bo.pk].handed_over, rows[bo.pk].taken_over) == (0, 0, 1)
