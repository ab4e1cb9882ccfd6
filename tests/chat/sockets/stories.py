"""The usual course of things, told through the sockets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from agents.models import User
from tests.chat.sockets.tabs import AgentTab, VisitorTab, run
from tests.scenes import make_agent, publish, set_up, sign_in

# A question first, so that there is something to answer.
ASKING: dict[str, Any] = {
    "start": "what",
    "cards": {
        "what": {
            "type": "question",
            "text": "What can we do for you?",
            "choices": [{"id": "human", "label": "Talk to somebody", "next": "human"}],
        },
        "human": {"type": "live_chat", "option": "round_robin"},
    },
}


class Story:
    """Makes visitors and agents, and leads them to each other."""

    def __init__(
        self,
        visitor: Callable[..., Awaitable[VisitorTab]],
        agent: Callable[..., Awaitable[AgentTab]],
    ) -> None:
        self.visitor = visitor
        self.agent = agent

    async def set_up(self, *, stream: dict[str, Any] | None = None, **settings: Any) -> None:
        await run(set_up, **settings)
        await run(publish, stream or ASKING)

    async def make_agent(self, *, is_present: bool = False, **fields: Any) -> tuple[User, str]:
        """An agent and the key of a session of theirs."""
        user = await run(make_agent, is_present=is_present, **fields)
        return user, await run(sign_in, user)

    async def waiting(self, **hello: Any) -> VisitorTab:
        """A visitor who has asked for a human."""
        tab = await self.visitor(**hello)
        await tab.answer("human", "what")
        return tab

    async def offered(self) -> tuple[VisitorTab, AgentTab, str]:
        """A visitor, and an agent's page with the banner; the offer's id."""
        _user, key = await self.make_agent()
        page = await self.agent(key)
        tab = await self.waiting()
        return tab, page, (await page.until("offer"))["id"]

    async def chatting(self) -> tuple[VisitorTab, AgentTab]:
        """A visitor and an agent in a chat; both have been told."""
        await self.set_up()
        tab, page, offer = await self.offered()
        await self.accept(tab, page, offer)
        return tab, page

    async def accept(self, tab: VisitorTab, page: AgentTab, offer: str) -> None:
        await page.send({"type": "accept", "offer": offer})
        await page.until("chat")
        # From here on what is said comes as it is said.
        await page.until("messages")
        await tab.until("state", lambda frame: frame["phase"] == "active")
