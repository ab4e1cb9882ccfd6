"""A small server on the real socket class: says back to everybody in a conversation what one of them said."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Collection
from typing import Any

import msgspec
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from chat.delivery.close_codes import CloseCode
from chat.delivery.socket import FrameSocket, encode
from chat.delivery.standing import Place
from chat.delivery.topics import Audience, conversation_topic, visitor_room
from chat.protocol.shared import Bye, Error, Frame, Ping, Pong
from config.lib.errors import DomainError, InvalidInput


class Hello(Frame, frozen=True):
    token: str
    after: int = 0


class Say(Frame, frozen=True):
    text: str
    client_id: str = ""


class Slow(Frame, frozen=True):
    """Says `text` beside the lane, once `Parrot.go` is set."""

    text: str
    client_id: str = ""


class Sync(Frame, frozen=True):
    """Everything after `after` once more."""

    after: int = 0


class Welcome(Frame, frozen=True):
    seq: int


class Said(Frame, frozen=True):
    seq: int
    text: str


Answer = Welcome | Said | Error | Pong | Bye
_answers: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def decode_answer(text: str | bytes) -> Answer:
    return _answers.decode(text)


CONVERSATION = "c"
TOPIC = conversation_topic(CONVERSATION)


class Parrot(FrameSocket):
    """`saved` stands for the database. Tests subclass it for limits of their own and a fresh `saved`."""

    audience = Audience.VISITOR
    decoder = msgspec.json.Decoder(Hello | Say | Slow | Sync | Ping)
    hello_type = Hello

    saved: list[str] = []
    opened: list[Parrot] = []
    gone: list[int] = []
    go: asyncio.Event | None = None

    async def on_hello(self, frame: Hello) -> None:
        if frame.token != "secret":
            self.shut(CloseCode.UNAUTHENTICATED)
            return
        self.cursors.open(CONVERSATION)
        await self.join(visitor_room(TOPIC))
        self.send_frame(Welcome(seq=len(self.saved)))
        self.cursors.start(CONVERSATION, len(self.saved))
        self.opened.append(self)

    async def on_frame(self, frame: Any) -> None:
        if isinstance(frame, Slow):
            self.spawn(self.say_slowly(frame), frame)
            return
        if isinstance(frame, Sync):
            for _seq, said in await self.fetch_after(CONVERSATION, frame.after):
                self.put(said)
            return
        if frame.text == "crash":
            raise LookupError
        if frame.text == "refuse":
            raise InvalidInput("Not that.", code="refused", field="text")
        self.say(frame.text)

    async def say_slowly(self, frame: Slow) -> None:
        assert self.go is not None
        await self.go.wait()
        for _ in range(20):  # as a service's round trip takes some turns of the loop
            await asyncio.sleep(0)
        if frame.text == "refuse":
            raise DomainError(code="refused")
        self.say(frame.text)

    def say(self, text: str) -> None:
        self.saved.append(text)
        seq = len(self.saved)
        said = encode(Said(seq=seq, text=text))
        self.hub.push(TOPIC, {Audience.VISITOR: said}, {"conversation": CONVERSATION, "seq": seq})

    async def fetch_after(self, conversation: str, seq: int) -> list[tuple[int, str]]:
        rows = itertools.islice(enumerate(self.saved, start=1), seq, None)
        return [(each, encode(Said(seq=each, text=text))) for each, text in rows]

    async def current_places(self, conversations: Collection[str]) -> dict[str, Place]:
        return dict.fromkeys(conversations, Place(len(self.saved)))

    async def on_gone(self, code: int) -> None:
        self.gone.append(code)


class Doorman(Parrot):
    """Lets nobody in."""

    async def on_hello(self, frame: Hello) -> None:
        self.shut(CloseCode.FORBIDDEN)


class Talkative(Parrot):
    """Has a lot to say: each `Sync` is a megabyte and a bit, in 70 frames."""

    saved = ["x" * 16_000] * 70


class Impatient(Parrot):
    hello_within = 0.05


class OldAge(Parrot):
    max_age = (0.05, 0.05)


application = ProtocolTypeRouter(
    {
        "websocket": URLRouter(
            [
                path("parrot/", Parrot.as_asgi()),
                path("doorman/", Doorman.as_asgi()),
                path("talkative/", Talkative.as_asgi()),
                path("impatient/", Impatient.as_asgi()),
                path("old-age/", OldAge.as_asgi()),
            ]
        )
    }
)
