"""What clients send that were never written by us (DL-07, S13), and words that are only strange."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from agents.consumers import AgentSocket
from chat.consumers import VisitorSocket
from chat.delivery.close_codes import CloseCode
from chat.delivery.intake import MAX_FRAME
from chat.models import Message
from chat.services import messages
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import client_id, run

JUNK: dict[str, tuple[str | bytes, str]] = {
    "binary": (b'{"type":"ping"}', "binary_frame"),
    "binary junk": (b"\x00\xff" * 100, "binary_frame"),
    "nothing": ("", "bad_json"),
    "half": ('{"type":', "bad_json"),
    "two": ('{"type":"ping"}{"type":"ping"}', "bad_json"),
    "list": ("[]", "bad_frame"),
    "number": ("5", "bad_frame"),
    "null": ("null", "bad_frame"),
    "text": ('"ping"', "bad_frame"),
    "no type": ("{}", "unknown_type"),
    "type twice": ('{"type":"ping","type":"end"}', "unknown_type"),
    "deep lists": ("[" * 16_000, "bad_frame"),
    "deep objects": ('{"type":"sync","after":' + '{"a":' * 3_000, "bad_field"),
    "deep unknown": ('{"type":"ping","x":' + "[" * 7_000 + "]" * 7_000 + "}", "bad_json"),
    "half a pair": ('{"type":"post","text":"\\ud800"}', "bad_json"),
    "half a pair, raw": ('{"type":"post","text":"\ud800"}', "bad_json"),
    "not a number": ('{"type":"ping","mark":NaN}', "bad_json"),
    "one too many": (" " * (MAX_FRAME - 14) + '{"type":"ping"}', "frame_too_big"),
    "in bytes": ('{"type":"ping","x":"' + "😀" * 4_091 + '"}', "frame_too_big"),
    "5 MB": ("x" * 5_000_000, "frame_too_big"),
}


@pytest.mark.req("DL-07")
@pytest.mark.parametrize("name", JUNK)
async def test_junk_gets_an_error_before_and_after_hello(
    name: str, story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    await story.set_up()
    junk, code = JUNK[name]
    tab = await story.visitor(greet=False)
    assert (await tab.ask(junk))["code"] == code
    await tab.hello()
    assert (await tab.ask(junk))["code"] == code
    await tab.ping()
    assert "ERROR" not in caplog.text


@pytest.mark.req("DL-07")
async def test_a_frame_of_exactly_the_allowed_size_is_taken(story: Story) -> None:
    tab = await story.visitor()
    await tab.send('{"type":"ping"}' + " " * (MAX_FRAME - 15))
    await tab.until("pong")


@pytest.mark.req("DL-07", "LC-51")
async def test_too_much_at_once_is_told_once_and_a_flood_is_closed(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.set_up()
    for name, value in (("frame_rate", 0.0), ("frame_burst", 3), ("flood_rate", 0.0), ("flood_burst", 5)):
        monkeypatch.setattr(VisitorSocket, name, value)
    tab = await story.visitor()
    for _ in range(7):
        await tab.send(tab.frame("typing"))
    assert (await tab.until("error"))["code"] == "slow_down"
    assert tab.close_code is None
    await tab.send(tab.frame("typing"))
    assert await tab.closed() == CloseCode.FLOOD
    assert [frame["code"] for frame in tab.list_of("error")] == ["slow_down"]


@pytest.mark.req("DL-07")
def test_both_sockets_are_limited_alike() -> None:
    for limit in ("frame_rate", "frame_burst", "flood_rate", "flood_burst", "hello_within", "idle_after"):
        assert getattr(VisitorSocket, limit) == getattr(AgentSocket, limit)


# Text that is taken, and how it is kept.
STRANGE = {
    "emoji": ("😀" * 4_000, "😀" * 4_000),
    "NUL": ("a\0b", "ab"),
    "right to left": ("\u202egnp.exe", "\u202egnp.exe"),
    "zero width": ("a\u200b\u200d\ufeffb", "a\u200b\u200d\ufeffb"),
    "family": ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
    "combining": ("Z̸̢̛a̷l̴g̶o̵", "Z̸̢̛a̷l̴g̶o̵"),
    "not characters": ("\ufffe\uffff\U0010ffff", "\ufffe\uffff\U0010ffff"),
    "line breaks": ("a\r\nb\u2028c\td", "a\r\nb\u2028c\td"),
    "markup": ("<script>alert(1)</script>{{7*7}}${7}", "<script>alert(1)</script>{{7*7}}${7}"),
    "spaces around": ("  a  ", "  a  "),
    "SQL": ("'; DROP TABLE chat_message; --", "'; DROP TABLE chat_message; --"),
    "percent": ("100 %s %(a)s", "100 %s %(a)s"),
}


@pytest.mark.req("LC-29", "DL-01")
async def test_strange_words_reach_the_other_side_as_they_were_written(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VisitorSocket, "frame_burst", 1_000)
    tab, page = await story.chatting()
    for name, (text, kept) in STRANGE.items():
        ack = await tab.post(text)
        message = await page.until("message")
        assert message["seq"] == ack["seq"]
        assert message["text"] == kept, name
        assert (await run(Message.objects.get, seq=ack["seq"])).text == kept
    again = await story.visitor(token=tab.token)
    shown = [text for _seq, text in again.shown()]
    assert shown[-len(STRANGE) :] == [kept for _text, kept in STRANGE.values()]


@pytest.mark.req("LC-29", "LC-51")
@pytest.mark.parametrize("text", [" ", "\n\t ", "\u00a0\u2003", "\0", "\0 \0"])
async def test_a_message_of_nothing_is_refused_at_its_field(text: str, story: Story) -> None:
    tab, page = await story.chatting()
    for each, side in ((tab, "visitor"), (page, "agent")):
        message = {"type": "post", "conversation": tab.conversation, "client_id": client_id(), "text": text}
        answer = await each.ask(message)
        assert (answer["code"], answer["field"], answer["client_id"]) == (
            "empty",
            "text",
            message["client_id"],
        ), side


@pytest.mark.req("DL-07", "LC-29")
async def test_one_poisonous_message_does_not_fail_those_that_came_with_it(story: Story) -> None:
    tab, page = await story.chatting()
    ids = [client_id() for _ in range(3)]
    for each, text in zip(ids, ("before", " ", "after"), strict=True):
        await tab.send(tab.frame("post", client_id=each, text=text))
    assert [(await tab.until("ack"))["client_id"] for _ in range(2)] == [ids[0], ids[2]]
    await page.until("message", lambda frame: frame["text"] == "after")


class Refused(Exception):
    """As a database refuses a row: it quotes it."""


@pytest.mark.req("DL-07", "DL-01")
async def test_a_failure_is_told_with_the_messages_id_and_logged_without_its_words(
    story: Story, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tab, page = await story.chatting()
    secret = client_id()  # nothing that the source says

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise Refused(f"DETAIL: Failing row contains ({secret})")

    with monkeypatch.context() as patched:
        patched.setattr(messages, "_commit", refuse)
        frame = tab.frame("post", client_id=client_id(), text=secret)
        answer = await tab.ask(frame)
    assert (answer["code"], answer["client_id"]) == ("internal_error", frame["client_id"])
    assert secret not in str(answer)
    assert "Refused" in caplog.text
    assert secret not in caplog.text
    # Sent again, it goes through.
    assert (await tab.ask(frame, "ack"))["client_id"] == frame["client_id"]
    await page.until("message", lambda frame: frame["text"] == secret)


@pytest.mark.req("DL-10")
async def test_nothing_that_people_write_and_no_token_is_logged(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tab, page = await story.chatting()
    await tab.post("canary of the visitor")
    await page.post(tab.conversation, "canary of the agent")
    for bad in (
        {"text": "canary " * 1_000},
        {"text": ["canary"]},
        {"client_id": "canary!", "text": "canary"},
    ):
        await tab.ask({**tab.frame("post", client_id=client_id()), **bad})
    await tab.send(tab.frame("end"))
    await page.until("state", lambda frame: frame["phase"] == "ended")
    await tab.ask(tab.frame("post", client_id=client_id(), text="canary after the end"))
    ours = [record for record in caplog.records if not record.name.startswith(("django.db", "asyncio"))]
    said = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in ours)
    assert "canary" not in said
    assert tab.token not in said
    assert page.session_key not in said


@pytest.mark.req("DL-07")
async def test_an_answer_of_junk_is_asked_again(story: Story) -> None:
    await story.set_up()
    tab = await story.visitor()
    for value in ("", "nothing of it", "\0", "<b>human</b>", "x" * 4_000):
        frame = tab.frame("answer", card="what", client_id=client_id(), value=value)
        answer = await tab.ask(frame)
        assert (answer["code"], answer["field"]) == ("choice_unknown", "value")
        assert answer["client_id"] == frame["client_id"]
    for card in ("", "human", "nowhere", "\0"):
        frame = tab.frame("answer", card=card, client_id=client_id(), value="human")
        assert (await tab.ask(frame))["code"] in {"answer_misplaced", "answer_late"}
    await tab.answer("human", "what")
