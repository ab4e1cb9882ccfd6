"""The pages of leads and lists."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from agents.models import User
from chat.models import Lead, LeadList
from chat.services.leads import take_facts
from tests.admin.conftest import SignIn
from tests.factories import NOW, ConversationFactory, VisitorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-09")]

ADA = "ada@acme.example"
LIST = reverse("admin:chat_lead_changelist")
HOSTILE = "<script>alert(1)</script>{{email}}"


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def lead(email: str = ADA, **attributes: str) -> Lead:
    return Lead.objects.create(email=email, attributes=attributes)


def merge() -> None:
    """As it happens: somebody gives the address that several leads have."""
    take_facts(VisitorFactory.create(attributes={}), {"email": ADA}, now=NOW)


def page(client: Client, row: Lead) -> str:
    return client.get(reverse("admin:chat_lead_change", args=[row.pk])).content.decode()


def save(client: Client, row: Lead, **fields: Any) -> Any:
    return client.post(reverse("admin:chat_lead_change", args=[row.pk]), {"email": row.email, **fields})


@pytest.mark.parametrize("wanted", ["ada@", "Lovelace", "acme ltd", "+4179"])
def test_lead_is_found_by_address_name_company_and_phone(client: Client, wanted: str) -> None:
    found = lead(last_name="Lovelace", company="Acme Ltd", phone="+4179")
    lead("bo@volvo.example", last_name="Ek", company="Volvo")
    answer = client.get(LIST, {"q": wanted})
    assert list(answer.context["cl"].queryset) == [found]


def test_what_is_known_of_a_lead_is_readable(client: Client) -> None:
    text = page(client, lead(first_name="Ada", plan="Gold", note=""))
    assert "<dt>first name</dt><dd>Ada</dd>" in text
    assert "<dt>plan</dt><dd>Gold</dd>" in text
    assert "<dt>note</dt>" not in text


@pytest.mark.req("LC-50")
def test_lead_without_an_address_is_called_by_its_number_in_the_readers_language() -> None:
    row = lead("")
    assert str(row) == f"Lead #{row.pk}"
    with override("sv"):
        assert str(row) == f"Lead nr {row.pk}"


@pytest.mark.req("LC-51")
def test_what_a_visitor_wrote_is_text_on_every_page(client: Client) -> None:
    first = lead(first_name=HOSTILE, company=HOSTILE)
    lead(first_name=HOSTILE)
    merge()
    for text in (page(client, first), client.get(LIST).content.decode()):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{email}}" in text


def test_merged_leads_are_in_the_history_of_the_one_that_is_used(client: Client) -> None:
    first = lead(first_name="Ada")
    second = lead(first_name="Augusta")
    merge()
    assert list(client.get(LIST).context["cl"].queryset) == [first]
    assert "Augusta" in page(client, first)
    assert client.get(reverse("admin:chat_lead_change", args=[second.pk])).status_code == 302


def test_conversations_of_all_of_a_persons_browsers_are_linked(client: Client) -> None:
    first, second = lead(), lead()
    mine = [ConversationFactory.create(visitor=VisitorFactory.create(lead=row)) for row in (first, second)]
    Lead.objects.filter(pk=second.pk).update(merged_into=first, merged_at=NOW)
    other = ConversationFactory.create()
    text = page(client, first)
    for conversation in mine:
        assert reverse("admin:chat_conversation_change", args=[conversation.pk]) in text
    assert reverse("admin:chat_conversation_change", args=[other.pk]) not in text


def test_address_is_kept_in_small_letters_and_belongs_to_one_lead(client: Client) -> None:
    row = lead()
    assert save(client, row, email="Ada@ACME.example").status_code == 302
    row.refresh_from_db()
    assert row.email == ADA
    other = lead("bo@acme.example")
    refused = save(client, other, email="ADA@acme.example")
    assert "Another lead has this address already." in refused.content.decode()
    assert "valid email" in save(client, other, email="bo").content.decode()


@pytest.mark.req("DG-07")
@pytest.mark.usefixtures("prime")
def test_lead_is_put_on_lists_on_prime(client: Client) -> None:
    row, customers = lead(), LeadList.objects.create(name="Customers")
    save(client, row, lists=[customers.pk])
    assert list(row.lists.all()) == [customers]
    assert "Customers" in client.get(LIST).content.decode()
    lists = client.get(reverse("admin:chat_leadlist_changelist"))
    assert [each.lead_count for each in lists.context["cl"].queryset] == [1]


@pytest.mark.req("DG-07")
@pytest.mark.usefixtures("installation")
def test_lists_stay_as_they_are_on_select(client: Client) -> None:
    row, customers = lead(), LeadList.objects.create(name="Customers")
    row.lists.add(customers)
    assert 'name="lists"' not in page(client, row)
    save(client, row)
    assert list(row.lists.all()) == [customers]


def test_erased_lead_takes_the_merged_ones_along_and_leaves_the_visitor(client: Client) -> None:
    first = lead()
    lead()
    visitor = VisitorFactory.create(lead=first)
    merge()
    client.post(reverse("admin:chat_lead_delete", args=[first.pk]), {"post": "yes"})
    assert not Lead.objects.exists()
    visitor.refresh_from_db()
    assert visitor.lead is None
