"""Handing a chat over, as three pages see it (LC-34)."""

from __future__ import annotations

import pytest

from agents.models import User
from chat.models import LiveChat, Message
from routing.models import Offer, Transfer
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import AgentTab, Frame, VisitorTab, run
from tests.factories import TeamFactory

pytestmark = pytest.mark.req("LC-34")
NOTE = "Wants twelve bikes; be kind."


async def chatting_beside_bo(story: Story) -> tuple[VisitorTab, AgentTab, AgentTab, int]:
    """A visitor in a chat with one agent, and Bo's page; with Bo's id."""
    tab, page = await story.chatting()
    bo, key = await story.make_agent(first_name="Bo", last_name="Dahl")
    return tab, page, await story.agent(key), bo.pk


def transfer(tab: VisitorTab, **target: int) -> Frame:
    return {"type": "start_transfer", "conversation": tab.conversation, "note": NOTE, **target}


async def test_targets_say_who_can_take_a_chat_and_why_not(story: Story) -> None:
    _tab, page, _bo, bo_id = await chatting_beside_bo(story)
    bo = await run(User.objects.get, pk=bo_id)
    away, _key = await story.make_agent(first_name="Eve", last_name="Falk")
    team = await run(TeamFactory.create, name="Sales", members=[bo, away])
    empty = await run(TeamFactory.create, name="Support", members=[away])
    answer = await page.ask({"type": "find_targets"}, "targets")
    assert answer["targets"] == [
        {"kind": "agent", "id": bo_id, "name": "Bo Dahl", "able": True, "text": "In 0 of 10 chats"},
        {"kind": "team", "id": team.pk, "name": "Sales", "able": True, "text": "1 of 2 can take it"},
        {"kind": "agent", "id": away.pk, "name": "Eve Falk", "able": False, "text": "No open inbox"},
        {
            "kind": "team",
            "id": empty.pk,
            "name": "Support",
            "able": False,
            "text": "Nobody can take a chat now",
        },
    ]


@pytest.mark.req("LC-21", "DL-10")
async def test_receiver_reads_the_note_and_what_is_known_and_the_visitor_nothing(story: Story) -> None:
    tab, page, bo, bo_id = await chatting_beside_bo(story)
    pending = await page.ask(transfer(tab, agent=bo_id), "transfer")
    assert (pending["status"], pending["text"]) == ("pending", "Waiting for Bo Dahl")
    offer = await bo.until("offer")
    assert offer["expires_at"] == pending["expires_at"]
    assert offer["why"] == "Handed over by a colleague"
    handover = offer["handover"]
    assert handover["note"] == NOTE
    assert handover["answers"] == [{"question": "What can we do for you?", "answer": "Talk to somebody"}]
    await tab.ping()
    assert NOTE not in str(tab.frames)
    # Another tab of either shows the same at once.
    second, third = await story.agent(page.session_key), await story.agent(bo.session_key)
    assert second.frames[0]["transfers"] == [pending]
    assert third.frames[0]["offers"] == [offer]


@pytest.mark.req("LC-25", "LC-37")
async def test_accepted_chat_leaves_the_sender_and_opens_for_the_receiver(story: Story) -> None:
    tab, page, bo, bo_id = await chatting_beside_bo(story)
    await page.ask(transfer(tab, agent=bo_id), "transfer")
    await bo.send({"type": "accept", "offer": (await bo.until("offer"))["id"]})
    chat = await bo.until("chat")
    assert chat["state"]["agent"]["name"] == "Bo Dahl"
    gone = await page.until("transfer", lambda frame: frame["status"] == "accepted")
    assert gone["text"] == "Bo Dahl has taken over the chat."
    welcome = await page.until("welcome")
    assert welcome.get("chats", []) == welcome.get("transfers", []) == []
    told = await tab.until("message", lambda frame: frame["kind"] == "notice" and frame["name"] == "Bo Dahl")
    assert told["notice"] == "transferred"
    await tab.until("state", lambda frame: frame["agent"]["name"] == "Bo Dahl")
    await bo.post(tab.conversation, "Hi, I am Bo")
    await tab.until("message", lambda frame: frame["text"] == "Hi, I am Bo")
    refused = await page.ask(transfer(tab, agent=bo_id))
    assert refused["code"] == "conversation_not_found"


