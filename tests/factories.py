"""Rows for tests, with people's names. A factory makes what the constraints demand and nothing more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import factory
from django.contrib.auth.models import Group, Permission
from factory.django import DjangoModelFactory

from agents.models import Agent, Presence, ScheduleBlock, Team, User
from chat.models import Conversation, Dialogue, DialogueVersion, LiveChat, Visitor
from routing.models import Account, Decision, Offer, Rule, Transfer

# A Monday, 12:00 UTC.
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRST_NAMES = ("Ann", "Bo", "Cleo", "Dag", "Eva", "Finn", "Gro", "Hugo", "Ida", "Jon", "Kim", "Liv", "Mats")
LAST_NAMES = ("Berg", "Ek", "Falk", "Holm", "Lind", "Moe", "Nord", "Ros", "Strand", "Vik", "Ask")


def grant(user: User, *codenames: str) -> None:
    """Give the user these product permissions directly."""
    user.user_permissions.add(*get_permissions(codenames))


def get_permissions(codenames: Iterable[str]) -> list[Permission]:
    wanted = set(codenames)
    found = list(Permission.objects.filter(content_type__app_label="agents", codename__in=wanted))
    assert {permission.codename for permission in found} == wanted
    return found


class UserFactory(DjangoModelFactory[User]):
    """Somebody who may do nothing yet; `permissions=["view_dialogues"]` grants."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    first_name = factory.Sequence(lambda n: FIRST_NAMES[n % len(FIRST_NAMES)])
    last_name = factory.Sequence(lambda n: LAST_NAMES[n % len(LAST_NAMES)])
    username = factory.Sequence(lambda n: f"{FIRST_NAMES[n % len(FIRST_NAMES)].lower()}{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@switchboard.example")
    password = "!"  # nobody signs in with it

    @factory.post_generation
    def permissions(obj: User, create: bool, extracted: Iterable[str] | None, **kwargs: Any) -> None:
        if create and extracted:
            grant(obj, *extracted)


class AgentFactory(UserFactory):
    """A user with the Live Chat permission, so a member of `Agent.objects`."""

    @factory.post_generation
    def live_chat(obj: User, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if create and extracted is not False:
            grant(obj, "view_my_conversations", "manage_own_live_chat_availability")


def as_agent(user: User) -> Agent:
    agent: Agent = Agent.objects.get(pk=user.pk)
    return agent


class GroupFactory(DjangoModelFactory[Group]):
    class Meta:
        model = Group
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Profile {n}")

    @factory.post_generation
    def permissions(obj: Group, create: bool, extracted: Iterable[str] | None, **kwargs: Any) -> None:
        if create and extracted:
            obj.permissions.set(get_permissions(extracted))


class ScheduleBlockFactory(DjangoModelFactory[ScheduleBlock]):
    """Monday 09:00 to 17:00."""

    class Meta:
        model = ScheduleBlock

    agent = factory.SubFactory(AgentFactory)
    weekday = 0
    starts = time(9)
    ends = time(17)


class PresenceFactory(DjangoModelFactory[Presence]):
    class Meta:
        model = Presence

    agent = factory.SubFactory(AgentFactory)
    socket_id = factory.Sequence(lambda n: f"socket-{n}")
    expires_at = NOW + timedelta(seconds=60)


class TeamFactory(DjangoModelFactory[Team]):
    class Meta:
        model = Team
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Team {n}")

    @factory.post_generation
    def members(obj: Team, create: bool, extracted: Iterable[User] | None, **kwargs: Any) -> None:
        if create and extracted:
            obj.members.set([user.pk for user in extracted])


def live_chat_stream() -> dict[str, Any]:
    """The smallest stream that can be published: a greeting, then a human."""
    return {
        "start": "hello",
        "cards": {
            "hello": {"type": "message", "text": "Welcome!", "next": "human"},
            "human": {"type": "live_chat", "option": "round_robin"},
        },
    }


class DialogueFactory(DjangoModelFactory[Dialogue]):
    """A draft."""

    class Meta:
        model = Dialogue

    name = factory.Sequence(lambda n: f"Dialogue {n}")
    stream = factory.LazyFunction(live_chat_stream)


class DialogueVersionFactory(DjangoModelFactory[DialogueVersion]):
    class Meta:
        model = DialogueVersion

    dialogue = factory.SubFactory(DialogueFactory)
    number = factory.Sequence(lambda n: n + 1)
    stream = factory.LazyFunction(live_chat_stream)
    published_at = NOW


class VisitorFactory(DjangoModelFactory[Visitor]):
    class Meta:
        model = Visitor

    key_hash = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    attributes = factory.LazyFunction(lambda: {"first_name": "Vera", "email": "vera@acme.example"})
    session_seen_at = NOW


class ConversationFactory(DjangoModelFactory[Conversation]):
    class Meta:
        model = Conversation

    visitor = factory.SubFactory(VisitorFactory)
    version = factory.SubFactory(DialogueVersionFactory)
    triggered_at = NOW
    active_at = NOW


class LiveChatFactory(DjangoModelFactory[LiveChat]):
    """Requested just now."""

    class Meta:
        model = LiveChat

    conversation = factory.SubFactory(ConversationFactory)
    card_id = "human"
    card = factory.LazyFunction(lambda: {"type": "live_chat", "option": "round_robin"})
    requested_at = NOW
    route_at = NOW
    routing_since = NOW


class TransferFactory(DjangoModelFactory[Transfer]):
    """To a colleague who is asked, started just now."""

    class Meta:
        model = Transfer

    live_chat = factory.SubFactory(LiveChatFactory)
    sender = factory.SubFactory(AgentFactory)
    agent = factory.SubFactory(AgentFactory)
    target_name = factory.LazyAttribute(lambda transfer: transfer.agent.display_name)
    started_at = NOW


class OfferFactory(DjangoModelFactory[Offer]):
    """Pending, made just now."""

    class Meta:
        model = Offer

    live_chat = factory.SubFactory(LiveChatFactory)
    agent = factory.SubFactory(AgentFactory)
    via = "robin"
    attempt = 1
    offered_at = NOW
    expires_at = NOW + timedelta(seconds=100)
    deliver_by = NOW + timedelta(seconds=5)


class DecisionFactory(DjangoModelFactory[Decision]):
    class Meta:
        model = Decision

    live_chat = factory.SubFactory(LiveChatFactory)
    outcome = Decision.Outcome.FALLBACK
    steps = factory.LazyFunction(list)
    made_at = NOW


class RuleFactory(DjangoModelFactory[Rule]):
    """Matches everybody; give it `agents=[…]` or a team."""

    class Meta:
        model = Rule
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Rule {n}")

    @factory.post_generation
    def agents(obj: Rule, create: bool, extracted: Iterable[User] | None, **kwargs: Any) -> None:
        if create and extracted:
            obj.agents.set([user.pk for user in extracted])


class AccountFactory(DjangoModelFactory[Account]):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Company {n}")
    name_key = factory.LazyAttribute(lambda account: account.name.casefold())
    domain = factory.Sequence(lambda n: f"company{n}.example")
    owner = factory.SubFactory(AgentFactory)
