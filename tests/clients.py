"""Clients of both sockets, as small as clients can be and as careful as they have to be.

Each keeps everything that it received. It numbers nothing itself: what it shows is what the server sent, and
whatever the server sent that no reader may ever see (7 before 6, somebody else's words) is in `faults`.
What wasn't acknowledged is sent again after a reconnect, in order (DL-02, DL-05).
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Self, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from tests.waiting import back_off

Frame = dict[str, Any]
T = TypeVar("T")

PATIENCE = 20.0  # seconds, for a fact that comes within milliseconds on an idle machine
CONFIRM_EVERY = 100  # frames
# The server says: not now. Everything else it says about a message is final.
RETRIED = {"busy", "internal_error", "slow_down"}


class Client:
    """One tab. `servers` are ws:// addresses; after a loss it goes on to the next one."""

    path = ""

    def __init__(self, servers: Sequence[str], *, ping_every: float = 20.0, comes_back: bool = True) -> None:
        self.servers = list(servers)
        self.ping_every = ping_every
        self.comes_back = comes_back
        self.turn = 0
        self.frames: list[Frame] = []
        self.shown: defaultdict[str, dict[int, Frame]] = defaultdict(dict)
        self.states: dict[str, Frame] = {}
        self.acks: defaultdict[str, list[Frame]] = defaultdict(list)
        self.refused: dict[str, Frame] = {}
        self.errors: list[Frame] = []
        self.closes: list[int | None] = []
        self.faults: list[str] = []
        self.unacked: dict[str, Frame] = {}
        self.sent_at: dict[str, float] = {}
        self.acked_at: dict[str, float] = {}
        self.greetings = 0
        self.is_greeted = False
        self._received = 0
        self._mark = ""
        self._socket: ClientConnection | None = None
        self._changed = asyncio.Condition()
        self._living: asyncio.Task[None] | None = None
        self._retry: asyncio.Task[None] | None = None
        self._left = False

    # --- Coming and going -----------------------------------------------------------------------------------

    async def arrive(self) -> Self:
        """Connect and wait for the welcome."""
        self._living = asyncio.create_task(self._live())
        await self.until(lambda: self.is_greeted, what="a welcome")
        return self

    async def leave(self) -> None:
        """Close for good."""
        self._left = True
        if self._retry is not None:
            self._retry.cancel()
        if self._socket is not None:
            await self._socket.close()
        if self._living is not None:
            self._living.cancel()
            with suppress(asyncio.CancelledError):
                await self._living

    async def drop(self) -> None:
        """Lose the network without a word; the client comes back by itself."""
        if self._socket is not None:
            self._socket.transport.abort()
            socket = self._socket
            await self.until(lambda: self._socket is not socket, what="the loss is noticed")

    async def _live(self) -> None:
        while not self._left:
            with suppress(OSError, ConnectionClosed, InvalidHandshake, InvalidMessage, TimeoutError):
                await self._visit()
            self.is_greeted, self._socket = False, None
            self.turn += 1
            await self._tell()
            if not self.comes_back:
                return
            await back_off(random.uniform(0.02, 0.2))

    async def _visit(self) -> None:
        server = self.servers[self.turn % len(self.servers)]
        async with connect(server + self.path, proxy=None, **self._get_handshake(server)) as socket:
            self._socket, self._received, self._mark = socket, 0, ""
            pinging = asyncio.create_task(self._ping_forever())
            try:
                await self.send(self._get_hello())
                async for text in socket:
                    await self._receive(json.loads(text))
            finally:
                pinging.cancel()
                self.closes.append(socket.close_code)

    def _get_handshake(self, server: str) -> dict[str, Any]:
        return {}

    def _get_hello(self) -> Frame:
        raise NotImplementedError

    # --- Sending --------------------------------------------------------------------------------------------

    async def send(self, frame: Frame) -> None:
        """Send one frame, if there is a connection."""
        if self._socket is not None:
            with suppress(ConnectionClosed):
                await self._socket.send(json.dumps(frame))

    async def post(self, conversation: str, text: str, *, client_id: str = "") -> str:
        """Say something; without a connection it goes out after the next welcome. Returns its client id."""
        client_id = client_id or secrets.token_hex(8)
        frame = {"type": "post", "conversation": conversation, "client_id": client_id, "text": text}
        self.unacked[client_id] = frame
        self.sent_at.setdefault(client_id, time.monotonic())
        if self.is_greeted:
            await self.send(frame)
        return client_id

    async def ping(self) -> None:
        await self.send({"type": "ping", "mark": self._mark})

    async def _ping_forever(self) -> None:
        while True:
            await back_off(self.ping_every)
            await self.ping()

    async def _send_again(self) -> None:
        for frame in list(self.unacked.values()):
            await self.send(frame)

    def _send_again_soon(self) -> None:
        """However many refusals came, one more try."""

        async def later() -> None:
            await back_off(0.3)
            self._retry = None
            await self._send_again()

        if self._retry is None:
            self._retry = asyncio.create_task(later())

    # --- Receiving ------------------------------------------------------------------------------------------

    async def _receive(self, frame: Frame) -> None:
        self.frames.append(frame)
        self._received += 1
        if self._received % CONFIRM_EVERY == 0:
            await self.ping()
        handle: Callable[[Frame], Awaitable[None]] | None = getattr(self, f"_on_{frame['type']}", None)
        if handle is not None:
            await handle(frame)
        await self._tell()

    async def _on_welcome(self, frame: Frame) -> None:
        self.greetings += 1
        self._note_welcome(frame)
        self.is_greeted = True
        await self._send_again()

    def _note_welcome(self, frame: Frame) -> None:
        raise NotImplementedError

    async def _on_message(self, frame: Frame) -> None:
        self._show(frame)

    async def _on_messages(self, frame: Frame) -> None:
        for message in frame["messages"]:
            self._show(message)

    def _show(self, message: Frame) -> None:
        seqs, seq = self.shown[message["conversation"]], int(message["seq"])
        if seq > len(seqs) + 1:
            self.faults.append(f"{seq} came after {len(seqs)} in {message['conversation']}")
        if seq in seqs and seqs[seq] != message:
            self.faults.append(f"{seq} came twice and differs in {message['conversation']}")
        seqs[seq] = message

    async def _on_state(self, frame: Frame) -> None:
        held = self.states.get(frame["conversation"])
        if held is None or frame["revision"] >= held["revision"]:
            self.states[frame["conversation"]] = frame

    async def _on_ack(self, frame: Frame) -> None:
        self.acks[frame["client_id"]].append(frame)
        self.acked_at.setdefault(frame["client_id"], time.monotonic())
        post = self.unacked.pop(frame["client_id"], None)
        if frame.get("instead"):
            assert post is not None, "only what this socket posted is acknowledged in place of its message"
            kept = {key: frame[key] for key in ("conversation", "seq", "at", "client_id")}
            author = self._get_author(frame["conversation"])
            self._show({"type": "message", **kept, "text": post["text"], "kind": "text", **author})

    def _get_author(self, conversation: str) -> Frame:
        raise NotImplementedError

    async def _on_error(self, frame: Frame) -> None:
        self.errors.append(frame)
        client_id = frame.get("client_id")
        if frame["code"] in RETRIED:
            self._send_again_soon()
        elif client_id:
            self.refused[client_id] = frame
            self.unacked.pop(client_id, None)

    async def _on_pong(self, frame: Frame) -> None:
        self._mark = frame["mark"]
        for conversation, seq in frame["seqs"].items():
            if seq > len(self.shown[conversation]):
                after = len(self.shown[conversation])
                await self.send({"type": "sync", "conversation": conversation, "after": after})

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # --- Waiting --------------------------------------------------------------------------------------------

    async def until(self, look: Callable[[], T], *, what: str, seconds: float = PATIENCE) -> T:
        """What `look` returns once that is true; it is looked at after every frame."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(look)
        except TimeoutError:
            last = [frame["type"] for frame in self.frames[-8:]]
            raise AssertionError(f"waited {seconds:g} s in vain: {what}; last frames {last}") from None
        return look()

    async def until_all_acked(self, *, seconds: float = PATIENCE) -> None:
        await self.until(lambda: not self.unacked, what="every message acknowledged", seconds=seconds)

    async def until_shown(self, conversation: str, seq: int, *, seconds: float = PATIENCE) -> None:
        await self.until(
            lambda: len(self.shown[conversation]) >= seq, what=f"message {seq} is shown", seconds=seconds
        )

    async def until_greeted(self, times: int) -> None:
        await self.until(lambda: self.greetings >= times, what=f"welcome number {times}")

    async def until_acked(self, client_id: str, times: int) -> None:
        await self.until(lambda: len(self.acks[client_id]) >= times, what=f"{times} acknowledgements")

    async def until_one_of(self, *kinds: str) -> None:
        await self.until(lambda: any(self.list_of(kind) for kind in kinds), what=" or ".join(kinds))

    def list_of(self, kind: str) -> list[Frame]:
        """Every frame of this type, in order of arrival."""
        return [frame for frame in self.frames if frame["type"] == kind]


class VisitorClient(Client):
    """One tab of a visitor; tabs of the same visitor share a token."""

    path = "/ws/visitor/"

    def __init__(self, servers: Sequence[str], *, token: str = "", **options: Any) -> None:
        super().__init__(servers, **options)
        self.token = token
        self.conversation = ""

    def _get_handshake(self, server: str) -> dict[str, Any]:
        return {"origin": "https://shop.example"}

    def _get_hello(self) -> Frame:
        after = len(self.shown[self.conversation]) if self.conversation else 0
        hello = {"type": "hello", "protocol": 1, "token": self.token}
        return {**hello, "conversation": self.conversation, "after": after}

    def _note_welcome(self, frame: Frame) -> None:
        self.token = frame["token"]
        state = frame.get("state")
        if not state:
            return
        self.conversation = state["conversation"]
        self.states[self.conversation] = state
        if frame.get("reset"):
            self.shown[self.conversation].clear()
        for message in frame.get("messages", []):
            self._show(message)

    def _get_author(self, conversation: str) -> Frame:
        return {"author": "visitor"}

    async def say(self, text: str, *, client_id: str = "") -> str:
        return await self.post(self.conversation, text, client_id=client_id)

    async def ask(self, kind: str, **members: Any) -> None:
        """Send a command about the conversation: cancel, end, typing, mark, answer."""
        await self.send({"type": kind, "conversation": self.conversation, **members})

    async def until_phase(self, phase: str) -> None:
        await self.until(lambda: self.phase == phase, what=f"phase {phase}")

    @property
    def phase(self) -> str:
        return str(self.states.get(self.conversation, {}).get("phase", ""))


class AgentClient(Client):
    """One page of a signed-in agent."""

    path = "/ws/agent/"

    def __init__(self, servers: Sequence[str], *, session_key: str, **options: Any) -> None:
        super().__init__(servers, **options)
        self.session_key = session_key
        self.offers: dict[str, Frame] = {}
        self.settled: defaultdict[str, list[Frame]] = defaultdict(list)
        self.chats: dict[str, Frame] = {}

    def _get_handshake(self, server: str) -> dict[str, Any]:
        cookie = f"sessionid={self.session_key}"
        return {"origin": server.replace("ws://", "http://"), "additional_headers": {"Cookie": cookie}}

    def _get_hello(self) -> Frame:
        after = {name: len(self.shown[name]) for name in self.chats}
        return {"type": "hello", "protocol": 1, "after": after}

    def _note_welcome(self, frame: Frame) -> None:
        self.offers = {offer["id"]: offer for offer in frame.get("offers", [])}
        self.chats = {chat["state"]["conversation"]: chat for chat in frame.get("chats", [])}
        for name, chat in self.chats.items():
            self.states[name] = chat["state"]

    def _get_author(self, conversation: str) -> Frame:
        return {"author": "agent", "name": self.states[conversation]["agent"]["name"]}

    async def _on_offer(self, frame: Frame) -> None:
        self.offers[frame["id"]] = frame

    async def _on_offer_settled(self, frame: Frame) -> None:
        self.offers.pop(frame["id"], None)
        self.settled[frame["id"]].append(frame)

    async def _on_chat(self, frame: Frame) -> None:
        self.chats[frame["state"]["conversation"]] = frame
        await self._on_state(frame["state"])

    async def until_offered(self, conversation: str) -> str:
        """The id of the offer for this conversation, once its banner is there."""
        return await self.until(
            lambda: next((one for one, o in self.offers.items() if o["conversation"] == conversation), ""),
            what="the offer's banner",
        )

    async def until_settled(self, offer: str) -> Frame:
        """What became of an offer, once this page was told."""
        return (await self.until(lambda: self.settled[offer], what="the offer is settled"))[0]

    async def until_chat(self, conversation: str) -> None:
        await self.until(lambda: conversation in self.chats, what="the chat is in the inbox")

    async def accept(self, offer: str) -> Frame:
        """Click accept; what became of the offer."""
        await self.send({"type": "accept", "offer": offer})
        return await self.until_settled(offer)
