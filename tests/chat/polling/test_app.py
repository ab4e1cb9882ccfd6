"""Who may poll, how often and how much."""

from __future__ import annotations

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator

from chat.delivery import shutdown
from chat.polling import app, exchange
from chat.visits.throttle import Limit
from config.lib.open_posts import Refused
from tests.chat.polling.pollers import Poller, read
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import HOST, SHOP

BAD_BODIES = [b"", b"{", b"[]", b"5", b'{"hello": {}, "more": 1}', b"[" * 10_000, b'{"frames": []}', b"\xff"]
NO_TEXT = [b'{"hello": "\xff"}', b'{"hello": {}, "frames": ["\xed\xa0"]}', b'{"hello": {}, "have": "\xff"}']


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "WAIT", 0.1)


@pytest.mark.req("DG-16", "DG-18")
async def test_any_website_may_read_the_answer_and_ask_beforehand(story: Story) -> None:
    await story.set_up()
    poller = Poller()
    answer = await poller.ask(b"", method="OPTIONS")
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (204, "*")
    answer = await poller.ask(poller.write(), content_type="text/plain")
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


@pytest.mark.req("DG-18")
async def test_only_allowed_domains_poll_while_the_switch_is_on(story: Story) -> None:
    await story.set_up(restrict_domains=True, allowed_domains="shop.example")
    for origin, status in [
        ("https://shop.example", 200),
        ("https://shop.example.evil.example", 403),
        ("null", 403),
        (None, 403),
    ]:
        poller = Poller(origin=origin)
        assert (await poller.ask(poller.write())).status == status, origin


@pytest.mark.req("DL-07")
@pytest.mark.parametrize("body", [*BAD_BODIES, *NO_TEXT])
async def test_body_that_is_no_poll_is_refused(body: bytes, story: Story) -> None:
    await story.set_up()
    assert (await Poller().ask(body)).status == 400


@pytest.mark.req("DL-07")
async def test_too_much_at_once_is_refused(story: Story) -> None:
    await story.set_up()
    poller = Poller()
    assert (await poller.ask(b"x" * (app.BODY_LIMIT + 1))).status == 413
    assert (await poller.ask(b"x", content_length=str(10**12))).status == 413
    many = [{"type": "ping"}] * (exchange.MOST_FRAMES + 1)
    assert (await poller.ask(poller.write(*many))).status == 413
    long = await poller.poll({"type": "typing", "conversation": "x" * 17_000})
    assert [frame["code"] for frame in long if frame["type"] == "error"] == ["frame_too_big"]


@pytest.mark.req("DL-07")
async def test_visitor_who_sends_more_than_a_socket_may_is_slowed_down(story: Story) -> None:
    await story.set_up()
    poller, other = Poller(), Poller()
    await poller.poll()
    answers = [await poller.ask(poller.write(*[{"type": "ping"}] * 25)) for _each in range(4)]
    assert answers[-1].status == 429
    assert answers[-1].headers["retry-after"] == "2"
    assert (await other.ask(other.write())).status == 200


@pytest.mark.req("DL-07")
async def test_process_with_all_it_can_hold_says_so(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    await story.set_up()
    monkeypatch.setattr(app, "MOST_WAITING", 0)
    poller = Poller()
    assert (await poller.ask(poller.write())).status == 503


@pytest.mark.req("DL-07")
def test_no_visitor_waits_in_more_places_than_tabs_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MOST_WAITING_OF_ONE", 2)
    polls = app.PollApp(lambda scope, receive, send: asyncio.sleep(0))
    with polls._place("vera"), polls._place("vera"):
        with pytest.raises(Refused) as refused, polls._place("vera"):
            pass
        assert refused.value.status == 429
        with polls._place("wim"), polls._place(""), polls._place(""), polls._place(""):
            assert polls._waiting.total() == 6
    assert not polls._waiting
    with polls._place("vera"):
        pass


@pytest.mark.req("DL-07")
async def test_address_that_asks_more_than_an_office_does_is_sent_away(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.set_up()
    monkeypatch.setattr(app, "REQUESTS", Limit(burst=3, rate=0))
    polls = app.PollApp(lambda scope, receive, send: asyncio.sleep(0))
    statuses = [await knock(polls, address) for address in ["81.2.69.142"] * 4 + ["81.2.69.143"]]
    assert statuses == [400, 400, 400, 429, 400]


async def knock(polls: app.PollApp, address: str) -> int:
    """The status that a poll from there is answered with, which is none."""
    headers = [(b"host", HOST.encode()), (b"origin", SHOP.encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": app.PATH,
        "headers": headers,
        "client": (address, 4711),
    }
    communicator = ApplicationCommunicator(polls, scope)
    await communicator.send_input({"type": "http.request", "body": b"{"})
    return (await read(communicator)).status


@pytest.mark.req("DL-08")
async def test_process_that_restarts_sends_polls_to_the_next_one(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.set_up()
    monkeypatch.setitem(shutdown._state, "is_stopping", True)
    poller = Poller()
    answer = await poller.ask(poller.write())
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "restarting")


@pytest.mark.req("DG-16")
async def test_nothing_is_polled_by_a_link(story: Story) -> None:
    await story.set_up()
    assert (await Poller().ask(b"", method="GET")).status == 405
