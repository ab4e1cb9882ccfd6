"""Imports: every fault at its place, all or nothing, only what the file says, and a record of it (LC-60)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from agents.models import Team, User
from chat.models import CannedReply, Dialogue, LeadList
from chat.services.dialogues import publish_dialogue
from config.audit.models import Change
from config.configuration.errors import ConfigurationChanged, ConfigurationInvalid
from config.configuration.policy.differences import Difference
from config.configuration.services.imports import import_configuration, plan_import
from config.installation.models import Installation
from routing.models import Account, Rule
from tests.configuration.bringing import bring_in, plan, refuse, write
from tests.configuration.company import export, found_company
from tests.factories import AgentFactory, ConversationFactory, GroupFactory, RuleFactory, UserFactory
from tests.stage import configure

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60", "RP-08")]


def say(difference: Difference) -> tuple[str, str, str, dict[str, tuple[str | None, str | None]]]:
    lines = {line.place: (line.before, line.after) for line in difference.lines}
    return difference.section, difference.name, difference.kind, lines


def test_only_what_the_file_says_is_changed() -> None:
    found_company()
    before = export()
    done = bring_in(rules=[{"name": "Norway", "priority": 8}], settings={"accent": "#AABBCC"})
    assert [say(one) for one in done.differences] == [
        ("settings", "", "changed", {"accent": ("#0b5fff", "#aabbcc")}),
        ("rules", "Norway", "changed", {"priority": ("3", "8")}),
    ]
    wanted = before.replace("priority: 3", "priority: 8").replace("#0b5fff", "#aabbcc")
    assert export() == wanted


def test_new_ones_get_the_usual_defaults() -> None:
    AgentFactory.create(username="ida")
    bring_in(rules=[{"name": "All", "agents": ["ida"]}], dialogues=[{"name": "Draft"}])
    rule, dialogue = Rule.objects.get(), Dialogue.objects.get()
    assert (rule.priority, rule.is_enabled, rule.conditions) == (10, True, {"match": "all", "items": []})
    assert (dialogue.priority, dialogue.status, dialogue.stream) == (
        10,
        "draft",
        {"start": None, "cards": {}},
    )


def test_spaces_around_a_name_make_no_other_one() -> None:
    found_company()
    before = export()
    again: dict[str, Any] = {
        "profiles": [{"name": " Sellers"}],
        "people": [{"username": "ida "}],
        "teams": [{"name": "Nordics\n"}],
        "lists": [{"name": "\tCustomers"}],
        "rules": [{"name": " Norway "}],
        "accounts": [{"name": " No Domain  Ltd ", "owner": "ida"}],
        "flows": [{"name": " Book"}],
        "dialogues": [{"name": "Welcome "}],
    }
    bring_in(accounts=again.pop("accounts"))
    assert bring_in(**again).differences == ()
    assert export() == before.replace("name: No Domain Ltd", "name: No Domain  Ltd")
    for _time in range(2):
        bring_in(rules=[{"name": " All", "agents": ["ida"]}], dialogues=[{"name": " New"}])
    assert Rule.objects.filter(name="All").count() == Dialogue.objects.filter(name="New").count() == 1


def test_dry_run_changes_nothing_and_says_the_same_as_the_import() -> None:
    found_company()
    before = export()
    shown = plan(teams=[{"name": "Nordics", "members": []}, {"name": "South"}])
    assert export() == before
    assert not Change.objects.exists()
    assert [say(one) for one in shown.differences] == [
        ("teams", "Nordics", "changed", {"members": ("ida", "")}),
        ("teams", "South", "added", {"name": (None, "South")}),
    ]
    assert bring_in(teams=[{"name": "Nordics", "members": []}, {"name": "South"}]) == shown


def test_what_the_file_lacks_stays_unless_it_is_pruned() -> None:
    found_company()
    AgentFactory.create(username="second")
    sections: dict[str, Any] = {
        "rules": [],
        "accounts": [{"name": "New", "domain": "new.example", "owner": "ida"}],
        "people": [],
    }
    bring_in(**sections)
    assert Rule.objects.count() == 1
    done = bring_in(**sections, prune=True)
    assert [(one.section, one.name, one.kind) for one in done.differences] == [
        ("rules", "Norway", "removed"),
        ("accounts", "Acme (acme.example)", "removed"),
        ("accounts", "No Domain Ltd", "removed"),
    ]
    assert not Rule.objects.exists()
    assert [account.domain for account in Account.objects.all()] == ["new.example"]
    # Sections that aren't in the file, and people, stay.
    assert Team.objects.exists()
    assert User.objects.filter(is_active=True).count() == 2
    assert bring_in(**sections, prune=True).differences == ()


def test_dialogue_that_visitors_have_met_is_unpublished_in_place_of_removed() -> None:
    found_company()
    met = Dialogue.objects.get(name="Welcome")
    ConversationFactory.create(version=met.published_version)
    unmet = Dialogue.objects.create(name="Never met")
    bring_in(dialogues=[], prune=True)
    met.refresh_from_db()
    assert met.status == "unpublished"
    assert not Dialogue.objects.filter(pk=unmet.pk).exists()
    assert bring_in(dialogues=[], prune=True).differences == ()


def test_what_is_used_by_something_that_stays_is_not_removed() -> None:
    found_company()
    before = export()
    with pytest.raises(ConfigurationInvalid) as refused:
        plan(teams=[], prune=True)
    assert "is used by what isn't in this file" in str(refused.value)
    assert export() == before


def test_prime_sections_are_refused_on_select_as_the_file_leaves_it() -> None:
    found = refuse(teams=[{"name": "X"}], settings={"package": "select"})
    assert found == {"teams[0]": "This is part of the Prime package, and the settings say Select."}
    bring_in(teams=[{"name": "X"}], settings={"package": "prime"})
    assert Team.objects.get().name == "X"


def test_colleague_who_takes_no_chats_any_more_stays_where_they_are() -> None:
    agent = found_company()
    agent.groups.clear()
    done = bring_in(rules=[{"name": "Norway", "priority": 8, "agents": ["ida"]}])
    assert [say(one)[3] for one in done.differences] == [{"priority": ("3", "8")}]
    bring_in(rules=[{"name": "Norway", "agents": [], "team": "Nordics"}])
    assert not Rule.agents.through.objects.exists()


def test_everything_is_recorded_with_who_did_it() -> None:
    found_company()
    boss = UserFactory.create(username="boss", is_superuser=True)
    bring_in(
        by=boss,
        rules=[{"name": "Norway", "priority": 8}],
        lists=[{"name": "New"}],
        accounts=[{"name": "Acme Ltd", "domain": "acme.example"}],
    )
    changes = {change.kind: change for change in Change.objects.all()}
    assert set(changes) == {"routing.rule", "chat.leadlist", "installation.installation", "routing.account"}
    assert all(change.actor == boss for change in changes.values())
    assert changes["routing.rule"].values == {"priority": [3, 8]}
    assert (changes["chat.leadlist"].action, changes["chat.leadlist"].object_name) == ("added", "New")
    assert (
        changes["installation.installation"].words == "Imported from a file: 1 added, 2 changed, 0 removed."
    )
    bring_in(rules=[{"name": "Norway", "priority": 9}])
    assert Change.objects.filter(kind="routing.rule").latest("id").actor is None


def test_accounts_are_found_by_domain_however_it_is_written() -> None:
    found_company()
    done = bring_in(accounts=[{"name": "Acme Ltd", "domain": "@ACME.example."}])
    assert [say(one) for one in done.differences] == [
        ("accounts", "Acme Ltd (acme.example)", "changed", {"name": ("Acme", "Acme Ltd")})
    ]


def test_import_of_what_was_shown_before_a_change_is_refused() -> None:
    found_company()
    file = write(rules=[{"name": "Norway", "priority": 8}])
    shown = plan_import(file=file)
    CannedReply.objects.filter(code="hi").update(title="Changed meanwhile")
    before = export()
    with pytest.raises(ConfigurationChanged):
        import_configuration(file=file, shown=shown, by=None)
    assert export() == before


def test_profiles_keep_the_permissions_that_are_not_the_products_own() -> None:
    group = GroupFactory.create(name="Mixed", permissions=["view_dialogues"])
    foreign = type(group.permissions.get()).objects.get(codename="view_session")
    group.permissions.add(foreign)
    bring_in(profiles=[{"name": "Mixed", "permissions": ["view_flows"]}])
    assert sorted(group.permissions.values_list("codename", flat=True)) == ["view_flows", "view_session"]


def test_publishing_by_file_makes_a_version_and_taking_back_unpublishes() -> None:
    found_company()
    old = yaml.safe_load(export())["dialogues"]
    dialogue = Dialogue.objects.get(name="Welcome")
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    bring_in(dialogues=old)
    dialogue.refresh_from_db()
    assert dialogue.published_version is not None
    assert dialogue.published_version.number == 3
    assert dialogue.published_version.stream["cards"]["doc"]["text"] == "Look"
    bring_in(dialogues=[{"name": "Welcome", "status": "unpublished"}])
    dialogue.refresh_from_db()
    assert (dialogue.status, dialogue.published_version.number) == ("unpublished", 3)


def test_flows_may_name_one_another_in_any_order() -> None:
    def run(flow: str) -> dict[str, Any]:
        return {"start": "a", "cards": {"a": {"type": "flow", "flow": flow, "next": None}}}

    flows = [
        {"name": name, "slug": name, "start_on": "call", "stream": run(other)} for name, other in ("ab", "ba")
    ]
    bring_in(flows=flows)
    first, second = Dialogue.objects.order_by("name")
    assert (first.stream["cards"]["a"]["flow_id"], second.stream["cards"]["a"]["flow_id"]) == (
        second.pk,
        first.pk,
    )


def test_account_costs_two_queries_however_many_there_are(django_assert_max_num_queries: Any) -> None:
    configure(package="prime")
    AgentFactory.create(username="ida")
    counts = []
    for total in (10, 30):
        accounts = [
            {"name": f"C {n}", "domain": f"c{total}-{n}.example", "owner": "ida"} for n in range(total)
        ]
        with django_assert_max_num_queries(300) as captured:
            bring_in(accounts=accounts)
        counts.append(len(captured))
    # Each is looked for and saved, when it is shown and when it is done.
    assert counts[1] - counts[0] == 20 * 4


@pytest.mark.parametrize("make", [lambda: RuleFactory.create(), lambda: LeadList.objects.create(name="X")])
def test_rows_of_any_kind_can_be_pruned(make: Callable[[], Any]) -> None:
    configure(package="prime")
    row = make()
    bring_in(rules=[], lists=[], prune=True)
    assert not type(row).objects.exists()


def test_settings_are_made_by_the_rules_of_their_page() -> None:
    bring_in(
        settings={
            "fallback_html": "<p>Hi<script>alert(1)</script></p>",
            "blocked_email_domains": "@A.example",
        }
    )
    installation = Installation.objects.get()
    assert "script" not in installation.fallback_html
    assert installation.blocked_email_domains == "a.example"
