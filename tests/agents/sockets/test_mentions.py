"""Mentions over the sockets: to every page of who is called, also after a loss, and to nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agents.events import AccessChanged
from agents.models import User
from chat.delivery.topics import Audience, agent_topic
from chat.events import MentionsChanged
from chat.models import Mention, Note
from chat.protocol.visitor import VisitorServerFrame
from chat.receivers import hint_at_mentions
from config.lib.events import publish
from tests.agents.sockets.test_notes import note_frame, say_last
from tests.chat.polling.pollers import Poller
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tables import list_types
from tests.chat.sockets.tabs import AgentTab, Frame, VisitorTab, run

pytestmark = pytest.mark.req("LC-42", "DL-10")

WORDS = "She haggles: 10 % at most. Is that so?"


async def make_boss(story: Story) -> tuple[User, AgentTab]:
    """Somebody who may see all, with a page of their own."""
    boss, key = await story.make_agent(is_superuser=True)
    return boss, await story.agent(key)


def calling(tab: VisitorTab, *people: User, as_id: str = "") -> Frame:
    return {**note_frame(tab, WORDS, as_id), "mentions": [person.pk for person in people]}


def numbers(frame: Frame) -> list[int]:
    return [mention["number"] for mention in frame["mentions"]]


async def test_mention_comes_to_every_page_of_the_colleague_and_to_no_visitor(story: Story) -> None:
    tab, page = await story.chatting()
    boss, first = await make_boss(story)
    second = await story.agent(first.session_key)
    answer = await page.ask(calling(tab, boss), "notes")
    assert answer["notes"][0]["mentions"] == [{"id": boss.pk, "name": boss.display_name}]
    for each in (first, second):
        frame = await each.until("mentions")
        ((mention,),) = (frame["mentions"],)
        assert (mention["conversation"], mention["number"], mention["text"]) == (tab.conversation, 1, WORDS)
        # It is told of the chat, and not sent the chat.
        assert each.list_of("notes") == each.list_of("chat") == []
    await say_last(tab, page)
    late, poller = await story.visitor(token=tab.token), Poller(tab.token)
    await poller.poll()
    for visitor in (tab, late, poller):
        assert "haggles" not in json.dumps(visitor.frames)
        assert "mention" not in json.dumps(visitor.frames)
    assert page.list_of("mentions") == []


def test_visitors_have_no_frame_for_mentions() -> None:
    assert list_types(VisitorServerFrame) & {"mention", "mentions"} == set()


def test_push_of_a_mention_is_for_one_persons_pages_and_holds_no_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pushed: list[Any] = []
    monkeypatch.setattr("chat.receivers.broadcast_soon", lambda *push: pushed.append(push))
    hint_at_mentions(MentionsChanged((7, 8)))
    look = {Audience.STAFF: ""}, {"mentions": 1}
    assert pushed == [(agent_topic(7), *look), (agent_topic(8), *look)]


@pytest.mark.req("DL-04")
async def test_who_was_away_is_told_when_coming_back_until_they_have_looked(story: Story) -> None:
    tab, page = await story.chatting()
    boss, key = await story.make_agent(is_superuser=True)
    await page.ask(calling(tab, boss), "notes")
    first, second = await story.agent(key), await story.agent(key)
    for each in (first, second):
        assert numbers(each.list_of("welcome")[-1]) == [1]
    seen = {"type": "see_mentions", "conversation": tab.conversation, "numbers": [1]}
    await first.send(seen)
    for each in (first, second):
        assert numbers(await each.until("mentions")) == []
    # A hint without news brings nothing.
    await first.send(seen)
    await run(publish, MentionsChanged((boss.pk,)))
    await first.ping()
    assert len(first.list_of("mentions")) == 1
    assert "mentions" not in (await story.agent(key)).list_of("welcome")[-1]


async def test_nobody_looks_in_somebody_elses_place(story: Story) -> None:
    tab, page = await story.chatting()
    boss, boss_page = await make_boss(story)
    await page.ask(calling(tab, boss), "notes")
    await boss_page.until("mentions")
    for conversation in (tab.conversation, "not-an-id", "\0"):
        await page.send({"type": "see_mentions", "conversation": conversation, "numbers": [1]})
    await page.ping()
    assert page.list_of("error") == []
    assert await run(Mention.objects.filter(seen_at=None).count) == 1


@pytest.mark.req("DL-04")
async def test_mention_whose_push_was_lost_comes_with_the_heartbeat(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, page = await story.chatting()
    boss, boss_page = await make_boss(story)
    with monkeypatch.context() as lost:
        lost.setattr("chat.receivers.broadcast_soon", lambda *push: None)
        await page.ask(calling(tab, boss), "notes")
    assert boss_page.list_of("mentions") == []
    await boss_page.ping()
    assert numbers(boss_page.list_of("mentions")[-1]) == [1]
    await boss_page.ping()
    assert len(boss_page.list_of("mentions")) == 1


async def test_who_may_not_open_the_chat_is_refused_at_the_note_and_nothing_is_lost(story: Story) -> None:
    tab, page = await story.chatting()
    stranger, key = await story.make_agent()
    other = await story.agent(key)
    boss, boss_page = await make_boss(story)
    frame = calling(tab, boss, stranger, as_id="note-0001")
    error = await page.ask(frame)
    assert (error["code"], error["field"]) == ("mention_refused", "mentions[1]")
    assert error["client_id"] == "note-0001"
    assert not await run(Note.objects.exists)
    await page.ask({**frame, "mentions": [boss.pk]}, "notes")
    await boss_page.until("mentions")
    await other.ping()
    assert "haggles" not in json.dumps(other.frames)


@pytest.mark.req("LC-07")
async def test_permission_that_is_taken_takes_the_mention_off_the_page_and_brings_no_other(
    story: Story,
) -> None:
    tab, page = await story.chatting()
    boss, boss_page = await make_boss(story)
    await page.ask(calling(tab, boss), "notes")
    await boss_page.until("mentions")

    def demote() -> None:
        User.objects.filter(pk=boss.pk).update(is_superuser=False)
        publish(AccessChanged((boss.pk,)))

    await run(demote)
    assert numbers(await boss_page.until("mentions")) == []
    error = await page.ask(calling(tab, boss))
    assert error["code"] == "mention_refused"
    again = await story.agent(boss_page.session_key)
    await again.ping()
    assert "haggles" not in json.dumps(again.frames)
