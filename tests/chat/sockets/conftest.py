from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.chat.sockets import tabs
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import AgentTab, Tab, VisitorTab

Open = Callable[..., Awaitable[VisitorTab]]


@pytest.fixture
async def loop_of_server(transactional_db: None) -> AsyncIterator[list[Tab]]:
    """The tabs that are open; they leave before the server ends."""
    opened: list[Tab] = []
    async with tabs.server():
        yield opened
        for tab in opened:
            await tab.leave()


@pytest.fixture
async def visitor(loop_of_server: list[Tab]) -> Open:
    """Opens a visitor's tab; greets with these fields unless `greet` is false."""

    async def open_tab(*, greet: bool = True, origin: str | None = tabs.SHOP, **hello: Any) -> VisitorTab:
        tab = await VisitorTab(origin=origin).open()
        loop_of_server.append(tab)
        if greet:
            await tab.hello(**hello)
        return tab

    return open_tab


@pytest.fixture
async def agent(loop_of_server: list[Tab]) -> Callable[..., Awaitable[AgentTab]]:
    """Opens a page of the agent whose session this is; greets unless `greet` is false."""

    async def open_tab(
        session_key: str = "", *, greet: bool = True, language: str = "", **hello: Any
    ) -> AgentTab:
        tab = await AgentTab(session_key, language=language).open()
        loop_of_server.append(tab)
        if greet:
            await tab.hello(**hello)
        return tab

    return open_tab


@pytest.fixture
async def story(loop_of_server: list[Tab], visitor: Any, agent: Any) -> Story:
    return Story(visitor, agent)