@pytest.mark.req("DL-02")
async def test_message_that_was_saved_before_the_handover_is_acknowledged_after_it(story: Story) -> None:
    tab, page, bo, bo_id = await chatting_beside_bo(story)
    first = await page.post(tab.conversation, "I ask Bo", as_id="before-handover")
    await page.ask(transfer(tab, agent=bo_id), "transfer")
    await bo.send({"type": "accept", "offer": (await bo.until("offer"))["id"]})
    await page.until("welcome")
    again = await page.post(tab.conversation, "I ask Bo", as_id="before-handover")
    assert again["seq"] == first["seq"]
    frame = {"type": "post", "conversation": tab.conversation, "client_id": "after-handover", "text": "x"}
    assert (await page.ask(frame))["client_id"] == "after-handover"
    assert not await run(Message.objects.filter(client_id="after-handover").exists)


@pytest.mark.req("LC-24")
async def test_refusal_is_told_with_its_reason_and_the_chat_goes_on(story: Story) -> None:
    tab, page, bo, bo_id = await chatting_beside_bo(story)
    await page.ask(transfer(tab, agent=bo_id), "transfer")
    offer = await bo.until("offer")
    await bo.send({"type": "decline", "offer": offer["id"], "reason": "In a demo"})
    settled = await bo.until("offer_settled")
    assert settled["text"].startswith("You declined;")
    failed = await page.until("transfer", lambda frame: frame["status"] == "failed")
    assert failed["text"] == "Bo Dahl declined: In a demo"
    assert "expires_at" not in failed
    await page.post(tab.conversation, "Still with you")
    # Somebody who looks away meanwhile is told on coming back.
    assert (await story.agent(page.session_key)).frames[0]["transfers"] == [failed]
    await tab.ping()
    assert not [words for words in ("Bo Dahl", "In a demo") if words in str(tab.frames)]


async def test_nobody_free_is_refused_at_once_in_the_dialog(story: Story) -> None:
    tab, page, bo, bo_id = await chatting_beside_bo(story)
    await bo.send({"type": "set_availability", "available": False})
    await bo.until("availability")
    answer = await page.ask(transfer(tab, agent=bo_id), "transfer")
    assert (answer["status"], answer["text"]) == ("refused", "Bo Dahl is outside hours.")
    answer = await page.ask(transfer(tab, agent=bo_id, team=3), "transfer")
    assert answer["text"] == "This colleague or team can't be asked any more."
    assert not await run(Transfer.objects.exists)


async def test_taking_back_takes_the_banner_away(story: Story) -> None:
    tab, page, bo, bo_id = await chatting_beside_bo(story)
    await page.ask(transfer(tab, agent=bo_id), "transfer")
    offer = await bo.until("offer")
    await page.send({"type": "take_back", "conversation": tab.conversation})
    assert (await page.until("transfer"))["status"] == "withdrawn"
    settled = await bo.until("offer_settled")
    assert (settled["id"], settled["status"]) == (offer["id"], "withdrawn")
    assert settled["text"].endswith("kept the chat.")
    await page.post(tab.conversation, "Here I am")


async def test_end_of_the_chat_ends_the_transfer(story: Story) -> None:
    tab, page, bo, bo_id = await chatting_beside_bo(story)
    await page.ask(transfer(tab, agent=bo_id), "transfer")
    await bo.until("offer")
    await tab.send(tab.frame("end"))
    assert (await bo.until("offer_settled"))["text"] == "The chat has ended."
    ended = await page.until("transfer", lambda frame: frame["status"] == "withdrawn")
    assert ended["text"] == "The chat ended, so nobody takes it over."
    assert (await run(LiveChat.objects.get)).status == "ended"


@pytest.mark.req("DL-04")
async def test_heartbeat_brings_what_lost_pushes_would_have_brought(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, page, bo, bo_id = await chatting_beside_bo(story)
    await page.ask(transfer(tab, agent=bo_id), "transfer")
    offer = await bo.until("offer")
    monkeypatch.setattr("routing.receivers.broadcast_soon", lambda *_args: None)
    await bo.send({"type": "decline", "offer": offer["id"]})
    await bo.until("offer_settled")
    await page.ping()
    failed = page.list_of("transfer")[-1]
    assert (failed["status"], failed["text"]) == ("failed", "Bo Dahl declined. You still have the chat.")
    assert await run(Offer.objects.filter(status="pending").count) == 0
    heard = len(page.list_of("transfer"))
    await page.ping()
    assert len(page.list_of("transfer")) == heard
