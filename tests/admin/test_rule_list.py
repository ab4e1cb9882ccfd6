"""The list of custom rules: their order, in which they are tried, and who may change it (LC-17)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import User
from config.audit.models import Change
from config.installation.models import Installation
from routing.models import Rule
from routing.services.rule_order import lock_rules
from tests.admin.conftest import SignIn
from tests.factories import AgentFactory, ConversationFactory, RuleFactory, TeamFactory, VisitorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-17"), pytest.mark.usefixtures("installation")]

RULES = "/admin/routing/rule/"
ORDER = f"{RULES}order/"
ADD = f"{RULES}add/"


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


@pytest.fixture
def rules() -> list[Rule]:
    return [RuleFactory.create(name=name, priority=10 * n) for n, name in enumerate("ABC", start=1)]


def post_order(client: Client, rules: list[Rule], order: str, **changes: Any) -> Any:
    by_name = {rule.name: str(rule.pk) for rule in rules}
    data = {
        "shown": ",".join(by_name.values()),
        "wanted": ",".join(by_name[name] for name in order),
        "before": "0",
        "total": str(len(rules)),
    }
    return client.post(ORDER, data | changes)


def tried() -> str:
    return "".join(Rule.objects.order_by("priority", "name").values_list("name", flat=True))


def text_of(client: Client, url: str = RULES) -> str:
    return client.get(url).content.decode()


def test_order_is_saved_in_one_go_and_recorded(client: Client, boss: User, rules: list[Rule]) -> None:
    answer = post_order(client, rules, "CAB")
    assert answer.status_code == 200
    first, second, third = (str(rule.pk) for rule in rules)
    assert answer.json() == {"numbers": {first: 10, second: 20, third: 5}}
    assert tried() == "CAB"
    (line,) = Change.objects.filter(kind="routing.rule")
    assert (line.object_name, line.values, line.actor) == ("C", {"priority": [30, 5]}, boss)
    assert LogEntry.objects.get().object_repr == "C"


def test_order_of_rules_that_changed_meanwhile_is_refused_in_words(client: Client, rules: list[Rule]) -> None:
    RuleFactory.create(name="D", priority=40)
    answer = post_order(client, rules, "CAB")
    assert answer.status_code == 409
    assert answer.json()["message"].startswith("Somebody added, deleted or moved a rule meanwhile")
    assert tried() == "ABCD"


@pytest.mark.parametrize("nonsense", [{"shown": ""}, {"wanted": "x"}, {"before": "-1"}, {"total": "9" * 30}])
def test_nonsense_is_refused(client: Client, rules: list[Rule], nonsense: dict[str, str]) -> None:
    assert post_order(client, rules, "CAB", **nonsense).status_code == 400
    assert tried() == "ABC"


def test_only_who_may_manage_rules_moves_them(
    client: Client, enter: Callable[..., Client], rules: list[Rule]
) -> None:
    viewer = enter("view_custom_rules")
    assert post_order(viewer, rules, "CAB").status_code == 403
    assert tried() == "ABC"
    assert client.get(ORDER).status_code == 405
    assert "data-order-controls" not in text_of(viewer)
    assert "data-order-controls" in text_of(enter("manage_custom_rules"))


def test_list_says_of_each_rule_its_place_and_whom_it_would_have_matched(client: Client) -> None:
    where = {"match": "all", "items": [{"attribute": "country", "operator": "is", "value": "SE"}]}
    RuleFactory.create(name="Swedes", priority=7, conditions=where)
    RuleFactory.create(name="All", priority=9)
    assert "–" in text_of(client)
    for country in ("SE", "NO"):
        visitor = VisitorFactory.create(attributes={"country": country})
        ConversationFactory.create(visitor=visitor, triggered_at=timezone.now())
    page = text_of(client)
    assert re.findall(r'data-name="(\w+)"><b>(\d)</b>', page) == [("Swedes", "1"), ("All", "2")]
    assert re.findall(r'class="field-tally[^>]*>([^<]+)<', page) == ["1 of 2", "2 of 2"]


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize("query", ["?o=2", "?q=A", "?is_enabled__exact=1"])
def test_rules_that_are_sorted_or_chosen_cant_be_moved_and_the_list_says_why(
    client: Client, query: str
) -> None:
    page = text_of(client, RULES + query)
    assert "data-order-controls" not in page
    assert "they can't be moved here" in page
    # The places are those among all.
    assert '"A"><b>1</b>' in page
    assert "they can't be moved here" not in text_of(client)


def test_list_over_several_pages_moves_rules_within_each(
    client: Client, rules: list[Rule], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.admin.rules.RuleAdmin.list_per_page", 2)
    RuleFactory.create(name="D", priority=40)
    page = text_of(client, f"{RULES}?p=2")
    assert 'data-before="2" data-total="4"' in page
    assert "Rules move within their page" in page
    assert 'href="?all="' in page
    assert "Rules move within their page" not in text_of(client, f"{RULES}?all=")
    last = [rules[2], Rule.objects.get(name="D")]
    assert post_order(client, last, "DC", before="2", total="4").status_code == 200
    assert tried() == "ABDC"


@pytest.mark.usefixtures("rules")
def test_new_rule_comes_last_unless_it_is_given_a_number(client: Client) -> None:
    data = {"name": "New", "is_enabled": "on", "conditions": "{}", "agents": [AgentFactory.create().pk]}
    assert 'name="priority" value' not in text_of(client, ADD)
    assert client.post(ADD, {**data, "priority": ""}).status_code == 302
    assert tried() == "ABCNew"
    assert client.post(ADD, {**data, "name": "0", "priority": "5"}).status_code == 302
    assert tried() == "0ABCNew"
    rule = Rule.objects.get(name="New")
    answer = client.post(f"{RULES}{rule.pk}/change/", {**data, "priority": ""})
    assert "priority" in answer.context["adminform"].form.errors


def read_list(client: Client) -> dict[str, Any]:
    """What the list's form sends, with every rule switched off."""
    forms = client.get(RULES).context["cl"].formset.forms
    data = {"form-TOTAL_FORMS": str(len(forms)), "form-INITIAL_FORMS": str(len(forms)), "_save": "Save"}
    for number, form in enumerate(forms):
        before = {"priority": form.instance.priority, "is_enabled": True}
        data |= {f"initial-form-{number}-{name}": str(value) for name, value in before.items()}
        data |= {f"form-{number}-id": form.instance.pk, f"form-{number}-priority": form.instance.priority}
    return data


