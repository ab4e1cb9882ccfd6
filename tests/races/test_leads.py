"""People who give an address in the same instant, and leads merged meanwhile: one lead in the end."""

from __future__ import annotations

from functools import partial

import pytest

from chat.models import Conversation, Lead, LeadList, Visitor
from chat.selectors.known import get_lead
from chat.services.conversations import answer_card
from tests.chat.services.talking import greet, make_dialogue, shown
from tests.chat.streams.builders import capture, message, stream_json
from tests.factories import VisitorFactory
from tests.invariants import check_invariants
from tests.races.at_once import Crowd
from tests.races.deeds import keep, say

pytestmark = pytest.mark.req("DG-09")

ADA = "ada@acme.example"


def visitors(count: int, *, lead: Lead | None = None) -> list[int]:
    return [VisitorFactory.create(attributes={}, lead=lead).pk for _ in range(count)]


def used() -> Lead:
    """The one lead that wasn't merged."""
    return Lead.objects.get(merged_into=None)


def test_ten_visitors_who_give_one_new_address_make_one_lead(crowd: Crowd) -> None:
    ids = visitors(10)
    crowd.run([partial(say, pk, email=ADA, **{f"fact_{place}": "x"}) for place, pk in enumerate(ids)])
    assert Lead.objects.get().attributes == {f"fact_{place}": "x" for place in range(10)}
    assert Visitor.objects.filter(lead=used()).count() == 10


def test_two_tabs_that_answer_with_one_address_make_one_lead(crowd: Crowd) -> None:
    make_dialogue(stream_json(capture("email", "email", next="c2"), message("Thanks")))
    conversation = shown(greet())
    works = [
        partial(
            answer_card,
            visitor_id=conversation.visitor_id,
            conversation_id=conversation.pk,
            card="c1",
            client_id=f"client-{tab}",
            value=ADA,
        )
        for tab in range(2)
    ]
    crowd.run(works)
    assert Visitor.objects.get().lead == Lead.objects.get()
    assert Conversation.objects.get().last_seq == 3
    check_invariants()


def test_leads_that_merge_while_their_visitors_talk_lose_nothing(crowd: Crowd) -> None:
    leads = [Lead.objects.create(email=ADA, attributes={f"old_{place}": "x"}) for place in range(4)]
    lists = [LeadList.objects.create(name=f"List {place}") for place in range(4)]
    talking = [pk for lead in leads for pk in visitors(1, lead=lead)]
    newcomer, *others = visitors(3)
    crowd.run(
        [
            *[
                partial(keep, pk, lists[place].pk, **{f"new_{place}": "x"})
                for place, pk in enumerate(talking)
            ],
            partial(say, newcomer, email=ADA, newcomer="x"),
            *[partial(say, pk, email=ADA) for pk in others],
        ]
    )
    lead = used()
    assert lead == leads[0]
    expected = {f"{when}_{place}" for when in ("old", "new") for place in range(4)} | {"newcomer"}
    assert set(lead.attributes) == expected
    assert set(lead.lists.all()) == set(lists)
    assert {get_lead(visitor) for visitor in Visitor.objects.all()} == {lead}


def test_visitors_without_an_address_on_lists_who_give_one_at_once_become_one_lead(crowd: Crowd) -> None:
    lists = [LeadList.objects.create(name=f"List {place}") for place in range(6)]
    ids = visitors(6)
    for pk, each in zip(ids, lists, strict=True):
        keep(pk, each.pk)
    crowd.run([partial(say, pk, email=ADA) for pk in ids])
    assert set(used().lists.all()) == set(lists)
    assert {get_lead(visitor) for visitor in Visitor.objects.all()} == {used()}


def test_people_who_change_places_wait_for_nobody_for_ever(crowd: Crowd) -> None:
    """Each gives the address of the other's lead."""
    ids = visitors(2)
    addresses = [ADA, "bo@acme.example"]
    for pk, address in zip(ids, addresses, strict=True):
        say(pk, email=address)
    for _round in range(5):
        addresses.reverse()
        crowd.run([partial(say, pk, email=address) for pk, address in zip(ids, addresses, strict=True)])
        emails = [Visitor.objects.get(pk=pk).lead.email for pk in ids]  # type: ignore[union-attr]
        assert emails == addresses
    assert Lead.objects.count() == 2
