"""A draft that is tried out: the visitor's protocol, played in memory (DG-14)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from django.conf import settings

from agents.models import User
from chat.delivery.close_codes import CloseCode
from chat.designer.playing import read_facts
from chat.models import Conversation, Dialogue, LiveChat, Message, Trigger, Visitor
from tests.chat.sockets.tabs import HOST, Tab, VisitorTab, client_id, run, server
from tests.factories import DialogueFactory, UserFactory
from tests.scenes import sign_in

pytestmark = [pytest.mark.req("DG-14"), pytest.mark.django_db(transaction=True)]

Open = Callable[..., Awaitable["PreviewTab"]]

STREAM: dict[str, Any] = {
    "start": "topic",
    "cards": {
        "topic": {
            "type": "question",
            "text": 'Hi {{first_name:"there"}}!',
            "choices": [
                {"id": "talk", "label": "Talk", "next": "email"},
                {"id": "bye", "label": "Bye", "next": "done"},
            ],
        },
        "email": {
            "type": "capture",
            "text": "Your address?",
            "attribute": "email",
            "kind": "email",
            "skip_if_known": True,
            "next": "there",
        },
        "there": {
            "type": "branch",
            "cases": [
                {
                    "id": "yes",
                    "conditions": {
                        "items": [{"attribute": "agent_available", "operator": "is", "value": "yes"}]
                    },
                    "next": "human",
                }
            ],
            "otherwise": "note",
        },
        "human": {"type": "live_chat", "text": "One moment.", "option": "round_robin"},
        "note": {"type": "goal", "name": "Nobody there", "next": None},
        "done": {"type": "message", "text": "Bye!"},
    },
}


class PreviewTab(VisitorTab):
    """The preview's frame; whose session it is stands in its cookies."""

    def __init__(self, dialogue: Dialogue, session_key: str, query: str, origin: str) -> None:
        Tab.__init__(
            self,
            f"/ws/preview/{dialogue.pk}/?{query}",
            [
                (b"host", HOST.encode()),
                (b"origin", origin.encode()),
                (b"cookie", f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()),
            ],
        )
        self.token = self.conversation = ""


@pytest.fixture
def dialogue() -> Dialogue:
    made: Dialogue = DialogueFactory.create(stream=STREAM)
    return made


@pytest.fixture
async def preview(transactional_db: None, dialogue: Dialogue) -> AsyncIterator[Open]:
    """Opens the preview as somebody who holds one permission."""
    opened: list[PreviewTab] = []

    async def open_tab(
        query: str = "", *, permission: str = "view_dialogues", greet: bool = True
    ) -> PreviewTab:
        user: User = await run(UserFactory.create, permissions=[permission])
        key = await run(sign_in, user)
        tab = await PreviewTab(dialogue, key, query, f"http://{HOST}").open()
        opened.append(tab)
        if greet:
            await tab.hello()
        return tab

    async with server():
        yield open_tab
        for tab in opened:
            await tab.leave()


async def test_draft_is_played_with_what_is_pretended_and_nothing_is_written(preview: Open) -> None:
    tab = await preview("facts=%7B%22first_name%22%3A%22Vera%22%7D&available=yes")
    assert tab.said() == ["Hi Vera!"]
    await tab.answer("talk", "topic")
    await tab.answer("vera@nowhere.example", "email")
    state = await tab.until("state", lambda frame: frame["phase"] == "waiting")
    assert state["can"] == ["post", "cancel"]
    assert "One moment." in tab.said()
    assert "Nobody is." in tab.said()[-1]
    assert tab.has_no_gap()
    for model in (Visitor, Conversation, Message, LiveChat, Trigger):
        assert await run(model.objects.count) == 0


