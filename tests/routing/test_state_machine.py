"""Random legal and illegal steps of two visitors and three agents; after each one the invariants hold."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agents.models import Presence, User
from agents.services.availability import set_availability
from chat.models import Conversation, Dialogue, DialogueVersion, LiveChat, Message
from chat.protocol.state import Ack
from chat.protocol.visitor import Page
from chat.selectors.messages import list_messages
from chat.selectors.states import get_state
from chat.services.conversations import answer_card
from chat.services.dialogues import publish_dialogue, unpublish_dialogue
from chat.services.greeting import greet_visitor
from chat.services.idle import settle_idle_chats
from chat.services.live_chats import end_by_agent, end_by_visitor
from chat.services.messages import MarkUpdate, Post, post_messages, save_marks
from chat.services.visitors import find_visitor
from config.lib.errors import DomainError
from routing.models import Offer
from routing.services.offers import accept_offer, cancel_waiting, confirm_shown, decline_offer
from routing.services.requests import route_live_chat
from routing.services.timers import release_lost_agents, route_waiting, settle_offers
from routing.services.transfers import start_transfer, take_back_transfer
from tests.chat.streams.builders import capture, choice, live_chat, question, stream_json
from tests.factories import NOW, AgentFactory, DialogueFactory, PresenceFactory, TeamFactory, grant
from tests.invariants import check_invariants
from tests.stage import configure, dismiss

KEYS = ("vera", "viktor")
VISITORS = st.sampled_from(KEYS)
AGENTS = st.integers(0, 2)
CLIENT_IDS = st.sampled_from(["client-1", "client-2", "client-3", "client-4"])
SECONDS = st.sampled_from([0.5, 1, 5, 30, 60, 100, 540, 600, 1_801])
OVER = frozenset({"ended", "fallback", "abandoned"})


class Switchboard(RuleBasedStateMachine):
    """The services as clients, clicks and sweepers call them, in any order, by a clock that only moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now: datetime = NOW
        # What people were told, and may never become untrue.
        self.acks: dict[tuple[int, str, str], Ack] = {}
        self.outcomes: dict[int, str] = {}
        self.ends: dict[int, str] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(
        package=st.sampled_from(["select", "prime"]),
        option=st.sampled_from(["round_robin", "team", "agent"]),
        limit=st.sampled_from([1, 3, 100]),
        seat_limit=st.sampled_from([1, 2]),
        accept_seconds=st.sampled_from([5, 100]),
        begins=st.sampled_from(["empty", "asked", "active"]),
        first=st.sampled_from([1, 20]),
    )
    def open_shop(
        self,
        package: str,
        option: str,
        limit: int,
        seat_limit: int,
        accept_seconds: int,
        begins: str,
        first: int,
    ) -> None:
        configure(
            package=package, engagement_limit=limit, seat_limit=seat_limit, accept_seconds=accept_seconds
        )
        until = NOW + timedelta(days=400)
        self.agents = [
            AgentFactory.create(override_available=True, override_until=until) for _each in range(3)
        ]
        for agent in self.agents:
            PresenceFactory.create(agent=agent, expires_at=until)
        team = TeamFactory.create(members=self.agents[:2])
        self.team_id = team.pk
        self.dialogue = DialogueFactory.create(
            stream=stream_json(
                question(choice("yes", next="c2"), choice("no")),
                capture("email", "email", next="c3"),
                live_chat(option=option, agent_id=self.agents[0].pk, team_id=team.pk),
            )
        )
        for number in range(2):
            straight = stream_json(live_chat(option=option, agent_id=self.agents[0].pk, team_id=team.pk))
            self._publish(DialogueFactory.create(stream=straight, priority=first + number).pk)
        self._publish(self.dialogue.pk)
        if begins != "empty":
            self.hurry_to_a_human("vera")
        if begins == "active":
            self.accept_what_is_offered()

    def _publish(self, dialogue_id: int) -> None:
        dialogue = Dialogue.objects.get(pk=dialogue_id)
        dialogue.published_version = DialogueVersion.objects.create(
            dialogue=dialogue,
            number=dialogue.versions.count() + 1,
            stream=dialogue.stream,
            published_at=self.now,
        )
        dialogue.status = Dialogue.Status.PUBLISHED
        dialogue.save()

    # The visitor

    @rule(key=VISITORS, show=st.booleans(), routes=st.booleans())
    def greet(self, key: str, show: bool, routes: bool) -> None:
        greeting = greet_visitor(key=key, page=Page(), show=show, now=self.now)
        if routes and greeting.live_chat_id is not None:
            route_live_chat(live_chat_id=greeting.live_chat_id, now=self.now)

    @rule(
        key=VISITORS,
        card=st.sampled_from(["c1", "c1", "c2", "c3"]),
        value=st.sampled_from(["yes", "yes", "no", "vera@acme.example", ""]),
        client_id=st.sampled_from(["answer-1", "answer-2", "answer-3"]),
        routes=st.booleans(),
    )
    def answer(self, key: str, card: str, value: str, client_id: str, routes: bool) -> None:
        conversation = self._conversation_of(key)
        if conversation is None:
            return
        answered = self._try(
            lambda: answer_card(
                visitor_id=conversation.visitor_id,
                conversation_id=conversation.pk,
                card=card,
                client_id=client_id,
                value=value,
                now=self.now,
            )
        )
        if routes and answered is not None and answered.live_chat_id is not None:
            route_live_chat(live_chat_id=answered.live_chat_id, now=self.now)

    @rule(key=VISITORS)
    def hurry_to_a_human(self, key: str) -> None:
        """The way most visitors take, so that chats come about often enough."""
        self.greet(key, show=True, routes=True)
        for card, value in (("c1", "yes"), ("c2", "vera@acme.example")):
            self.answer(key, card, value, f"quick-{card}", routes=True)

    @rule(key=VISITORS, how=st.sampled_from([cancel_waiting, end_by_visitor]))
    def leave(self, key: str, how: Callable[..., None]) -> None:
        conversation = self._conversation_of(key)
        if conversation is not None:
            self._try(lambda: how(conversation_id=conversation.pk, now=self.now))

    # Both

    @rule(
        posts=st.lists(
            st.tuples(
                VISITORS, st.sampled_from([None, 0, 1, 2]), CLIENT_IDS, st.sampled_from(["Hi", " ", "Ja\0"])
            ),
            min_size=1,
            max_size=4,
        ),
        is_stranger=st.booleans(),
    )
    def write(self, posts: list[tuple[str, int | None, str, str]], is_stranger: bool) -> None:
        batch = []
        for key, writer, client_id, text in posts:
            conversation = self._conversation_of("viktor" if is_stranger else key)
            visitor_id = self._visitor_id(key)
            if conversation is None or visitor_id is None:
                continue
            author, writer_id = (
                ("visitor", visitor_id) if writer is None else ("agent", self.agents[writer].pk)
            )
            batch.append(Post(conversation.pk, author, writer_id, client_id, text))  # type: ignore[arg-type]
        for post, answer in zip(batch, post_messages(batch, now=self.now), strict=True):
            if isinstance(answer, Ack):
                told = self.acks.setdefault((post.conversation_id, post.author, post.client_id), answer)
                assert told == answer, "the same message was acknowledged differently (DL-02)"

    @rule(key=VISITORS, side=st.sampled_from(["visitor", "agent"]), far=st.integers(0, 30))
    def mark(self, key: str, side: Any, far: int) -> None:
        conversation = self._conversation_of(key)
        if conversation is not None:
            save_marks(
                [MarkUpdate(conversation.pk, side, far, far // 2), MarkUpdate(conversation.pk, side, 0, far)]
            )

    # The agents

    @precondition(lambda self: Offer.objects.exists())
    @rule(
        which=st.integers(0, 50),
        act=st.sampled_from([accept_offer, accept_offer, decline_offer, confirm_shown]),
    )
    def click(self, which: int, act: Callable[..., object]) -> None:
        offers = list(Offer.objects.order_by("-pk"))
        offer = offers[which % min(len(offers), 4)]
        self._try(lambda: act(offer_id=str(offer.public_id), agent_id=offer.agent_id, now=self.now))

    @precondition(lambda self: Offer.objects.filter(status="pending").exists())
    @rule()
    def accept_what_is_offered(self) -> None:
        for offer in Offer.objects.filter(status="pending"):
            self._try(
                lambda offer=offer: accept_offer(  # type: ignore[misc]
                    offer_id=str(offer.public_id), agent_id=offer.agent_id, now=self.now
                )
            )

    @rule(agent=AGENTS, act=st.sampled_from([accept_offer, decline_offer, confirm_shown]))
    def click_rubbish(self, agent: int, act: Callable[..., object]) -> None:
        pk = self.agents[agent].pk
        foreign = Offer.objects.exclude(agent=pk).values_list("public_id", flat=True).first()
        with pytest.raises(DomainError):
            act(offer_id=str(foreign or uuid.uuid4()), agent_id=pk, now=self.now)

    @rule(agent=AGENTS, key=VISITORS)
    def hang_up(self, agent: int, key: str) -> None:
        conversation = self._conversation_of(key)
        if conversation is not None:
            pk = self.agents[agent].pk
            self._try(lambda: end_by_agent(conversation_id=conversation.pk, agent_id=pk, now=self.now))

    @precondition(lambda self: LiveChat.objects.filter(status="active").exists())
    @rule(agent=AGENTS, to_team=st.booleans(), takes_back=st.booleans())
    def hand_over(self, agent: int, to_team: bool, takes_back: bool) -> None:
        target = {"team_id": self.team_id} if to_team else {"agent_id": self.agents[agent].pk}
        for chat in LiveChat.objects.filter(status="active"):
            both = {"conversation_id": chat.conversation_id, "sender_id": chat.agent_id or 0, "now": self.now}
            if takes_back:
                self._try(lambda both=both: take_back_transfer(**both))  # type: ignore[misc]
            self._try(lambda both=both: start_transfer(**both, **target))  # type: ignore[misc]

    @rule(agent=AGENTS, what=st.sampled_from(["dismiss", "grant", "off", "on", "close", "open"]))
    def change_agent(self, agent: int, what: str) -> None:
        user = self.agents[agent]
        far = NOW + timedelta(days=400)
        match what:
            case "dismiss":
                dismiss(user)
            case "grant":
                grant(user, "view_my_conversations")
            case "off":
                set_availability(agent=user, available=False, now=self.now)
            case "on":
                User.objects.filter(pk=user.pk).update(override_available=True, override_until=far)
            case "close":
                Presence.objects.filter(agent=user).delete()
            case _:
                PresenceFactory.create(agent=user, expires_at=far)

    @precondition(lambda self: LiveChat.objects.filter(status="active").exists())
    @rule()
    def lose_an_owner(self) -> None:
        for chat in LiveChat.objects.filter(status="active").select_related("agent")[:1]:
            assert chat.agent is not None
            dismiss(chat.agent)
        release_lost_agents(now=self.now)

    # The admin

    @rule(what=st.sampled_from(["publish", "unpublish", "off", "on"]))
    def change_dialogues(self, what: str) -> None:
        match what:
            case "publish":
                self._try(lambda: publish_dialogue(dialogue_id=self.dialogue.pk, user=None, now=self.now))
            case "unpublish":
                unpublish_dialogue(dialogue_id=self.dialogue.pk)
            case _:
                configure(dialogues_enabled=what == "on")

    # The clock and the sweepers

    @rule(seconds=SECONDS)
    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(sweeper=st.sampled_from([settle_offers, route_waiting, settle_idle_chats, release_lost_agents]))
    def sweep(self, sweeper: Callable[..., int]) -> None:
        sweeper(now=self.now)

    @rule()
    def sweep_all(self) -> None:
        for sweeper in (settle_offers, route_waiting, release_lost_agents, settle_idle_chats):
            sweeper(now=self.now)
        assert not LiveChat.objects.filter(status="requested", route_at__lte=self.now).exists()
        assert not Offer.objects.filter(status="pending", expires_at__lte=self.now).exists()

    # What always holds

    @invariant()
    def nothing_is_broken(self) -> None:
        check_invariants()

    @invariant()
    def what_is_settled_stays_settled(self) -> None:
        for pk, status in Offer.objects.exclude(status="pending").values_list("pk", "status"):
            assert self.outcomes.setdefault(pk, status) == status
            event(f"offer {status}")
        for pk, status, reason in LiveChat.objects.filter(status__in=OVER).values_list(
            "pk", "status", "end_reason"
        ):
            assert self.ends.setdefault(pk, f"{status} {reason}") == f"{status} {reason}"
            event(f"chat {status} {reason}")

    @invariant()
    def what_was_acknowledged_is_there(self) -> None:
        rows = Message.objects.exclude(client_id="").values_list(
            "conversation_id", "author", "client_id", "seq"
        )
        stored = {(conversation, author, client_id): seq for conversation, author, client_id, seq in rows}
        for key, ack in self.acks.items():
            assert stored[key] == ack.seq

    @invariant()
    def both_sides_can_be_told(self) -> None:
        for conversation in Conversation.objects.all():
            state = get_state(conversation, "visitor")
            assert len(list_messages(conversation=conversation)) == state.last_seq
            assert not (state.can and not conversation.is_open)
            assert get_state(conversation, "staff").phase == state.phase

    def _visitor_id(self, key: str) -> int | None:
        visitor = find_visitor(key)
        return visitor.pk if visitor else None

    def _conversation_of(self, key: str) -> Conversation | None:
        return Conversation.objects.filter(visitor=self._visitor_id(key)).order_by("-pk").first()

    def _try(self, step: Callable[[], Any]) -> Any:
        """A refusal is an answer; anything else that goes wrong is ours."""
        try:
            return step()
        except DomainError:
            return None


@pytest.mark.django_db
@pytest.mark.req("LC-02", "LC-07", "LC-10", "LC-22", "LC-25", "LC-30", "DL-02", "DL-03")
def test_invariants_hold_whatever_anybody_does_in_any_order() -> None:
    run_state_machine_as_test(
        Switchboard,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
