"""Who a visitor turns out to be when they give an address (DG-09)."""

from __future__ import annotations

from typing import Any

import pytest

from chat.models import Lead, LeadList, Message, Visitor
from chat.selectors.inbox import describe_visitor
from chat.selectors.known import get_known, get_lead, known_attributes, name_visitor
from chat.services.claims import Claims, note_claims
from chat.services.leads import MOST_KEPT, change_lists, keep_facts, take_facts
from tests.chat.services.talking import answer, greet, make_dialogue, shown, texts
from tests.chat.streams.builders import action, asks, branch, capture, case, message, stream_json
from tests.factories import NOW, ConversationFactory, VisitorFactory
from tests.stage import at, configure

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-09")]

ADA = "ada@acme.example"


def visitor(**attributes: str) -> Visitor:
    made: Visitor = VisitorFactory.create(attributes=attributes)
    return made


def fresh(known: Visitor) -> Visitor:
    return Visitor.objects.get(pk=known.pk)


def lead(email: str = ADA, *lists: str, **attributes: str) -> Lead:
    made = Lead.objects.create(email=email, attributes=attributes)
    made.lists.set([LeadList.objects.get_or_create(name=name)[0] for name in lists])
    return made


def names(found: Lead) -> set[str]:
    return set(found.lists.values_list("name", flat=True))


def give(known: Visitor, **facts: str) -> Visitor:
    take_facts(known, facts, now=NOW)
    return fresh(known)


def test_address_nobody_has_makes_a_lead_of_all_that_is_known() -> None:
    known = give(visitor(company="Acme"), email="Ada@Acme.Example", first_name="Ada")
    made = Lead.objects.get()
    assert known.lead == made
    assert (made.email, made.attributes) == (ADA, {"company": "Acme", "first_name": "Ada"})
    assert known.attributes["email"] == "Ada@Acme.Example"


def test_address_a_lead_has_makes_it_the_visitors() -> None:
    found = lead(first_name="Ada", company="Acme")
    known = give(visitor(job_title="Engineer"), email=" ADA@acme.EXAMPLE ")
    assert known.lead == found
    assert known_attributes(known)["company"] == "Acme"
    found.refresh_from_db()
    assert found.attributes == {"first_name": "Ada", "company": "Acme", "job_title": "Engineer"}


def test_what_a_lead_knows_stays_and_what_the_visitor_said_counts_for_the_visitor() -> None:
    found = lead(first_name="Augusta", company="Acme")
    known = give(visitor(first_name="Ada"), email=ADA)
    found.refresh_from_db()
    assert found.attributes["first_name"] == "Augusta"
    assert known_attributes(known)["first_name"] == "Ada"


def test_leads_with_one_address_are_merged_into_the_oldest_and_nothing_is_lost() -> None:
    first = lead(ADA, "Newsletter", first_name="Ada", phone="")
    second = lead(ADA, "Webinar", first_name="A.", phone="+4179")
    third = lead(ADA, "Webinar", "Customers", phone="+4444", company="Acme")
    other = visitor()
    Visitor.objects.filter(pk=other.pk).update(lead=third)
    known = give(visitor(), email=ADA)
    first.refresh_from_db()
    assert known.lead == fresh(other).lead == first
    assert first.attributes == {"first_name": "Ada", "phone": "+4179", "company": "Acme"}
    assert names(first) == {"Newsletter", "Webinar", "Customers"}
    for merged, before in ((second, {"first_name": "A.", "phone": "+4179"}), (third, third.attributes)):
        merged.refresh_from_db()
        assert (merged.merged_into, merged.merged_at) == (first, NOW)
        # As it was: what was merged can be told later on.
        assert merged.attributes == before
    assert names(third) == {"Webinar", "Customers"}


def test_merged_leads_point_at_the_one_that_is_used() -> None:
    first, second = lead(), lead()
    give(visitor(), email=ADA)
    older = visitor()
    Lead.objects.filter(pk=second.pk).update(merged_into=first)
    oldest = Lead.objects.create(pk=0, email=ADA)
    give(visitor(), email=ADA)
    assert set(Lead.objects.filter(merged_into=oldest)) == {first, second}
    Visitor.objects.filter(pk=older.pk).update(lead=second)
    assert get_lead(fresh(older)) == oldest


def test_address_given_again_merges_nothing_anew_and_no_address_merges_nobody() -> None:
    first = lead(first_name="Ada")
    lead()
    assert give(visitor(), email=" ADA@acme.example").lead == first
    take_facts(visitor(), {"email": ADA}, now=at(5))
    assert Lead.objects.get(merged_into=first).merged_at == NOW
    for _twice in range(2):
        Lead.objects.create()
    assert give(visitor(), email=" ").lead is None
    assert Lead.objects.filter(merged_into=None).count() == 3


