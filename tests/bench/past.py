"""A company's past: some hundred chats written one by one, then copied in the database, each copy older."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone

from agents.models import User
from chat.models import (
    Conversation,
    Dialogue,
    DialogueVersion,
    Engagement,
    Lead,
    LiveChat,
    Message,
    Note,
    PageView,
    Seat,
    TimelineEntry,
    Visitor,
)
from chat.services.visitors import hash_key
from routing.models import Decision, Offer

WRITTEN, COPIES, AGENTS, ACTIVE = 500, 100, 40, 10
# The copies' ids lie this far apart.
SPAN = 1_000_000
BETWEEN = timedelta(minutes=7)
COPIED: Sequence[type[models.Model]] = (
    Lead,
    Visitor,
    Conversation,
    LiveChat,
    Message,
    Note,
    Offer,
    Decision,
    TimelineEntry,
    PageView,
    Engagement,
)
_SAID = (
    ("bot", "Hi there! What brings you here today?"),
    ("visitor", "I'm looking for bikes for our whole office."),
    ("bot", "Let me find somebody who knows all about that."),
    ("agent", "Hello! How many people are you, and how far do they ride?"),
    ("visitor", "About forty, ten kilometres each way. Is there a price for that many?"),
    ("agent", "There is: from twenty on it is 15 % less, and service is included for the first two years."),
    ("visitor", "That sounds good. Could two of us come by and try some on Thursday?"),
    ("agent", "Of course, ten o'clock? I'll have four different ones ready for you."),
    ("visitor", "Perfect, thank you. See you then!"),
    ("agent", "See you on Thursday!"),
)


@dataclass(frozen=True)
class Company:
    """Who works there; the first one's chats are looked at."""

    agents: list[User]
    version: DialogueVersion

    @property
    def agent(self) -> User:
        return self.agents[0]


def make_company() -> Company:
    """Write 50,000 past chats of 40 agents, an eighth of them the first one's, who has 10 running too."""
    stream = _make_stream()
    dialogue = Dialogue.objects.create(name="Bench inbox", stream=stream)
    now = timezone.now()
    version = DialogueVersion.objects.create(dialogue=dialogue, number=1, stream=stream, published_at=now)
    company = Company([_make_agent(number) for number in range(AGENTS)], version)
    for number in range(WRITTEN):
        _write_past_chat(company, number, now - number * BETWEEN)
    multiply(COPIED, times=COPIES, apart=WRITTEN * BETWEEN)
    for number in range(ACTIVE):
        _write_active_chat(company, number, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return company


def _make_stream() -> dict[str, Any]:
    """As long as a real one."""
    text = "A sentence or two that explain what we have, for whom it is, and what it costs. " * 3
    cards: dict[str, Any] = {
        f"c{number}": {"type": "message", "text": text, "next": f"c{number + 1}"} for number in range(60)
    }
    cards["c60"] = {"type": "message", "text": text, "next": "human"}
    return {"start": "c0", "cards": {**cards, "human": {"type": "live_chat", "option": "round_robin"}}}


def multiply(copied: Sequence[type[models.Model]], *, times: int, apart: timedelta) -> None:
    """Copy every row until there are ``times`` as many, with references among them moved alike."""
    with connection.cursor() as cursor:
        for model in copied:
            fields = model._meta.concrete_fields
            table = connection.ops.quote_name(model._meta.db_table)
            columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
            values = ", ".join(_copy(field, copied, apart) for field in fields)
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {values}"
                f" FROM {table} AS old CROSS JOIN generate_series(1, %s) AS copy",
                [times - 1],
            )
        for statement in connection.ops.sequence_reset_sql(no_style(), list(copied)):
            cursor.execute(statement)


def _copy(field: models.Field[Any, Any], copied: Sequence[type[models.Model]], apart: timedelta) -> str:
    old = f"old.{connection.ops.quote_name(str(field.column))}"
    if field.primary_key or (field.is_relation and field.related_model in copied):
        return f"{old} + copy * {SPAN}"
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()"
    if isinstance(field, models.DateTimeField):
        return f"{old} - copy * interval '{apart.total_seconds()} seconds'"
    if field.name in ("key_hash", "email"):
        return f"md5({old} || copy)"
    return old


def _make_agent(number: int) -> User:
    name = {"first_name": "Agent", "last_name": f"No {number}"}
    agent = User.objects.create(username=f"bench-inbox-{number}", **name)
    agent.user_permissions.add(Permission.objects.get(codename="view_my_conversations"))
    return agent


