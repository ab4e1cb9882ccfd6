"""Page views with 200 published dialogues: what choosing one takes, and how many one process answers."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from argparse import Namespace
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Conversation, Dialogue, Visitor
from chat.selectors.visits import NOBODY, get_standings
from chat.services.dialogues import publish_dialogue
from chat.services.visitors import hash_key, mint_token, read_token
from chat.visits.board import read_board
from chat.visits.resolving import resolve
from config.installation.models import Installation
from tests.processes import Process, Processes, get_test_database_url

DIALOGUES, RUNS, RETURNING, CONNECTIONS, RATE = 200, 200, 500, 64, 500
SITE = "https://www.acme.example"
# Only the last dialogue is for everybody everywhere, so that every other one is gone through.
CONDITIONS = {
    "match": "any",
    "items": [
        {"attribute": "country", "operator": "in_list", "value": ["SE", "NO", "DK"]},
        {"attribute": "company", "operator": "contains", "value": "murmel"},
        {
            "match": "all",
            "items": [
                {"attribute": "email", "operator": "is_not_empty"},
                {"attribute": "plan", "operator": "is", "value": "big"},
            ],
        },
    ],
}
STREAM = {
    "start": "hello",
    "cards": {
        "hello": {"type": "message", "text": 'Hi {{lead.firstName:"there"}}!', "next": "human"},
        "human": {"type": "live_chat", "option": "round_robin"},
    },
}


def measure_visits(options: Namespace) -> None:
    """Print both: the choice alone, and page views over HTTP at 500 a second and as fast as they go."""
    Installation.objects.update_or_create(pk=1, defaults={"package": Installation.Package.PRIME})
    tokens = _make_rows()
    _measure_choice(tokens)
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": get_test_database_url(), "HTTPS": "false", "LOG_LEVEL": "WARNING"}
        processes = Processes(folder=Path(folder), environment=environment)
        try:
            asyncio.run(_measure_server(processes.web(), tokens, options.seconds))
        finally:
            processes.stop_all()


def _make_rows() -> list[str]:
    for number in range(DIALOGUES):
        is_last = number == DIALOGUES - 1
        lines = [f"https://*.acme.example/products/{number}-{n}/*" for n in range(4)]
        # Half of them fail at their target, half at their audience.
        include = "" if is_last else "\n".join([*lines, *([f"{SITE}/*"] if number % 2 else [])])
        dialogue = Dialogue.objects.create(
            name=f"Bench visits {number:03}",
            priority=number + 1,
            stream=STREAM,
            audience={} if is_last else CONDITIONS,
            target_include=include,
            target_exclude="" if is_last else f"{SITE}/jobs/*",
        )
        publish_dialogue(dialogue_id=dialogue.pk, user=None)
    return [_make_visitor(number) for number in range(RETURNING)]


def _make_visitor(number: int) -> str:
    """Somebody who has gone through three dialogues already."""
    token, now = mint_token(), timezone.now()
    visitor = Visitor.objects.create(
        key_hash=hash_key(read_token(token) or ""), session_seen_at=now, attributes={"first_name": "Vera"}
    )
    rows = Dialogue.objects.filter(name__startswith="Bench visits").select_related("published_version")
    completed = rows.order_by("priority")[number % 7 :][:3]
    Conversation.objects.bulk_create(
        Conversation(
            visitor=visitor,
            version=dialogue.published_version,
            is_open=False,
            triggered_at=now,
            engaged_at=now,
            completed_at=now,
            closed_at=now,
            active_at=now,
        )
        for dialogue in completed
    )
    return token


def _measure_choice(tokens: list[str]) -> None:
    hashes = [hash_key(read_token(token) or "") for token in tokens]
    board = read_board()
    alone, whole, queries = [], [], 0
    for run in range(RUNS):
        page = f"{SITE}/products/{run}"
        inferred = {"country": "CH", "language": "de-CH", "page_url": page}
        start = time.perf_counter()
        reply = resolve(board, NOBODY, page_url=page, inferred=inferred, claimed={})
        alone.append(time.perf_counter() - start)
        if reply.dialogue is None or not reply.dialogue.name.endswith(f"{DIALOGUES - 1}"):
            raise RuntimeError("another dialogue than the last was due")
        with CaptureQueriesContext(connection) as captured:
            start = time.perf_counter()
            standing = get_standings([hashes[run]])[hashes[run]]
            resolve(board, standing, page_url=page, inferred=inferred, claimed={})
            whole.append(time.perf_counter() - start)
        queries = len(captured)
    size = f"{DIALOGUES} published dialogues, all gone through"
    print(f"choosing for somebody new: {_say(alone)}, no query ({size})", flush=True)
    print(f"choosing for somebody known: {_say(whole)}, {queries} queries ({size})", flush=True)


def _say(times: list[float]) -> str:
    return f"median {median(times) * 1000:.2f} ms, slowest {max(times) * 1000:.1f} ms"


# --- Over HTTP


@dataclass
class Load:
    """How one load went: seconds from when each page view was due to its whole answer."""

    seconds: float = 0.0
    processor: float = 0.0
    times: list[float] = field(default_factory=list)
    failed: int = 0


async def _measure_server(server: Process, tokens: list[str], seconds: float) -> None:
    await _load(server, [""], RATE, 1.0)
    for name, mix in {"new visitors": [""], "half of them known": ["", *tokens]}.items():
        for rate in (RATE, 0):
            load = await _load(server, mix, rate, seconds)
            cuts = quantiles(load.times, n=100)
            asked = f"asked for {rate}/s" if rate else "as fast as they go"
            print(
                f"page views, {name}, {asked}: {len(load.times) / load.seconds:.0f}/s answered, "
                f"p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms, {load.failed} failed, "
                f"server's processor {load.processor / load.seconds:.0%}, so "
                f"{len(load.times) / load.processor:.0f} to a second of processor",
                flush=True,
            )


async def _load(server: Process, tokens: list[str], rate: int, seconds: float) -> Load:
    """Page views over connections that stay, as a proxy's do; every second visitor is new."""
    load, due, began = Load(), iter(range(10**9)), time.perf_counter()
    before = _read_processor(server)
    known = tokens[1:]

    async def browse() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        while True:
            number = next(due)
            at = began + number / rate if rate else time.perf_counter()
            if at - began > seconds:
                break
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            token = known[number // 2 % len(known)] if known and number % 2 else ""
            writer.write(_request(number, token))
            if not await _read_answer(reader):
                load.failed += 1
            load.times.append(time.perf_counter() - at)
        writer.close()

    await asyncio.gather(*[browse() for _ in range(CONNECTIONS)])
    load.seconds = time.perf_counter() - began
    load.processor = _read_processor(server) - before
    return load


def _request(number: int, token: str) -> bytes:
    page = {
        "url": f"{SITE}/products/{number % 500}",
        "title": "Products",
        "referrer": "https://search.example/",
    }
    told: dict[str, Any] = {
        "session": f"bench-session-{number:08}",
        "token": token,
        "page": page,
        "language": "de-CH",
        "time_zone": "Europe/Zurich",
        "device": "desktop",
        "attributes": {},
        "identity": "",
    }
    body = json.dumps(told).encode()
    head = (
        "POST /widget/visit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
        f"Origin: {SITE}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _read_answer(reader: asyncio.StreamReader) -> bool:
    """Whether it was taken, and a dialogue is due."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    return head.startswith(b"http/1.1 200") and b'"dialogue":{"id"' in body


def _read_processor(server: Process) -> float:
    """Seconds of processor time that the server has used."""
    fields = Path(f"/proc/{server.running.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
