"""Lists of leads, and custom rules."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _

from chat.models import LeadList
from config.configuration.policy.shapes import describe_columns
from config.configuration.selectors.names import import_conditions
from config.configuration.services.sections.people import refuse_non_agents, set_chosen
from config.configuration.services.work import Item, Section, Work
from routing.forms import RuleForm
from routing.models import Rule, match_everybody


class Lists(Section):
    """By name (Prime). Who is on a list is no configuration."""

    name = "lists"
    shape = describe_columns(LeadList, ("name", "description"))
    defaults = {"description": ""}
    is_prime_only = True

    def save(self, item: Item, *, is_new: bool, path: str, work: Work) -> None:
        row = LeadList.objects.filter(name=item["name"]).first() or LeadList(name=item["name"])
        with work.guard(path), work.record(row, is_new=is_new):
            row.description = item["description"]
            row.full_clean()
            row.save()

    def remove(self, item: Item, work: Work) -> None:
        work.delete(LeadList.objects.get(name=item["name"]))


class Rules(Section):
    """By name."""

    name = "rules"
    shape = {
        **describe_columns(Rule, ("name", "priority", "is_enabled", "conditions")),
        "agents": "names",
        "team": "text?",
    }
    defaults = {
        "priority": 10,
        "is_enabled": True,
        "conditions": match_everybody(),
        "agents": [],
        "team": None,
    }

    def normalise(self, item: Item) -> Item:
        return {**item, "agents": sorted(set(item["agents"]))}

    def save(self, item: Item, *, is_new: bool, path: str, work: Work) -> None:
        row = Rule.objects.filter(name=item["name"]).first() or Rule()
        agents = work.find_people(item["agents"], f"{path}.agents")
        with work.resolve() as resolver:
            team = resolver.find("team", item["team"], f"{path}.team")
            conditions = import_conditions(item["conditions"], resolver, f"{path}.conditions")
        if not item["agents"] and not item["team"]:
            work.refuse(f"{path}.agents", _("Choose at least one agent, or a team: somebody must be asked."))
        if team is not None and team != row.team_id and not work.is_prime:
            work.refuse(f"{path}.team", _("Teams are part of the Prime package."))
        form = RuleForm({**item, "conditions": json.dumps(conditions), "team": team}, instance=row)
        del form.fields["agents"]
        if not form.is_valid():
            work.refuse_form(path, form.errors)
            return
        with work.guard(path), work.record(row, is_new=is_new):
            form.save()
            kept = set_chosen(Rule.agents.through, "rule", row.pk, agents)
            refuse_non_agents(agents, kept, f"{path}.agents", work)

    def remove(self, item: Item, work: Work) -> None:
        work.delete(Rule.objects.get(name=item["name"]))
