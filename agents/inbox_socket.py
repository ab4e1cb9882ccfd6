"""What keeps an agent's page true: who may have it, what it shows first, and what changes."""

import asyncio
import secrets
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agents.devices import make_client
from agents.heartbeats import Beat, InboxNow, find_last_notes, look_at_inbox
from agents.inbox_frames import (
    Inbox,
    get_welcome,
    read_inbox,
    read_last_words,
    read_offer,
)
from agents.models import Agent
from agents.services.devices import note_device
from agents.services.presence import end_presence, note_presence
from agents.sessions import get_session_agent, get_session_user_id
from chat.delivery.close_codes import CloseCode, is_goodbye
from chat.delivery.hub import Hints
from chat.delivery.socket import FrameSocket, encode
from chat.delivery.standing import Place
from chat.delivery.topics import Audience, agent_topic, conversation_topic, staff_room
from chat.heartbeats import find_places
from chat.protocol import PROTOCOL_VERSION
from chat.protocol import agent as frames
from chat.protocol.shared import Error
from chat.selectors.inbox import get_visitor_now
from chat.selectors.mentions import Place as MentionPlace
from chat.selectors.mentions import get_places, list_mentions
from chat.selectors.notes import list_notes_page
from chat.selectors.snapshots import get_snapshot, read_state
from chat.services.lines import greet_agent
from config.lib.languages import pick_language_of_pages
from config.lib.origins import get_client_address, get_header
from config.lib.threads import in_thread
from routing.selectors.transfers import find_handed_over, get_transfer

# Heartbeats: five minutes, which is exact enough for a list of devices.
NOTE_DEVICE_EVERY = 15


