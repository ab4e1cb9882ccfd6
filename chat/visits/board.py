"""What every page view looks at: what is published, and the switches. Kept in the process, and read again
when it is a second old.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import Error

from chat.selectors.published import Catalogue, get_catalogue
from chat.selectors.usage import is_monthly_limit_reached
from config.installation.selectors import get_installation
from config.lib.threads import in_thread

logger = logging.getLogger(__name__)

# Seconds. Who publishes, or turns everything off, sees it on the next page.
FRESH_FOR = 1.0


@dataclass(frozen=True, slots=True)
class Board:
    """The state of the installation at one moment. ``is_on``: dialogues and flows are offered (DG-06, LC-03).
    ``allowed_domains`` is None where every website may ask (DG-18).
    """

    catalogue: Catalogue
    is_on: bool
    allowed_domains: tuple[str, ...] | None = None


def read_board() -> Board:
    """Read it: two queries, on Select two more for the monthly limit."""
    installation = get_installation()
    restricted = tuple(installation.allowed_domains.splitlines()) if installation.restrict_domains else None
    is_on = installation.dialogues_enabled and not is_monthly_limit_reached(installation)
    return Board(get_catalogue() if is_on else Catalogue(), is_on, restricted)


class BoardCache:
    """The board for one event loop: whoever comes while it is being read gets what comes of that reading."""

    def __init__(self, read: Callable[[], Board] = read_board, *, fresh_for: float = FRESH_FOR) -> None:
        self._read, self._fresh_for = in_thread(read), fresh_for
        self._board: Board | None = None
        self._read_at = 0.0
        self._reading: asyncio.Task[Board] | None = None

    async def get(self) -> Board:
        """Return a board that is at most a second old; an older one while the database is away."""
        loop = asyncio.get_running_loop()
        if self._board is not None and loop.time() - self._read_at < self._fresh_for:
            return self._board
        if self._reading is None:
            self._reading = loop.create_task(self._refresh(loop.time()))
        try:
            # One who leaves takes the reading from nobody else.
            return await asyncio.shield(self._reading)
        except Error:
            if self._board is None:
                raise
            return self._board

    async def _refresh(self, now: float) -> Board:
        try:
            self._board = await self._read()
            # From before the reading: what changed during it may be missing.
            self._read_at = now
            return self._board
        except Error as error:
            logger.warning("page views go by an older state: %s", type(error).__name__)
            # Not again for each page view.
            self._read_at = now
            raise
        finally:
            self._reading = None
