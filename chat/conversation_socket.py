"""What keeps one tab of a visitor true: who it is, what it is shown first, and what it missed."""

from collections.abc import Collection

import msgspec
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat.delivery.close_codes import CloseCode
from chat.delivery.socket import encode
from chat.delivery.standing import Place
from chat.delivery.topics import Audience, conversation_topic, visitor_room
from chat.heartbeats import find_places
from chat.models import Conversation
from chat.present_socket import PresentSocket
from chat.protocol import PROTOCOL_VERSION
from chat.protocol import visitor as frames
from chat.protocol.shared import Error
from chat.selectors.messages import list_messages, list_missed
from chat.selectors.snapshots import Snapshot, get_snapshot, read_state
from chat.services.arrivals import receive_visitor
from chat.services.greeting import Greeting
from chat.services.visitors import mint_token, read_token
from config.installation.selectors import get_installation
from config.lib.languages import pick_language
from config.lib.origins import get_client_address
from config.lib.threads import in_thread
from routing.services.requests import route_live_chat


class ConversationSocket(PresentSocket):
    """One tab of one visitor, in one conversation at a time, without the commands (DL-06, DL-10)."""

    audience = Audience.VISITOR

    visitor_id = 0
    key = ""
    hello = frames.Hello(protocol=PROTOCOL_VERSION)
    conversation: Conversation | None = None

    async def on_hello(self, frame: frames.Hello) -> None:
        translation.activate(pick_language(frame.language))
        key = read_token(frame.token or mint_token())
        if frame.protocol != PROTOCOL_VERSION:
            self.send_frame(Error("protocol", _("Please reload the page."), "protocol"))
            self.shut(CloseCode.FORBIDDEN)
        elif key is None:
            self.shut(CloseCode.UNAUTHENTICATED)
        else:
            self.key, self.hello = key, frame
            await self._greet(frame, key)

    async def _greet(self, frame: frames.Hello, key: str) -> None:
        address = get_client_address(self.scope)
        arrival = await in_thread(receive_visitor)(key=key, hello=frame, address=address)
        self.key = arrival.key
        await self.show(arrival.greeting, frame)
        for refusal in arrival.refusals:
            self.send_frame(Error(refusal.code, str(refusal), refusal.field))

    async def show(self, greeting: Greeting, frame: frames.Hello) -> None:
        """Send the welcome to a conversation, or to none; ``frame`` says what the client holds of it."""
        if greeting.conversation != self.conversation:
            await self.depart(CloseCode.NORMAL)
        self.visitor_id = greeting.visitor.pk if greeting.visitor else 0
        self.conversation = greeting.conversation
        token = mint_token(self.key)
        welcome = frames.Welcome(protocol=PROTOCOL_VERSION, now=timezone.now(), token=token)
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
        found, files = await in_thread(_read_opening)(conversation.pk, after)
        self.standings.note(found.state)
        self.send_frame(
            msgspec.structs.replace(
                welcome,
                state=found.state,
                messages=found.missed.messages,
                more=found.missed.more,
                reset=found.after == 0,
                files=files,
            )
        )
        self.spawn_vital(self._send_rest(conversation, found))
        if found.state.phase in ("waiting", "active"):
            self.spawn(self.arrive(conversation.pk))

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
        if self.conversation is not None:
            await self.arrive(self.conversation.pk)

    async def fetch_after(self, conversation: str, seq: int) -> list[tuple[int, str]]:
        if self.conversation is None:
            return []
        rows = await in_thread(list_messages)(conversation=self.conversation, after=seq)
        return [(row.seq, encode(row)) for row in rows]

    async def current_places(self, conversations: Collection[str]) -> dict[str, Place]:
        return await find_places(conversations)

    async def resend_state(self, conversation: str) -> None:
        if self.conversation is not None:
            self.show_state(await in_thread(read_state)(self.conversation.pk, "visitor"))

    async def on_ping(self) -> None:
        if self.conversation is not None:
            await self.beat(self.conversation.pk)


def _read_opening(conversation_id: int, after: int) -> tuple[Snapshot, bool]:
    """What the client missed of its conversation, and whether files may be sent in it."""
    return get_snapshot(conversation_id, "visitor", after=after), get_installation().files_enabled
