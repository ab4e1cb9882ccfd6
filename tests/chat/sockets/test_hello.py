"""How a visitor comes in: who it is, what it gets, and who isn't let in."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.utils import timezone

from chat.consumers import VisitorSocket
from chat.delivery.close_codes import CloseCode
from chat.models import Conversation, Message, Visitor
from chat.protocol import PROTOCOL_VERSION
from chat.services.visitors import TOKEN_LIFE, mint_token, read_token
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import run
from tests.scenes import set_up

KEY = "k" * 43
ENGLISH, SWEDISH = "Please choose an answer above.", "Välj ett svar ovan."
GERMAN, CHINESE = "Bitte wählen Sie oben eine Antwort.", "請在上方選擇答案。"


def tampered() -> str:
    token = mint_token(KEY)
    return ("x" if token[0] != "x" else "y") + token[1:]


def of_another_installation() -> str:
    return signing.TimestampSigner(key="s" * 50, salt="switchboard.visitor").sign(KEY)


def signed_for_something_else() -> str:
    return signing.TimestampSigner(salt="sign-in link").sign(KEY)


WRONG = {
    "tampered": tampered,
    "of another installation": of_another_installation,
    "signed for something else": signed_for_something_else,
    "not a token": lambda: "hello",
    "a bare key": lambda: KEY,
    "blank": lambda: " ",
    "with NUL": lambda: "a\0:b:c",
    "of emoji": lambda: "😀:😀:😀",
}


@pytest.mark.req("DL-10")
@pytest.mark.parametrize("name", WRONG)
async def test_a_token_that_is_not_ours_is_accepted_and_closed_with_its_code(name: str, story: Story) -> None:
    await story.set_up()
    tab = await story.visitor(greet=False)
    await tab.send({"type": "hello", "protocol": PROTOCOL_VERSION, "token": WRONG[name]()})
    assert await tab.closed() == CloseCode.UNAUTHENTICATED
    assert tab.frames == []
    assert not await run(Visitor.objects.exists)


@pytest.mark.req("DL-10")
async def test_a_token_that_ran_out_is_closed_with_its_code(story: Story, time_machine: Any) -> None:
    await story.set_up()
    time_machine.move_to(timezone.now() - TOKEN_LIFE - timedelta(minutes=1))
    old = mint_token(KEY)
    time_machine.move_to(timezone.now() + TOKEN_LIFE + timedelta(minutes=1))
    tab = await story.visitor(greet=False)
    await tab.send({"type": "hello", "protocol": PROTOCOL_VERSION, "token": old})
    assert await tab.closed() == CloseCode.UNAUTHENTICATED


@pytest.mark.req("DL-10", "DG-21")
async def test_a_visitor_comes_back_with_the_token_and_gets_a_fresher_one(
    story: Story, time_machine: Any
) -> None:
    await story.set_up()
    time_machine.move_to(timezone.now(), tick=True)
    first = await story.visitor()
    time_machine.move_to(timezone.now() + timedelta(minutes=5), tick=True)
    again = await story.visitor(token=first.token)
    assert again.token != first.token
    assert read_token(again.token) == read_token(first.token)
    assert await run(Visitor.objects.count) == 1
    assert again.conversation == first.conversation


@pytest.mark.req("DL-10")
async def test_strangers_get_keys_that_nobody_can_guess(story: Story) -> None:
    await story.set_up()
    keys = {read_token((await story.visitor()).token) for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key or "") == 43 for key in keys)  # 256 bits
    stored = await run(lambda: list(Visitor.objects.values_list("key_hash", flat=True)))
    assert not keys & set(stored)


@pytest.mark.req("DL-10")
async def test_a_token_in_the_address_is_nobodys(story: Story) -> None:
    await story.set_up()
    known = await story.visitor()
    tab = await story.visitor(greet=False)
    tab.communicator.scope["query_string"] = f"token={known.token}".encode()
    await tab.hello()
    assert tab.conversation != known.conversation


@pytest.mark.req("DL-09")
@pytest.mark.parametrize("protocol", [0, 2, -1, 10**30])
async def test_another_protocol_is_told_to_reload(protocol: int, story: Story) -> None:
    await story.set_up()
    tab = await story.visitor(greet=False)
    answer = await tab.ask({"type": "hello", "protocol": protocol, "token": mint_token(KEY)})
    assert (answer["code"], answer["field"]) == ("protocol", "protocol")
    assert await tab.closed() == CloseCode.FORBIDDEN
    assert not await run(Visitor.objects.exists)


@pytest.mark.req("DL-07")
async def test_who_says_nothing_is_closed(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VisitorSocket, "hello_within", 0.05)
    tab = await story.visitor(greet=False)
    assert await tab.closed() == CloseCode.HELLO_TIMEOUT


@pytest.mark.req("DL-07", "DL-08")
async def test_a_hello_that_the_database_is_slow_about_is_not_too_late(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart thousands come at once; sending them away for waiting would bring them back."""
    await story.set_up()
    monkeypatch.setattr(VisitorSocket, "hello_within", 0.05)
    greet, check = VisitorSocket._greet, VisitorSocket._check_hello
    looks = asyncio.Semaphore(0)

    def look(self: VisitorSocket) -> None:
        check(self)
        looks.release()

    async def greet_slowly(self: VisitorSocket, *args: Any) -> None:
        await looks.acquire()
        await looks.acquire()
        await greet(self, *args)

    monkeypatch.setattr(VisitorSocket, "_check_hello", look)
    monkeypatch.setattr(VisitorSocket, "_greet", greet_slowly)
    tab = await story.visitor()
    assert tab.conversation


