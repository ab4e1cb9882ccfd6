"""What a visitor's tab says beside the conversation: another page, what its script knows, a flow to start."""

import asyncio
from typing import Any

import msgspec

from chat.conversation_socket import ConversationSocket
from chat.delivery.hub import Hints
from chat.delivery.throttle import TokenBucket
from chat.delivery.topics import conversation_topic, visitor_room
from chat.protocol import visitor as frames
from chat.protocol.shared import Error
from chat.services.arrivals import infer_from, receive_visitor
from chat.services.claims import Claims, note_claims, pick_key, read_claims
from chat.services.flows import start_flow
from chat.services.greeting import Greeting
from chat.services.pages import note_page
from config.lib.errors import DomainError
from config.lib.origins import get_client_address
from config.lib.threads import in_thread


class BrowsingSocket(ConversationSocket):
    """One tab that goes from page to page, and from conversation to conversation."""

    # Pages a second, and at once: what goes beyond that waits for the next heartbeat.
    page_rate = 0.5
    page_burst = 5

    _page_due: frames.PageNow | None = None

    async def on_hello(self, frame: frames.Hello) -> None:
        self._pages = TokenBucket(self.page_rate, self.page_burst)
        # One move at a time: from conversation to conversation there is only one way at once.
        self._moving = asyncio.Lock()
        self._noting = asyncio.Lock()
        await super().on_hello(frame)

    def take_browsing(self, frame: Any) -> bool:
        """Handle a frame that isn't about one conversation; False for any other."""
        match frame:
            case frames.PageNow():
                self._move(frame)
            case frames.Facts():
                self.spawn(self._note_facts(frame), frame)
            case frames.StartFlow():
                self.spawn(self._start_flow(frame), frame)
            case _:
                return False
        return True

    async def on_ping(self) -> None:
        await self._note_page()
        await super().on_ping()

    async def on_push(self, hints: Hints) -> None:
        """The conversation was replaced in another tab: this one follows (DL-06)."""
        if "moved" not in hints:
            return
        async with self._moving:
            # Only looking: this tab asks for nothing by itself.
            hello = msgspec.structs.replace(self.hello, show=False, attributes={}, identity="", flow="")
            arrival = await in_thread(receive_visitor)(key=self.key, hello=hello)
            if arrival.greeting.conversation != self.conversation:
                await self._move_to(arrival.greeting)

    def _move(self, frame: frames.PageNow) -> None:
        page = frames.Page(frame.url, frame.title, frame.referrer)
        self.hello = msgspec.structs.replace(self.hello, page=page)
        self._page_due = frame
        if self._pages.allow():
            self.spawn(self._note_page(), frame)

    async def _note_page(self) -> None:
        """Store the last page, one after the other: what was seen first may not be written last."""
        async with self._noting:
            frame, self._page_due = self._page_due, None
            if frame is not None and self.conversation is not None:
                await in_thread(note_page)(conversation_id=self.conversation.pk, page=frame)

    async def _note_facts(self, frame: frames.Facts) -> None:
        claims, refusals = await in_thread(read_claims)(frame.attributes, frame.identity)
        self._refuse(refusals)
        async with self._moving:
            if not await self._is_somebody_else(claims):
                await in_thread(note_claims)(visitor_id=self.visitor_id, claims=claims)
                return
            hello = msgspec.structs.replace(
                self.hello,
                conversation="",
                after=0,
                flow="",
                identity=frame.identity,
                attributes=frame.attributes,
            )
            address = get_client_address(self.scope)
            arrival = await in_thread(receive_visitor)(key=self.key, hello=hello, address=address)
            self.key = arrival.key
            await self._move_to(arrival.greeting)

    async def _is_somebody_else(self, claims: Claims) -> bool:
        """Whether another person than before sits at this browser now: nothing of before is theirs (S4)."""
        return await in_thread(pick_key)(self.key, claims) != self.key

    async def _start_flow(self, frame: frames.StartFlow) -> None:
        async with self._moving:
            greeting = await in_thread(start_flow)(
                key=self.key,
                slug=frame.slug,
                page=self.hello.page,
                language=self.hello.language,
                session=self.hello.session,
                inferred=infer_from(self.hello, get_client_address(self.scope)),
            )
            await self._move_to(greeting)

    async def _move_to(self, greeting: Greeting) -> None:
        """Show what there is to show now in place of what there was, with a welcome of its own (DG-20)."""
        before, after = self.conversation, greeting.conversation
        hello = msgspec.structs.replace(self.hello, conversation="", after=0)
        if before is not None and before != after:
            await self.leave(visitor_room(conversation_topic(before.public_id)))
            self.cursors.close(str(before.public_id))
        elif before is not None:
            # What is on screen stays there; the cursor says how much of it that is.
            held = str(before.public_id)
            hello = msgspec.structs.replace(hello, conversation=held, after=self.cursors.seqs().get(held, 0))
        await self.show(greeting, hello)

    def _refuse(self, refusals: list[DomainError]) -> None:
        for refusal in refusals:
            self.send_frame(Error(refusal.code, str(refusal), refusal.field))
