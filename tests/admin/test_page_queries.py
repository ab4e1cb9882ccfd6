"""Every page that shows rows costs the same number of queries however large the company is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cached_property

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.inbox_frames import read_inbox
from agents.models import Device, User
from chat.models import (
    CannedReply,
    Conversation,
    Dialogue,
    Document,
    DocumentReading,
    GoalReached,
    Lead,
    LiveChat,
    Mention,
    Message,
    Note,
    PageView,
    Seat,
    TimelineEntry,
    Visitor,
)
from chat.services.dialogues import publish_dialogue
from config.audit.models import Change
from tests.admin.conftest import SignIn
from tests.factories import (
    NOW,
    AccountFactory,
    ConversationFactory,
    DecisionFactory,
    DialogueFactory,
    LiveChatFactory,
    OfferFactory,
    RuleFactory,
    ScheduleBlockFactory,
    TeamFactory,
    TransferFactory,
    VisitorFactory,
    as_agent,
)
from tests.matrix.routes import list_routes
from tests.matrix.visitor_rows import VISITOR_PAGES
from tests.stage import agent_at_work, at

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-37", "LC-38", "LC-39")]

USUAL = ("_changelist", "_add", "_change", "_delete", "_history")
ACTIVE, ENDED, REQUESTED = LiveChat.Status.ACTIVE, LiveChat.Status.ENDED, LiveChat.Status.REQUESTED


@dataclass
class Company:
    """A company that grows by three of everything; the boss is an agent too, and has one chat open."""

    boss: User
    size: int = field(default=0)

    def grow(self) -> None:
        for _row in range(3):
            self.size += 1
            self._hire()
            self._tell(self.open_chat)
            self._come_again(self.visitor)

    @cached_property
    def dialogue(self) -> Dialogue:
        found: Dialogue = DialogueFactory.create()
        publish_dialogue(dialogue_id=found.pk, user=None)
        return found

    @cached_property
    def visitor(self) -> Visitor:
        return self._visitor()

    @cached_property
    def open_chat(self) -> LiveChat:
        return self._chat(self.boss, ACTIVE, visitor=self.visitor)

    @cached_property
    def earlier(self) -> Conversation:
        return self._chat(self.boss, ENDED, visitor=self.visitor).conversation

    def _hire(self) -> None:
        """One more colleague with all that belongs to one, and with chats of every kind."""
        agent = agent_at_work(first_name=f"Ann {self.size}", avatar=f"{self.size}.webp")
        ScheduleBlockFactory.create(agent=agent, starts=time(8))
        ScheduleBlockFactory.create(agent=self.boss, weekday=self.size % 7, starts=time(self.size))
        team = TeamFactory.create(members=[agent, self.boss])
        RuleFactory.create(agents=[agent], team=team, conditions=self._only("SE"))
        AccountFactory.create(owner=agent)
        for owner in (None, self.boss):
            CannedReply.objects.create(
                code=f"c{self.size}", title="Hi", text="Hi", proposed_by=agent, owner=owner, is_approved=True
            )
        Device.objects.create(
            user=self.boss, session_key=f"key{self.size}", address="192.0.2.1", signed_in_at=NOW, seen_at=NOW
        )
        Change.objects.create(at=NOW, actor=agent, action="changed", kind="routing.rule", values={})
        publish_dialogue(dialogue_id=self.dialogue.pk, user=agent)
        for who in (self.boss, agent):
            transfer = TransferFactory.create(live_chat=self._chat(who, ACTIVE), sender=who, team=team)
            OfferFactory.create(live_chat=transfer.live_chat, transfer=transfer, agent=agent)
            self._chat(who, ENDED)
        self._chat(None, REQUESTED)
        waiting = self._chat(None, LiveChat.Status.OFFERED)
        OfferFactory.create(live_chat=waiting, agent=self.boss)

    def _only(self, country: str) -> dict[str, object]:
        return {"match": "all", "items": [{"attribute": "country", "operator": "is", "value": country}]}

    def _chat(self, agent: User | None, status: str, *, visitor: Visitor | None = None) -> LiveChat:
        is_over = status == ENDED
        conversation = ConversationFactory.create(
            visitor=visitor or self._visitor(),
            is_open=not is_over,
            closed_at=NOW if is_over else None,
            engaged_at=NOW,
        )
        chat: LiveChat = LiveChatFactory.create(
            conversation=conversation,
            status=status,
            agent=agent,
            agent_name=agent.display_name if agent else "",
            accepted_at=NOW if agent else None,
            idle_at=at(600) if status == ACTIVE else None,
            ended_at=NOW if is_over else None,
        )
        if status == ACTIVE and agent is not None:
            Seat.objects.create(
                agent=agent, live_chat=chat, number=Seat.objects.filter(agent=agent).count() + 1
            )
        self._tell(chat)
        return chat

    def _visitor(self) -> Visitor:
        """Somebody whose lead was merged into another one's, so that all there is to look up is there."""
        kept = Lead.objects.create(email="vera@acme.example")
        lead = Lead.objects.create(email="vera@home.example", merged_into=kept, merged_at=NOW)
        found: Visitor = VisitorFactory.create(lead=lead)
        return found

    def _tell(self, chat: LiveChat) -> None:
        """More of everything that a chat may have."""
        conversation, agent = chat.conversation, chat.agent
        first = Message.objects.filter(conversation=conversation).count() + 1
        for seq, author in enumerate(("visitor", "agent" if agent else "bot"), start=first):
            Message.objects.create(
                conversation=conversation,
                seq=seq,
                author=author,
                agent=agent if author == "agent" else None,
                client_id=f"c{seq}",
                text="Hello",
                created_at=NOW,
            )
        Conversation.objects.filter(pk=conversation.pk).update(last_seq=first + 1)
        GoalReached.objects.create(conversation=conversation, card_id=f"g{first}", name="Won", reached_at=NOW)
        document = Document.objects.create(name=f"Prices {Document.objects.count()}")
        DocumentReading.objects.create(
            conversation=conversation, card_id=f"d{first}", document=document, name="Prices", opened_at=NOW
        )
        if agent is None:
            return
        note = Note.objects.create(
            conversation=conversation,
            number=first,
            after_seq=first,
            author=agent,
            author_name=agent.display_name,
            client_id=f"n{first}",
            text="Nice",
            created_at=NOW,
        )
        Mention.objects.create(note=note, person=self.boss, name="Ann")
        offer = OfferFactory.create(live_chat=chat, agent=agent, status="accepted", settled_at=NOW)
        named = [{"id": agent.pk, "name": agent.display_name, "verdict": "offered"}]
        step = {"step": "robin", "label": "", "result": "offered", "agents": named, "more": {}}
        DecisionFactory.create(live_chat=chat, offer=offer, outcome="offered", steps=[step])
        TimelineEntry.objects.create(live_chat=chat, at=NOW, kind="accepted", agent=agent)

    def _come_again(self, visitor: Visitor) -> None:
        PageView.objects.create(visitor=visitor, url="https://acme.example/", title="Acme", seen_at=NOW)
        ConversationFactory.create(visitor=visitor, is_open=False, closed_at=NOW)
        self._tell(LiveChat(conversation=self.earlier))
        self._chat(self.boss, ENDED, visitor=visitor)


