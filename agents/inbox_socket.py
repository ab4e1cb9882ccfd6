"""What keeps an agent's page true: who may have it, what it shows first, and what changes."""

import asyncio
import secrets
from collections.abc import Collection

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agents.inbox_frames import Inbox, get_welcome, read_inbox, read_offer
from agents.models import Agent
from agents.services.presence import end_presence, note_presence
from agents.sessions import get_session_agent, get_session_user_id
from chat.delivery.close_codes import CloseCode
from chat.delivery.hub import Hints
from chat.delivery.socket import FrameSocket, encode
from chat.delivery.topics import Audience, agent_topic, conversation_topic, staff_room
from chat.protocol import PROTOCOL_VERSION
from chat.protocol import agent as frames
from chat.protocol.shared import Error
from chat.selectors.snapshots import get_last_seqs, get_snapshot
from config.lib.languages import pick_language
from config.lib.threads import in_thread


class InboxSocket(FrameSocket):
    """The inbox of one tab of one agent, without the commands (DL-06, LC-37)."""

    audience = Audience.STAFF

    agent: Agent | None = None

    async def on_hello(self, frame: frames.Hello) -> None:
        cookies = self.scope.get("cookies", {})
        self.session_key = cookies.get(settings.SESSION_COOKIE_NAME, "")
        self.socket_id = secrets.token_hex(16)
        self.conversations: dict[str, int] = {}
        # What this page was sent: pending offers, and the newest state of each chat (R6, DL-04).
        self.offers: set[str] = set()
        self.revisions: dict[str, int] = {}
        self._refreshing = asyncio.Lock()
        translation.activate(pick_language(cookies.get(settings.LANGUAGE_COOKIE_NAME, "")))
        if frame.protocol != PROTOCOL_VERSION:
            self.send_frame(Error("protocol", _("Please reload the page."), "protocol"))
            self.shut(CloseCode.FORBIDDEN)
        else:
            agent = await self._check_access()
            if agent is not None:
                await self._greet(frame, agent)

    async def _check_access(self) -> Agent | None:
        """Close who isn't signed in or isn't an agent (any more); at connect, on a hint, at each ping
        (DL-10).
        """
        self.agent = await in_thread(get_session_agent)(self.session_key)
        if self.agent is None:
            signed_in = await in_thread(get_session_user_id)(self.session_key)
            self.shut(CloseCode.FORBIDDEN if signed_in else CloseCode.UNAUTHENTICATED, discard=True)
        return self.agent

    async def _greet(self, frame: frames.Hello, agent: Agent) -> None:
        """Join first, read then, so that nothing falls in between (R5)."""
        await self.join(staff_room(agent_topic(agent.pk)))
        await in_thread(note_presence)(agent_id=agent.pk, socket_id=self.socket_id)
        async with self._refreshing:
            inbox = await in_thread(read_inbox)(agent)
            self.conversations = dict(inbox.conversations)
            for public_id in inbox.conversations:
                await self._listen(public_id)
            self._send_welcome(agent, inbox)
            for public_id in inbox.conversations:
                await self._catch_up_from(public_id, frame.after.get(public_id, 0))

    async def _listen(self, public_id: str) -> None:
        self.cursors.open(public_id)
        await self.join(staff_room(conversation_topic(public_id)))

    async def _catch_up_from(self, public_id: str, after: int) -> None:
        """Send what the page hasn't got of a conversation, a page at a time, then let the pushes through."""
        pk, more = self.conversations[public_id], True
        while more:
            found = await in_thread(get_snapshot)(pk, "staff", after=after)
            more = found.missed.more
            self.send_frame(found.missed)
            after = found.missed.messages[-1].seq if found.missed.messages else found.after
        self.cursors.start(public_id, after)

    def deliver(self, frame: str, hints: Hints) -> None:
        """Pushes about the agent carry no frame: this socket reads what they are about, in its language."""
        if "refresh" in hints:
            self.spawn_vital(self._refresh())
        elif "offer" in hints:
            self.spawn(self._show_offer(int(hints["offer"])))
        elif "access" in hints:
            self.spawn(self._recheck())
        else:
            if "revision" in hints:
                self._note_revision(str(hints["state"]), int(hints["revision"]))
            super().deliver(frame, hints)

    def _note_revision(self, public_id: str, revision: int) -> None:
        self.revisions[public_id] = max(revision, self.revisions.get(public_id, 0))

    def _send_welcome(self, agent: Agent, inbox: Inbox) -> None:
        self.offers = {offer.id for offer in inbox.offers}
        self.revisions = {chat.state.conversation: chat.state.revision for chat in inbox.chats}
        self.send_frame(get_welcome(agent, inbox, now=timezone.now()))

    def _is_stale(self, inbox: Inbox) -> bool:
        """Whether the page shows something else than the database holds: a push was lost."""
        return (
            self.offers != {offer.id for offer in inbox.offers}
            or self.conversations.keys() != inbox.conversations.keys()
            or any(
                chat.state.revision > self.revisions.get(chat.state.conversation, -1) for chat in inbox.chats
            )
        )

    async def _recheck(self) -> None:
        await self._check_access()

    async def _refresh(self) -> None:
        """Look at the inbox again: chats that came or went, seats, availability. One look at a time."""
        if self.agent is None:
            return
        async with self._refreshing:
            inbox = await in_thread(read_inbox)(self.agent)
            self.send_frame(inbox.availability)
            for public_id in set(self.conversations) - set(inbox.conversations):
                await self._close(public_id)
            for chat in inbox.chats:
                if chat.state.conversation not in self.conversations:
                    await self._take(chat, inbox)

    async def _take(self, chat: frames.Chat, inbox: Inbox) -> None:
        public_id = chat.state.conversation
        self.conversations[public_id] = inbox.conversations[public_id]
        await self._listen(public_id)
        self._note_revision(public_id, chat.state.revision)
        self.send_frame(chat)
        await self._catch_up_from(public_id, 0)

    async def _close(self, public_id: str) -> None:
        """The chat is over or somebody else's: send its last lines and state, then listen no more."""
        last = self.cursors.seqs().get(public_id, 0)
        found = await in_thread(get_snapshot)(self.conversations.pop(public_id), "staff", after=last)
        await self.leave(staff_room(conversation_topic(public_id)))
        self.cursors.close(public_id)
        self.revisions.pop(public_id, None)
        self.send_frame(found.missed)
        self.send_frame(found.state)

    async def _show_offer(self, offer_id: int) -> None:
        frame = await in_thread(read_offer)(offer_id)
        if isinstance(frame, frames.Offer):
            self.offers.add(frame.id)
        elif frame is not None:
            self.offers.discard(frame.id)
        if frame is not None:
            self.send_frame(frame)

    async def fetch_after(self, conversation: str, seq: int) -> list[tuple[int, str]]:
        pk = self.conversations.get(conversation)
        if pk is None:
            return []
        found = await in_thread(get_snapshot)(pk, "staff", after=seq)
        return [(row.seq, encode(row)) for row in found.missed.messages]

    async def current_seqs(self, conversations: Collection[str]) -> dict[str, int]:
        return await in_thread(get_last_seqs)(conversations)

    async def on_ping(self) -> None:
        agent = await self._check_access()
        if agent is not None:
            await in_thread(note_presence)(agent_id=agent.pk, socket_id=self.socket_id)
            if self._is_stale(await in_thread(read_inbox)(agent)):
                await self.on_resync()

    async def on_resync(self) -> None:
        """Hints were lost: offers and chats may have come or gone, so the whole inbox is sent again."""
        await self._refresh()
        if self.agent is not None:
            self._send_welcome(self.agent, await in_thread(read_inbox)(self.agent))

    async def on_gone(self, code: int) -> None:
        if self.agent is not None:
            await in_thread(end_presence)(socket_id=self.socket_id)
