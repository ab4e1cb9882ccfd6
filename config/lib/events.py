"""The one bus: services say what happened, and whoever cares hears of it after the commit."""

from __future__ import annotations

import dataclasses
import logging
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happened and is committed. Subclasses are frozen dataclasses of ids and plain values."""


E = TypeVar("E", bound=Event)

_receivers: defaultdict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)


def receives(event_type: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Registers a plain function for events of exactly this type; called in order of registration."""

    def register(receiver: Callable[[E], None]) -> Callable[[E], None]:
        if receiver not in _receivers[event_type]:
            _receivers[event_type].append(receiver)
        return receiver

    return register


def publish(event: Event, *, using: str | None = None) -> None:
    """Hands the event to its receivers after the current transaction commits, or at once (DL-01).

    Raises nothing on a receiver's behalf: each is isolated, its failure logged with the event's type and ids.
    """
    transaction.on_commit(partial(_deliver, event), using=using, robust=True)


def _deliver(event: Event) -> None:
    for receiver in _receivers[type(event)]:
        try:
            receiver(event)
        # The service has committed: whatever a receiver does
        # wrong may not look like a failure of the service.
        except Exception:
            logger.exception(
                "event receiver failed event=%s receiver=%s %s",
                type(event).__name__,
                getattr(receiver, "__qualname__", receiver),
                _ids(event),
            )


def _ids(event: Event) -> str:
    """What may be logged of an event: its ids and sequence numbers, never what people wrote."""
    names = (field.name for field in dataclasses.fields(event))
    return " ".join(
        f"{name}={getattr(event, name)}"
        for name in names
        if name in {"id", "seq"} or name.endswith(("_id", "_ids"))
    )
