"""Celery beat in a thread of the one process: the same table of sweepers as in production (LC-22)."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.beat import ScheduleEntry, Scheduler, Service
from django.db import close_old_connections, connections

from config.celery import app

logger = logging.getLogger(__name__)

# Seconds before beat is started again after it broke.
PAUSE = 1.0


class InlineScheduler(Scheduler):
    """Runs each due task itself, one after the other, since tasks are eager in the embedded mode."""

    # None of them goes to a broker, so there is no connection to one to wait for.
    producer: Any = None

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        # Whatever a task raises is logged by Celery and stays there: the next one still runs.
        super().apply_entry(entry, producer=producer)
        # A worker does this after every task; a connection that broke must not be kept.
        close_old_connections()


class BeatThread(threading.Thread):
    """Sweeps from `start()` to `stop()`."""

    def __init__(self) -> None:
        super().__init__(name="beat", daemon=True)
        # A task that isn't imported would be sent to a broker that nobody reads.
        app.loader.import_default_modules()
        self._ending = threading.Event()
        self._service = self._make_service()

    def run(self) -> None:
        try:
            while not self._ending.is_set():
                self._sweep()
        finally:
            connections.close_all()

    def stop(self, *, within: float) -> bool:
        """Ends after the sweep that is running; says whether it did `within` so many seconds."""
        self._ending.set()
        self._service.stop()
        self.join(within)
        return not self.is_alive()

    def _sweep(self) -> None:
        try:
            self._service.start()
        # Without beat no deadline is kept, so nothing may end it but `stop`.
        except Exception:
            logger.exception("beat broke and is started again")
            self._ending.wait(PAUSE)
            self._service = self._make_service()

    def _make_service(self) -> Service:
        return Service(app, scheduler_cls=InlineScheduler)
