"""Coming back: exactly what was missed, whatever happens meanwhile (DL-04)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from chat.models import Conversation, Message
from chat.receivers import push_state
from chat.selectors import snapshots
from chat.services.messages import Post
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import client_id, run
from tests.stage import post_message


@pytest.mark.req("DL-04")
@pytest.mark.parametrize("missed", [499, 500, 501, 1_203])
async def test_whatever_was_missed_comes_in_pages_and_in_order(missed: int, story: Story) -> None:
    tab, page = await story.chatting()
    await tab.ping()
    held = len(tab.shown())
    await run(write_many, missed)
    again = await story.visitor(token=tab.token, conversation=tab.conversation, after=held)
    assert again.frames[0].get("more", False) is (missed > 500)
    await page.post(tab.conversation, "and this was said meanwhile")
    # It comes by itself or at the end of the last page, if that was read after it.
    await again.ping()
    seqs = [seq for seq, _text in again.shown()]
    assert seqs == list(range(held + 1, held + missed + 2))
    pages = [frame for frame in again.frames if frame["type"] in {"welcome", "messages"}]
    sizes = [len(each["messages"]) for each in pages]
    assert all(size == 500 for size in sizes[:-1])
    assert sum(sizes) in {missed, missed + 1}
    fresh = await story.agent(page.session_key, after={tab.conversation: held})
    await fresh.ping()
    assert [seq for seq, _text in fresh.shown()] == seqs


def write_many(count: int) -> None:
    conversation = Conversation.objects.get()
    Message.objects.bulk_create(
        Message(
            conversation=conversation,
            seq=conversation.last_seq + n,
            author="bot",
            text=f"line {n}",
            created_at=timezone.now(),
        )
        for n in range(1, count + 1)
    )
    conversation.last_seq += count
    conversation.save(update_fields=["last_seq"])


@pytest.mark.req("DL-04")
@pytest.mark.parametrize("place", ["before reading", "after reading"])
async def test_what_is_said_between_joining_and_reading_is_there_once(
    place: str, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, page = await story.chatting()
    row = await run(Conversation.objects.get)
    read = snapshots.get_snapshot
    spoken = iter(["Just", "now"])

    def speak() -> None:
        for text in spoken:
            post_message(Post(row.pk, "visitor", row.visitor_id, client_id(), text))

    def read_and_speak(*args: Any, **kwargs: Any) -> Any:
        if place == "before reading":
            speak()
        found = read(*args, **kwargs)
        speak()
        return found

    for module in ("chat.conversation_socket", "agents.inbox_socket"):
        monkeypatch.setattr(f"{module}.get_snapshot", read_and_speak)
    for other in (await story.visitor(token=tab.token), await story.agent(page.session_key)):
        await other.ping()
        assert other.frames[0]["type"] == "welcome"
        assert other.has_no_gap()
        assert other.said()[-2:] == ["Just", "now"]
        spoken = iter(["Just", "now"])


@pytest.mark.req("DL-04", "DL-09")
async def test_nothing_comes_before_the_welcome(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, page = await story.chatting()
    read = snapshots.get_snapshot

    def read_while_things_happen(conversation_id: int, audience: Any, **kwargs: Any) -> Any:
        found = read(conversation_id, audience, **kwargs)
        conversation = Conversation.objects.get(pk=conversation_id)
        conversation.revision += 1
        conversation.save(update_fields=["revision"])
        push_state(type("Changed", (), {"conversation_id": conversation_id})())
        return found

    monkeypatch.setattr("chat.conversation_socket.get_snapshot", read_while_things_happen)
    again = await story.visitor(token=tab.token)
    welcome = again.frames[0]
    assert welcome["type"] == "welcome"
    state = await again.until("state")
    assert state["revision"] == welcome["state"]["revision"] + 1
    await page.ping()