@pytest.mark.req("DG-02", "DL-10")
async def test_a_closed_panel_writes_nothing_about_a_stranger(story: Story) -> None:
    await story.set_up()
    tab = await story.visitor(show=False)
    assert "state" not in tab.frames[0]
    assert await run(lambda: [Visitor.objects.count(), Conversation.objects.count()]) == [0, 0]
    opened = await story.visitor(token=tab.token)
    assert read_token(opened.token) == read_token(tab.token)
    assert opened.conversation
    # Another page, with the panel closed: what was begun is there.
    later = await story.visitor(token=tab.token, show=False)
    assert later.conversation == opened.conversation


@pytest.mark.req("DG-02", "DL-04")
async def test_opening_shows_the_first_card_with_all_that_is_needed_to_answer(story: Story) -> None:
    await story.set_up()
    tab = await story.visitor()
    (welcome,) = tab.frames
    assert welcome["state"]["phase"] == "bot"
    assert welcome["state"]["can"] == ["answer"]
    assert welcome["state"]["awaiting"] == "what"
    assert [message["ask"]["card"] for message in welcome["messages"]] == ["what"]
    assert welcome["reset"] is True
    assert welcome["protocol"] == PROTOCOL_VERSION


@pytest.mark.req("DG-03")
async def test_with_nothing_to_show_a_welcome_is_all(story: Story) -> None:
    await run(set_up)
    tab = await story.visitor()
    assert set(tab.frames[0]) == {"type", "protocol", "now", "token"}
    for frame in ({"type": "post", "client_id": "12345678", "text": "hi"}, {"type": "end"}):
        answer = await tab.ask({**frame, "conversation": ""})
        assert answer["code"] == "conversation_not_found"


@pytest.mark.req("DG-21", "LC-51")
async def test_where_the_visitor_was_is_kept_as_it_was_sent(story: Story) -> None:
    await story.set_up()
    page = {"url": "https://shop.example/a\0b", "title": "Bikes\u202e", "referrer": "javascript:alert(1)"}
    await story.visitor(page=page, language="sv-FI\0")
    kept = await run(Conversation.objects.get)
    assert (kept.page_url, kept.page_title, kept.referrer) == (
        "https://shop.example/ab",
        "Bikes\u202e",
        "javascript:alert(1)",
    )


@pytest.mark.req("LC-50")
@pytest.mark.parametrize(
    ("language", "refusal"),
    [
        ("sv", SWEDISH),
        ("sv-FI", SWEDISH),
        ("de-CH", GERMAN),
        ("zh-hant", CHINESE),
        ("fi", ENGLISH),
        ("", ENGLISH),
        ("../../etc", ENGLISH),
    ],
)
async def test_refusals_are_in_the_language_of_the_hello(language: str, refusal: str, story: Story) -> None:
    await story.set_up()
    tab = await story.visitor(language=language)
    answer = await tab.ask(tab.frame("post", client_id="12345678", text="hi"))
    assert answer["text"] == refusal


@pytest.mark.req("DL-04", "DL-06")
@pytest.mark.parametrize("given", ["nothing", "one", "all", "more than there are", "another conversation"])
async def test_a_client_gets_exactly_what_it_missed(given: str, story: Story) -> None:
    tab, page = await story.chatting()
    for n in range(3):
        await tab.post(f"from the visitor {n}")
        await page.post(tab.conversation, f"from the agent {n}")
    last = await run(Message.objects.count)
    after = {"nothing": 0, "one": 1, "all": last, "more than there are": last + 7, "another conversation": 3}
    named = "00000000-0000-0000-0000-000000000000" if given == "another conversation" else tab.conversation
    again = await story.visitor(token=tab.token, conversation=named, after=after[given])
    welcome = again.frames[0]
    starts_over = given not in {"one", "all"}
    first = 1 if starts_over else after[given] + 1
    assert [seq for seq, _text in again.shown()] == list(range(first, last + 1))
    assert welcome.get("reset", False) is starts_over
    assert welcome.get("more", False) is False
    assert welcome["state"]["phase"] == "active"
    assert welcome["state"]["last_seq"] == last
    await page.post(tab.conversation, "and one more")
    await again.until("message", lambda frame: frame["seq"] == last + 1)
    assert again.shown()[-1] == (last + 1, "and one more")