class InboxSocket(FrameSocket):
    """The inbox of one tab of one agent, without the commands (DL-06, LC-37)."""

    audience = Audience.STAFF

    agent: Agent | None = None
    # What this page shows of it.
    availability: frames.AvailabilityNow | None = None
    # How often this tab has said that it is open.
    beats = 0
    # Set once this tab counts as an open inbox (LC-13).
    socket_id = ""

    async def on_hello(self, frame: frames.Hello) -> None:
        cookies = self.scope.get("cookies", {})
        self.session_key = cookies.get(settings.SESSION_COOKIE_NAME, "")
        self.conversations: dict[str, int] = {}
        # The offers whose banners this page shows, by their public ids.
        self.offers: set[str] = set()
        # The pending transfers that this page shows, each by its id and since when somebody is asked.
        self.transfers: set[tuple[str, datetime | None]] = set()
        # The notes whose mentions this page shows.
        self.mentions: frozenset[MentionPlace] = frozenset()
        # The last note that this page was sent of each conversation.
        self.notes: dict[str, int] = {}
        self._refreshing = asyncio.Lock()
        self._reading_notes = asyncio.Lock()
        self._is_refresh_due = False
        translation.activate(pick_language_of_pages(self.scope))
        if frame.protocol != PROTOCOL_VERSION:
            self.send_frame(Error("protocol", _("Please reload the page."), "protocol"))
            self.shut(CloseCode.FORBIDDEN)
        else:
            agent = await self.check_access()
            if agent is not None:
                await self._greet(frame, agent)
                await self._note_device(agent)

    async def _note_device(self, agent: Agent) -> None:
        """The list of devices says, to a few minutes, when each was last in use (S9)."""
        if self.beats % NOTE_DEVICE_EVERY == 0:
            client = make_client(get_header(self.scope, b"user-agent"), get_client_address(self.scope))
            await in_thread(note_device)(user_id=agent.pk, session_key=self.session_key, client=client)
        self.beats += 1

    async def check_access(self) -> Agent | None:
        """Close who isn't signed in or isn't an agent (any
        more); at connect, on a hint, at each ping (DL-10).
        """
        self.agent = await in_thread(get_session_agent)(self.session_key)
        if self.agent is None:
            signed_in = await in_thread(get_session_user_id)(self.session_key)
            self.shut(CloseCode.FORBIDDEN if signed_in else CloseCode.UNAUTHENTICATED, discard=True)
        return self.agent

    async def _greet(self, frame: frames.Hello, agent: Agent) -> None:
        """Join first, read then, so that nothing falls in between (R5)."""
        await self.join(staff_room(agent_topic(agent.pk)))
        await self._note_presence(agent)
        inbox = await in_thread(read_inbox)(agent)
        self.conversations = dict(inbox.conversations)
        for public_id in inbox.conversations:
            await self.listen(public_id)
        self._send_welcome(agent, inbox)
        for public_id in inbox.conversations:
            await self.catch_up_from(public_id, frame.after.get(public_id, 0))
        await self._catch_up_notes()

    async def _note_presence(self, agent: Agent) -> None:
        self.socket_id = self.socket_id or secrets.token_hex(16)
        await in_thread(note_presence)(agent_id=agent.pk, socket_id=self.socket_id)
        await self._end_if_gone()
        self.spawn(self._note_return(agent))

    async def _note_return(self, agent: Agent) -> None:
        await in_thread(greet_agent)(agent_id=agent.pk, socket_id=self.socket_id)

    async def _end_if_gone(self) -> None:
        if self._is_gone:  # the page was closed meanwhile
            await self.on_gone(self._close_code)

    def _send_welcome(self, agent: Agent, inbox: Inbox) -> None:
        self.offers = {offer.id for offer in inbox.offers}
        self.transfers = {(each.id, each.offered_at) for each in inbox.transfers if each.status == "pending"}
        self.availability = inbox.availability
        self.mentions = get_places(inbox.mentions)
        for chat in inbox.chats:
            self.standings.note(chat.state)
        self.send_frame(get_welcome(agent, inbox, now=timezone.now()))

    async def listen(self, public_id: str) -> None:
        self.cursors.open(public_id)
        await self.join(staff_room(conversation_topic(public_id)))

    async def catch_up_from(self, public_id: str, after: int) -> None:
        """Send what the page hasn't got of a conversation, a page at a time, then let the pushes through."""
        more = True
        while more and (pk := self.find(public_id)) is not None:
            found = await in_thread(get_snapshot)(pk, "staff", after=after)
            more = found.missed.more
            self.send_frame(found.missed)
            after = found.missed.messages[-1].seq if found.missed.messages else found.after
            if not more:
                # Read after joining: what the inbox said of the chat may be older.
                self.show_newer_state(found.state)
        if self.find(public_id) is not None:  # it wasn't let go meanwhile
            self.cursors.start(public_id, after)

    def find(self, public_id: str) -> int | None:
        """The conversation, if this page shows it live."""
        return self.conversations.get(public_id)

    def list_live(self) -> dict[str, int]:
        """All of these, by their public ids."""
        return dict(self.conversations)

    async def on_push(self, hints: Hints) -> None:
        """Pushes about the agent carry no frame: this socket reads what they are about, in its language."""
        if "refresh" in hints:
            await self._refresh_soon()
        elif "offer" in hints:
            await self._show_offer(pk=int(hints["offer"]))
        elif "access" in hints:
            if await self.check_access() is not None:
                await self.show_mentions()
        elif "mentions" in hints:
            await self.show_mentions()
        elif "transfer" in hints:
            await self.show_transfer(str(hints["transfer"]))
        elif "visitor" in hints:
            await self.show_visitor(str(hints["conversation"]))
        elif "note" in hints:
            await self.show_notes(str(hints["conversation"]))

    async def show_visitor(self, public_id: str) -> None:
        pk = self.find(public_id)
        if pk is not None:
            self.send_frame(await in_thread(get_visitor_now)(pk))

    async def show_mentions(self) -> None:
        """Send where this agent is mentioned, where that is another matter than what the page shows."""
        async with self._refreshing:
            if self.agent is not None:
                self._send_mentions(await in_thread(list_mentions)(person=self.agent))

    def _send_mentions(self, mentions: list[frames.Mention]) -> None:
        places = get_places(mentions)
        if places != self.mentions:
            self.mentions = places
            self.send_frame(frames.Mentions(mentions))

    async def _catch_up_notes(self) -> None:
        """Bring the notes that this page hasn't got: all at first, later those whose push was lost."""
        known = self.list_live()
        last = await find_last_notes(known.values())
        for public_id, pk in known.items():
            if last.get(pk, 0) > self.notes.get(public_id, 0):
                await self.show_notes(public_id)

    async def show_notes(self, public_id: str) -> None:
        # One reader at a time, or two hints at once would bring the same notes twice.
        async with self._reading_notes:
            more = True
            while more and (pk := self.find(public_id)) is not None:
                after = self.notes.get(public_id, 0)
                found, more = await in_thread(list_notes_page)(pk, after=after)
                if found.notes:
                    self.notes[public_id] = found.notes[-1].number
                    self.send_frame(found)

    async def _refresh_soon(self) -> None:
        """One look serves every hint that came before it."""
        if not self._is_refresh_due:
            self._is_refresh_due = True
            await self._or_start_over(self._refresh())

    async def _refresh(self) -> None:
        """Look at the inbox again: chats that came or went, seats, availability. One look at a time."""
        async with self._refreshing:
            self._is_refresh_due = False
            if self.agent is None:
                return
            agent = self.agent
            inbox = await in_thread(read_inbox)(agent)
            if await self._settle_chats(agent, inbox):
                self.show_availability(inbox.availability)
                self._send_mentions(inbox.mentions)
            else:
                # The page may know nothing more of a chat that is somebody else's: a welcome takes it away.
                self._send_welcome(agent, inbox)

    async def _settle_chats(self, agent: Agent, inbox: Inbox) -> bool:
        """Close what is gone and take what is new; False if one is with somebody else now."""
        gone = [each for each in self.conversations if each not in inbox.conversations]
        ended = [await self._close(agent, public_id) for public_id in gone]
        for chat in inbox.chats:
            if chat.state.conversation not in self.conversations:
                await self.take(chat, inbox)
        return all(ended)

    async def take(self, chat: frames.Chat, inbox: Inbox) -> None:
        public_id = chat.state.conversation
        self.conversations[public_id] = inbox.conversations[public_id]
        await self.listen(public_id)
        self.standings.note(chat.state)
        self.send_frame(chat)
        await self.catch_up_from(public_id, 0)
        await self.show_notes(public_id)

    async def _close(self, agent: Agent, public_id: str) -> bool:
        """Listen no more; of a chat that this agent had to the end, send the last lines and the state."""
        pk, last = self.conversations.pop(public_id), self.cursors.seqs().get(public_id, 0)
        self.notes.pop(public_id, None)
        await self.leave(staff_room(conversation_topic(public_id)))
        self.cursors.close(public_id)
        found = await in_thread(read_last_words)(agent, pk, after=last)
        if found is None:
            # Before the welcome, which only takes it away: by whom it was taken over (LC-34).
            self._send_transfer(await in_thread(find_handed_over)(sender=agent, conversation_id=pk))
            return False
        self.send_frame(found.missed)
        self.show_state(found.state)
        return True

    async def _show_offer(self, **which: int | str) -> None:
        # Not between the reading of an inbox and its welcome, which would take the banner away again.
        async with self._refreshing:
            frame = await in_thread(read_offer)(**which)
            if isinstance(frame, frames.Offer):
                self.offers.add(frame.id)
            elif frame is not None:
                self.offers.discard(frame.id)
            if frame is not None:
                self.send_frame(frame)

    async def show_transfer(self, public_id: str) -> None:
        """Send a transfer as it is now."""
        async with self._refreshing:
            self._send_transfer(await in_thread(get_transfer)(public_id=public_id))

    def _send_transfer(self, frame: frames.TransferNow | None) -> None:
        # A push and an answer may bring the same news.
        if frame is not None and (frame.id, frame.offered_at) not in self.transfers:
            self.transfers = {each for each in self.transfers if each[0] != frame.id}
            if frame.status == "pending":
                self.transfers.add((frame.id, frame.offered_at))
            self.send_frame(frame)

    async def fetch_after(self, conversation: str, seq: int) -> list[tuple[int, str]]:
        pk = self.find(conversation)
        if pk is None:
            return []
        found = await in_thread(get_snapshot)(pk, "staff", after=seq)
        return [(row.seq, encode(row)) for row in found.missed.messages]

    async def current_places(self, conversations: Collection[str]) -> dict[str, Place]:
        return await find_places(conversations)

    async def resend_state(self, conversation: str) -> None:
        pk = self.find(conversation)
        if pk is not None:
            self.show_state(await in_thread(read_state)(pk, "staff"))

    async def on_ping(self) -> None:
        now = await self._look()
        if now is None:
            await self.check_access()
        else:
            self.agent = now.agent
            await self._look_for_losses(now)
            await self._note_device(now.agent)
            await self._catch_up_notes()

    async def _look(self) -> InboxNow | None:
        beat = Beat(self.session_key, self.socket_id, translation.get_language() or settings.LANGUAGE_CODE)
        now = await look_at_inbox(beat)
        await self._end_if_gone()
        return now

    async def _look_for_losses(self, now: InboxNow) -> None:
        """Bring what a lost push would have brought: offers and chats that came or went, and availability."""
        for public_id in now.offers ^ self.offers:
            await self._show_offer(public_id=public_id)
        for public_id in {public_id for public_id, _since in now.transfers ^ self.transfers}:
            await self.show_transfer(public_id)
        if now.mentions != self.mentions:
            await self.show_mentions()
        async with self._refreshing:  # what a push has begun comes to its end first
            is_even = now.chats == self.conversations.keys()
        if not is_even:
            await self._refresh()
        # Hours begin and end without anybody saying so, and an admin may have changed them (LC-11).
        if now.availability != self.availability:
            self.show_availability(now.availability)

    def show_availability(self, availability: frames.AvailabilityNow) -> None:
        """Send whether the agent is offered chats, and remember that the page shows it."""
        self.availability = availability
        self.send_frame(availability)

    async def on_resync(self) -> None:
        """Hints were lost: offers, chats and availability may have changed, so the whole inbox is sent."""
        async with self._refreshing:
            agent = self.agent
            if agent is not None:
                inbox = await in_thread(read_inbox)(agent)
                await self._settle_chats(agent, inbox)
                self._send_welcome(agent, inbox)
        await self._catch_up_notes()

    async def on_gone(self, code: int) -> None:
        if self.socket_id:
            said_goodbye = is_goodbye(code) and not self._is_ending
            await in_thread(end_presence)(socket_id=self.socket_id, said_goodbye=said_goodbye)
