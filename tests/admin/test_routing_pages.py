"""What is done on the pages of rules and accounts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from agents.models import User
from config.admin_files import MOST_SHOWN
from config.installation.models import Installation
from routing.models import Account, Rule
from tests.admin.conftest import SignIn
from tests.factories import (
    AccountFactory,
    AgentFactory,
    RuleFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def rule_post(**changes: Any) -> dict[str, Any]:
    return {"name": "Swedes", "priority": "1", "is_enabled": "on", "conditions": "{}", **changes}


ADD_RULE = "/admin/routing/rule/add/"


@pytest.mark.req("LC-17")
@pytest.mark.usefixtures("prime")
def test_rule_is_saved_and_shown_in_plain_words(client: Client) -> None:
    ann = AgentFactory.create(first_name="Ann", last_name="Berg")
    conditions = {
        "match": "all",
        "items": [
            {"attribute": "company", "operator": "contains", "value": "Acme"},
            {
                "match": "any",
                "items": [{"attribute": "country", "operator": "in_list", "value": ["SE", "NO"]}],
            },
        ],
    }
    data = rule_post(
        conditions=json.dumps(conditions), agents=[ann.pk], team=TeamFactory.create(name="North").pk
    )
    page = text_of(client.post(ADD_RULE, data, follow=True))
    assert "company contains “Acme”" in page
    assert "Ann Berg, team “North”" in page
    assert Rule.objects.get().conditions == conditions


@pytest.mark.req("LC-17", "LC-51")
@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"items": [{"attribute": "email", "operator": "is", "value": ""}]}, "Condition 1: is empty."),
        (
            {"items": [{"match": "any", "items": [{"attribute": "x", "operator": "like", "value": "y"}]}]},
            "Condition 1.1: must be one of",
        ),
        ({"items": [{"attribute": "A B", "operator": "is_empty"}]}, "Condition 1: isn't the name"),
        ([], "must be a group"),
        ("nonsense", "must be a group"),
    ],
)
@pytest.mark.usefixtures("installation")
def test_conditions_that_cant_be_are_refused_at_their_place(
    client: Client, conditions: object, words: str
) -> None:
    answer = client.post(ADD_RULE, rule_post(conditions=json.dumps(conditions)))
    assert words in " ".join(map(str, answer.context["adminform"].form.errors["conditions"]))
    assert not Rule.objects.exists()


@pytest.mark.req("LC-17", "LC-51")
@pytest.mark.usefixtures("installation")
def test_rule_needs_somebody_to_ask(client: Client) -> None:
    answer = client.post(ADD_RULE, rule_post(agents=[UserFactory.create().pk]))
    assert "agents" in answer.context["adminform"].form.errors
    answer = client.post(ADD_RULE, rule_post())
    words = str(answer.context["adminform"].form.errors["agents"])
    assert "Choose at least one agent. Teams are part of the Prime package." in words


@pytest.mark.req("LC-17", "LC-09")
@pytest.mark.usefixtures("installation")
def test_team_of_a_rule_needs_prime(client: Client) -> None:
    data = rule_post(team=TeamFactory.create().pk)
    assert client.post(ADD_RULE, data).status_code == 200
    Installation.objects.update(package="prime")
    assert client.post(ADD_RULE, data).status_code == 302


@pytest.mark.req("LC-17")
@pytest.mark.usefixtures("installation")
def test_priority_and_switch_are_edited_in_the_list_by_those_who_may(client: Client, enter: Enter) -> None:
    rule = RuleFactory.create(agents=[AgentFactory.create()])
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(rule.pk),
        "form-0-priority": "3",
        # As the page had them, so that only what somebody changes is saved.
        "initial-form-0-priority": "10",
        "initial-form-0-is_enabled": "True",
        "_save": "Save",
    }
    url = reverse("admin:routing_rule_changelist")
    enter("view_custom_rules").post(url, data)
    assert Rule.objects.get().priority == 10
    client.post(url, data)
    assert (Rule.objects.get().priority, Rule.objects.get().is_enabled) == (3, False)


@pytest.mark.req("LC-18")
@pytest.mark.usefixtures("prime")
def test_account_is_saved_in_the_form_that_is_matched(client: Client) -> None:
    ann = AgentFactory.create()
    data = {"name": "Åke  Inc", "domain": " @Acme.example", "owner": ann.pk}
    assert client.post("/admin/routing/account/add/", data).status_code == 302
    account = Account.objects.get()
    assert (account.name_key, account.domain, account.owner) == ("åke inc", "acme.example", ann)


@pytest.mark.req("LC-18", "LC-51")
@pytest.mark.usefixtures("prime")
def test_account_that_cant_be_is_refused_at_its_field(client: Client) -> None:
    ann = AgentFactory.create()
    AccountFactory.create(name="Acme", name_key="acme", domain=None)
    AccountFactory.create(domain="acme.example")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"name": "ACME", "domain": "", "owner": ann.pk}, "name"),
        ({"name": "New", "domain": "acme.example", "owner": ann.pk}, "domain"),
        ({"name": "New", "domain": "https://acme.example", "owner": ann.pk}, "domain"),
        ({"name": "New", "domain": "", "owner": UserFactory.create().pk}, "owner"),
    ]
    for data, field in cases:
        answer = client.post("/admin/routing/account/add/", data)
        assert list(answer.context["adminform"].form.errors) == [field]


def upload(client: Client, text: str, **options: str) -> Any:
    file = SimpleUploadedFile("accounts.csv", text.encode(), "text/csv")
    return client.post(reverse("admin:routing_account_upload"), {"file": file, **options}, follow=True)


@pytest.mark.req("LC-18")
@pytest.mark.usefixtures("prime")
def test_upload_imports_or_says_every_line_that_cant_be(client: Client) -> None:
    AgentFactory.create(username="ann")
    page = text_of(upload(client, "company,domain,owner\nAcme,acme.example,ann\n", dry_run="on"))
    assert "would add 1 and update 0" in page
    assert not Account.objects.exists()
    answer = upload(client, "company,domain,owner\nAcme,acme.example,ann\nB,,nobody\n,,ann\n")
    page = text_of(answer)
    assert "2 lines can" in page
    refused = [(line.line, line.reason) for line in answer.context["lines"]]
    assert [line for line, _reason in refused] == [3, 4]
    assert all(escape(reason) in page for _line, reason in refused)
    assert not Account.objects.exists()
    page = text_of(upload(client, "company,domain,owner\nAcme,acme.example,ann\n"))
    assert "Imported: 1 added, 0 updated" in page
    assert Account.objects.count() == 1


@pytest.mark.req("LC-18", "LC-51")
@pytest.mark.usefixtures("prime")
def test_upload_of_something_else_is_refused_at_the_field(client: Client, enter: Enter) -> None:
    answer = upload(client, "Acme,acme.example,ann\n")
    assert answer.status_code == 400
    assert "once each: company, domain, owner" in text_of(answer)
    assert client.post(reverse("admin:routing_account_upload"), {}).status_code == 400
    viewer = enter("view_account_list")
    assert viewer.get(reverse("admin:routing_account_upload")).status_code == 403
    assert "Upload CSV" not in text_of(viewer.get(reverse("admin:routing_account_changelist")))


@pytest.mark.req("LC-18")
@pytest.mark.usefixtures("prime")
def test_check_of_a_long_file_shows_its_first_lines_and_counts_all(client: Client) -> None:
    AgentFactory.create(username="ann")
    rows = "".join(f"Company {n},c{n}.example,ann\n" for n in range(MOST_SHOWN + 1))
    answer = upload(client, f"company,domain,owner\n{rows}", dry_run="on")
    assert len(answer.context["lines"]) == MOST_SHOWN
    assert f"would add {MOST_SHOWN + 1} and" in text_of(answer)
    assert f"Only the first {MOST_SHOWN} lines" in text_of(answer)


@pytest.mark.req("LC-18", "LC-06")
@pytest.mark.usefixtures("prime")
def test_export_is_what_the_list_shows_and_for_who_may_see_it(
    enter: Enter, prime: Installation, django_assert_max_num_queries: Any
) -> None:
    ann = AgentFactory.create(username="ann")
    AccountFactory.create(name="=Acme", name_key="=acme", domain="acme.example", owner=ann)
    AccountFactory.create_batch(20)
    viewer = enter("view_account_list")
    export = reverse("admin:routing_account_export", args=["csv"])
    with django_assert_max_num_queries(10):
        everything = viewer.get(export).content.decode().splitlines()
    assert len(everything) == 22
    found = viewer.get(export, {"q": "acme.example"}).content.decode("utf-8-sig").splitlines()
    assert found == ["company,domain,owner", "'=Acme,acme.example,ann"]
    assert viewer.get(export, {"owner__id__exact": "x"}).status_code == 302
    assert viewer.get(reverse("admin:routing_account_export", args=["pdf"])).status_code == 404
    assert enter("view_custom_rules").get(export).status_code == 403
    prime.package = prime.Package.SELECT
    prime.save()
    assert viewer.get(export).status_code == 403
