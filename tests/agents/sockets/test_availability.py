"""What an agent's page says about being offered chats, while nobody touches the switch."""

from __future__ import annotations

import pytest

from agents.models import User
from agents.services.availability import set_availability_of
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import run
from tests.factories import UserFactory

pytestmark = pytest.mark.req("LC-11", "LC-12", "DL-04")


async def test_what_ends_by_the_clock_is_shown_by_the_next_heartbeat(story: Story) -> None:
    _user, key = await story.make_agent()
    page = await story.agent(key)
    assert page.frames[0]["availability"]["available"] is True
    # As time does it: nobody is told.
    await run(User.objects.update, override_available=None, override_until=None)
    await page.ping()
    (shown,) = page.list_of("availability")
    assert (shown["available"], shown["reason"]) == (False, "no_hours")


async def test_what_the_page_shows_already_is_not_sent_again(story: Story) -> None:
    _user, key = await story.make_agent()
    page = await story.agent(key)
    await page.ping()
    assert page.list_of("availability") == []
    await page.ask({"type": "set_availability", "available": False}, "availability")
    await page.ping()
    sent = len(page.list_of("availability"))
    await page.ping()
    assert len(page.list_of("availability")) == sent


async def test_what_a_supervisor_sets_is_shown_at_once_with_who_did_it(story: Story) -> None:
    user, key = await story.make_agent()
    page = await story.agent(key)
    boss = await run(UserFactory.create, first_name="Signe", last_name="Berg")
    await run(set_availability_of, agent=user, available=False, by=boss)
    shown = await page.until("availability")
    assert shown["available"] is False
    assert shown["text"].endswith(" · set by Signe Berg")
    assert shown["by"] == "Signe Berg"
    assert (await story.agent(key)).frames[0]["availability"]["by"] == "Signe Berg"
    back = await page.ask({"type": "set_availability", "available": True}, "availability")
    assert back["available"] is True
    assert "Signe" not in back["text"]
    assert back.get("by", "") == ""
