"""Which pages load the snippet, noted in the process and written in batches: a page view is no write."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlsplit

from chat.services.messages import storable
from chat.services.sightings import MOST_SIGHTINGS, Seen

# Seconds. One page is written once in this time by each process.
NOTED_FOR = 3_600.0
# Seconds from the first page that is new to the write that takes all which came meanwhile.
FLUSH_AFTER = 2.0
# More in that time is nobody's website: a script that makes up addresses.
MOST_IN_A_FLUSH = 50


class Sightings:
    """What one event loop has seen. `write` gets the pages of one flush."""

    def __init__(
        self,
        write: Callable[[list[Seen]], Awaitable[object]],
        *,
        flush_after: float = FLUSH_AFTER,
        noted_for: float = NOTED_FOR,
    ) -> None:
        self._write, self._flush_after, self._noted_for = write, flush_after, noted_for
        self._noted: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._waiting: list[Seen] = []
        self._flushing: asyncio.Task[None] | None = None

    def note(self, origin: str, url: str, *, now: datetime) -> None:
        """Note that this page was seen, by what the browser says of itself; anything else is passed over."""
        path = _get_path(origin, url)
        loop = asyncio.get_running_loop()
        name = (origin, path)
        if not path or loop.time() - self._noted.get(name, -self._noted_for) < self._noted_for:
            return
        if len(self._waiting) >= MOST_IN_A_FLUSH:
            return
        self._remember(name, loop.time())
        self._waiting.append(Seen(origin, path, now))
        if self._flushing is None:
            self._flushing = loop.create_task(self._flush(), name="sightings")

    def _remember(self, name: tuple[str, str], at: float) -> None:
        self._noted[name] = at
        self._noted.move_to_end(name)
        if len(self._noted) > MOST_SIGHTINGS:
            self._noted.popitem(last=False)

    async def _flush(self) -> None:
        await asyncio.sleep(self._flush_after)
        pages, self._waiting, self._flushing = self._waiting, [], None
        try:
            await self._write(pages)
        # The writer has logged it. Seen again, they are written again.
        except Exception:  # noqa: BLE001
            for page in pages:
                self._noted.pop((page.origin, page.path), None)


def _get_path(origin: str, url: str) -> str:
    """The path, where the address is one of the origin that the browser names."""
    try:
        page = urlsplit(url)
    except ValueError:
        return ""
    is_own = bool(page.netloc) and f"{page.scheme}://{page.netloc}".lower() == origin.lower()
    return storable(page.path) or "/" if is_own else ""
