"""Lets a live chat of the demo's past happen once more, through the services and at the same moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from agents.models import Presence, User
from chat.models import Conversation, LiveChat, Message, Note, PageView, TimelineEntry
from chat.protocol import visitor as frames
from chat.selectors.reads import Side
from chat.services.claims import Claims
from chat.services.conversations import answer_card
from chat.services.greeting import greet_visitor
from chat.services.idle import settle_idle_chats
from chat.services.live_chats import end_by_agent, end_by_visitor, note
from chat.services.messages import MarkUpdate, Post, save_marks
from chat.services.notes import write_note
from chat.services.pages import note_page, note_view
from chat.services.reads import note_reads
from routing.models import Decision, Offer, RobinPointer, Rule, Transfer
from routing.services.contacts import leave_address
from routing.services.offers import (
    accept_offer,
    cancel_waiting,
    confirm_shown,
    decline_offer,
    expire_offer,
    withdraw_undelivered,
)
from routing.services.requests import route_live_chat
from routing.services.transfers import start_transfer, take_back_transfer
from tests.stage import post_message

Moment = tuple[datetime, int, Any]


# What the shop's pages tell of somebody who is signed in there; nobody else has a job title.
CLAIMED = ("first_name", "last_name", "company", "job_title", "crm_status")


def read_claims(known: dict[str, str]) -> dict[str, str]:
    return {name: known[name] for name in CLAIMED} if "job_title" in known else {}


class Again:
    """One live chat, played by the services for a visitor of its own."""

    def __init__(self, told: LiveChat) -> None:
        self.told = told
        self.conversation = self._begin(told.conversation)
        self._answer_all()
        self.live_chat = LiveChat.objects.get(conversation=self.conversation)

    def play(self) -> LiveChat:
        decisions = list(self.told.decisions.order_by("pk"))
        self._expect(decisions[0])
        route_live_chat(live_chat_id=self.live_chat.pk, now=decisions[0].made_at)
        for _at, _place, happened in sorted(self._list_moments(), key=lambda moment: moment[:2]):
            happened()
        return LiveChat.objects.get(pk=self.live_chat.pk)

    def _begin(self, told: Conversation) -> Conversation:
        first = PageView.objects.filter(visitor=told.visitor).earliest("seen_at", "pk")
        page = frames.Page(url=first.url, title=first.title, referrer=told.referrer)
        greeting = greet_visitor(
            key=f"again-{told.pk}",
            page=page,
            language=told.visitor.language,
            inferred=told.visitor.inferred,
            claims=Claims(read_claims(told.visitor.attributes)),
            now=told.triggered_at,
        )
        assert greeting.visitor is not None
        assert greeting.conversation is not None
        note_view(visitor_id=greeting.visitor.pk, page=page, now=told.triggered_at)
        return greeting.conversation

    def _answer_all(self) -> None:
        """The visitor's answers. A dialogue that led to a human found somebody at work, whoever that was."""
        self._place(User.objects.get(username="ingrid").pk, "able", self.told.requested_at)
        answers = self.told.conversation.messages.filter(
            author="visitor", created_at__lte=self.told.requested_at
        )
        for message in answers.order_by("seq"):
            self.conversation.refresh_from_db()
            answer_card(
                visitor_id=self.conversation.visitor_id,
                conversation_id=self.conversation.pk,
                card=self.conversation.awaiting_card,
                client_id=message.client_id,
                value=self._find_value(message),
                now=message.created_at,
            )

    def _find_value(self, message: Message) -> str:
        asked = Message.objects.filter(conversation=self.conversation, kind="card").latest("seq")
        choices = {each["label"]: each["id"] for each in asked.payload["ask"].get("choices", ())}
        return str(choices.get(message.text, message.text))

    def _expect(self, decision: Decision) -> None:
        """Have everybody where they were when this was decided, and the turns where they were before."""
        Presence.objects.all().delete()
        User.objects.update(override_available=None, override_until=None)
        for step in decision.steps:
            for agent in step.get("agents", ()):
                self._place(agent["id"], agent["verdict"], decision.made_at)
            if step["result"] == "offered" and (scope := self._find_scope(step)):
                before = step["agents"][0]["id"] - 1
                RobinPointer.objects.update_or_create(scope=scope, defaults={"last_agent_id": before})

    def _place(self, agent_id: int, verdict: str, at: datetime) -> None:
        if verdict == "unavailable":
            until = at + timedelta(hours=1)
            User.objects.filter(pk=agent_id).update(override_available=False, override_until=until)
        if verdict not in ("unreachable", "already_asked"):
            until = at + timedelta(minutes=30)
            Presence.objects.create(agent_id=agent_id, socket_id=f"again-{agent_id}", expires_at=until)

    def _find_scope(self, step: dict[str, Any]) -> str:
        if step["step"] == "team":
            return f"team:{self.told.card['team_id']}"
        if step["step"] == "rule":
            return f"rule:{Rule.objects.get(name=step['label']).pk}"
        return "all" if step["step"] == "robin" else ""

    def _list_moments(self) -> Iterator[Moment]:
        """All that people and sweepers did from the first offer on; a number parts what is at once."""
        for number, offer in enumerate(self.told.offers.order_by("offered_at")):
            if offer.shown_at is not None:
                yield offer.shown_at, 0, lambda n=number, o=offer: self._show(n, o)
            if offer.settled_at is not None:
                yield offer.settled_at, 0, lambda n=number, o=offer: self._settle(n, o)
        for wanted in Transfer.objects.filter(live_chat=self.told):
            yield wanted.started_at, 0, lambda w=wanted: self._start(w)
        talk = self.told.conversation.messages.filter(kind="text", author__in=["visitor", "agent"])
        for message in talk.filter(created_at__gt=self.told.requested_at):
            yield message.created_at, 0, lambda m=message: self._say(m)
        for written in Note.objects.filter(conversation=self.told.conversation):
            if not written.client_id.startswith("transfer-"):
                yield written.created_at, 0, lambda n=written: self._note(n)
        for view in PageView.objects.filter(
            visitor=self.told.conversation.visitor, seen_at__gt=self.told.requested_at
        ):
            yield view.seen_at, 1, lambda v=view: self._move(v)
        for entry in self.told.timeline.filter(kind__in=[TimelineEntry.Kind.READ, TimelineEntry.Kind.LEFT]):
            yield entry.at, 0, lambda e=entry: self._look(e)
        yield from self._list_ends()

    def _list_ends(self) -> Iterator[Moment]:
        warned = self.told.timeline.filter(kind=TimelineEntry.Kind.IDLE_WARNED).first()
        if warned is not None:
            yield warned.at, 0, lambda: settle_idle_chats(now=warned.at)
        if self.told.status == LiveChat.Status.ENDED and self.told.ended_at is not None:
            yield self.told.ended_at, 2, self._end

    def _mine(self, number: int) -> Offer:
        return Offer.objects.filter(live_chat=self.live_chat).order_by("pk")[number]

    def _show(self, number: int, told: Offer) -> None:
        assert told.shown_at is not None
        mine = self._mine(number)
        confirm_shown(offer_id=str(mine.public_id), agent_id=mine.agent_id, now=told.shown_at)

    def _settle(self, number: int, told: Offer) -> None:
        mine, now = self._mine(number), told.settled_at
        assert now is not None
        following = self.told.decisions.filter(made_at=now).first()
        if following is not None:
            self._expect(following)
        mine_id, agent_id = str(mine.public_id), mine.agent_id
        if told.status == Offer.Status.ACCEPTED:
            accept_offer(offer_id=mine_id, agent_id=agent_id, now=now)
        elif told.status == Offer.Status.DECLINED:
            decline_offer(offer_id=mine_id, agent_id=agent_id, reason=told.decline_reason, now=now)
        elif told.status == Offer.Status.EXPIRED:
            expire_offer(offer_id=mine.pk, now=now)
        elif told.status == Offer.Status.UNDELIVERED:
            withdraw_undelivered(offer_id=mine.pk, now=now)
        elif told.transfer_id is not None:
            take_back_transfer(conversation_id=self.conversation.pk, sender_id=self._get_owner(), now=now)
        else:
            self._stop_waiting(now)

    def _stop_waiting(self, now: datetime) -> None:
        if self.told.end_reason == LiveChat.End.CANCELLED:
            cancel_waiting(conversation_id=self.conversation.pk, now=now)
            return
        leave_address(
            visitor_id=self.conversation.visitor_id,
            conversation_id=self.conversation.pk,
            email=self.told.conversation.visitor.attributes["email"],
            now=now,
        )

    def _get_owner(self) -> int:
        return LiveChat.objects.values_list("agent_id", flat=True).get(pk=self.live_chat.pk) or 0

    def _start(self, told: Transfer) -> None:
        decision = self.told.decisions.get(offer__transfer=told)
        self._expect(decision)
        start_transfer(
            conversation_id=self.conversation.pk,
            sender_id=self._get_owner(),
            agent_id=told.agent_id or 0,
            note=told.note,
            now=told.started_at,
        )

    def _say(self, told: Message) -> None:
        is_visitor = told.author == "visitor"
        post = Post(
            conversation_id=self.conversation.pk,
            author="visitor" if is_visitor else "agent",
            writer_id=self.conversation.visitor_id if is_visitor else told.agent_id or 0,
            client_id=told.client_id,
            text=told.text,
        )
        post_message(post, now=told.created_at)

    def _look(self, told: TimelineEntry) -> None:
        if told.kind == TimelineEntry.Kind.LEFT:
            note(self.live_chat, TimelineEntry.Kind.LEFT, now=told.at)
            return
        side: Side = "agent" if told.agent_id else "visitor"
        save_marks([MarkUpdate(self.conversation.pk, side, read=told.data["seq"])])
        note_reads({(self.conversation.pk, side): told.at})

    def _note(self, told: Note) -> None:
        assert told.author is not None
        write_note(
            author=told.author,
            conversation=str(self.conversation.public_id),
            client_id=told.client_id,
            text=told.text,
            now=told.created_at,
        )

    def _move(self, told: PageView) -> None:
        page = frames.PageNow(url=told.url, title=told.title)
        note_page(conversation_id=self.conversation.pk, page=page, now=told.seen_at)
        note_view(visitor_id=self.conversation.visitor_id, page=page, now=told.seen_at)

    def _end(self) -> None:
        now = self.told.ended_at
        if self.told.end_reason == LiveChat.End.AGENT:
            end_by_agent(conversation_id=self.conversation.pk, agent_id=self._get_owner(), now=now)
        elif self.told.end_reason == LiveChat.End.VISITOR:
            end_by_visitor(conversation_id=self.conversation.pk, now=now)
        else:
            settle_idle_chats(now=now)
