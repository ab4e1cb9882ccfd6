"""What the custom rules were is kept with each decision, by whatever way they change (LC-60)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from routing.models import Decision, Offer, Rule, RuleBook, RuleVersion
from routing.selectors import decisions
from routing.services.rule_versions import RulesChanged, stamp_rules
from tests.factories import NOW, TeamFactory
from tests.routing.requests import route, rule_for
from tests.stage import agent_at_work, ask_for_human

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60")]


def decide(**card: Any) -> RuleVersion:
    """One more request, and the version of the rules that is kept with its decision."""
    chat = ask_for_human(card=card or {"option": "rules"})
    route(chat)
    version = Decision.objects.get(live_chat=chat).rule_version
    assert version is not None
    return version


def write(sql: str) -> Callable[[Rule], None]:
    def run(rule: Rule) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"rule": rule.pk})

    return run


CHANGES: dict[str, Callable[[Rule], Any]] = {
    "added": lambda rule: rule_for(agent_at_work(), name="Another"),
    "deleted": lambda rule: rule.delete(),
    "renamed": lambda rule: Rule.objects.filter(pk=rule.pk).update(name="Renamed"),
    "in another place": lambda rule: Rule.objects.filter(pk=rule.pk).update(priority=99),
    "switched off": lambda rule: Rule.objects.filter(pk=rule.pk).update(is_enabled=False),
    "with a team": lambda rule: Rule.objects.filter(pk=rule.pk).update(team=TeamFactory.create()),
    "with one agent more": lambda rule: rule.agents.add(agent_at_work().pk),
    "without agents": lambda rule: rule.agents.clear(),
    "without an agent's account": lambda rule: rule.agents.get().delete(),
    "other conditions": lambda rule: Rule.objects.filter(pk=rule.pk).update(
        conditions={"match": "any", "items": [{"attribute": "country", "operator": "is", "value": "SE"}]}
    ),
    "in one go": lambda rule: Rule.objects.bulk_create([Rule(name=f"Rule {n}") for n in range(3)]),
    "by hand in the database": write("UPDATE routing_rule SET priority = 77 WHERE id = %(rule)s"),
    "by hand in the table between": write("DELETE FROM routing_rule_agents WHERE rule_id = %(rule)s"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_the_rules_makes_another_version(change: str) -> None:
    # Somebody who can be deleted has had no chat: the requests ask nobody whom a rule names.
    rule = rule_for(agent_at_work(), where={"country": "nowhere"}, name="First")
    before = decide()
    CHANGES[change](rule)
    assert decide().pk != before.pk
    assert decide(option="round_robin").pk == decide().pk


def test_version_says_what_the_rules_were() -> None:
    agent, team = agent_at_work(), TeamFactory.create(name="Nordics")
    rule_for(agent, where={"country": "SE"}, name="Second", priority=2, team=team, is_enabled=False)
    rule_for(agent, name="First", priority=1)
    version = decide()
    Rule.objects.all().delete()
    version.refresh_from_db()
    assert [rule["name"] for rule in version.rules] == ["First", "Second"]
    assert version.rules[1] == {
        "name": "Second",
        "priority": 2,
        "is_enabled": False,
        "conditions": {
            "match": "all",
            "items": [{"attribute": "country", "operator": "is", "value": "SE"}],
        },
        "agents": [{"id": agent.pk, "name": agent.display_name}],
        "team": {"id": team.pk, "name": "Nordics"},
    }
    assert version.made_at == NOW


def test_agents_who_take_no_chats_any_more_are_in_the_version() -> None:
    agent = agent_at_work()
    rule_for(agent)
    agent.groups.clear()
    (rule,) = decide().rules
    assert [one["id"] for one in rule["agents"]] == [agent.pk]


def test_decisions_under_the_same_rules_share_a_version() -> None:
    rule = rule_for(agent_at_work(), name="One")
    first = decide()
    assert decide().pk == first.pk
    Rule.objects.filter(pk=rule.pk).update(name="Other")
    decide()
    Rule.objects.filter(pk=rule.pk).update(name="One")
    assert decide().pk == first.pk
    assert RuleVersion.objects.count() == 2


def test_saving_a_rule_as_it_was_and_renaming_a_colleague_make_no_other_rules() -> None:
    agent = agent_at_work()
    rule = rule_for(agent)
    first = decide()
    rule.save()
    agent.last_name = "Married"
    agent.save(update_fields=["last_name"])
    assert decide().pk == first.pk


def test_installation_without_rules_has_a_version_too() -> None:
    agent_at_work()
    version = decide(option="round_robin")
    assert version.rules == []
    assert decide(option="round_robin").pk == version.pk


def test_stamping_costs_one_query_while_the_rules_stay(django_assert_num_queries: Any) -> None:
    rule_for(agent_at_work())
    decide()
    edition = RuleBook.objects.get().edition
    with django_assert_num_queries(1):
        stamp_rules(edition=edition, now=NOW)


def test_edition_that_is_over_is_refused() -> None:
    rule = rule_for(agent_at_work())
    edition = RuleBook.objects.get().edition
    rule.delete()
    with pytest.raises(RulesChanged):
        stamp_rules(edition=edition, now=NOW)
    assert not RuleVersion.objects.exists()


def test_edition_that_is_over_is_refused_where_the_newer_one_is_known_too() -> None:
    rule = rule_for(agent_at_work())
    edition = RuleBook.objects.get().edition
    Rule.objects.filter(pk=rule.pk).update(name="Newer")
    decide()
    with pytest.raises(RulesChanged):
        stamp_rules(edition=edition, now=NOW)


def test_rules_that_change_during_a_decision_are_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = rule_for(agent_at_work())
    real, looks = decisions.decide, []

    def decide_while_somebody_saves(*args: Any) -> Any:
        looks.append(args)
        if len(looks) == 1:
            Rule.objects.filter(pk=rule.pk).update(name="Meanwhile")
        return real(*args)

    monkeypatch.setattr("routing.services.requests.decide", decide_while_somebody_saves)
    version = decide()
    assert len(looks) == 2
    # The first look is rolled back whole, here with what was saved meanwhile.
    assert Decision.objects.count() == Offer.objects.count() == 1
    assert [one["name"] for one in version.rules] == [rule.name]