async def test_known_facts_skip_cards_and_nobody_there_takes_the_other_branch(preview: Open) -> None:
    tab = await preview("facts=%7B%22email%22%3A%22v%40x.example%22%7D")
    await tab.answer("talk", "topic")
    state = await tab.until("state", lambda frame: frame["phase"] == "done")
    assert "awaiting" not in state
    assert tab.said()[-1] == "Goal reached: Nobody there"


async def test_preview_begins_at_any_card(preview: Open) -> None:
    tab = await preview("start=done")
    assert tab.said() == ["Bye!"]
    assert (await preview("start=nowhere")).said() == ["Hi there!"]


async def test_wrong_answer_is_asked_for_again_and_a_late_one_refused(preview: Open) -> None:
    tab = await preview("start=email")
    frame = tab.frame("answer", card="email", client_id=client_id(), value="nonsense")
    assert (await tab.ask(frame))["code"] == "email_invalid"
    await tab.answer("vera@nowhere.example", "email")
    assert (await tab.ask({**frame, "value": "again@x.example"}))["code"] == "answer_late"


async def test_waiting_visitor_writes_and_leaves(preview: Open) -> None:
    tab = await preview("start=human")
    message = await tab.ask(tab.frame("post", client_id="0123456789", text="Hello?"), "message")
    assert (message["text"], message["client_id"]) == ("Hello?", "0123456789")
    await tab.send(tab.frame("cancel"))
    await tab.until("state", lambda frame: frame["phase"] == "done")
    missed = await tab.ask(tab.frame("sync", after=1), "messages")
    assert [row["seq"] for row in missed["messages"]] == [2, 3, 4]


async def test_other_conversations_are_out_of_reach(preview: Open) -> None:
    tab = await preview()
    frame = {"type": "post", "conversation": "another", "client_id": client_id(), "text": "Hi"}
    assert (await tab.ask(frame))["code"] == "conversation_not_found"


@pytest.mark.req("LC-06", "DL-10")
async def test_who_may_not_see_dialogues_is_sent_away(preview: Open) -> None:
    tab = await preview(permission="view_account_list", greet=False)
    await tab.send({"type": "hello", "protocol": 1})
    assert await tab.closed() == CloseCode.FORBIDDEN


@pytest.mark.req("LC-06", "DG-20")
@pytest.mark.parametrize("held", ["view_dialogues", "view_flows"])
async def test_a_flow_is_played_to_who_may_see_flows(preview: Open, dialogue: Dialogue, held: str) -> None:
    await run(Dialogue.objects.update, kind="flow", slug="demo")
    tab = await preview(permission=held, greet=False)
    await tab.send({"type": "hello", "protocol": 1})
    if held == "view_flows":
        await tab.until("welcome")
    else:
        assert await tab.closed() == CloseCode.FORBIDDEN


@pytest.mark.req("DL-10")
async def test_what_nobody_announced_ends_it_by_the_next_heartbeat(preview: Open) -> None:
    tab = await preview()
    await run(User.objects.update, is_active=False)
    await tab.send({"type": "ping", "mark": tab.mark})
    assert await tab.closed() == CloseCode.FORBIDDEN
    assert tab.list_of("pong") == []


@pytest.mark.req("DL-10")
async def test_other_websites_cant_open_it(preview: Open, dialogue: Dialogue) -> None:
    tab = PreviewTab(dialogue, "", "", "https://evil.example")
    connected, _code = await tab.communicator.connect()
    assert not connected


async def test_draft_that_cant_be_read_shows_nothing(preview: Open, dialogue: Dialogue) -> None:
    await run(Dialogue.objects.filter(pk=dialogue.pk).update, stream={"cards": {"a": {"type": "odd"}}})
    assert (await preview("facts=[")).said() == []


def test_facts_are_short_texts_and_not_too_many() -> None:
    facts = read_facts({"a": 1, "long": "x" * 900, "none": "", **{f"n{n}": "v" for n in range(99)}})
    assert len(facts) <= 50
    assert facts["a"] == "1"
    assert len(facts["long"]) == 500
