"""What both consumers have in common: limits, heartbeat, order, backpressure and a decent end."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
from collections.abc import Collection, Coroutine, Iterable, Mapping
from typing import Any, ClassVar

import msgspec
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.delivery import shutdown
from chat.delivery.close_codes import CloseCode
from chat.delivery.cursor import Cursors
from chat.delivery.hub import Hints, Hub, get_hub
from chat.delivery.intake import BadFrame, read_frame
from chat.delivery.outbox import Outbox
from chat.delivery.standing import Place, Standings, add_marks
from chat.delivery.throttle import FrameLimits, Verdict
from chat.delivery.topics import Audience, Room
from chat.protocol.shared import Bye, Error, Ping, Pong
from chat.protocol.state import Ack, State
from config.lib.errors import DomainError
from config.lib.traces import trace

logger = logging.getLogger(__name__)

_encoder = msgspec.json.Encoder()

# Pushes without a sequence number that wait for the end of the greeting; the heartbeat heals what is beyond.
MAX_EARLY = 256


def encode(frame: msgspec.Struct) -> str:
    """The frame as it travels; encode once and give the text to every recipient."""
    return _encoder.encode(frame).decode()


class FrameSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One accepted socket that speaks typed frames.

    A subclass gives `audience`, `decoder`, `hello_type` and the hooks.

    One lane: frames are handled one at a time, in order. `on_hello` and `on_frame` are awaited in the lane;
    whatever may take long goes through `spawn`. A DomainError in either becomes an error frame. How clients
    confirm what they received, and when one counts as too slow, is in `chat.delivery.outbox`.
    """

    audience: ClassVar[Audience]
    decoder: ClassVar[msgspec.json.Decoder[Any]]
    hello_type: ClassVar[type[msgspec.Struct]]

    # Seconds, frames per second, frames, milliseconds.
    hello_within: ClassVar[float] = 5.0
    idle_after: ClassVar[float] = 60.0
    max_age: ClassVar[tuple[float, float]] = (12 * 3600.0, 20 * 3600.0)
    frame_rate: ClassVar[float] = 10.0
    frame_burst: ClassVar[int] = 40
    # Refused frames on top of that before it is a flood.
    flood_rate: ClassVar[float] = 10.0
    flood_burst: ClassVar[int] = 100
    bye_spread: ClassVar[int] = 10_000
    finish_within: ClassVar[float] = 5.0

    # --- Hooks ----------------------------------------------------------------------------------------------

    async def on_hello(self, frame: Any) -> None:
        """The first frame, of `hello_type`. Authenticate; `shut` with 4401 or 4403 who may not be here."""
        raise NotImplementedError

    async def on_frame(self, frame: Any) -> None:
        """Every later frame but pings."""
        raise NotImplementedError

    async def fetch_after(self, conversation: str, seq: int) -> Iterable[tuple[int, str]]:
        """What this reader may see after `seq`, a page at a time, as (seq, encoded frame).

        Read it from the primary database: an empty page means that there is nothing for this reader.
        """
        raise NotImplementedError

    async def current_places(self, conversations: Collection[str]) -> Mapping[str, Place]:
        """How far each conversation is in the database, for the heartbeat (DL-04)."""
        raise NotImplementedError

    async def resend_state(self, conversation: str) -> None:
        """A pushed state was lost, or pushed marks: send the conversation's state anew."""

    async def on_push(self, hints: Hints) -> None:
        """A push without a frame: look up what its hints are about. Runs beside the lane."""

    async def on_ping(self) -> None:
        """A heartbeat came, about every 20 s; awaited before its answer."""

    async def on_resync(self) -> None:
        """Hints may have been lost. Messages and states are caught up already."""

    async def on_gone(self, code: int) -> None:
        """The socket is closed; rooms are left already."""

    # --- For subclasses -------------------------------------------------------------------------------------

    def send_frame(self, frame: msgspec.Struct) -> None:
        """Queues one frame for this client."""
        self.put(encode(frame))

    def acknowledge(self, ack: Ack, *, is_as_sent: bool = True) -> None:
        """Queues an acknowledgement, in place of its message where that is the next one (DL-01, DL-03).

        Only where the message was kept as the client sent it: else the client hasn't got its text.
        """
        if is_as_sent and self.cursors.is_next(ack.conversation, ack.seq):
            ack = msgspec.structs.replace(ack, instead=True)
            self.cursors.push(ack.conversation, ack.seq, encode(ack))
        else:
            self.send_frame(ack)

    def show_state(self, state: State) -> None:
        """Queues a conversation's state, and remembers that the client has it."""
        self.standings.note(state)
        self.send_frame(state)

    def show_newer_state(self, state: State) -> None:
        """Queues a state that the client hasn't got."""
        if self.standings.is_behind(state.conversation, Place(0, state.revision, add_marks(state.marks))):
            self.show_state(state)

    def put(self, frame: str) -> None:
        """Queues one encoded frame for this client; a reader that is too slow is closed instead."""
        if not self.outbox.put(frame):
            self.shut(CloseCode.SLOW_READER, discard=True)

    def shut(self, code: CloseCode, *, discard: bool = False) -> None:
        """Closes the socket after what is queued (or instead of it). Only the first call counts."""
        self.outbox.finish(code, discard=discard)

    async def join(self, room: Room) -> None:
        """Joins a room until the socket ends; open a conversation's cursor before joining its room."""
        self._rooms.add(room)
        await self.hub.join(room, self)
        if self._is_gone:  # the socket ended while the layer was asked
            self.hub.leave(room, self)

    async def leave(self, room: Room) -> None:
        """Leaves a room early."""
        self._rooms.discard(room)
        self.hub.leave(room, self)

    def spawn(
        self, work: Coroutine[Any, Any, None], frame: msgspec.Struct | None = None
    ) -> asyncio.Task[None]:
        """Runs slow work beside the lane; a DomainError in it becomes an error frame about `frame`."""
        # In the context of the greeting: whoever pushed something may speak another language.
        context = self._context.copy()
        task = asyncio.get_running_loop().create_task(self._guard(work, frame), context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def spawn_vital(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs slow work without which this client would silently miss something.

        Should it fail, the socket is closed: the client comes back and begins from the database again.
        """
        return self.spawn(self._or_start_over(work))

    # --- From the hub ---------------------------------------------------------------------------------------

    def deliver(self, frame: str, hints: Hints) -> None:
        """A pushed frame. With `conversation` and `seq` in its hints it goes out in order (DL-03).

        Only a conversation that was opened on `self.cursors` gets sequenced frames; others are dropped. With
        `revision` it is a state and with `marks` alone it is marks; neither goes out after a later one (R6).
        Nothing goes out before the welcome.
        """
        seq = hints.get("seq")
        if seq is not None:
            self.cursors.push(str(hints["conversation"]), int(seq), frame)
        elif self._is_greeted:
            self._pass_on(frame, hints)
        elif len(self._early) < MAX_EARLY:
            self._early.append((frame, hints))

    def _pass_on(self, frame: str, hints: Hints) -> None:
        if not frame:
            self.spawn(self.on_push(hints))
        elif self.standings.is_news(hints):
            self.put(frame)

    def resync(self) -> None:
        """Reads from the database what may have been missed."""
        if self._is_greeted and not self._is_gone:
            self.spawn(self._resync())

    # --- The lane -------------------------------------------------------------------------------------------

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Reads the socket alone: no layer channel and no task per event, unlike the stock consumer."""
        self.scope, self.base_send = scope, send
        self._prepare(send)
        writer = asyncio.create_task(self.outbox.run())
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        except asyncio.CancelledError:
            # Only a server that is shutting down cancels an application with an open connection.
            self.say_bye(CloseCode.SERVICE_RESTART)
            await asyncio.wait([writer], timeout=self.finish_within + 1)
            raise
        finally:
            writer.cancel()
            await self._clean_up()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handles one event of the socket.

        Without the stock consumer's `aclose_old_connections`: that is a thread hop per frame into the thread
        that also runs the ORM, and halves the throughput (606 to 1,150 messages a second on Daphne). Nothing
        here uses Django's async ORM; `database_sync_to_async` and the group commit close stale connections in
        their own threads.
        """
        match message["type"]:
            case "websocket.receive":
                await self._receive(message.get("text"))
            case "websocket.connect":
                await self._open()
            case "websocket.disconnect":
                self._close_code = message.get("code") or CloseCode.NORMAL
                raise StopConsumer

    def _prepare(self, send: Any) -> None:
        self.hub: Hub = get_hub()
        self.outbox = Outbox(send)
        self.cursors = Cursors(self.put, self.fetch_after, self.spawn)
        self.standings = Standings()
        self._context = contextvars.copy_context()
        self._early: list[tuple[str, Hints]] = []
        self._rooms: set[Room] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: list[asyncio.TimerHandle] = []
        self._limits = FrameLimits(self.frame_rate, self.frame_burst, self.flood_rate, self.flood_burst)
        self._ending: asyncio.Task[None] | None = None
        self._is_ending = self._is_greeting = self._is_greeted = self._is_gone = False
        self._close_code = int(CloseCode.NORMAL)

    async def _open(self) -> None:
        # Accept before anything else: a close code before that never reaches the client.
        await self.base_send({"type": "websocket.accept", "subprotocol": None})
        if shutdown.is_stopping():
            self.say_bye(CloseCode.SERVICE_RESTART)
            return
        shutdown.opened(self)
        loop = asyncio.get_running_loop()
        self._heard_at = loop.time()
        age = random.uniform(*self.max_age)  # noqa: S311 - spreads load only
        self._timers = [
            loop.call_later(self.hello_within, self._check_hello),
            loop.call_later(age, self.say_bye, CloseCode.SERVICE_RESTART),
        ]
        self._watch()

    async def _receive(self, text: str | None) -> None:
        if self._is_ending or self.outbox.is_closed or not self._may_receive():
            return
        self._heard_at = asyncio.get_running_loop().time()
        try:
            frame = read_frame(self.decoder, text)
        except BadFrame as bad:
            self.send_frame(bad.error)
            return
        await self._guard(self._route(frame), frame)

    async def _route(self, frame: msgspec.Struct) -> None:
        if isinstance(frame, Ping) and self._is_greeted:
            self.outbox.confirm(frame.mark)
            self.spawn(self._answer(), frame)
        elif self._is_greeted == isinstance(frame, self.hello_type):
            self.send_frame(Error("out_of_order", _("A socket begins with hello, and only once."), "type"))
        elif self._is_greeted:
            await self.on_frame(frame)
        else:
            await self._greeted_by(frame)

    async def _greeted_by(self, hello: msgspec.Struct) -> None:
        self._is_greeting = True
        try:
            await self.on_hello(hello)
        finally:
            self._is_greeting = False
        # From here on in the language that the hello asked for.
        self._context = contextvars.copy_context()
        self._is_greeted = True
        for frame, hints in self._early:
            self._pass_on(frame, hints)
        self._early.clear()

    def _may_receive(self) -> bool:
        verdict = self._limits.judge()
        if verdict is Verdict.FLOOD:
            self.shut(CloseCode.FLOOD, discard=True)
        elif verdict is Verdict.WARN:
            self.send_frame(Error("slow_down", _("That was a lot at once. Please wait a moment.")))
        return verdict is Verdict.TAKE

    async def _guard(self, work: Coroutine[Any, Any, None], frame: msgspec.Struct | None) -> None:
        client_id = getattr(frame, "client_id", None)
        try:
            await work
        except DomainError as error:
            self.send_frame(Error(error.code, str(error), error.field, client_id))
        # A bug in one frame's handling: the client learns that this frame failed and keeps its connection.
        except Exception as error:  # noqa: BLE001
            logger.error("handling a frame failed type=%s\n%s", type(frame).__name__, trace(error))
            words = _("This didn't work. Please try again.")
            self.send_frame(Error("internal_error", words, None, client_id))

    async def _or_start_over(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        # Whatever it was: half caught up is worse than away.
        except Exception as error:  # noqa: BLE001
            logger.error("catching up failed\n%s", trace(error))
            self.shut(CloseCode.INTERNAL_ERROR)

    # --- Heartbeat ------------------------------------------------------------------------------------------

    async def _answer(self) -> None:
        await self.on_ping()
        seqs = await self._catch_up()
        self.send_frame(Pong(now=timezone.now(), seqs=seqs, mark=self.outbox.make_mark()))

    async def _catch_up(self) -> dict[str, int]:
        conversations = self.cursors.seqs()
        places = await self.current_places(conversations) if conversations else {}
        for conversation, place in places.items():
            await self.cursors.catch_up(conversation, place.seq)
            if self.standings.is_behind(conversation, place):
                await self.resend_state(conversation)
        return {conversation: place.seq for conversation, place in places.items()}

    async def _resync(self) -> None:
        await self._catch_up()
        await self.on_resync()

    def _check_hello(self) -> None:
        if self._is_greeting:
            # It came in time; a database that is slow after a restart isn't the client's fault.
            self._timers[0] = asyncio.get_running_loop().call_later(self.hello_within, self._check_hello)
        elif not self._is_greeted:
            self.shut(CloseCode.HELLO_TIMEOUT)

    def _watch(self) -> None:
        """One timer that looks now and then, instead of one that is set anew for every frame."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._heard_at >= self.idle_after:
            self.shut(CloseCode.IDLE)
        elif self.outbox.is_too_slow:
            self.shut(CloseCode.SLOW_READER, discard=True)
        else:
            self._timers[2:] = [loop.call_later(self.idle_after / 4, self._watch)]

    # --- The end --------------------------------------------------------------------------------------------

    def say_bye(self, code: CloseCode) -> None:
        """Finishes what was taken, tells the client when to come back, and closes (DL-08)."""
        if not self._is_ending:
            self._is_ending = True
            self._ending = asyncio.get_running_loop().create_task(self._say_bye(code))

    async def _say_bye(self, code: CloseCode) -> None:
        # Whoever waits for an acknowledgement still gets it.
        await self._finish_tasks()
        self.send_frame(Bye(retry_after=random.randint(0, self.bye_spread)))  # noqa: S311 - spreads load only
        self.shut(code)

    async def _finish_tasks(self) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=self.finish_within)

    async def _clean_up(self) -> None:
        self._is_gone = True
        # Not cancelled at once: a task may be between its commit and telling the others.
        self.outbox.is_closed = True
        shutdown.closed(self)
        for timer in self._timers:
            timer.cancel()
        for room in tuple(self._rooms):
            self.hub.leave(room, self)
        await self.on_gone(self._close_code)
        await self._finish_tasks()
        for task in tuple(self._tasks):
            task.cancel()