def test_saving_the_list_leaves_alone_what_others_changed_since(client: Client, rules: list[Rule]) -> None:
    data = read_list(client)
    assert post_order(client, rules, "CAB").status_code == 200
    # Of the last one only the switch, of the others nothing.
    data |= {"form-0-is_enabled": "on", "form-1-is_enabled": "on"}
    assert client.post(RULES, data).status_code == 302
    assert tried() == "CAB"
    assert [rule.name for rule in Rule.objects.filter(is_enabled=False)] == ["C"]


def test_list_that_is_saved_while_rules_are_moved_waits_and_writes_only_what_was_changed(
    client: Client, rules: list[Rule], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = read_list(client)

    def move_before_locks() -> None:
        # What the lock waited for: the rules were read already, and are moved now.
        Rule.objects.filter(name="C").update(priority=5)
        lock_rules()

    monkeypatch.setattr("routing.admin.rules.lock_rules", move_before_locks)
    with CaptureQueriesContext(connection) as queries:
        assert client.post(RULES, data).status_code == 302
    locks = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert "WHERE" not in locks[0]
    assert tried() == "CAB"
    assert not Rule.objects.filter(is_enabled=True).exists()


def test_refused_list_shows_what_was_typed_beside_its_rule_though_they_moved(
    client: Client, rules: list[Rule]
) -> None:
    data = read_list(client) | {"form-0-priority": "0"}
    assert post_order(client, rules, "CAB").status_code == 200
    changes = client.post(RULES, data).context["cl"]
    assert [rule.name for rule in changes.result_list] == ["C", "A", "B"]
    assert [form.instance.name for form in changes.formset.forms] == ["C", "A", "B"]
    assert [bool(form.errors) for form in changes.formset.forms] == [False, True, False]


@pytest.mark.parametrize("is_refused", [True, False])
def test_list_of_which_a_rule_was_deleted_is_shown_anew_and_says_why(
    client: Client, rules: list[Rule], is_refused: bool
) -> None:
    data = read_list(client) | ({"form-0-priority": "0"} if is_refused else {})
    rules[1].delete()
    page = client.post(RULES, data, follow=True)
    assert page.redirect_chain == [(RULES, 302)]
    assert [str(message) for message in page.context["messages"]] == [
        "Somebody added or deleted a rule meanwhile, so nothing was saved. "
        "These are the rules as they are now."
    ]
    assert Rule.objects.filter(is_enabled=True).count() == 2


@pytest.mark.parametrize(("typed", "order"), [("10", "BAC"), ("40", "BCA")])
def test_rule_whose_form_was_open_while_it_was_moved_stays_there_unless_its_number_was_changed(
    client: Client, rules: list[Rule], typed: str, order: str
) -> None:
    form = client.get(f"{RULES}{rules[0].pk}/change/").context["adminform"].form
    assert 'name="initial-priority" value="10"' in str(form["priority"])
    Rule.objects.filter(name="A").update(priority=25)
    data = {"name": "A", "initial-priority": "10", "priority": typed, "is_enabled": "on", "conditions": "{}"}
    answer = client.post(f"{RULES}{rules[0].pk}/change/", data | {"agents": [AgentFactory.create().pk]})
    assert answer.status_code == 302
    assert tried() == order


# --- On Select


def form_of(rule: Rule, **changes: Any) -> dict[str, Any]:
    return {"name": rule.name, "priority": "10", "is_enabled": "on", "conditions": "{}", **changes}


@pytest.mark.req("LC-09")
def test_rule_that_was_given_a_team_on_prime_is_saved_on_select_and_keeps_it(client: Client) -> None:
    north, south = TeamFactory.create(name="North"), TeamFactory.create(name="South")
    rule = RuleFactory.create(team=north)
    url = f"{RULES}{rule.pk}/change/"
    page = text_of(client, url)
    assert "goes on asking it" in page
    assert "North" in page
    assert "South" not in page
    # No link beside it to a page that is closed on Select.
    assert re.findall(r'id="(\w+)_id_team"', page) == []
    assert client.post(url, form_of(rule, name="Renamed", team=north.pk)).status_code == 302
    answer = client.post(url, form_of(rule, team=south.pk))
    assert "team" in answer.context["adminform"].form.errors
    rule.refresh_from_db()
    assert (rule.name, rule.team) == ("Renamed", north)
    assert client.post(url, form_of(rule, team="")).status_code == 200
    assert client.post(url, form_of(rule, team="", agents=[AgentFactory.create().pk])).status_code == 302
    assert "goes on asking it" not in text_of(client, url)


@pytest.mark.req("LC-09")
def test_form_says_that_teams_are_part_of_prime(client: Client, installation: Installation) -> None:
    words = "On the Prime package a rule can ask a team, too."
    assert words in text_of(client, ADD)
    installation.package = installation.Package.PRIME
    installation.save()
    assert words not in text_of(client, ADD)
