"""A visitor's tab behind a network that lets no socket through."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

from config.asgi import application
from tests.chat.sockets.tabs import HOST, PATIENCE, SHOP, Frame, client_id


class Answer:
    """One HTTP response."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Poller:
    """Sends polls one after the other, and keeps what a client keeps."""

    def __init__(self, token: str = "", *, origin: str | None = SHOP) -> None:
        self.token, self.origin = token, origin
        self.conversation = self.have = ""
        self.state: Frame = {}
        self.frames: list[Frame] = []
        self.posted: dict[str, str] = {}
        self.shown: list[tuple[int, str]] = []
        self.close_code = 0

    async def poll(self, *frames: Frame, **hello: Any) -> list[Frame]:
        """The frames that one request is answered with, taken in."""
        return self.take(await self.ask(self.write(*frames, **hello)))

    def write(self, *frames: Frame, **hello: Any) -> bytes:
        for frame in frames:
            if frame["type"] == "post":
                self.posted[frame["client_id"]] = frame["text"]
        greeting = {"type": "hello", "protocol": 1, "token": self.token, "conversation": self.conversation}
        body = {"hello": {**greeting, "after": self.last, **hello}, "frames": frames, "have": self.have}
        return json.dumps(body).encode()

    def take(self, answer: Answer) -> list[Frame]:
        assert answer.status == 200, (answer.status, answer.body)
        self.have, self.close_code = answer.json["have"], answer.json.get("close", 0)
        for frame in answer.json["frames"]:
            self._show(frame)
        self.frames += answer.json["frames"]
        found: list[Frame] = answer.json["frames"]
        return found

    async def ask(self, body: bytes, *, method: str = "POST", **headers: str) -> Answer:
        communicator = self.open(method=method, **headers)
        await communicator.send_input({"type": "http.request", "body": body})
        return await read(communicator)

    def open(self, *, method: str = "POST", **headers: str) -> ApplicationCommunicator:
        given = {"host": HOST, **({"origin": self.origin} if self.origin else {}), **headers}
        scope = {
            "type": "http",
            "method": method,
            "path": "/visitor/poll",
            "query_string": b"",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
            "client": ["127.0.0.1", 5000],
        }
        return ApplicationCommunicator(application, scope)

    def frame(self, kind: str, **members: Any) -> Frame:
        return {"type": kind, "conversation": self.conversation, **members}

    def post(self, text: str, as_id: str = "") -> Frame:
        return self.frame("post", client_id=as_id or client_id(), text=text)

    def answer(self, value: str, card: str) -> Frame:
        return self.frame("answer", card=card, client_id=client_id(), value=value)

    @property
    def last(self) -> int:
        return self.shown[-1][0] if self.shown else 0

    @property
    def phase(self) -> str:
        return str(self.state.get("phase", ""))

    def has_no_gap(self) -> bool:
        return [seq for seq, _text in self.shown] == list(range(1, len(self.shown) + 1))

    def _show(self, frame: Frame) -> None:
        if frame["type"] == "welcome":
            self.token, self.state = frame["token"], frame.get("state", {})
            self.conversation = self.state.get("conversation", "")
            if frame.get("reset"):
                self.shown.clear()
        elif frame["type"] == "state":
            self.state = frame
        messages = [frame] if frame["type"] == "message" else frame.get("messages", [])
        self.shown += [(each["seq"], each["text"]) for each in messages]
        if frame.get("instead"):
            self.shown.append((frame["seq"], self.posted[frame["client_id"]]))


async def read(communicator: ApplicationCommunicator) -> Answer:
    start = await asyncio.wait_for(communicator.receive_output(PATIENCE), PATIENCE)
    assert start["type"] == "http.response.start"
    body = await communicator.receive_output(PATIENCE)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    await communicator.wait(PATIENCE)
    return Answer(start["status"], headers, body["body"])
