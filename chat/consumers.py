"""The visitor's socket: the widget's one connection."""

from typing import Any

import msgspec

from chat.browsing_socket import BrowsingSocket
from chat.delivery.hub import broadcast_soon
from chat.delivery.socket import encode
from chat.delivery.topics import Audience, conversation_topic
from chat.errors import ConversationNotFound
from chat.models import Conversation
from chat.posting import mark, post
from chat.protocol import state
from chat.protocol import visitor as frames
from chat.selectors.snapshots import get_snapshot, read_state
from chat.services.conversations import answer_card
from chat.services.documents import note_reading
from chat.services.live_chats import end_by_visitor
from chat.services.messages import MarkUpdate, Post, is_storable
from config.lib.threads import in_thread
from routing.services.contacts import leave_address
from routing.services.offers import cancel_waiting


class VisitorSocket(BrowsingSocket):
    """What a widget may ask for; every command names the one conversation that this socket is in."""

    decoder = msgspec.json.Decoder(frames.VisitorClientFrame)
    hello_type = frames.Hello

    async def on_frame(self, frame: Any) -> None:
        if self.take_browsing(frame):
            return
        conversation = self.conversation
        if conversation is None or frame.conversation != str(conversation.public_id):
            raise ConversationNotFound
        match frame:
            case frames.Post():
                self.spawn(self._post(frame, conversation), frame)
            case frames.Answer():
                self.spawn(self._take_answer(frame, conversation), frame)
            case frames.Mark():
                update = MarkUpdate(conversation.pk, "visitor", frame.delivered, frame.read)
                self.spawn(mark(update), frame)
            case frames.TypingNow():
                typing = encode(state.Typing(frame.conversation, "visitor"))
                broadcast_soon(conversation_topic(frame.conversation), {Audience.STAFF: typing})
            case frames.Sync():
                self.spawn(self._sync(frame, conversation), frame)
            case frames.Cancel():
                self.spawn(self._call(cancel_waiting, conversation), frame)
            case frames.Contact():
                self.spawn(self._leave_address(frame, conversation), frame)
            case frames.Reading():
                self.spawn(self._note_reading(frame, conversation), frame)
            case frames.End():
                self.spawn(self._call(end_by_visitor, conversation), frame)

    async def _post(self, frame: frames.Post, conversation: Conversation) -> None:
        message = Post(conversation.pk, "visitor", self.visitor_id, frame.client_id, frame.text)
        self.acknowledge(await post(message), is_as_sent=is_storable(frame.text))

    async def _take_answer(self, frame: frames.Answer, conversation: Conversation) -> None:
        answered = await in_thread(answer_card)(
            visitor_id=self.visitor_id,
            conversation_id=conversation.pk,
            card=frame.card,
            client_id=frame.client_id,
            value=frame.value,
        )
        self.send_frame(frames.Accepted(conversation=frame.conversation, client_id=frame.client_id))
        if answered.live_chat_id is not None:
            # Beside this frame, which is answered: should it fail, the sweeper does it.
            self.spawn(self._ask_agents(answered.live_chat_id))

    async def _sync(self, frame: frames.Sync, conversation: Conversation) -> None:
        found = await in_thread(get_snapshot)(conversation.pk, "visitor", after=frame.after)
        self.send_frame(found.missed)
        self.show_state(found.state)

    async def _leave_address(self, frame: frames.Contact, conversation: Conversation) -> None:
        await in_thread(leave_address)(
            visitor_id=self.visitor_id, conversation_id=conversation.pk, email=frame.email
        )
        self.show_state(await in_thread(read_state)(conversation.pk, "visitor"))

    async def _note_reading(self, frame: frames.Reading, conversation: Conversation) -> None:
        await in_thread(note_reading)(
            visitor_id=self.visitor_id,
            conversation_id=conversation.pk,
            card=frame.card,
            event=frame.event,
            page=frame.page,
        )

    async def _call(self, service: Any, conversation: Conversation) -> None:
        await in_thread(service)(conversation_id=conversation.pk)
