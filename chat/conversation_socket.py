"""What keeps one tab of a visitor true: who it is, what it is shown first, and what it missed."""

from collections.abc import Collection

import msgspec
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat.delivery.close_codes import CloseCode
from chat.delivery.hub import Hints
from chat.delivery.socket import FrameSocket, encode
from chat.delivery.topics import Audience, conversation_topic, visitor_room
from chat.models import Conversation
from chat.protocol import PROTOCOL_VERSION
from chat.protocol import visitor as frames
from chat.protocol.shared import Error
from chat.protocol.state import State
from chat.selectors.messages import list_messages, list_missed
from chat.selectors.snapshots import Snapshot, get_last_seqs, get_revision, get_snapshot
from chat.services.conversations import greet_visitor
from chat.services.visitors import mint_token, read_token
from config.lib.languages import pick_language
from config.lib.threads import in_thread
from routing.services.requests import route_live_chat
from routing.services.timers import settle_overdue


class ConversationSocket(FrameSocket):
    """One tab of one visitor, in one conversation at a time, without the commands (DL-06, DL-10)."""

    audience = Audience.VISITOR

    visitor_id = 0
    conversation: Conversation | None = None
    # The newest state that this tab was sent; a heartbeat notices a newer one (R6, DL-04).
    revision = -1

    async def on_hello(self, frame: frames.Hello) -> None:
        translation.activate(pick_language(frame.language))
        key = read_token(frame.token or mint_token())
        if frame.protocol != PROTOCOL_VERSION:
            self.send_frame(Error("protocol", _("Please reload the page."), "protocol"))
            self.shut(CloseCode.FORBIDDEN)
        elif key is None:
            self.shut(CloseCode.UNAUTHENTICATED)
        else:
            await self._greet(frame, key)

    async def _greet(self, frame: frames.Hello, key: str) -> None:
        greeting = await in_thread(greet_visitor)(
            key=key, page=frame.page, language=frame.language, show=frame.show
        )
        self.visitor_id = greeting.visitor.pk if greeting.visitor else 0
        self.conversation = greeting.conversation
        welcome = frames.Welcome(protocol=PROTOCOL_VERSION, now=timezone.now(), token=mint_token(key))
        if greeting.conversation is None:
            self.send_frame(welcome)
        else:
            await self._resume(greeting.conversation, frame, welcome)
        if greeting.live_chat_id is not None:
            self.spawn(self._ask_agents(greeting.live_chat_id))

    async def _resume(self, conversation: Conversation, frame: frames.Hello, welcome: frames.Welcome) -> None:
        """Join first, read then, so that nothing falls in between (R5)."""
        public_id = str(conversation.public_id)
        self.cursors.open(public_id)
        await self.join(visitor_room(conversation_topic(public_id)))
        after = frame.after if frame.conversation == public_id else 0
        found = await in_thread(get_snapshot)(conversation.pk, "visitor", after=after)
        self.revision = found.state.revision
        self.send_frame(
            msgspec.structs.replace(
                welcome,
                state=found.state,
                messages=found.missed.messages,
                more=found.missed.more,
                reset=found.after == 0,
            )
        )
        self.spawn_vital(self._send_rest(conversation, found))

    async def _send_rest(self, conversation: Conversation, found: Snapshot) -> None:
        """Send what didn't fit into the welcome, a page at a time, then let the pushes through."""
        page, last = found.missed, found.after
        while page.messages:
            last = page.messages[-1].seq
            if not page.more:
                break
            page = await in_thread(list_missed)(conversation=conversation, after=last)
            self.send_frame(page)
        self.cursors.start(str(conversation.public_id), last)

    async def _ask_agents(self, live_chat_id: int) -> None:
        await in_thread(route_live_chat)(live_chat_id=live_chat_id)

    async def fetch_after(self, conversation: str, seq: int) -> list[tuple[int, str]]:
        if self.conversation is None:
            return []
        rows = await in_thread(list_messages)(conversation=self.conversation, after=seq)
        return [(row.seq, encode(row)) for row in rows]

    async def current_seqs(self, conversations: Collection[str]) -> dict[str, int]:
        return await in_thread(get_last_seqs)(conversations)

    async def on_ping(self) -> None:
        # Should beat be dead, the waiting visitor's own heartbeat still brings the end that is due (LC-22).
        if self.conversation is not None:
            await in_thread(settle_overdue)(conversation_id=self.conversation.pk)
            if await in_thread(get_revision)(self.conversation.pk) > self.revision:
                await self.on_resync()

    async def on_resync(self) -> None:
        if self.conversation is not None:
            found = await in_thread(get_snapshot)(self.conversation.pk, "visitor", after=2**31 - 1)
            self.send_state(found.state)

    def send_state(self, state: State) -> None:
        """Send a state that was read from the database."""
        self.revision = max(self.revision, state.revision)
        self.send_frame(state)

    def deliver(self, frame: str, hints: Hints) -> None:
        self.revision = max(self.revision, int(hints.get("revision", 0)))
        super().deliver(frame, hints)