def _write_past_chat(company: Company, number: int, at: datetime) -> None:
    agent = company.agents[0 if number % 8 == 0 else number % AGENTS]
    conversation = _write_conversation(company, f"past-{number}", at, is_open=False)
    is_missed = number % 10 == 9
    chat = LiveChat.objects.create(
        conversation=conversation,
        card_id="human",
        card=company.version.stream["cards"]["human"],
        status=LiveChat.Status.FALLBACK if is_missed else LiveChat.Status.ENDED,
        end_reason=LiveChat.End.NOT_ACCEPTED if is_missed else LiveChat.End.AGENT,
        agent=None if is_missed else agent,
        agent_name="" if is_missed else agent.display_name,
        requested_at=at,
        routing_since=at,
        accepted_at=None if is_missed else at + timedelta(seconds=20),
        ended_at=at + timedelta(minutes=9),
    )
    _write_messages(conversation, agent, _SAID[:3] if is_missed else _SAID, at)
    _write_routing(company, chat, agent, at)
    if number % 5 == 0:
        Note.objects.create(
            conversation=conversation,
            number=1,
            after_seq=3,
            author=agent,
            author_name=agent.display_name,
            client_id="n1",
            text="Wants an offer for forty bikes.",
            created_at=at + timedelta(minutes=5),
        )


def _write_conversation(company: Company, name: str, at: datetime, *, is_open: bool) -> Conversation:
    lead = Lead.objects.create(email=f"{name}@acme.example", attributes={"company": "Acme"})
    visitor = Visitor.objects.create(
        key_hash=hash_key(name),
        session_seen_at=at,
        lead=lead,
        attributes={"first_name": "Vera", "last_name": name, "company": "Acme", "email": lead.email},
        inferred={"country": "SE", "language": "sv", "time_zone": "Europe/Stockholm", "device": "desktop"},
    )
    PageView.objects.bulk_create(
        PageView(visitor=visitor, url=f"https://bikes.example/{page}/", title=page, seen_at=at)
        for page in ("home", "bikes", "offices", "prices")
    )
    return Conversation.objects.create(
        visitor=visitor,
        version=company.version,
        is_open=is_open,
        closed_at=None if is_open else at + timedelta(minutes=9),
        triggered_at=at,
        engaged_at=at,
        active_at=at + timedelta(minutes=9),
        page_url="https://bikes.example/prices/",
        page_title="Prices",
    )


def _write_messages(
    conversation: Conversation, agent: User, said: Sequence[tuple[str, str]], at: datetime
) -> None:
    Message.objects.bulk_create(
        Message(
            conversation=conversation,
            seq=seq,
            author=author,
            agent=agent if author == "agent" else None,
            payload={"name": agent.display_name} if author == "agent" else {},
            client_id=f"c{seq}" if author != "bot" else "",
            text=text,
            created_at=at + timedelta(seconds=seq * 25),
        )
        for seq, (author, text) in enumerate(said, start=1)
    )
    conversation.last_seq = len(said)
    conversation.save(update_fields=["last_seq"])


def _write_routing(company: Company, chat: LiveChat, agent: User, at: datetime) -> None:
    is_missed = chat.status == LiveChat.Status.FALLBACK
    offer = Offer.objects.create(
        live_chat=chat,
        agent=agent,
        status=Offer.Status.EXPIRED if is_missed else Offer.Status.ACCEPTED,
        via="robin",
        attempt=1,
        offered_at=at,
        expires_at=at + timedelta(seconds=100),
        deliver_by=at + timedelta(seconds=5),
        shown_at=at + timedelta(seconds=1),
        settled_at=at + timedelta(seconds=100 if is_missed else 20),
    )
    considered = [
        {"id": each.pk, "name": each.display_name, "verdict": "no_seat"} for each in company.agents[:10]
    ]
    considered.append({"id": agent.pk, "name": agent.display_name, "verdict": "offered"})
    step = {"step": "robin", "label": "", "result": "offered", "agents": considered, "more": {}}
    Decision.objects.create(live_chat=chat, offer=offer, outcome="offered", steps=[step], made_at=at)
    kinds = ("requested", "offered", "shown", "fallback" if is_missed else "accepted", "ended")
    TimelineEntry.objects.bulk_create(
        TimelineEntry(live_chat=chat, at=at, kind=kind, agent=agent, data={"via": "robin"}) for kind in kinds
    )
    Engagement.objects.create(
        visitor=chat.conversation.visitor,
        visitor_key=chat.conversation.visitor.public_id,
        session_number=1,
        live_chat=chat,
        created_at=at,
    )


def _write_active_chat(company: Company, number: int, now: datetime) -> None:
    agent, at = company.agent, now - timedelta(minutes=10)
    conversation = _write_conversation(company, f"active-{number}", at, is_open=True)
    chat = LiveChat.objects.create(
        conversation=conversation,
        card_id="human",
        card=company.version.stream["cards"]["human"],
        status=LiveChat.Status.ACTIVE,
        agent=agent,
        agent_name=agent.display_name,
        requested_at=at,
        routing_since=at,
        accepted_at=at,
        idle_at=now + timedelta(hours=1),
    )
    Seat.objects.create(agent=agent, number=number + 1, live_chat=chat)
    _write_messages(conversation, agent, _SAID[:-1], at)
    _write_routing(company, chat, agent, at)
