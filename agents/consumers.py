"""The agent's socket: every page of a signed-in agent has one."""

import asyncio
from collections.abc import Collection
from typing import Any

import msgspec
from django.utils import timezone

from agents.inbox_frames import find_own_chat, get_availability_frame
from agents.models import Agent
from agents.notes_socket import NotesSocket
from agents.services.availability import set_availability
from chat.delivery.hub import broadcast_soon
from chat.delivery.socket import encode
from chat.delivery.topics import Audience, conversation_topic
from chat.errors import NotYourChat
from chat.posting import mark, post
from chat.protocol import agent as frames
from chat.protocol import state
from chat.selectors.snapshots import get_snapshot, read_state
from chat.services.live_chats import end_by_agent
from chat.services.messages import MarkUpdate, Post, is_storable
from config.lib.errors import NotAllowed
from config.lib.threads import in_thread
from routing.errors import OfferGone
from routing.services.offers import accept_offer, confirm_shown, decline_offer


class AgentSocket(NotesSocket):
    """What an agent's page may ask for. Each command checks again whose chat or offer it is (DL-10)."""

    decoder = msgspec.json.Decoder(frames.AgentClientFrame)
    hello_type = frames.Hello

    async def on_hello(self, frame: frames.Hello) -> None:
        # What this page has said and what isn't stored yet.
        self.posting: set[asyncio.Task[None]] = set()
        await super().on_hello(frame)

    async def on_frame(self, frame: Any) -> None:
        agent = self.agent
        if agent is None:
            return
        match frame:
            case frames.Shown():
                self.spawn(self._confirm_shown(frame, agent), frame)
            case frames.Accept():
                self.spawn(self._accept(frame, agent), frame)
            case frames.Decline():
                self.spawn(self._decline(frame, agent), frame)
            case frames.SetAvailability():
                self.spawn(self._set_availability(frame, agent), frame)
            case frames.Post():
                said = self.spawn(self._post(frame, agent), frame)
                self.posting.add(said)
                said.add_done_callback(self.posting.discard)
            case frames.End():
                self.spawn(self._end(frame, agent, frozenset(self.posting)), frame)
            case frames.WriteNote():
                self.spawn(self.write_note(frame, agent), frame)
            case frames.SeeMentions():
                self.spawn(self.see_mentions(frame, agent), frame)
            case frames.Sync():
                self.spawn(self._sync(frame), frame)
            case frames.Watch():
                self.spawn(self.watch(frame, agent), frame)
            case frames.FindTargets():
                self.spawn(self.find_targets(agent), frame)
            case _:
                self._on_chat_frame(frame, agent, self._own(frame.conversation))

    def _on_chat_frame(self, frame: Any, agent: Agent, conversation_id: int) -> None:
        match frame:
            case frames.Mark():
                update = MarkUpdate(conversation_id, "agent", frame.delivered, frame.read)
                self.spawn(mark(update), frame)
            case frames.TypingNow():
                typing = encode(state.Typing(frame.conversation, "agent"))
                broadcast_soon(conversation_topic(frame.conversation), {Audience.VISITOR: typing})
            case frames.StartTransfer():
                self.spawn(self.start_transfer(frame, agent, conversation_id), frame)
            case frames.TakeBack():
                self.spawn(self.take_back(agent, conversation_id), frame)

    def _own(self, public_id: str) -> int:
        """The agent's own active chats are the ones this socket knows; the services look again."""
        if public_id not in self.conversations:
            raise NotYourChat
        return self.conversations[public_id]

    async def _find_own(self, public_id: str, agent: Agent) -> int:
        """The agent's own chat, also one that is over: what was sent may come late, or twice (DL-02)."""
        conversation_id = self.conversations.get(public_id)
        if conversation_id is None:
            conversation_id = await in_thread(find_own_chat)(agent, public_id)
        if conversation_id is None:
            raise NotYourChat
        return conversation_id

    async def _post(self, frame: frames.Post, agent: Agent) -> None:
        conversation_id = await self._find_own(frame.conversation, agent)
        message = Post(conversation_id, "agent", agent.pk, frame.client_id, frame.text)
        self.acknowledge(await post(message), is_as_sent=is_storable(frame.text))

    async def _sync(self, frame: frames.Sync) -> None:
        conversation_id = self.find(frame.conversation)
        if conversation_id is None:
            raise NotYourChat
        found = await in_thread(get_snapshot)(conversation_id, "staff", after=frame.after)
        self.send_frame(found.missed)
        self.show_state(found.state)

    async def _end(self, frame: frames.End, agent: Agent, before: Collection["asyncio.Task[None]"]) -> None:
        """What was said before it comes first. A chat that is over already, ended in another tab perhaps, is
        shown as it is (LC-32).
        """
        if before:
            await asyncio.wait(before)
        conversation_id = await self._find_own(frame.conversation, agent)
        end = in_thread(end_by_agent)
        await end(conversation_id=conversation_id, agent_id=agent.pk, after=frame.after)
        if frame.conversation not in self.conversations:
            self.send_frame(await in_thread(read_state)(conversation_id, "staff"))

    async def _confirm_shown(self, frame: frames.Shown, agent: Agent) -> None:
        await in_thread(confirm_shown)(offer_id=frame.offer, agent_id=agent.pk)

    async def _accept(self, frame: frames.Accept, agent: Agent) -> None:
        """Every tab hears of the outcome; the one that clicked also when it was settled before (LC-25)."""
        try:
            offer_id = (await in_thread(accept_offer)(offer_id=frame.offer, agent_id=agent.pk)).pk
        except OfferGone as gone:
            offer_id = gone.offer_id
        await self._show_offer(pk=offer_id)

    async def _decline(self, frame: frames.Decline, agent: Agent) -> None:
        offer = await in_thread(decline_offer)(offer_id=frame.offer, agent_id=agent.pk, reason=frame.reason)
        await self._show_offer(pk=offer.pk)

    async def _set_availability(self, frame: frames.SetAvailability, agent: Agent) -> None:
        if not await in_thread(agent.has_perm)("agents.manage_own_live_chat_availability"):
            raise NotAllowed
        await in_thread(set_availability)(agent=agent, available=frame.available)
        self.show_availability(await in_thread(get_availability_frame)(agent, now=timezone.now()))