def of_chat(name: str) -> Callable[[Company], str]:
    return lambda company: reverse(name, args=[company.open_chat.conversation.public_id])


def of_earlier(name: str) -> Callable[[Company], str]:
    return lambda company: reverse(name, args=[company.earlier.public_id])


def of_dialogue(name: str) -> Callable[[Company], str]:
    return lambda company: reverse(f"admin:chat_dialogue_{name}", args=[company.dialogue.pk])


def at_once(name: str, *arguments: object, query: str = "") -> Callable[[Company], str]:
    return lambda company: reverse(name, args=arguments) + query


PAGES: dict[str, Callable[[Company], str]] = {
    "inbox": at_once("inbox"),
    "inbox-everyone": at_once("inbox-everyone"),
    "inbox-replies": at_once("inbox-replies"),
    "inbox-chat": of_chat("inbox-chat"),
    "transcript": of_earlier("transcript"),
    "transcript-html": of_earlier("transcript-html"),
    "transcript-json": of_earlier("transcript-json"),
    "inbox-colleagues": of_chat("inbox-colleagues"),
    "inbox-history": of_chat("inbox-history"),
    "inbox-earlier-chat": lambda company: reverse(
        "inbox-earlier-chat",
        args=[company.open_chat.conversation.public_id, company.earlier.public_id],
    ),
    "board": at_once("board"),
    "board-now": at_once("board-now"),
    "settings": at_once("settings"),
    "settings-devices": at_once("settings-devices"),
    "admin:index": at_once("admin:index"),
    "admin:app_list": at_once("admin:app_list", "chat"),
    "admin:agents_coverage": at_once("admin:agents_coverage"),
    "admin:installation_sightings": at_once("admin:installation_sightings"),
    "admin:chat_cannedreply_export": at_once("admin:chat_cannedreply_export", "csv"),
    "admin:routing_account_export": at_once("admin:routing_account_export", "csv"),
    "configuration-export": at_once("configuration-export"),
    "admin:routing_ledger": at_once("admin:routing_ledger"),
    "admin:routing_ledger_agent": lambda company: reverse(
        "admin:routing_ledger_agent", args=[company.boss.pk]
    ),
    "admin:routing_simulator": at_once("admin:routing_simulator", query="?card=rules&country=NO"),
    "admin:routing_replay": at_once("admin:routing_replay", query="?days=30"),
    "admin:chat_livechat_timeline": lambda company: reverse(
        "admin:chat_livechat_timeline", args=[company.open_chat.pk]
    ),
    "admin:chat_livechat_timeline_file": lambda company: reverse(
        "admin:chat_livechat_timeline_file", args=[company.open_chat.pk, "csv"]
    ),
    "admin:chat_dialogue_designer": of_dialogue("designer"),
    "admin:chat_dialogue_versions": of_dialogue("versions"),
    "admin:chat_dialogue_export": of_dialogue("export"),
}
# Pages that show no rows, or one; forms and actions; and a flow's, which are a dialogue's.
WITHOUT_ROWS = {
    *VISITOR_PAGES,
    *("home", "inbox-files", "inbox-file", "settings-notifications", "shortcuts", "settings-device"),
    "board-agent",
    *("avatar", "icon", "sign-in", "sign-out", "widget", "widget-config", "widget-pinned", "widget-events"),
    *("widget-part", "document", "document-page", "document-words", "landing-page", "chatbot-avatar"),
    *(f"admin:{name}" for name in ("login", "logout", "password_change", "password_change_done", "jsi18n")),
    *(f"admin:{name}" for name in ("autocomplete", "view_on_site", "auth_user_password_change")),
    *(f"admin:installation_{name}" for name in ("look_preview", "preview", "secret", "secret_new")),
    *("admin:chat_cannedreply_upload", "admin:routing_account_upload"),
    *("admin:routing_rule_findings", "admin:routing_rule_order"),
    *("configuration", "configuration-review"),
}
OF_ONE_DIALOGUE = ("admin:chat_dialogue_", "admin:chat_flow_")


