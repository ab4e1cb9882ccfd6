"""Routing one request at full size: 1,000 agents, 500 rules, 10,000 accounts."""

from __future__ import annotations

import datetime
import time
from statistics import median

from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Presence, ScheduleBlock, User
from chat.models import Conversation, Dialogue, DialogueVersion, LiveChat, Visitor
from config.installation.models import Installation
from config.installation.selectors import get_installation
from routing.models import Account, Rule
from routing.services.requests import route_live_chat

AGENTS, RULES, ACCOUNTS, RUNS = 1_000, 500, 10_000, 40


def measure_routing() -> None:
    """Print the median and the slowest of 40 decisions for each option, their processor time, which other
    work on the machine changes less, and their number of queries; and rules beside round robin.
    """
    with transaction.atomic():
        version = _make_rows()
        found = {option: _route(version, option) for option in ("round_robin", "rules")}
        for option, (times, used, queries) in found.items():
            took = f"median {median(times) * 1000:.1f} ms, slowest {max(times) * 1000:.1f} ms"
            cpu = f"processor median {median(used) * 1000:.1f} ms, least {min(used) * 1000:.1f} ms"
            size = f"{AGENTS} agents, {RULES} rules, {ACCOUNTS} accounts"
            print(f"routing by {option}: {took}, {cpu}, {queries} queries ({size})", flush=True)
        robin, rules = (median(times) for times, _used, _queries in found.values())
        print(f"rules beside round robin: ratio {rules / robin:.2f}", flush=True)
        transaction.set_rollback(True)


def _make_rows() -> DialogueVersion:
    installation = get_installation()
    installation.package = Installation.Package.PRIME
    installation.save()
    agents = User.objects.bulk_create(
        [
            User(username=f"agent{n}", first_name="Agent", last_name=str(n), time_zone="Europe/Stockholm")
            for n in range(AGENTS)
        ]
    )
    group = Group.objects.create(name="Bench agents")
    group.permissions.add(Permission.objects.get(codename="view_my_conversations"))
    group.user_set.add(*agents)
    full = datetime.time(0)
    ScheduleBlock.objects.bulk_create(
        [ScheduleBlock(agent=a, weekday=day, starts=full, ends=full) for a in agents for day in range(7)]
    )
    soon = timezone.now() + datetime.timedelta(hours=1)
    Presence.objects.bulk_create([Presence(agent=a, socket_id=f"s{a.pk}", expires_at=soon) for a in agents])
    _make_rules(agents)
    Account.objects.bulk_create(
        [
            Account(
                name=f"Company {n}",
                name_key=f"company {n}",
                domain=f"company{n}.example",
                owner=agents[n % AGENTS],
            )
            for n in range(ACCOUNTS)
        ]
    )
    stream = {"start": "human", "cards": {"human": {"type": "live_chat", "option": "round_robin"}}}
    dialogue = Dialogue.objects.create(name="Bench", stream=stream)
    return DialogueVersion.objects.create(
        dialogue=dialogue, number=1, stream=stream, published_at=timezone.now()
    )


def _make_rules(agents: list[User]) -> None:
    """Nobody but the last rule matches, so that every one is gone through."""
    rules = [
        Rule(name=f"Rule {n:03}", priority=n + 1, conditions=_conditions(f"Company {n}"))
        for n in range(RULES - 1)
    ]
    rules.append(Rule(name="Rule last", priority=RULES, conditions={"match": "all", "items": []}))
    for rule in Rule.objects.bulk_create(rules):
        chosen = agents[::10] if rule.priority == RULES else agents[rule.priority :: RULES]
        rule.agents.add(*[agent.pk for agent in chosen])


def _conditions(company: str) -> dict[str, object]:
    return {
        "match": "all",
        "items": [
            {"attribute": "company", "operator": "is", "value": company},
            {"attribute": "country", "operator": "in_list", "value": ["SE", "NO", "DK", "FI"]},
        ],
    }


def _route(version: DialogueVersion, option: str) -> tuple[list[float], list[float], int]:
    times, used, queries = list[float](), list[float](), 0
    for run in range(RUNS + 1):
        chat = _request(version, option)
        with CaptureQueriesContext(connection) as captured:
            start, processor = time.perf_counter(), time.process_time()
            offer = route_live_chat(live_chat_id=chat.pk)
            if run:  # the first one reads the rules' conditions for the process
                times.append(time.perf_counter() - start)
                used.append(time.process_time() - processor)
        if offer is None:
            raise RuntimeError("nobody was asked")
        queries = len(captured)
    return times, used, queries


def _request(version: DialogueVersion, option: str) -> LiveChat:
    now = timezone.now()
    number = Visitor.objects.count()
    visitor = Visitor.objects.create(
        key_hash=f"bench{number}",
        session_seen_at=now,
        attributes={"email": "vera@nobody.example", "company": "Nobody", "country": "SE"},
    )
    conversation = Conversation.objects.create(
        visitor=visitor, version=version, triggered_at=now, active_at=now
    )
    return LiveChat.objects.create(
        conversation=conversation,
        card_id="human",
        card={"type": "live_chat", "option": option},
        requested_at=now,
        route_at=now,
        routing_since=now,
    )
