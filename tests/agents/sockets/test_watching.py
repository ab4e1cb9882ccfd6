"""A supervisor's page that looks on at somebody else's chat (LC-38)."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import User
from chat.models import Conversation
from chat.services.notes import write_note
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import AgentTab, VisitorTab, client_id, run
from tests.factories import AgentFactory, get_permissions
from tests.scenes import sign_in

pytestmark = pytest.mark.req("LC-38")


async def make_supervisor(story: Story) -> tuple[User, AgentTab]:
    # Without hours, so that visitors come to the other agent.
    user = await run(AgentFactory.create, permissions=["view_all_conversations"])
    return user, await story.agent(await run(sign_in, user))


async def watch(page: AgentTab, conversation: str, after: int = 0) -> None:
    await page.send({"type": "watch", "conversation": conversation, "after": after})
    await page.until("messages")


def get_row(conversation: str) -> dict[str, Any]:
    return dict(Conversation.objects.filter(public_id=conversation).values().get())


async def look_on(story: Story) -> tuple[VisitorTab, AgentTab, AgentTab, User]:
    tab, page = await story.chatting()
    user, watcher = await make_supervisor(story)
    await watch(watcher, tab.conversation)
    return tab, page, watcher, user


async def test_supervisor_sees_what_is_said_and_nobody_notices(story: Story) -> None:
    tab, page, watcher, _user = await look_on(story)
    await tab.ping()
    await page.ping()
    before = await run(get_row, tab.conversation)
    seen = len(tab.frames), len(page.frames)
    await watch(watcher, tab.conversation)
    await watcher.ping()
    await tab.ping()
    await page.ping()
    told = [frame["type"] for frame in tab.frames[seen[0] :] + page.frames[seen[1] :]]
    assert set(told) == {"pong"}
    assert await run(get_row, tab.conversation) == before
    await tab.post("Is it in stock?")
    await page.post(tab.conversation, "It is.")
    await watcher.ping()
    assert watcher.said()[-2:] == ["Is it in stock?", "It is."]


async def test_watching_begins_after_what_the_page_has(story: Story) -> None:
    tab, _page, watcher, _user = await look_on(story)
    last = watcher.shown()[-1][0]
    _other, again = await make_supervisor(story)
    await watch(again, tab.conversation, after=last)
    assert again.shown() == []
    await tab.post("More")
    await again.ping()
    assert again.said() == ["More"]


@pytest.mark.parametrize("kind", ["post", "typing", "mark", "end", "start_transfer", "take_back"])
async def test_watching_is_no_right_to_do_anything(kind: str, story: Story) -> None:
    tab, page, watcher, _user = await look_on(story)
    before = await run(get_row, tab.conversation)
    members: dict[str, dict[str, Any]] = {
        "post": {"client_id": client_id(), "text": "Hi"},
        "mark": {"delivered": 3, "read": 3},
        "start_transfer": {"agent": 1},
    }
    frame = {"type": kind, "conversation": tab.conversation, **members.get(kind, {})}
    assert (await watcher.ask(frame))["code"] == "conversation_not_found"
    await tab.ping()
    await page.ping()
    assert await run(get_row, tab.conversation) == before
    assert not tab.list_of("typing")


async def test_a_gap_may_be_asked_for_while_watching_and_not_before(story: Story) -> None:
    tab, _page, watcher, _user = await look_on(story)
    sync = {"type": "sync", "conversation": tab.conversation, "after": 0}
    assert (await watcher.ask(sync, "messages"))["messages"]
    await watcher.send({"type": "watch", "conversation": "", "after": 0})
    await has_looked_away(watcher)
    assert (await watcher.ask(sync))["code"] == "conversation_not_found"
    await tab.post("Unheard")
    await watcher.ping()
    assert "Unheard" not in watcher.said()


async def has_looked_away(watcher: AgentTab) -> None:
    """What is still being shown of the chat comes to its end first."""
    for _attempt in range(20):
        if not (await watcher.ping())["seqs"]:
            return
    raise AssertionError("The socket goes on looking at the chat.")


async def test_one_chat_at_a_time(story: Story) -> None:
    first, _page, watcher, _user = await look_on(story)
    second = await story.waiting()
    await watch(watcher, second.conversation)
    await first.post("Left alone")
    await second.post("Now here")
    pong = await watcher.ping()
    assert "Now here" in watcher.said()
    assert "Left alone" not in watcher.said()
    assert pong["seqs"].keys() == {second.conversation}


@pytest.mark.req("DL-10")
async def test_only_with_the_permission_and_only_as_long_as_one_has_it(story: Story) -> None:
    tab, _page, watcher, user = await look_on(story)
    stranger = await story.agent(await run(sign_in, await run(AgentFactory.create)))
    frame = {"type": "watch", "conversation": tab.conversation, "after": 0}
    assert (await stranger.ask(frame))["code"] == "conversation_not_found"
    assert (await watcher.ask({**frame, "conversation": "0" * 36}))["code"] == "conversation_not_found"
    await watch(watcher, tab.conversation)
    await run(lambda: user.user_permissions.remove(*get_permissions(["view_all_conversations"])))
    assert (await watcher.until("error"))["code"] == "not_allowed"
    await tab.post("Not for you")
    await watcher.ping()
    assert "Not for you" not in watcher.said()


async def test_notes_to_colleagues_come_along(story: Story) -> None:
    tab, _page, watcher, user = await look_on(story)
    await run(
        write_note, author=user, conversation=tab.conversation, client_id=client_id(), text="She haggles"
    )
    found = await watcher.until("notes")
    assert [note["text"] for note in found["notes"]] == ["She haggles"]
    assert not tab.list_of("notes")


async def test_states_are_told_to_the_end(story: Story) -> None:
    tab, page, watcher, _user = await look_on(story)
    await page.send({"type": "end", "conversation": tab.conversation})
    await watcher.until("state", lambda frame: frame["phase"] == "ended")
