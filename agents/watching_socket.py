"""A supervisor's page looks on at a chat of somebody else (LC-38)."""

import asyncio
from typing import NamedTuple

from django.utils.translation import gettext as _

from agents.inbox_frames import Inbox
from agents.models import Agent
from agents.selectors import may_watch
from agents.transfer_socket import TransferSocket
from chat.delivery.topics import conversation_topic, staff_room
from chat.errors import ConversationNotFound
from chat.protocol import agent as frames
from chat.protocol.shared import Error
from chat.selectors.conversations import get_conversation_for_agent
from config.lib.errors import NotAllowed
from config.lib.threads import in_thread


class Watched(NamedTuple):
    """The chat that is looked on at."""

    public_id: str
    pk: int


class WatchingSocket(TransferSocket):
    """An inbox that also shows one chat of somebody else live.

    Nothing of that is told to anybody: the commands are for the agent's own chats, so no word, no typing and
    no mark can come of it.
    """

    watched: Watched | None = None

    async def watch(self, frame: frames.Watch, agent: Agent) -> None:
        """Look on at this chat instead of the one before.

        Raises ``ConversationNotFound``, as for a chat that isn't there, also where it isn't allowed.
        """
        async with self._get_watching():
            await self._stop_watching()
            if frame.conversation and frame.conversation not in self.conversations:
                await self._begin_watching(frame, agent)

    async def _begin_watching(self, frame: frames.Watch, agent: Agent) -> None:
        if not await in_thread(may_watch)(agent.pk):
            raise ConversationNotFound
        found = await in_thread(get_conversation_for_agent)(user=agent, public_id=frame.conversation)
        self.watched = Watched(str(found.public_id), found.pk)
        await self.listen(self.watched.public_id)
        await self.catch_up_from(str(found.public_id), frame.after)
        await self.show_notes(str(found.public_id))

    async def _stop_watching(self) -> None:
        watched, self.watched = self.watched, None
        if watched is not None and watched.public_id not in self.conversations:
            await self.leave(staff_room(conversation_topic(watched.public_id)))
            self.cursors.close(watched.public_id)
            self.notes.pop(watched.public_id, None)

    def _get_watching(self) -> asyncio.Lock:
        """One change at a time: whoever goes quickly from chat to chat ends up at the last one."""
        if not hasattr(self, "_watching"):
            self._watching = asyncio.Lock()
        return self._watching

    def find(self, public_id: str) -> int | None:
        own = super().find(public_id)
        if own is None and self.watched is not None and self.watched.public_id == public_id:
            return self.watched.pk
        return own

    def list_live(self) -> dict[str, int]:
        watched = {self.watched.public_id: self.watched.pk} if self.watched else {}
        return {**watched, **super().list_live()}

    async def take(self, chat: frames.Chat, inbox: Inbox) -> None:
        """The chat that is looked on at may become the agent's own: it begins anew then."""
        if self.watched is not None and self.watched.public_id == chat.state.conversation:
            async with self._get_watching():
                await self._stop_watching()
        await super().take(chat, inbox)

    async def check_access(self) -> Agent | None:
        agent = await super().check_access()
        await self._check_watching()
        return agent

    async def on_ping(self) -> None:
        await self._check_watching()
        await super().on_ping()

    async def _check_watching(self) -> None:
        """The permission is asked for again whenever it may have changed (R16)."""
        if self.watched is None or self.agent is None or await in_thread(may_watch)(self.agent.pk):
            return
        async with self._get_watching():
            await self._stop_watching()
        self.send_frame(Error(NotAllowed.code, _("You may no longer see other agents' chats.")))