def test_visitors_who_make_up_names_fill_no_lead() -> None:
    found = lead(company="Acme")
    for each in range(5):
        give(visitor(**{f"a{each}_{number}": "x" for number in range(60)}, company="Evil"), email=ADA)
    found.refresh_from_db()
    assert (len(found.attributes), found.attributes["company"]) == (MOST_KEPT, "Acme")


def test_another_address_is_another_lead_and_the_first_one_stays() -> None:
    known = give(visitor(), email=ADA, first_name="Ada")
    known = give(known, email="bo@acme.example", first_name="Bo")
    old, new = Lead.objects.order_by("pk")
    assert known.lead == new
    assert (old.email, old.attributes["first_name"]) == (ADA, "Ada")
    assert (new.email, new.attributes["first_name"]) == ("bo@acme.example", "Bo")


@pytest.mark.parametrize("text", ["", " ", "ada", "ada@", "@acme.example", "a b@acme.example"])
def test_text_that_is_no_address_makes_no_lead(text: str) -> None:
    assert give(visitor(), email=text).lead is None
    assert not Lead.objects.exists()


def test_what_is_said_later_is_kept_with_the_lead_too() -> None:
    known = give(visitor(), email=ADA)
    keep_facts(known, {"phone": "+4179"})
    assert Lead.objects.get().attributes == {"phone": "+4179"}
    keep_facts(known, {"phone": ""})
    assert known_attributes(fresh(known)).get("phone") is None
    # A second browser of the same person.
    laptop = give(visitor(), email=ADA)
    keep_facts(laptop, {"phone": "+4444"})
    assert Lead.objects.get().attributes == {"phone": "+4444"}


def test_later_address_of_a_lead_is_not_changed_by_a_mistake() -> None:
    known = give(visitor(), email=ADA)
    keep_facts(known, {"email": "typo"})
    assert Lead.objects.get().email == ADA


def test_visitor_of_a_merged_lead_writes_to_the_one_that_is_used() -> None:
    first, second = lead(), lead()
    known = visitor()
    Visitor.objects.filter(pk=known.pk).update(lead=second)
    Lead.objects.filter(pk=second.pk).update(merged_into=first, merged_at=NOW)
    keep_facts(fresh(known), {"phone": "+4179"})
    change_lists(fresh(known), {LeadList.objects.create(name="Customers").pk: True})
    first.refresh_from_db()
    assert (first.attributes, names(first)) == ({"phone": "+4179"}, {"Customers"})
    second.refresh_from_db()
    assert (second.attributes, names(second)) == ({}, set())


@pytest.mark.req("DG-07")
def test_visitor_without_an_address_can_be_on_lists_and_keeps_them_with_one() -> None:
    found = lead(ADA, "Newsletter")
    customers = LeadList.objects.create(name="Customers")
    known = visitor(first_name="Ada")
    change_lists(known, {customers.pk: True})
    nameless = fresh(known).lead
    assert nameless is not None
    assert (nameless.email, names(nameless)) == ("", {"Customers"})
    known = give(fresh(known), email=ADA)
    assert known.lead == found
    assert names(found) == {"Newsletter", "Customers"}
    nameless.refresh_from_db()
    assert nameless.merged_into == found


@pytest.mark.req("DG-07")
def test_lead_without_an_address_gets_the_one_that_is_new() -> None:
    customers = LeadList.objects.create(name="Customers")
    known = visitor()
    change_lists(known, {customers.pk: True})
    known = give(fresh(known), email=ADA)
    assert Lead.objects.get().email == ADA
    assert get_known(known).lists == {customers.pk}


@pytest.mark.req("DG-07")
def test_lists_are_left_too_and_those_that_are_gone_harm_nobody() -> None:
    customers, partners = (LeadList.objects.create(name=name) for name in ("Customers", "Partners"))
    known = visitor()
    change_lists(known, {customers.pk: False, 999: True})
    assert fresh(known).lead is None, "nothing to keep"
    change_lists(known, {customers.pk: True, partners.pk: True})
    change_lists(known, {customers.pk: False, 999: True})
    assert get_known(fresh(known)).lists == {partners.pk}
    change_lists(known, {})
    assert get_known(fresh(known)).lists == {partners.pk}


