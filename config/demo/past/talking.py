"""What is said in a live chat of the past: who writes when, what is noted, who takes over, how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chat.models import LiveChat, Message, Note
from chat.reads import GATHER
from chat.services.live_chats import IDLE_WARNING
from chat.services.messages import Draft
from config.demo.people import AIKO, DANIEL, INGRID, MATEO
from routing.models import Decision, Offer, Transfer
from routing.policy import Step, Verdict
from routing.services.requests import DELIVER_WITHIN

from .live import Entry, Staff, bring_in, settle, show
from .paths import SITE, TITLES
from .script import Line, write_script
from .shifts import Worker
from .story import Story
from .talks import DECLINES, HANDOVER_NOTES, NOTES
from .visits import move_to

ENDS = {LiveChat.End.AGENT: 62, LiveChat.End.VISITOR: 20, LiveChat.End.IDLE: 18}
# Of a hundred chats: so many are handed over, so many have a note beside them.
HANDED_OVER, NOTED, MOVES_ON = 0.2, 0.18, 0.4
# Whom a colleague thinks of, by what it turns out to be about.
TAKES_OVER = {
    "sales": (MATEO, AIKO, INGRID),
    "fleet": (MATEO, AIKO, INGRID),
    "service": (DANIEL, INGRID, MATEO),
}
FATES = {"accepted": 68, "declined": 14, "expired": 10, "taken_back": 8}


def talk(story: Story, staff: Staff, topic: str, at: datetime) -> None:
    """Let them talk from when the agent has joined, up to the end."""
    _Talk(story, staff, topic).run(at)


@dataclass
class _Held:
    """Since when the agent of now has had the chat."""

    agent_id: int
    since: datetime


class _Talk:
    """One live chat with a human."""

    def __init__(self, story: Story, staff: Staff, topic: str) -> None:
        assert story.live_chat is not None  # noqa: S101 - says to the type checker what the callers hold
        self._story, self._staff, self._topic, self._chat = story, staff, topic, story.live_chat
        self._chance = story.chance
        # When each side has looked last, as far as it was noted; the visitor is None.
        self._looked: dict[int | None, datetime] = {}

    def run(self, at: datetime) -> None:
        chance, chat = self._chance, self._chat
        held = _Held(chat.agent_id or 0, at)
        script, named = write_script(self._story, self._topic), chat.agent_name
        reason = chance.choices([*ENDS], [*ENDS.values()])[0]
        at = self._say_all(script.opening, at)
        *talk, last = script.body
        at = self._say_all(talk, at)
        # Who writes no more has mostly gone before the last answer came.
        at = self._say_all([last], at, is_read=reason != LiveChat.End.IDLE)
        if reason != LiveChat.End.IDLE:
            at, held = self._go_on(held, at)
            at = self._say_all(_rename(script.closing, named, chat.agent_name), at)
        if chance.random() < NOTED:
            self._note(chance.choice(NOTES[self._topic]), at + timedelta(seconds=1))
        ended = self._end(reason, at)
        self._staff.office.take_seat(held.agent_id, held.since, ended)

    def _go_on(self, held: _Held, at: datetime) -> tuple[datetime, _Held]:
        """The visitor looks at another page; a colleague takes over."""
        chance, here = self._chance, self._story.conversation.page_url
        if chance.random() < MOVES_ON:
            move_to(self._story, chance.choice([page for page in TITLES if f"{SITE}{page}" != here]), at)
        return self._hand_over(held, at) if chance.random() < HANDED_OVER else (at, held)

    def _say_all(self, lines: Sequence[Line], at: datetime, *, is_read: bool = True) -> datetime:
        for line in lines:
            at += timedelta(seconds=self._pause(line))
            self._say(line, at)
            if line.is_visitor or is_read:
                self._read(line, at + timedelta(seconds=self._chance.uniform(0.8, 2.6)))
        return at

    def _read(self, line: Line, at: datetime) -> None:
        """As `chat.services.reads` notes that the other one has looked: not for every line."""
        agent_id = self._chat.agent_id if line.is_visitor else None
        seq = self._story.conversation.last_seq
        if not line.is_visitor:
            self._story.conversation.visitor_read = seq
        last = self._looked.get(agent_id)
        if last is None or (at - last).total_seconds() > GATHER:
            self._looked[agent_id] = at
            self._story.enter(Entry.READ, at, agent_id=agent_id, seq=seq)

    def _pause(self, line: Line) -> float:
        """As long as it takes to read, think and type."""
        typing = len(line.text) / self._chance.uniform(4, 8)
        return min(300.0, self._chance.uniform(3, 16) + typing)

    def _say(self, line: Line, at: datetime) -> None:
        client_id = self._story.draw_client_id()
        if line.is_visitor:
            draft = Draft(Message.Author.VISITOR, line.text, client_id=client_id)
        else:
            draft = Draft(
                Message.Author.AGENT,
                line.text,
                payload={"name": self._chat.agent_name},
                client_id=client_id,
                agent_id=self._chat.agent_id,
            )
        self._story.say(draft, at)
        self._story.conversation.active_at = at

    def _note(self, text: str, at: datetime, client_id: str = "", author_id: int | None = None) -> None:
        """As `chat.services.notes.keep_note`."""
        author = self._staff.users[author_id or self._chat.agent_id or 0]
        note = Note(
            conversation=self._story.conversation,
            number=len(self._story.notes) + 1,
            after_seq=self._story.conversation.last_seq,
            author=author,
            author_name=author.display_name,
            client_id=client_id or self._story.draw_client_id(),
            text=text,
            created_at=at,
        )
        self._story.notes.append(note)

    def _hand_over(self, held: _Held, at: datetime) -> tuple[datetime, _Held]:
        """As `routing.services.transfers`: the sender keeps the chat until the colleague accepts."""
        at += timedelta(seconds=self._chance.uniform(8, 40))
        target = self._find_target(held, at)
        if target is None:
            return at, held
        wanted, offer = self._begin_transfer(held.agent_id, target.agent_id, at)
        decided = self._staff.office.decide_transfer(target, at=at)
        decision = Decision(
            live_chat=self._chat,
            offer=offer,
            outcome=Decision.Outcome.OFFERED,
            steps=decided.steps,
            made_at=at,
        )
        self._story.decisions.append(decision)
        settled = self._settle_transfer(wanted, offer)
        if offer.status != Offer.Status.ACCEPTED:
            self._staff.office.take_seat(target.agent_id, at, settled)
            return settled, held
        self._staff.office.take_seat(held.agent_id, held.since, settled)
        hello = f"Hi, {self._chat.agent_name} here. I have read along, so just go on."
        return self._say_all((Line(False, hello), Line(True, "Great, thanks")), settled), _Held(
            target.agent_id, at
        )

    def _find_target(self, held: _Held, at: datetime) -> Worker | None:
        """The first colleague for the topic who could take it now."""
        office = self._staff.office
        by_person = {worker.person.username: worker for worker in office.workers}
        fit = (by_person[person.username] for person in TAKES_OVER[self._topic])
        able = (worker for worker in fit if office.judge(worker, at) is Verdict.ABLE)
        return next((worker for worker in able if worker.agent_id != held.agent_id), None)

    def _begin_transfer(self, sender_id: int, agent_id: int, at: datetime) -> tuple[Transfer, Offer]:
        target = self._staff.users[agent_id]
        wanted = Transfer(
            live_chat=self._chat,
            sender=self._staff.users[sender_id],
            agent=target,
            target_name=target.display_name,
            note=self._chance.choice((*HANDOVER_NOTES[self._topic], "")),
            started_at=at,
        )
        offer = Offer(
            live_chat=self._chat,
            transfer=wanted,
            agent_id=agent_id,
            via=Step.TRANSFER,
            attempt=1,
            offered_at=at,
            expires_at=at + timedelta(seconds=self._staff.installation.accept_seconds),
            deliver_by=at + DELIVER_WITHIN,
        )
        self._story.transfers.append(wanted)
        self._story.offers.append(offer)
        self._story.enter(Entry.TRANSFER, at, agent_id=wanted.sender_id, to=wanted.target_name)
        self._story.enter(Entry.OFFERED, at, agent_id=agent_id, via=str(offer.via))
        return wanted, offer

    def _settle_transfer(self, wanted: Transfer, offer: Offer) -> datetime:
        fate = self._chance.choices([*FATES], [*FATES.values()])[0]
        shown = show(self._story, offer)
        at = shown + timedelta(seconds=self._chance.uniform(6, 45))
        if fate == "accepted":
            settle(self._story, offer, Offer.Status.ACCEPTED, at)
            self._take_over(wanted, offer, at)
        elif fate == "taken_back":
            settle(self._story, offer, Offer.Status.WITHDRAWN, at, outcome=fate)
            self._close(wanted, Transfer.Status.WITHDRAWN, fate, at)
        elif fate == "declined":
            offer.decline_reason = self._chance.choice(DECLINES)
            settle(self._story, offer, Offer.Status.DECLINED, at)
            self._close(wanted, Transfer.Status.FAILED, fate, at)
        else:
            at = offer.expires_at + timedelta(seconds=self._chance.uniform(0.1, 1.5))
            settle(self._story, offer, Offer.Status.EXPIRED, at)
            self._close(wanted, Transfer.Status.FAILED, fate, at)
        return at

    def _take_over(self, wanted: Transfer, offer: Offer, at: datetime) -> None:
        if wanted.note:
            self._note(wanted.note, at, f"transfer-{wanted.public_id}", wanted.sender_id)
        bring_in(self._story, self._staff.users[offer.agent_id], "transferred", at)
        self._close(wanted, Transfer.Status.ACCEPTED, "", at)

    def _close(self, ended: Transfer, status: Transfer.Status, outcome: str, at: datetime) -> None:
        ended.status, ended.outcome, ended.settled_at = status, outcome, at
        kind = Entry.TRANSFERRED if status == Transfer.Status.ACCEPTED else Entry.TRANSFER_OFF
        said = {"to": ended.target_name, **({"outcome": outcome} if outcome else {})}
        self._story.enter(kind, at, agent_id=self._chat.agent_id, **said)

    def _end(self, reason: LiveChat.End, at: datetime) -> datetime:
        """As `chat.services.live_chats` ends it, `chat.services.idle` where nobody writes any more."""
        story, chat, conversation = self._story, self._chat, self._story.conversation
        is_idle = reason == LiveChat.End.IDLE
        if is_idle:
            story.enter(Entry.LEFT, at + timedelta(seconds=self._chance.uniform(3, 60)))
        at = self._wait_idly() if is_idle else at + timedelta(seconds=self._chance.uniform(4, 90))
        chat.status, chat.end_reason, chat.ended_at = LiveChat.Status.ENDED, reason, at
        story.enter(Entry.ENDED, at, agent_id=chat.agent_id, reason=str(reason))
        story.say_notice(f"ended_by_{reason}", at, name=chat.agent_name)
        story.close(at)
        conversation.agent_delivered = conversation.agent_read = conversation.last_seq
        conversation.visitor_read = conversation.visitor_read if is_idle else conversation.last_seq
        conversation.visitor_delivered = conversation.visitor_read
        return at

    def _wait_idly(self) -> datetime:
        story, chat = self._story, self._chat
        idle = timedelta(seconds=self._staff.installation.idle_seconds)
        warned = story.conversation.active_at + idle - IDLE_WARNING
        warned += timedelta(seconds=self._chance.uniform(0.1, 1.5))
        chat.idle_warned_at = warned
        story.enter(Entry.IDLE_WARNED, warned)
        story.say_notice("idle_warning", warned)
        story.conversation.revision += 1
        return warned + IDLE_WARNING + timedelta(seconds=self._chance.uniform(0.1, 1.5))


def _rename(lines: tuple[Line, ...], before: str, after: str) -> tuple[Line, ...]:
    """Thank whoever has the chat in the end."""
    first, then = before.split()[0], after.split()[0]
    return tuple(Line(line.is_visitor, line.text.replace(first, then)) for line in lines)
