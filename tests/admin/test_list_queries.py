"""Each list of the admin costs the same number of queries however many rows it has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Agent, PermissionProfile, Team, User
from chat.models import (
    CannedReply,
    Conversation,
    Dialogue,
    DialogueVersion,
    Document,
    DocumentReading,
    Flow,
    Lead,
    LeadList,
    LiveChat,
    Message,
    Seat,
    TimelineEntry,
)
from chat.services.dialogues import publish_dialogue
from config.audit.models import Change
from config.installation.models import ChatWindow, Installation, Snippet, UsageLimits
from routing.models import Account, Decision, Offer, Rule, RuleVersion, Transfer
from tests.admin.conftest import SignIn
from tests.factories import (
    NOW,
    AccountFactory,
    AgentFactory,
    ConversationFactory,
    DecisionFactory,
    DialogueFactory,
    GroupFactory,
    LiveChatFactory,
    OfferFactory,
    PresenceFactory,
    RuleFactory,
    ScheduleBlockFactory,
    TeamFactory,
    TransferFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-07")]


def make_agent() -> User:
    agent: User = ScheduleBlockFactory.create(starts=time(8)).agent
    PresenceFactory.create(agent=agent)
    GroupFactory.create().user_set.add(agent)
    TeamFactory.create(members=[agent])
    Seat.objects.create(agent=agent, number=1, live_chat=LiveChatFactory.create())
    return agent


def make_profile() -> object:
    group = GroupFactory.create(permissions=["view_dialogues"])
    return group.user_set.add(AgentFactory.create())


def make_dialogue() -> object:
    return publish_dialogue(dialogue_id=DialogueFactory.create().pk, user=UserFactory.create())


def make_flow() -> object:
    number = Dialogue.objects.count()
    flow = DialogueFactory.create(kind="flow", slug=f"flow-{number}", start_on=Dialogue.Start.CALL)
    return publish_dialogue(dialogue_id=flow.pk, user=UserFactory.create())


def make_conversation() -> object:
    conversation = ConversationFactory.create()
    LiveChatFactory.create(conversation=conversation, agent=AgentFactory.create())
    for seq in (1, 2):
        Message.objects.create(conversation=conversation, seq=seq, author="visitor", created_at=NOW)
    return conversation


def make_offer() -> object:
    transfer = TransferFactory.create()
    return OfferFactory.create(live_chat=transfer.live_chat, transfer=transfer)


def make_chat() -> LiveChat:
    chat: LiveChat = LiveChatFactory.create(agent=AgentFactory.create())
    OfferFactory.create(live_chat=chat)
    return chat


def make_listed_lead() -> object:
    number = Lead.objects.count()
    lead = Lead.objects.create(email=f"lead{number}@acme.example")
    lead.lists.add(*(LeadList.objects.create(name=f"{number}-{part}") for part in "ab"))
    return lead


def make_read_document() -> object:
    document = Document.objects.create(name=f"Prices {Document.objects.count()}")
    return DocumentReading.objects.create(
        conversation=ConversationFactory.create(), card_id="c1", document=document, name=document.name
    )


def make_transfer() -> object:
    transfer = TransferFactory.create()
    chat = transfer.live_chat
    return OfferFactory.create_batch(
        2, live_chat=chat, transfer=transfer, status="declined", settled_at=NOW, decline_reason="In a call"
    )


def make_knock(model: type[Model], **fields: object) -> object:
    """Somebody who wanted in, as the guard of the sign-in notes it."""
    number = model._default_manager.count()
    return model._default_manager.create(username=f"ann{number}", ip_address="192.0.2.1", **fields)


LISTS: dict[type[Model], Callable[[], object]] = {
    User: make_agent,
    Agent: make_agent,
    PermissionProfile: make_profile,
    Team: lambda: TeamFactory.create(members=AgentFactory.create_batch(2)),
    Dialogue: make_dialogue,
    Flow: make_flow,
    DialogueVersion: make_dialogue,
    Conversation: make_conversation,
    LiveChat: make_chat,
    TimelineEntry: lambda: TimelineEntry.objects.create(live_chat=make_chat(), at=NOW, kind="routed"),
    Document: make_read_document,
    CannedReply: lambda: CannedReply.objects.create(
        code=f"c{CannedReply.objects.count()}", title="Hi", text="Hi", proposed_by=AgentFactory.create()
    ),
    Lead: make_listed_lead,
    LeadList: make_listed_lead,
    Change: lambda: Change.objects.create(
        at=NOW, actor=UserFactory.create(), action="changed", kind="routing.rule", values={"priority": [1, 2]}
    ),
    Rule: lambda: RuleFactory.create(agents=AgentFactory.create_batch(2), team=TeamFactory.create()),
    Account: lambda: AccountFactory.create(),
    Offer: make_offer,
    Transfer: make_transfer,
    RuleVersion: lambda: RuleVersion.objects.create(
        digest=str(RuleVersion.objects.count()), rules=[], edition=0, made_at=NOW
    ),
    Decision: lambda: DecisionFactory.create(offer=OfferFactory.create()),
    AccessAttempt: lambda: make_knock(AccessAttempt, failures_since_start=1),
    AccessLog: lambda: make_knock(AccessLog),
    AccessFailureLog: lambda: make_knock(AccessFailureLog),
}
# One row each, which their list leads to.
SINGLE = {ChatWindow, Installation, Snippet, UsageLimits}
MODELS = [model for model in admin.site._registry if model not in SINGLE]


def test_every_list_has_a_maker_of_rows() -> None:
    """The registry itself is gone through below, so a list without one fails there too: this says why."""
    lacking = [model.__name__ for model in MODELS if model not in LISTS]
    assert not lacking, f"Nothing makes rows for {lacking}: give LISTS a maker, with all that a row shows."
    assert LISTS.keys() <= admin.site._registry.keys()


@pytest.mark.usefixtures("prime")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_list_costs_the_same_for_twice_the_rows(model: type[Model], boss: User, sign_in: SignIn) -> None:
    client = sign_in(boss)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
        assert answer.status_code == 200
        return len(queries)

    for _row in range(3):
        LISTS[model]()
    client.get(url)  # warms what is remembered for the process
    before = count()
    for _row in range(3):
        LISTS[model]()
    assert count() == before
    assert before <= 20
