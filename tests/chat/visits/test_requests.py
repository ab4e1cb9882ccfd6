"""What is taken and what is refused: sizes, shapes, websites, floods; and what is told is counted."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from chat.models import Trigger
from chat.services.dialogues import unpublish_dialogue
from chat.services.triggers import hash_session
from chat.visits import app, batches
from chat.visits.requests import BODY_LIMIT
from chat.visits.throttle import AddressThrottle, Limit
from config.lib.open_posts import Refused, read_body
from tests.chat.services.talking import make_dialogue
from tests.chat.visits.pages import SESSION, Website
from tests.stage import configure

make = sync_to_async(make_dialogue)
PATHS = ["/widget/visit", "/widget/shown"]
NOBODYS = "5b0cbb8e-6c0f-4f0a-9a49-0a8f2ac1f0b3"


@pytest.mark.req("DG-04")
async def test_what_was_shown_is_counted_once_however_often_it_is_told(website: Website) -> None:
    dialogue = await make()
    version = (await website.visit("/prices?secret=1"))["dialogue"]["id"]
    answers = await asyncio.gather(*[website.show(version, "/prices?secret=1") for _ in range(20)])
    assert [(answer.status, answer.body) for answer in answers] == [(204, b"")] * 20
    row = await Trigger.objects.aget()
    assert (row.dialogue_id, row.session_hash) == (dialogue.pk, hash_session(SESSION))
    assert (row.page_url, row.is_known) == ("https://acme.example/prices", False)


@pytest.mark.req("DG-04")
async def test_sessions_and_dialogues_count_each(website: Website) -> None:
    versions = [f"{(await make()).public_id}.1" for _ in range(3)]
    sessions = [f"session-{number:012}" for number in range(4)]
    told = [website.show(version, session=session) for version in versions for session in sessions]
    await asyncio.gather(*told, *[website.show(versions[0], session=sessions[0]) for _ in range(5)])
    assert await Trigger.objects.acount() == 12


@pytest.mark.req("DG-04")
async def test_dialogue_that_was_taken_back_meanwhile_was_still_shown(website: Website) -> None:
    dialogue = await make()
    await sync_to_async(unpublish_dialogue)(dialogue_id=dialogue.pk)
    assert (await website.show(f"{dialogue.public_id}.1")).status == 204


@pytest.mark.parametrize("version", ["", "x", NOBODYS, f"{NOBODYS}.1", f"{NOBODYS}.-1", f"{NOBODYS}.٣"])
async def test_version_that_never_was_is_refused(website: Website, version: str) -> None:
    await make()
    assert (await website.show(version)).status == 404
    assert not await Trigger.objects.aexists()


async def test_everything_else_goes_to_the_pages(website: Website) -> None:
    for path in ("/", "/widget.js", "/widget/visit/", "/widget/visits", "/admin/"):
        assert (await website.ask("POST", path)).body == b"pages"


@pytest.mark.parametrize("path", PATHS)
async def test_any_page_may_read_the_answer_and_nobody_keeps_it(website: Website, path: str) -> None:
    for method, status in {"POST": 400, "GET": 405, "PUT": 405, "OPTIONS": 204}.items():
        answer = await website.ask(method, path)
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers.get("content-length", "0") == str(len(answer.body))
    assert (await website.ask("OPTIONS", path)).headers["access-control-allow-methods"] == "POST"


@pytest.mark.req("DL-07")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"session": "\xff"}',
        b'{"session": "short"}',
        b'{"session": 7}',
        json.dumps({"session": "x" * 65}).encode(),
        json.dumps({"session": f"{SESSION}\n"}).encode(),
        b'{"session": "session-one-1234567", "token": "\\ud800"}',
        json.dumps({"session": SESSION, "version": "x", "token": "x" * 401}).encode(),
        json.dumps({"session": SESSION, "version": "x", "page": {"url": "x" * 2_001}}).encode(),
        json.dumps({"session": SESSION, "version": "x", "page": []}).encode(),
        b'{"session": "session-one-1234567", "deep": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    ],
)
async def test_what_cannot_be_meant_is_refused(website: Website, path: str, body: bytes) -> None:
    answer = await website.post(path, body)
    assert (answer.status, answer.json) == (400, {"code": "invalid_input"})


@pytest.mark.parametrize(
    "told",
    [
        {"device": "toaster"},
        {"language": "x" * 36},
        {"attributes": {"plan": 7}},
        {"attributes": ["plan"]},
        {"identity": "x" * 4_001},
    ],
)
async def test_member_of_another_kind_is_refused(website: Website, told: dict[str, Any]) -> None:
    answer = await website.post("/widget/visit", website.describe("/", told))
    assert answer.status == 400


@pytest.mark.parametrize(
    "told",
    [
        {"newer": {"than": "this"}},
        {"attributes": {"not a name": "x"}},
        {"identity": "not.signed.by-us"},
        {"time_zone": "<script>"},
        {"language": "'; drop table"},
        {"page": {"url": "\0", "title": "\0", "referrer": "\0"}},
        {"page": {}},
    ],
)
async def test_what_is_odd_spoils_nothing_else(website: Website, told: dict[str, Any]) -> None:
    await make()
    assert (await website.visit(**told))["dialogue"] is not None


@pytest.mark.req("DL-07")
@pytest.mark.parametrize("path", PATHS)
async def test_body_that_is_too_large_is_refused_wherever_that_shows(website: Website, path: str) -> None:
    too_large = b" " * (BODY_LIMIT + 1)
    assert (await website.post(path, too_large)).status == 413
    assert (await website.ask("POST", path, [b" " * 1_000] * 17)).status == 413
    assert (await website.ask("POST", path, [b"{}"], content_length="99999999999")).status == 413


async def test_body_in_parts_is_read_whole(website: Website) -> None:
    body = json.dumps(website.describe("/prices", {})).encode()
    answer = await website.ask("POST", "/widget/visit", [body[:5], body[5:9], b"", body[9:]])
    assert answer.status == 200


async def test_who_leaves_before_the_body_ends_is_let_go(website: Website) -> None:
    async def leave() -> dict[str, str]:
        return {"type": "http.disconnect"}

    with pytest.raises(Refused):
        await read_body({"headers": []}, leave, limit=BODY_LIMIT)


# --- Allowed domains


@pytest.mark.req("DG-18")
@pytest.mark.parametrize("path", PATHS)
async def test_other_websites_are_refused_while_the_switch_is_on(website: Website, path: str) -> None:
    await sync_to_async(configure)(restrict_domains=True, allowed_domains="acme.example\n*.acme.test")
    for origin, is_allowed in {
        "https://acme.example": True,
        "https://shop.acme.test": True,
        "https://acme.example.evil.test": False,
        "https://evil.test": False,
        "null": False,
        "": False,
    }.items():
        website.origin = origin
        assert ((await website.post(path, b"{}")).status != 403) is is_allowed, origin
    await sync_to_async(configure)(restrict_domains=False)
    assert (await website.post(path, b"{}")).status == 400


# --- Floods


@pytest.mark.req("DL-07")
@pytest.mark.parametrize("path", PATHS)
async def test_script_is_slowed_down(website: Website, path: str) -> None:
    _throttle, handle = website.app._handlers[path]
    website.app._handlers[path] = (AddressThrottle(Limit(burst=3, rate=0.001)), handle)
    assert [(await website.post(path, b"{}")).status for _ in range(4)] == [400, 400, 400, 429]
    answer = await website.post(path, b"{}")
    assert (answer.json, answer.headers["retry-after"]) == ({"code": "too_many"}, "10")
    website.address = "81.2.69.143"
    assert (await website.post(path, b"{}")).status == 400


@pytest.mark.parametrize(("limit", "each"), [(app.VISITS, 5), (app.SHOWN, 2)])
def test_office_behind_one_address_is_served(limit: Limit, each: int) -> None:
    throttle = AddressThrottle(limit, lambda: 0.0)
    assert all(throttle.allow("81.2.69.142") for _visitor in range(200) for _page in range(each))


# --- Trouble


async def test_page_views_go_on_by_the_last_state_while_the_database_is_away(
    website: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make()
    seen = await website.visit()
    board = batches.get_desk().board

    async def fail() -> None:
        raise OperationalError

    monkeypatch.setattr(board, "_read", fail)
    assert await website.visit() == seen


async def test_without_any_state_who_asks_is_sent_away(
    website: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> None:
        raise OperationalError

    monkeypatch.setattr(batches.get_desk().board, "_read", fail)
    answer = await website.post("/widget/visit", b"{}")
    assert (answer.status, answer.json, answer.headers["retry-after"]) == (503, {"code": "busy"}, "5")


async def test_what_could_not_be_counted_is_said_so(
    website: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogue = await make()

    def fail(items: object) -> None:
        raise OperationalError

    monkeypatch.setattr(batches, "record_shown", fail)
    assert (await website.show(f"{dialogue.public_id}.1")).status == 503
