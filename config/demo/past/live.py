"""A live chat of the past, from the request to its end, as the services would have kept it.

Each step here names the service whose rows it makes; a test plays the same chats through the services and
compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from agents.models import User
from chat.models import Engagement, LiveChat, Message, TimelineEntry
from chat.selectors.known import Known, known_attributes
from chat.services.messages import Draft
from config.installation.models import Installation
from config.lib.richtext import to_nodes, to_plain_text
from routing.models import Decision, Offer
from routing.policy import count_allowed_attempts
from routing.selectors.decisions import Decided
from routing.services.requests import ATTEMPTS, DELIVER_WITHIN

from .desk import Office
from .story import Story
from .talks import DECLINES

Entry = TimelineEntry.Kind


@dataclass(frozen=True)
class Staff:
    """The people by id, what the visitors read when there are none, and by which rules they are asked."""

    users: dict[int, User]
    office: Office
    fallback: Draft
    rule_version_id: int

    @property
    def installation(self) -> Installation:
        return self.office.installation


def make_fallback(html: str) -> Draft:
    """As `chat.services.fallback` writes it."""
    rich = {"rich": msgspec.to_builtins(to_nodes(html))}
    return Draft(Message.Author.BOT, to_plain_text(html), Message.Kind.FALLBACK, rich)


def find_agent(story: Story, staff: Staff) -> datetime | None:
    """Route the request until somebody has accepted, and say when; None where it ended before."""
    return _Search(story, staff).run()


class _Search:
    """One round of offers."""

    def __init__(self, story: Story, staff: Staff) -> None:
        assert story.live_chat is not None  # noqa: S101 - says to the type checker what the callers hold
        self._story, self._staff, self._chat = story, staff, story.live_chat
        self._chance = story.chance

    def run(self) -> datetime | None:
        """As `routing.services.requests.route_live_chat`, again after each offer that came to nothing."""
        at = self._after(self._chat.requested_at, 0.02, 0.09)
        while True:
            decided = self._decide(at)
            if decided.chosen is None:
                self._keep(decided, at, None)
                self.fall_back(LiveChat.End(decided.reason), at)
                return None
            offer = self._offer(decided, at)
            settled = self._draw_fate()(offer)
            if offer.status == Offer.Status.ACCEPTED:
                return settled
            if self._chat.status in (LiveChat.Status.ABANDONED, LiveChat.Status.FALLBACK):
                return None
            at = settled

    def _decide(self, at: datetime) -> Decided:
        tried = [(offer.agent_id, offer.status) for offer in self._story.offers]
        return self._staff.office.decide(
            self._chat.card,
            Known(known_attributes(self._story.guest.visitor, self._story.conversation)),
            tried=frozenset(agent_id for agent_id, _status in tried),
            attempts=self._count_attempts(),
            at=at,
        )

    def _count_attempts(self) -> int:
        return sum(offer.status in ATTEMPTS for offer in self._story.offers)

    def _keep(self, decided: Decided, at: datetime, offer: Offer | None) -> None:
        outcome = Decision.Outcome.OFFERED if offer else Decision.Outcome.FALLBACK
        decision = Decision(
            live_chat=self._chat,
            offer=offer,
            outcome=outcome,
            reason=decided.reason,
            steps=decided.steps,
            rule_version_id=self._staff.rule_version_id,
            made_at=at,
        )
        self._story.decisions.append(decision)

    def _offer(self, decided: Decided, at: datetime) -> Offer:
        assert decided.chosen is not None and decided.scope is not None  # noqa: S101, PT018 - as above
        offer = Offer(
            live_chat=self._chat,
            agent_id=decided.chosen.agent_id,
            via=decided.scope.step,
            attempt=self._count_attempts() + 1,
            offered_at=at,
            expires_at=at + timedelta(seconds=self._staff.installation.accept_seconds),
            deliver_by=at + DELIVER_WITHIN,
        )
        self._story.offers.append(offer)
        if decided.scope.pointer:
            self._story.turns[decided.scope.pointer] = offer.agent_id
        self._keep(decided, at, offer)
        self._story.enter(Entry.OFFERED, at, agent_id=offer.agent_id, via=str(offer.via))
        return offer

    def _draw_fate(self) -> Callable[[Offer], datetime]:
        """Return what becomes of the next offer, as a step that says when it was settled."""
        steps = {
            self._accepted: 82,
            self._declined: 5,
            self._expired: 6,
            self._undelivered: 3,
            self._cancelled: 3,
            self._contact: 1,
        }
        return self._chance.choices([*steps], [*steps.values()])[0]

    def _accepted(self, offer: Offer) -> datetime:
        at = self._after(show(self._story, offer), 1, 4) + timedelta(
            seconds=min(70.0, self._chance.lognormvariate(2.2, 0.7))
        )
        self._count_engagement(at)
        self._chat.status, self._chat.accepted_at = LiveChat.Status.ACTIVE, at
        bring_in(self._story, self._staff.users[offer.agent_id], "joined", at)
        settle(self._story, offer, Offer.Status.ACCEPTED, at)
        return at

    def _declined(self, offer: Offer) -> datetime:
        at = self._after(show(self._story, offer), 3, 25)
        offer.decline_reason = self._chance.choice(DECLINES)
        settle(self._story, offer, Offer.Status.DECLINED, at)
        return self._try_next(at)

    def _expired(self, offer: Offer) -> datetime:
        show(self._story, offer)
        at = self._after(offer.expires_at, 0.1, 1.5)
        settle(self._story, offer, Offer.Status.EXPIRED, at)
        return self._try_next(at)

    def _undelivered(self, offer: Offer) -> datetime:
        at = self._after(offer.deliver_by, 0.1, 1.5)
        settle(self._story, offer, Offer.Status.UNDELIVERED, at)
        return at

    def _cancelled(self, offer: Offer) -> datetime:
        return self._stop_waiting(offer, LiveChat.End.CANCELLED)

    def _contact(self, offer: Offer) -> datetime:
        return self._stop_waiting(offer, LiveChat.End.CONTACT)

    def _stop_waiting(self, offer: Offer, reason: LiveChat.End) -> datetime:
        """As `routing.services.offers.stop_waiting`."""
        at = self._after(show(self._story, offer), 18, 80)
        if reason == LiveChat.End.CONTACT:
            self._story.learn({"email": self._story.guest.email}, at)
        settle(self._story, offer, Offer.Status.WITHDRAWN, at, outcome="cancelled")
        self._chat.status, self._chat.end_reason = LiveChat.Status.ABANDONED, reason
        self._story.enter(Entry.CANCELLED, at, reason=str(reason))
        self._chat.ended_at = at
        self._story.say_notice("contact_left" if reason == LiveChat.End.CONTACT else "cancelled", at)
        self._story.close(at)
        return at

    def _try_next(self, at: datetime) -> datetime:
        """As `routing.services.offers`: one more where the option has another attempt, else the fallback."""
        option = str(self._chat.card.get("option", ""))
        allowed = count_allowed_attempts(is_prime=self._staff.installation.is_prime, option=option)
        if self._count_attempts() >= allowed:
            self.fall_back(LiveChat.End.NOT_ACCEPTED, at)
        return at

    def fall_back(self, reason: LiveChat.End, at: datetime) -> None:
        """As `chat.services.live_chats.fall_back`."""
        self._chat.status, self._chat.end_reason = LiveChat.Status.FALLBACK, reason
        self._story.enter(Entry.FALLBACK, at, reason=str(reason))
        self._chat.ended_at = at
        self._story.say(self._staff.fallback, at)
        self._story.close(at)

    def _count_engagement(self, at: datetime) -> None:
        visitor = self._story.guest.visitor
        self._story.engagement = Engagement(
            visitor=visitor,
            visitor_key=visitor.public_id,
            session_number=visitor.session_number,
            live_chat=self._chat,
            created_at=at,
        )

    def _after(self, moment: datetime, least: float, most: float) -> datetime:
        return moment + timedelta(seconds=self._chance.uniform(least, most))


def show(story: Story, offer: Offer) -> datetime:
    """As `routing.services.offers.confirm_shown`: the banner is on screen; return when."""
    at = offer.offered_at + timedelta(seconds=story.chance.uniform(0.15, 0.9))
    offer.shown_at = at
    story.enter(Entry.SHOWN, at, agent_id=offer.agent_id)
    return at


def settle(story: Story, offer: Offer, status: Offer.Status, at: datetime, *, outcome: str = "") -> None:
    """As `routing.services.settling.settle_offer`."""
    offer.status, offer.outcome, offer.settled_at = status, outcome, at
    said = {key: text for key, text in (("outcome", outcome), ("reason", offer.decline_reason)) if text}
    story.enter(Entry(status), at, agent_id=offer.agent_id, **said)


def bring_in(story: Story, agent: User, notice: str, at: datetime) -> None:
    """As `chat.services.live_chats` brings an agent in: the name and the picture stay as they are now."""
    chat = story.live_chat
    assert chat is not None  # noqa: S101 - says to the type checker what the callers hold
    chat.agent, chat.agent_name, chat.agent_avatar = agent, agent.display_name, agent.avatar.name or ""
    story.conversation.active_at = at
    story.say_notice(notice, at, name=chat.agent_name)
    story.conversation.revision += 1