def test_what_counts_is_the_page_then_the_browser_then_the_lead_then_the_visitor() -> None:
    known = visitor(first_name="Ada", job_title=" ", lists="7", agent_available="yes")
    known.inferred = {"device": "mobile", "country": "SE", "first_name": "No"}
    known.lead = lead(country="NO", first_name="Augusta", job_title="Countess")
    known.language = "sv"
    conversation = ConversationFactory.create(visitor=known, page_url="https://acme.example/")
    assert known_attributes(known, conversation) == {
        "page_url": "https://acme.example/",
        "language": "sv",
        "device": "mobile",
        "country": "NO",
        "first_name": "Ada",
        "job_title": "Countess",
        "email": ADA,
    }
    assert get_known(known).facts()["lists"] == ()


def test_visitor_is_called_by_what_is_known() -> None:
    known = visitor()
    assert name_visitor(known, {"first_name": "Ada", "last_name": "Lovelace"}) == "Ada Lovelace"
    assert name_visitor(known, {"email": ADA}) == ADA
    assert name_visitor(known, {}) == f"Visitor #{known.pk}"


@pytest.mark.req("DG-19")
def test_signed_address_says_who_somebody_is_and_one_that_a_page_claims_does_not() -> None:
    found = lead(company="Acme")
    claimed = visitor()
    note_claims(visitor_id=claimed.pk, claims=Claims(attributes={"email": ADA}))
    assert fresh(claimed).lead is None
    signed = visitor()
    note_claims(visitor_id=signed.pk, claims=Claims(signed={"sub": "1", "email": ADA}))
    assert fresh(signed).lead == found


@pytest.mark.req("LC-39")
def test_agent_sees_what_is_known_of_the_lead() -> None:
    lead(first_name="Ada", company="Acme", plan="Gold")
    conversation = ConversationFactory.create(visitor=give(visitor(), email=ADA))
    card = describe_visitor(conversation.visitor, conversation)
    assert (card.name, card.company, card.attributes["plan"]) == ("Ada", "Acme", "Gold")


def ask_then_greet(*after: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return stream_json(capture("email", "email", next="c2", **fields), *after)


def test_next_card_already_knows_the_lead() -> None:
    lead(first_name="Ada", phone="+4179")
    make_dialogue(
        ask_then_greet(
            capture("phone", "phone", skip_if_known=True, next="c3"),
            message("Hello {{first_name}}, {{phone}}"),
        )
    )
    conversation = shown(greet())
    answer(conversation, ADA)
    assert texts(conversation)[2:] == [("bot", "Hello Ada, +4179")]


@pytest.mark.req("DG-07")
def test_branch_after_the_address_goes_by_the_leads_lists() -> None:
    configure(package="prime")
    found = lead(ADA, "Customers")
    customers = str(found.lists.get().pk)
    way = branch(case("a", asks("lists", "is", customers), next="c3"), otherwise="c4")
    make_dialogue(ask_then_greet(way, message("Welcome back"), message("Welcome")))
    for key, address, said in (("vera", ADA, "Welcome back"), ("wim", "wim@acme.example", "Welcome")):
        conversation = shown(greet(key=key))
        answer(conversation, address)
        assert texts(conversation)[-1] == ("bot", said)


def test_action_sets_the_leads_attributes_and_lists() -> None:
    configure(package="prime")
    customers = LeadList.objects.create(name="Customers")
    acts = action(sets={"status": "Hot: {{email}}"}, add_to=[customers.pk], next="c3")
    make_dialogue(ask_then_greet(acts, message("Thanks")))
    conversation = shown(greet())
    answer(conversation, ADA)
    found = Lead.objects.get()
    assert (found.attributes, names(found)) == ({"status": f"Hot: {ADA}"}, {"Customers"})
    assert Visitor.objects.get().attributes == {"email": ADA, "status": f"Hot: {ADA}"}


def test_known_address_that_is_to_be_kept_leaves_the_visitor_where_they_are() -> None:
    make_dialogue(ask_then_greet(message("Hi {{email}}"), overwrite="keep"))
    conversation = shown(greet())
    give(conversation.visitor, email=ADA)
    answer(conversation, "bo@acme.example")
    assert texts(conversation)[-1] == ("bot", f"Hi {ADA}")
    assert Lead.objects.get().email == ADA


def test_visitor_who_gives_an_address_gets_nothing_that_was_said_before() -> None:
    make_dialogue(ask_then_greet(message("Thanks")))
    theirs = shown(greet(key="ada"))
    answer(theirs, ADA)
    conversation = shown(greet(key="stranger"))
    answer(conversation, ADA)
    again = greet(key="stranger")
    assert again.conversation is not None
    assert again.conversation.pk == conversation.pk
    assert Message.objects.filter(conversation=theirs).count() == 3
    assert shown(greet(key="ada")).visitor_id != conversation.visitor_id
