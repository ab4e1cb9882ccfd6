"""The usual scene: agents at work, a visitor who asks for a human, and the steps of a live chat; and where
clients live while a test, which may wait and ask the database, tells them what to do.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from agents.models import User
from chat.models import LiveChat, Message
from chat.protocol.state import Ack
from chat.services.messages import Post, post_messages
from config.installation.models import Installation
from config.lib.errors import DomainError
from routing.models import Offer
from routing.services.offers import accept_offer
from routing.services.requests import route_live_chat
from tests.clients import AgentClient, Client, VisitorClient
from tests.factories import NOW, AgentFactory, ConversationFactory, LiveChatFactory, PresenceFactory

T = TypeVar("T")
C = TypeVar("C", bound=Client)
DAY = 86_400


def at(seconds: float) -> datetime:
    """The moment so many seconds after NOW."""
    return NOW + timedelta(seconds=seconds)


def configure(**settings: Any) -> Installation:
    """The installation with these settings; reachability and the rest are as a new installation has them."""
    installation, _is_new = Installation.objects.update_or_create(pk=1, defaults=settings)
    return installation


def agent_at_work(**fields: Any) -> User:
    """An agent who can take chats all day: switched to available, with an inbox open."""
    fields = {"override_available": True, "override_until": at(DAY), **fields}
    agent: User = AgentFactory.create(**fields)
    PresenceFactory.create(agent=agent, expires_at=at(DAY))
    return agent


def ask_for_human(
    *, card: dict[str, Any] | None = None, attributes: dict[str, str] | None = None, **conversation: Any
) -> LiveChat:
    """A visitor whose dialogue has just come to a Live chat card."""
    if attributes is not None:
        conversation["visitor__attributes"] = attributes
    live_chat: LiveChat = LiveChatFactory.create(
        conversation=ConversationFactory.create(engaged_at=NOW, completed_at=NOW, **conversation),
        card={"type": "live_chat", "option": "round_robin", **(card or {})},
    )
    return live_chat


def offer_chat(live_chat: LiveChat | None = None, *, now: datetime = NOW) -> Offer:
    """An offer of this chat, or of a new one, to whoever is next."""
    offer = route_live_chat(live_chat_id=(live_chat or ask_for_human()).pk, now=now)
    assert offer is not None
    return offer


def accept(offer: Offer, *, now: datetime = NOW) -> LiveChat:
    accept_offer(offer_id=str(offer.public_id), agent_id=offer.agent_id, now=now)
    return LiveChat.objects.get(pk=offer.live_chat_id)


def post_message(post: Post, *, now: datetime | None = None) -> Ack:
    """Commit one message by itself; raises what it is refused with."""
    (answer,) = post_messages([post], now=now)
    if isinstance(answer, DomainError):
        raise answer
    return answer


def start_chat(live_chat: LiveChat | None = None, *, now: datetime = NOW) -> LiveChat:
    """A chat that has been offered and accepted."""
    return accept(offer_chat(live_chat, now=now), now=now)


def dismiss(agent: User) -> None:
    """Take the Live Chat permission away."""
    agent.user_permissions.clear()


def list_notices(live_chat: LiveChat) -> list[str]:
    rows = Message.objects.filter(conversation=live_chat.conversation_id, kind=Message.Kind.NOTICE)
    return [message.payload["notice"] for message in rows.order_by("seq")]


class Stage:
    """An event loop in a thread of its own, so that a test may wait and ask the database."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="clients", daemon=True)
        self._thread.start()
        self._clients: list[Client] = []

    def run(self, work: Coroutine[Any, Any, T], *, seconds: float = 60.0) -> T:
        """What the coroutine returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def together(self, works: Iterable[Coroutine[Any, Any, T]], *, seconds: float = 60.0) -> list[T]:
        """What each returns, all begun in the same turn of the loop."""

        async def gather() -> list[T]:
            return await asyncio.gather(*works)

        return self.run(gather(), seconds=seconds)

    def arrive(self, make: Callable[[], list[C]]) -> list[C]:
        """Make clients in the loop, and connect them all."""

        async def come() -> list[C]:
            clients = make()
            self._clients += clients
            await asyncio.gather(*(client.arrive() for client in clients))
            return clients

        return self.run(come())

    def visitors(self, servers: Sequence[Sequence[str]], **options: Any) -> list[VisitorClient]:
        """One visitor's tab for each list of servers, connected."""
        return self.arrive(lambda: [VisitorClient(each, **options) for each in servers])

    def agents(
        self, servers: Sequence[Sequence[str]], *, session_key: str, **options: Any
    ) -> list[AgentClient]:
        """One page of the agent for each list of servers, connected."""
        return self.arrive(
            lambda: [AgentClient(each, session_key=session_key, **options) for each in servers]
        )

    def close(self) -> None:
        """Everybody leaves."""
        self.together([client.leave() for client in self._clients])
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
