"""Page views against the application itself, without a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from chat.visits import app, batches
from chat.visits.board import BoardCache
from config.lib.open_posts import Scope
from tests.chat.sockets.tabs import server
from tests.chat.visits.pages import Website


@pytest_asyncio.fixture
async def website(transactional_db: None) -> AsyncIterator[Website]:
    """A customer's website; whatever changes is seen by its next page view."""
    async with server():
        desk = batches.get_desk()
        desk.board = BoardCache(fresh_for=0)
        yield Website(app.VisitsApp(not_found))
        await desk.close()


async def not_found(scope: Scope, receive: Any, send: Any) -> None:
    """What is behind it: Django's pages."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"pages"})