@pytest.fixture
def company(boss: User) -> Iterator[Company]:
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        yield Company(boss)


def test_every_page_is_one_with_rows_or_without() -> None:
    named = [route.key for route in list_routes() if route.is_named and not route.key.endswith(USUAL)]
    lacking = [
        key
        for key in named
        if key not in PAGES and key not in WITHOUT_ROWS and not key.startswith(OF_ONE_DIALOGUE)
    ]
    assert not lacking, (
        f"Say of {lacking} how to open each in PAGES, or that it shows no rows in WITHOUT_ROWS."
    )
    assert PAGES.keys() <= set(named)


@pytest.mark.usefixtures("prime")
def test_page_costs_the_same_for_twice_the_company(company: Company, sign_in: SignIn) -> None:
    client = sign_in(company.boss)
    company.grow()
    first = {name: count(client, name, address(company)) for name, address in PAGES.items()}
    once = {name: count(client, name, address(company)) for name, address in PAGES.items()}
    company.grow()
    twice = {name: count(client, name, address(company)) for name, address in PAGES.items()}
    assert twice == once, first
    # Whatever a page shows, it is no hundred questions.
    assert {name: queries for name, queries in once.items() if queries > 45} == {}


def count(client: Client, name: str, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, f"{name}: {answer.status_code}"
    return len(queries)


def test_inbox_that_a_socket_reads_costs_the_same_for_twice_the_company(company: Company) -> None:
    agent = as_agent(company.boss)
    counts = []
    for _time in range(2):
        company.grow()
        with CaptureQueriesContext(connection) as queries:
            inbox = read_inbox(agent, now=NOW)
        counts.append((len(queries), len(inbox.chats) > 3, len(inbox.offers) >= 3, len(inbox.transfers) >= 3))
    assert counts == [(counts[0][0], True, True, True)] * 2
