"""What the pages of what happened show."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.models import GoalReached, LiveChat, TimelineEntry
from routing.models import Transfer
from tests.admin.conftest import SignIn
from tests.factories import (
    NOW,
    AgentFactory,
    ConversationFactory,
    DecisionFactory,
    LiveChatFactory,
    OfferFactory,
    TransferFactory,
)

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.req("LC-20", "LC-57")
@pytest.mark.usefixtures("installation")
def test_live_chat_shows_its_decisions_offers_and_timeline(client: Client) -> None:
    chat = LiveChatFactory.create()
    offer = OfferFactory.create(live_chat=chat, agent=AgentFactory.create(first_name="Cleo", last_name="Ek"))
    steps = [
        {"step": "rule", "label": "Swedes", "result": "no_match", "why": "country is empty", "agents": []},
        {
            "step": "robin",
            "label": "",
            "result": "offered",
            "agents": [
                {"id": 1, "name": "Ann", "verdict": "no_seat"},
                {"id": 2, "name": "Bo", "verdict": "new_verdict"},
                {"id": 3, "name": "Cleo", "verdict": "offered", "text": "took her turn"},
            ],
            "more": {"unreachable": 7},
        },
        {"step": "later", "result": "something_new"},
    ]
    DecisionFactory.create(live_chat=chat, offer=offer, outcome="offered", steps=steps)
    TimelineEntry.objects.create(
        live_chat=chat, at=NOW, kind="offered", agent=offer.agent, data={"via": "robin", "later": 1}
    )
    page = " ".join(text_of(client.get(reverse("admin:chat_livechat_change", args=[chat.pk]))).split())
    for words in (
        "Custom rule “Swedes”: <b>didn&#x27;t match: country is empty</b>",
        "Round robin: <b>offered</b>",
        "Ann: no free seat",
        "Bo: new_verdict",
        "Cleo: took her turn",
        "7 others: no open inbox",
        "later: <b>something_new</b>",
        "Round robin; later: 1",
        "Cleo Ek",
    ):
        assert words in page


@pytest.mark.req("LC-48")
@pytest.mark.usefixtures("installation")
def test_what_happened_cant_be_changed_or_deleted_by_anybody(client: Client) -> None:
    chat = LiveChatFactory.create()
    for page, data in (("change", {"status": "ended"}), ("delete", {"post": "yes"})):
        url = reverse(f"admin:chat_livechat_{page}", args=[chat.pk])
        assert client.post(url, data).status_code == 403
    assert client.get(reverse("admin:chat_livechat_add")).status_code == 403
    assert LiveChat.objects.get().status == "requested"


@pytest.mark.req("LC-28")
@pytest.mark.usefixtures("installation")
def test_chat_that_nobody_accepted_is_listed_as_missed_and_can_be_found(client: Client) -> None:
    url = reverse("admin:chat_conversation_changelist")
    missed = LiveChatFactory.create(status="fallback", ended_at=NOW).conversation
    ended = LiveChatFactory.create(status="ended", ended_at=NOW).conversation
    alone = ConversationFactory.create()
    listed = {row.pk: row.live_chat_status for row in client.get(url).context["cl"].result_list}
    assert listed == {missed.pk: "fallback", ended.pk: "ended", alone.pk: None}
    assert '<td class="field-live_chat">Missed</td>' in text_of(client.get(url))
    for wanted, found in (("fallback", missed), ("ended", ended), ("none", alone)):
        rows = client.get(url, {"live_chat": wanted}).context["cl"].result_list
        assert [row.pk for row in rows] == [found.pk]


@pytest.mark.req("DG-10")
@pytest.mark.usefixtures("installation")
def test_goals_that_a_visitor_reached_are_shown(client: Client) -> None:
    conversation = ConversationFactory.create()
    for card_id, name in (("a", "Wants a demo"), ("b", "Big company")):
        GoalReached.objects.create(conversation=conversation, card_id=card_id, name=name, reached_at=NOW)
    page = text_of(client.get(reverse("admin:chat_conversation_change", args=[conversation.pk])))
    assert "Wants a demo, Big company" in page


@pytest.mark.req("LC-28")
@pytest.mark.usefixtures("installation")
def test_hostile_text_of_a_visitor_is_shown_as_text(client: Client) -> None:
    conversation = ConversationFactory.create(page_title="<script>alert(1)</script>")
    conversation.visitor.attributes = {"first_name": "<img src=x onerror=alert(1)>"}
    conversation.visitor.save()
    chat = LiveChatFactory.create(conversation=conversation)
    for url in (
        reverse("admin:chat_conversation_change", args=[conversation.pk]),
        reverse("admin:chat_livechat_change", args=[chat.pk]),
        reverse("admin:chat_livechat_changelist"),
    ):
        page = text_of(client.get(url))
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert "&lt;img" in page


@pytest.mark.req("LC-34")
@pytest.mark.usefixtures("installation")
def test_transfer_tells_who_was_asked_and_what_became_of_it(client: Client) -> None:
    ann = AgentFactory.create(first_name="Ann", last_name="Berg")
    transfer = TransferFactory.create(
        target_name="Nordics",
        agent=None,
        sender__first_name="Bo",
        note="<b>Knows</b> the prices",
        status="accepted",
        settled_at=NOW + timedelta(seconds=42),
    )
    asked = {"live_chat": transfer.live_chat, "transfer": transfer, "settled_at": NOW}
    OfferFactory.create(**asked, status="declined", decline_reason="In a call")
    OfferFactory.create(**asked, status="accepted", agent=ann)
    row = client.get(reverse("admin:routing_transfer_changelist")).context["cl"].result_list[0]
    admin = site._registry[Transfer]
    shown = [getattr(admin, name)(row) for name in ("target", "state", "reason", "taken_by", "lasted")]
    assert shown == ["Nordics", "Handed over", "–", "Ann Berg", "42 s"]
    page = text_of(client.get(reverse("admin:routing_transfer_change", args=[transfer.pk])))
    assert "Declined (In a call)" in page
    assert "&lt;b&gt;Knows" in page


@pytest.mark.req("LC-34")
@pytest.mark.usefixtures("installation")
def test_transfers_are_found_and_filtered(client: Client) -> None:
    failed = TransferFactory.create(
        target_name="Xerxes Ek", status="failed", outcome="expired", settled_at=NOW, started_at=NOW
    )
    pending = TransferFactory.create(sender__last_name="Quist", target_name="Ann Berg")
    url = reverse("admin:routing_transfer_changelist")
    wanted = [
        ({}, [pending, failed]),
        ({"q": "Xerxes"}, [failed]),
        ({"q": "Quist"}, [pending]),
        ({"q": str(failed.public_id)}, [failed]),
        ({"q": str(pending.live_chat.public_id)}, [pending]),
        ({"q": "no such name"}, []),
        ({"status__exact": "failed"}, [failed]),
        ({"sender__id__exact": pending.sender_id}, [pending]),
    ]
    for query, found in wanted:
        assert list(client.get(url, query).context["cl"].result_list) == found
    assert "Not accepted in time" in text_of(client.get(url))


@pytest.mark.req("LC-20", "LC-52")
@pytest.mark.usefixtures("installation")
def test_decisions_are_listed_and_filtered_by_their_reason_in_words(client: Client) -> None:
    offered = DecisionFactory.create(outcome="offered", offer=OfferFactory.create())
    refused = DecisionFactory.create(reason="no_rule")
    DecisionFactory.create(reason="limit")
    address = reverse("admin:routing_decision_changelist")
    page = text_of(client.get(address))
    assert '<td class="field-why">No rule matched</td>' in page
    assert '<a href="?reason=no_rule">No rule matched</a>' in page
    assert '<td class="field-why">–</td>' in page
    answer = client.get(address, {"reason": "no_rule"})
    assert list(answer.context["cl"].queryset) == [refused]
    assert offered in client.get(address, {"reason": ""}).context["cl"].queryset


@pytest.mark.req("LC-52")
@pytest.mark.usefixtures("installation")
def test_pages_are_called_by_who_and_when_and_not_by_an_id(client: Client) -> None:
    chat = LiveChatFactory.create()
    visitor = chat.conversation.visitor.display_name
    rows = [
        (chat.conversation, visitor),
        (chat, visitor),
        (OfferFactory.create(agent=AgentFactory.create(first_name="Cleo", last_name="Ek")), "Cleo Ek"),
        (DecisionFactory.create(outcome="fallback", offer=None), "Fallback"),
        (TransferFactory.create(sender=AgentFactory.create(first_name="Bo", last_name="Ek")), "Bo Ek"),
    ]
    for row, name in rows:
        page = text_of(
            client.get(reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk]))
        )
        heading = re.search(r"<h2>(.*)</h2>", page)
        assert heading, row
        assert re.fullmatch(rf"{re.escape(name)}, \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d", heading[1])
        assert f"{name}, " in page.split('class="breadcrumbs"')[1].split("</div>")[0]
        assert ">History<" not in page


@pytest.mark.req("LC-56")
@pytest.mark.usefixtures("installation")
def test_offers_are_listed_and_filtered_by_their_step_in_words(client: Client) -> None:
    OfferFactory.create(via="robin", agent=AgentFactory.create(first_name="Cleo", last_name="Ek"))
    OfferFactory.create(via="rule", agent=AgentFactory.create(first_name="Bo", last_name="Ek"))
    answer = client.get(reverse("admin:routing_offer_changelist"), {"via": "robin"})
    page = text_of(answer)
    assert '<td class="field-through">Round robin</td>' in page
    assert answer.context["cl"].result_count == 1
    assert "Custom rule</a>" in page
