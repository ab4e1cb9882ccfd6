"""Who may have an agent's socket, asked again whenever that may have changed (DL-10, R16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from agents.inbox_frames import read_offer
from agents.models import Presence, User
from agents.services.presence import GRACE, LIFETIME
from chat.delivery.close_codes import CloseCode
from chat.models import Conversation, LiveChat, Message
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import AgentTab, run
from tests.factories import UserFactory
from tests.scenes import sign_in

Store = import_module(settings.SESSION_ENGINE).SessionStore


def end_session(key: str) -> None:
    Store(session_key=key).flush()


def forget_session(key: str) -> None:
    """As a database that was put back would: no signal says so."""
    Session.objects.filter(session_key=key)._raw_delete("default")


def expire_session(key: str) -> None:
    session = Store(session_key=key)
    session.set_expiry(-1)
    session.save()


SILENT: dict[str, tuple[Callable[[User, str], object], CloseCode]] = {
    "session forgotten": (lambda user, key: forget_session(key), CloseCode.UNAUTHENTICATED),
    "session over": (lambda user, key: expire_session(key), CloseCode.UNAUTHENTICATED),
    "deactivated in the database": (
        lambda user, key: User.objects.filter(pk=user.pk).update(is_active=False),
        CloseCode.UNAUTHENTICATED,
    ),
}


def list_strangers() -> dict[str, tuple[str, CloseCode]]:
    """Session keys that open nothing, and what each is closed with."""
    mere_user = UserFactory.create(permissions=["view_dialogues"])
    return {
        "no session": ("", CloseCode.UNAUTHENTICATED),
        "short": ("abc", CloseCode.UNAUTHENTICATED),
        "made up": ("a" * 32, CloseCode.UNAUTHENTICATED),
        "with NUL": ('"aaaaaaaaaaaa\\000"', CloseCode.UNAUTHENTICATED),
        "endless": ("a" * 3_000, CloseCode.UNAUTHENTICATED),
        "not an agent": (sign_in(mere_user), CloseCode.FORBIDDEN),
    }


async def knock(story: Story, key: str) -> AgentTab:
    page = await story.agent(key, greet=False)
    await page.send({"type": "hello", "protocol": 1})
    return page


@pytest.mark.req("DL-10", "LC-05")
async def test_strangers_are_accepted_and_closed_with_their_code(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    for name, (key, code) in (await run(list_strangers)).items():
        page = await knock(story, key)
        assert await page.closed() == code, name
        assert page.frames == []
    assert not await run(Presence.objects.exists)
    assert "ERROR" not in caplog.text


@pytest.mark.req("DL-10")
async def test_signing_out_in_one_browser_leaves_the_other_signed_in(story: Story) -> None:
    user, key = await story.make_agent()
    page, elsewhere = await story.agent(key), await story.agent(await run(sign_in, user))
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    response = await run(browser.post, reverse("sign-out"))
    assert response.status_code == 302
    assert await page.closed() == CloseCode.UNAUTHENTICATED
    await elsewhere.ping()


@pytest.mark.req("DL-10")
@pytest.mark.parametrize("name", SILENT)
async def test_what_nobody_announced_is_noticed_by_the_next_heartbeat(name: str, story: Story) -> None:
    user, key = await story.make_agent()
    page = await story.agent(key)
    revoke, code = SILENT[name]
    await run(revoke, user, key)
    await page.send({"type": "ping", "mark": page.mark})
    assert await page.closed() == code
    assert page.list_of("pong") == []


@pytest.mark.req("LC-07", "DL-10")
async def test_a_chat_goes_on_with_another_agent_and_the_lost_one_hears_nothing_more(story: Story) -> None:
    tab, page = await story.chatting()
    successor = await story.agent((await story.make_agent())[1])
    heard = len(page.frames)
    chat = await run(LiveChat.objects.select_related("agent").get)
    await run(chat.agent.user_permissions.clear)
    offer = await successor.until("offer")
    await successor.send({"type": "accept", "offer": offer["id"]})
    await successor.until("chat")
    await successor.until("messages")
    await tab.post("only for the new one")
    await successor.until("message", lambda frame: frame["text"] == "only for the new one")
    assert await page.closed() == CloseCode.FORBIDDEN
    late = page.frames[heard:]
    assert not [frame for frame in late if "only for the new one" in str(frame)]


@pytest.mark.req("DL-10", "LC-38")
async def test_a_chat_that_somebody_else_has_now_leaves_the_page_without_its_later_words(
    story: Story,
) -> None:
    """The hint was lost; by the next heartbeat somebody else has said something."""
    tab, page = await story.chatting()
    await page.ping()
    heard = len(page.frames)
    await run(hand_over, (await story.make_agent())[0])
    await page.ping()
    (welcome,) = [frame for frame in page.frames[heard:] if frame["type"] == "welcome"]
    assert welcome.get("chats", []) == []
    answer = await page.ask({"type": "sync", "conversation": tab.conversation, "after": 0})
    assert answer["code"] == "conversation_not_found"
    assert not [frame for frame in page.frames[heard:] if frame["type"] in {"messages", "message", "state"}]


def hand_over(successor: User) -> None:
    LiveChat.objects.update(agent=successor)
    conversation = Conversation.objects.get()
    conversation.last_seq += 1
    conversation.save()
    Message.objects.create(
        conversation=conversation, seq=conversation.last_seq, author="agent", created_at=timezone.now()
    )


@pytest.mark.req("LC-13")
async def test_an_open_inbox_is_reachable_and_a_closed_one_not_for_long(
    story: Story, time_machine: Any
) -> None:
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    user, key = await story.make_agent()
    page = await story.agent(key)
    presence = await run(Presence.objects.get)
    assert (presence.agent_id, presence.expires_at) == (user.pk, now + LIFETIME)
    time_machine.shift(timedelta(seconds=20))
    await page.ping()
    assert (await run(Presence.objects.get)).expires_at == now + timedelta(seconds=20) + LIFETIME
    await page.leave()
    assert (await run(Presence.objects.get)).expires_at == now + timedelta(seconds=20) + GRACE


@pytest.mark.req("LC-13", "LC-07")
async def test_who_signs_out_is_not_reachable_for_long(story: Story, time_machine: Any) -> None:
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    _user, key = await story.make_agent()
    page = await story.agent(key)
    await run(end_session, key)
    await page.closed()
    await page.leave()
    assert (await run(Presence.objects.get)).expires_at == now + GRACE


@pytest.mark.req("LC-13")
async def test_each_page_counts_for_itself(story: Story) -> None:
    _user, key = await story.make_agent()
    page, _second = await story.agent(key), await story.agent(key)
    await page.leave()
    now = timezone.now()
    rows = await run(lambda: sorted(Presence.objects.values_list("expires_at", flat=True)))
    assert rows[0] <= now + GRACE < now + LIFETIME - timedelta(seconds=10) < rows[1]


@pytest.mark.req("LC-50", "LC-21")
async def test_a_push_is_looked_up_in_the_readers_language(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever caused it speaks another."""
    spoken: list[str] = []

    def read_and_note(**which: Any) -> Any:
        spoken.append(translation.get_language() or "")
        return read_offer(**which)

    monkeypatch.setattr("agents.inbox_socket.read_offer", read_and_note)
    await story.set_up()
    _user, key = await story.make_agent()
    swedish, english = await story.agent(key, language="sv"), await story.agent(key, language="en")
    tab = await story.waiting(language="de")
    await swedish.until("offer")
    await english.until("offer")
    await tab.send(tab.frame("cancel"))
    await swedish.until("offer_settled")
    await english.until("offer_settled")
    assert sorted(spoken) == ["en", "en", "sv", "sv"]
