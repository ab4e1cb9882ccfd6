"""One request as a short-lived socket: what the client sends goes in, what the server says comes out."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from chat.consumers import VisitorSocket
from chat.delivery.standing import add_marks
from chat.protocol import visitor as frames
from chat.protocol.state import State

# Seconds that a request waits for something new. Proxies give up after 30 or 60.
WAIT = 20.0
# What is said in one go belongs together.
GATHER = 0.03
MOST_FRAMES = 30
PATH = "/ws/visitor/"


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """A hello as on a socket, the frames to send after it, and ``have`` of the latest reply."""

    hello: msgspec.Raw
    frames: list[msgspec.Raw] = []
    have: str = ""


class Reply(msgspec.Struct, omit_defaults=True):
    """What a socket would have sent, in order. ``close`` is the code that it was closed with, if it was."""

    frames: list[msgspec.Raw]
    have: str
    close: int = 0


class _Peek(msgspec.Struct):
    """Of a frame, what tells whether the client knows it already."""

    type: str
    state: State | None = None
    messages: list[msgspec.Raw] = []


_peek = msgspec.json.Decoder(_Peek)


class PolledSocket(VisitorSocket):
    """The visitor's socket, for one request. A further one only looks on: it begins nothing anew."""

    is_further = False

    async def on_hello(self, frame: frames.Hello) -> None:
        if self.is_further:
            frame = msgspec.structs.replace(frame, show=False, attributes={}, identity="", flow="")
        await super().on_hello(frame)

    async def on_gone(self, code: int) -> None:
        """Nothing: the next request follows within seconds, and a network that is gone sends none (LC-57)."""

    async def settle(self) -> None:
        """Wait until everything that was asked for is answered."""
        await self._finish_tasks()
        await asyncio.sleep(0)


class Line:
    """Both ends of the socket."""

    def __init__(self, have: str) -> None:
        self.have = have
        self.sent: list[str] = []
        self.close_code = 0
        self.news = asyncio.Event()
        self.is_idle = asyncio.Event()
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def say(self, kind: str, **members: Any) -> None:
        self.is_idle.clear()
        self._incoming.put_nowait({"type": f"websocket.{kind}", **members})

    async def receive(self) -> dict[str, Any]:
        if self._incoming.empty():
            # Frames are handled one after the other: whoever asks for the next one is done with the last.
            self.is_idle.set()
        return await self._incoming.get()

    async def send(self, event: dict[str, Any]) -> None:
        if event["type"] == "websocket.close":
            self.close_code = int(event.get("code") or 1000)
            self.news.set()
        elif event["type"] == "websocket.send":
            self._take(event["text"])

    def _take(self, text: str) -> None:
        frame = _peek.decode(text)
        if frame.type == "pong":
            return
        if frame.type == "welcome":
            is_known = not frame.messages and self.have == describe(frame.state)
            self.have = describe(frame.state)
            if is_known:
                return
        elif frame.type == "state":
            self.have = describe(msgspec.json.decode(text, type=State))
        self.sent.append(text)
        self.news.set()


def describe(state: State | None) -> str:
    """Return what a client holds of a conversation's state, in a word that only we read."""
    if state is None:
        return "nothing"
    return f"{state.conversation}.{state.revision}.{add_marks(state.marks)}"


async def exchange(scope: dict[str, Any], request: Request, gone: asyncio.Future[Any]) -> Reply:
    """Say hello and the frames to a socket of our own; return what it says, once there is something new.

    ``gone`` is done when the client went away: nobody waits any longer then.
    """
    line, socket = Line(request.have), PolledSocket()
    socket.is_further = bool(request.have)
    socket_scope = {**scope, "type": "websocket", "path": PATH, "subprotocols": []}
    running = asyncio.ensure_future(socket(socket_scope, line.receive, line.send))
    try:
        await _talk(line, socket, request, running, gone)
    finally:
        line.say("disconnect", code=1000)
        await asyncio.wait([running])
    return Reply([msgspec.Raw(text.encode()) for text in line.sent], line.have, line.close_code)


async def _talk(
    line: Line,
    socket: PolledSocket,
    request: Request,
    running: asyncio.Future[None],
    gone: asyncio.Future[Any],
) -> None:
    line.say("connect")
    # The heartbeat at the end catches up with whatever nobody announced (DL-04, LC-22).
    for frame in (request.hello, *request.frames, b'{"type":"ping"}'):
        line.say("receive", text=bytes(frame).decode())
    await _first(line.is_idle.wait(), running, gone)
    await socket.settle()
    if not line.news.is_set():
        await _first(line.news.wait(), running, gone, seconds=WAIT)
        await asyncio.sleep(GATHER)


async def _first(waiting: Any, *others: asyncio.Future[Any], seconds: float | None = None) -> None:
    """Wait for whichever comes first."""
    task = asyncio.ensure_future(waiting)
    try:
        await asyncio.wait([task, *others], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        task.cancel()
