"""One conversation of the past while it is told: all its rows, in memory until everything is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from chat.models import (
    Conversation,
    DocumentReading,
    Engagement,
    GoalReached,
    Lead,
    LiveChat,
    Message,
    Note,
    PageView,
    TimelineEntry,
    Trigger,
)
from chat.services.messages import Draft
from routing.models import Decision, Offer, Transfer

from .guests import Guest


@dataclass
class Story:
    """The rows of one conversation; those of its visitor are the guest's."""

    guest: Guest
    conversation: Conversation
    chance: Random
    messages: list[Message] = field(default_factory=list)
    goals: list[GoalReached] = field(default_factory=list)
    readings: list[DocumentReading] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    views: list[PageView] = field(default_factory=list)
    live_chat: LiveChat | None = None
    engagement: Engagement | None = None
    entries: list[TimelineEntry] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    # Round robins in which somebody was asked: pointer -> who was asked last.
    turns: dict[str, int] = field(default_factory=dict)

    def say(self, draft: Draft, at: datetime) -> None:
        """The next message."""
        self.conversation.last_seq += 1
        message = Message(
            conversation=self.conversation,
            seq=self.conversation.last_seq,
            author=draft.author,
            kind=draft.kind,
            text=draft.text,
            payload=draft.payload,
            client_id=draft.client_id,
            agent_id=draft.agent_id,
            created_at=at,
        )
        self.messages.append(message)

    def say_notice(self, notice: str, at: datetime, **values: str) -> None:
        kind = Message.Kind.NOTICE
        self.say(Draft(Message.Author.SYSTEM, kind=kind, payload={"notice": notice, **values}), at)

    def enter(
        self, kind: TimelineEntry.Kind, at: datetime, *, agent_id: int | None = None, **data: Any
    ) -> None:
        """The next line of the live chat's timeline."""
        assert self.live_chat is not None  # noqa: S101 - says to the type checker what the callers hold
        entry = TimelineEntry(live_chat=self.live_chat, at=at, kind=kind, agent_id=agent_id, data=data)
        self.entries.append(entry)

    def ask_for_human(self, card_id: str, at: datetime) -> None:
        """The dialogue has come to a Live chat card; nobody was looked for yet."""
        card: dict[str, Any] = self.conversation.version.stream["cards"][card_id]
        self.live_chat = LiveChat(
            conversation=self.conversation, card_id=card_id, card=card, requested_at=at, routing_since=at
        )
        self.enter(TimelineEntry.Kind.REQUESTED, at)

    def close(self, at: datetime) -> None:
        """Nothing more is said."""
        self.conversation.is_open = False
        self.conversation.closed_at = at
        self.conversation.awaiting_card = ""
        self.conversation.revision += 1

    def learn(self, facts: dict[str, str], at: datetime) -> None:
        """Keep what the visitor has told; an address makes a lead (DG-09)."""
        guest = self.guest
        visitor = guest.visitor
        if facts.get("email") and guest.lead is None:
            told = {name: value for name, value in visitor.attributes.items() if name != "email"}
            guest.lead = visitor.lead = Lead(email=facts["email"].lower(), attributes=told, created_at=at)
        visitor.attributes = {**visitor.attributes, **facts}
        if guest.lead is not None:
            others = {name: value for name, value in facts.items() if name != "email"}
            guest.lead.attributes = {**guest.lead.attributes, **others}

    def draw_client_id(self) -> str:
        """What a client calls its own message."""
        return f"{self.chance.getrandbits(128):032x}"
