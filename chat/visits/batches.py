"""What page views read and write together: those that come while one query runs share the next (DG-04)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from chat.delivery.writer import GroupCommit, Outcome
from chat.selectors.visits import NOBODY, Standing, get_standings
from chat.services.sightings import Seen, record_sightings
from chat.services.triggers import Shown, record_shown

from .board import BoardCache
from .sightings import Sightings


def _read_standings(key_hashes: list[str]) -> Sequence[Outcome[Standing]]:
    found = get_standings(key_hashes)
    return [found.get(key_hash, NOBODY) for key_hash in key_hashes]


def _write(items: list[Shown | list[Seen]]) -> Sequence[Outcome[None]]:
    """All that was shown, and beside it the pages that were seen; each item's own outcome, in order."""
    pages = [page for item in items if isinstance(item, list) for page in item]
    if pages:
        record_sightings(pages)
    shown = iter(record_shown([item for item in items if isinstance(item, Shown)]))
    return [next(shown) if isinstance(item, Shown) else None for item in items]


class Desk:
    """All that one event loop keeps for its page views."""

    def __init__(self) -> None:
        self.board = BoardCache()
        self._standings: GroupCommit[str, Standing] = GroupCommit(_read_standings, name="visits")
        self._writer: GroupCommit[Shown | list[Seen], None] = GroupCommit(_write, name="shown")
        self.sightings = Sightings(self._writer.submit)

    async def get_standing(self, key_hash: str) -> Standing:
        """Return how a visitor stands; nobody's where nothing is kept."""
        return await self._standings.submit(key_hash) if key_hash else NOBODY

    async def record(self, shown: Shown) -> None:
        """Return once it is committed; raises what it was refused with."""
        await self._writer.submit(shown)

    async def close(self) -> None:
        """Write what is waiting, and give threads and connections back."""
        await self._writer.drain()
        await self._standings.drain()


# There is one loop in a server, and one per test.
_desks: WeakKeyDictionary[asyncio.AbstractEventLoop, Desk] = WeakKeyDictionary()


def get_desk() -> Desk:
    """Return the running loop's desk."""
    loop = asyncio.get_running_loop()
    if loop not in _desks:
        _desks[loop] = Desk()
    return _desks[loop]
