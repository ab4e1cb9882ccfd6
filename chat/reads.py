"""What this process has yet to note of who read how far (LC-57)."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from weakref import WeakKeyDictionary

from django.db import Error
from django.utils import timezone

from chat.services.reads import Reader, note_reads
from config.lib.threads import in_thread

logger = logging.getLogger(__name__)

# Seconds. Each reader gets at most one entry in that time, and a mark costs no statement of its own. A
# process that ends takes with it what it has gathered; the marks themselves are stored.
GATHER = 10.0


class Reads:
    """Gathers who has looked, in one event loop, and notes it together."""

    def __init__(self, note: Callable[[Mapping[Reader, datetime]], int], *, gather: float) -> None:
        self._note = note
        self._gather = gather
        self._readers: dict[Reader, datetime] = {}
        self._writing: asyncio.Task[None] | None = None

    def add(self, reader: Reader, at: datetime) -> None:
        """This one's mark is stored."""
        self._readers[reader] = at
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write(), name="reads")

    async def _write(self) -> None:
        try:
            while self._readers:
                await asyncio.sleep(self._gather)
                readers, self._readers = self._readers, {}
                await self._write_once(readers)
        finally:
            self._writing = None

    async def _write_once(self, readers: Mapping[Reader, datetime]) -> None:
        try:
            await in_thread(self._note)(readers)
        except Error as error:
            # The timeline lacks a line then; the marks are there.
            logger.warning("reads not noted count=%d cause=%s", len(readers), type(error).__name__)


_reads: WeakKeyDictionary[asyncio.AbstractEventLoop, Reads] = WeakKeyDictionary()


def add_read(reader: Reader) -> None:
    """Note within seconds that this one has looked now; the mark is stored already."""
    loop = asyncio.get_running_loop()
    if loop not in _reads:
        _reads[loop] = Reads(note_reads, gather=GATHER)
    _reads[loop].add(reader, timezone.now())
