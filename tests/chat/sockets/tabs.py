"""One end of each socket on the whole application, inside the test's own process and event loop."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Barrier
from typing import Any, Self

from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer, channel_layers, get_channel_layer
from channels.testing import WebsocketCommunicator
from django.db import connections

from agents import heartbeats as agents_heartbeats
from chat import heartbeats, posting
from chat.delivery.hub import get_hub
from config.asgi import application
from config.lib import threads

Frame = dict[str, Any]
Look = Callable[[Frame], bool]

PATIENCE = 10.0
HOST = "chat.example"
# What commits, or looks, for many sockets of one loop.
WRITERS = (
    posting._posts,
    posting._marks,
    heartbeats._overdue.waiting,
    heartbeats._places.waiting,
    agents_heartbeats._inboxes.waiting,
    agents_heartbeats._notes.waiting,
)
SHOP = "https://shop.example"


async def run(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call something that uses the database."""
    return await sync_to_async(work)(*args, **kwargs)


@asynccontextmanager
async def server() -> AsyncIterator[None]:
    """What lives in one event loop of a server; closed tidily, with every connection to the database."""
    # Made, if it wasn't yet, so that it is there to come back to.
    before = get_channel_layer()
    channel_layers.set("default", InMemoryChannelLayer(capacity=100_000))
    try:
        yield
    finally:
        await get_hub().aclose()
        for writers in WRITERS:
            await writers.get().drain()
        await run(connections.close_all)
        await asyncio.to_thread(_close_connections)
        channel_layers.set("default", before)


def _close_connections() -> None:
    """Each thread of the pool closes its own: nobody may be in the database when it is dropped."""
    pool = threads.service_threads
    together = Barrier(pool._max_workers)

    def close() -> None:
        together.wait()
        connections.close_all()

    for closing in [pool.submit(close) for _ in range(pool._max_workers)]:
        closing.result()


class Tab:
    """Keeps every frame that it got, in `frames`; `seen` is how many of them the test has looked at."""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        self.communicator = WebsocketCommunicator(application, path, headers=headers)
        self.frames: list[Frame] = []
        self.posted: dict[str, str] = {}
        self.mark = ""
        self.seen = 0
        self.close_code: int | None = None

    async def open(self) -> Self:
        connected, refusal = await self.communicator.connect(PATIENCE)
        assert connected, f"refused: {refusal}"
        return self

    async def send(self, frame: Frame | str | bytes) -> None:
        if isinstance(frame, bytes):
            await self.communicator.send_to(bytes_data=frame)
        else:
            if isinstance(frame, dict) and frame.get("type") == "post" and "client_id" in frame:
                self.posted[frame["client_id"]] = frame.get("text", "")
            text = frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False)
            await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def until(self, kind: str, look: Look = lambda frame: True) -> Frame:
        """The next frame of this type, of those not looked at yet."""
        while True:
            while self.seen < len(self.frames):
                frame = self.frames[self.seen]
                self.seen += 1
                if frame["type"] == kind and look(frame):
                    return frame
            await self._receive(f"{kind} frame; had {[each['type'] for each in self.frames[-6:]]}")

    async def ask(self, frame: Frame | str | bytes, kind: str = "error") -> Frame:
        await self.send(frame)
        return await self.until(kind)

    async def ping(self) -> Frame:
        """A heartbeat; whatever was pushed before it is in `frames` afterwards."""
        pong = await self.ask({"type": "ping", "mark": self.mark}, "pong")
        self.mark = pong["mark"]
        return pong

    async def closed(self) -> int:
        """The code that the server closes this socket with."""
        while self.close_code is None:
            await self._receive("the end")
        return self.close_code

    async def leave(self, code: int = 1000) -> None:
        await self.communicator.disconnect(code, PATIENCE)

    def list_of(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    def shown(self) -> list[tuple[int, str]]:
        """Number and text of every message this tab shows, in order of arrival: sent to it, or its own and
        acknowledged.
        """
        rows: list[tuple[int, str]] = []
        for frame in self.frames:
            messages = [frame] if frame["type"] == "message" else frame.get("messages", [])
            rows += [(message["seq"], message["text"]) for message in messages]
            if frame.get("instead"):
                rows.append((frame["seq"], self.posted[frame["client_id"]]))
        return rows

    def said(self) -> list[str]:
        """What was said in words, as this tab was sent it."""
        return [text for _seq, text in self.shown() if text]

    def has_no_gap(self) -> bool:
        """Whether every number came once and in order, from the first on."""
        seqs = [seq for seq, _text in self.shown()]
        return seqs == list(range(1, len(seqs) + 1))

    async def _receive(self, what: str) -> None:
        try:
            # Not the communicator's own way of waiting, which ends the application when it was in vain.
            event = await asyncio.wait_for(self.communicator.output_queue.get(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}") from None
        if event["type"] == "websocket.close":
            self.close_code = int(event.get("code") or 1000)
            return
        assert event["type"] == "websocket.send", event
        self.frames.append(json.loads(event["text"]))


def client_id() -> str:
    return secrets.token_hex(8)


class VisitorTab(Tab):
    def __init__(self, *, origin: str | None = SHOP, path: str = "/ws/visitor/") -> None:
        headers = [(b"host", HOST.encode())] + ([(b"origin", origin.encode())] if origin else [])
        super().__init__(path, headers)
        self.token = ""
        self.conversation = ""

    async def hello(self, **fields: Any) -> Frame:
        welcome = await self.ask({"type": "hello", "protocol": 1, **fields}, "welcome")
        self.token = welcome["token"]
        self.conversation = welcome.get("state", {}).get("conversation", "")
        return welcome

    def frame(self, kind: str, **fields: Any) -> Frame:
        return {"type": kind, "conversation": self.conversation, **fields}

    async def answer(self, value: str, card: str) -> Frame:
        frame = self.frame("answer", card=card, client_id=client_id(), value=value)
        return await self.ask(frame, "accepted")

    async def post(self, text: str, *, as_id: str = "") -> Frame:
        return await self.ask(self.frame("post", client_id=as_id or client_id(), text=text), "ack")


class AgentTab(Tab):
    def __init__(
        self, session_key: str = "", *, origin: str | None = f"http://{HOST}", language: str = ""
    ) -> None:
        self.session_key = session_key
        cookies = f"sessionid={session_key}; django_language={language}".encode()
        headers = [(b"host", HOST.encode()), (b"cookie", cookies)]
        super().__init__("/ws/agent/", headers + ([(b"origin", origin.encode())] if origin else []))

    async def hello(self, **fields: Any) -> Frame:
        return await self.ask({"type": "hello", "protocol": 1, **fields}, "welcome")

    async def post(self, conversation: str, text: str, *, as_id: str = "") -> Frame:
        frame = {"type": "post", "conversation": conversation, "text": text}
        return await self.ask({**frame, "client_id": as_id or client_id()}, "ack")
