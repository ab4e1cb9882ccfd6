"""A company with one of everything that a configuration has, and the same installation without it."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib.auth.models import Group

from agents.models import ScheduleBlock, Team, User
from chat.models import CannedReply, Conversation, Dialogue, DialogueVersion, Document, LeadList
from chat.services.dialogues import publish_dialogue
from config.configuration.policy.files import write_file
from config.configuration.selectors.export import read_configuration
from config.installation.models import Installation
from routing.models import Account, Rule
from tests.factories import AccountFactory, AgentFactory, GroupFactory, RuleFactory, TeamFactory
from tests.stage import configure

LISTED = {"attribute": "lists", "operator": "in_list"}


def found_company() -> User:
    """Everything that can be said by name is said of something here; returns the agent."""
    configure(package="prime", widget_name="Murmel", restrict_domains=True, allowed_domains="murmel.example")
    agent: User = AgentFactory.create(username="ida", time_zone="Europe/Stockholm", seat_limit=3)
    agent.user_permissions.clear()
    agent.groups.add(GroupFactory.create(name="Sellers", permissions=["view_my_conversations"]))
    ScheduleBlock.objects.create(agent=agent, weekday=0, starts=time(9), ends=time(12))
    ScheduleBlock.objects.create(agent=agent, weekday=0, starts=time(13), ends=time(0))
    team = TeamFactory.create(name="Nordics", members=[agent])
    customers = LeadList.objects.create(name="Customers", description="Who has bought")
    RuleFactory.create(
        name="Norway",
        priority=3,
        agents=[agent],
        team=team,
        conditions={"match": "all", "items": [{"attribute": "country", "operator": "is", "value": "NO"}]},
    )
    AccountFactory.create(name="Acme", domain="acme.example", owner=agent)
    AccountFactory.create(name="No Domain Ltd", name_key="no domain ltd", domain=None, owner=agent)
    CannedReply.objects.create(
        code="hi", title="Hello", text="Hi\n{{visitor.first_name|there}}!", is_approved=True
    )
    CannedReply.objects.create(code="mine", title="Own", text="Of Ida's own", owner=agent)
    document = Document.objects.create(name="Prices")
    _publish_flow_and_dialogue(agent, team, customers, document)
    return agent


def _publish_flow_and_dialogue(agent: User, team: Team, customers: LeadList, document: Document) -> None:
    goal = {"type": "goal", "name": "Asked", "next": None}
    flow = Dialogue.objects.create(
        name="Book", kind="flow", slug="book", start_on="call", stream={"start": "g", "cards": {"g": goal}}
    )
    publish_dialogue(dialogue_id=flow.pk, user=None)
    condition = {**LISTED, "value": [str(customers.pk)]}
    cases = [{"id": "known", "label": "", "conditions": {"items": [condition]}, "next": "agent"}]
    cards: dict[str, Any] = {
        "doc": {"type": "document", "document_id": document.pk, "text": "Look", "next": "act"},
        "act": {"type": "action", "add_to": [customers.pk], "remove_from": [], "next": "run"},
        "run": {"type": "flow", "flow_id": flow.pk, "next": "fork"},
        "fork": {"type": "branch", "cases": cases, "otherwise": "team"},
        "agent": {"type": "live_chat", "text": "One moment", "option": "agent", "agent_id": agent.pk},
        "team": {"type": "live_chat", "text": "One moment", "option": "team", "team_id": team.pk},
    }
    dialogue = Dialogue.objects.create(
        name="Welcome",
        stream={"start": "doc", "cards": cards},
        audience={"match": "any", "items": [condition]},
        target_include="https://murmel.example/*",
    )
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    cards["doc"]["text"] = "Look again"
    Dialogue.objects.filter(pk=dialogue.pk).update(stream={"start": "doc", "cards": cards})


def clear_out() -> None:
    """An empty installation, with its people and its documents."""
    Conversation.objects.all().delete()
    Dialogue.objects.update(published_version=None, status="draft")
    for model in (
        DialogueVersion,
        Dialogue,
        Rule,
        Account,
        Team,
        CannedReply,
        LeadList,
        ScheduleBlock,
        Group,
    ):
        model._default_manager.all().delete()
    User.objects.update(time_zone="", seat_limit=None)
    Installation.objects.all().delete()


def export() -> str:
    return write_file(read_configuration())
