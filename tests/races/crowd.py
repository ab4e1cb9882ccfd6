"""The process from which people who click in the same instant are forked.

It has loaded the product and touches neither database nor Redis itself, so that a fork of it takes ten
milliseconds and is a process like any other: with its own connection, and nothing in common with the rest.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import django

from config.lib.errors import DomainError

FORK = multiprocessing.get_context("fork")
PATIENCE = 30.0  # seconds until the last one is ready


@dataclass(frozen=True, slots=True)
class Refused:
    """A DomainError, as one process can tell it to another."""

    kind: type[DomainError]
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Any other exception: its traceback."""

    text: str


def live(line: Connection, gate: Barrier) -> None:
    """One of the people: does what it is told to, each time together with all the others."""
    from django.db import connection

    while work := line.recv_bytes():
        do = pickle.loads(work)  # noqa: S301 - from the test that started us
        # Connected beforehand: a race is between the services, not between handshakes.
        connection.ensure_connection()
        gate.wait(PATIENCE)
        line.send_bytes(pickle.dumps(attempt(do)))


def attempt(do: Callable[[], Any]) -> Any:
    try:
        return do()
    except DomainError as refused:
        return Refused(type(refused), refused.code, str(refused))
    # Whatever it is, the test tells it.
    except Exception:  # noqa: BLE001
        return Failed(traceback.format_exc())


def gather_people(count: int) -> list[Connection]:
    """Fork so many, who start whatever they are given when the last one has it."""
    gate, lines = FORK.Barrier(count), []
    for _ in range(count):
        near, far = FORK.Pipe()
        FORK.Process(target=live, args=(far, gate), daemon=True).start()
        # Held by nobody else, it tells when its owner has died.
        far.close()
        lines.append(near)
    return lines


def dismiss(people: list[Connection]) -> None:
    for line in people:
        line.send_bytes(b"")
    for process in multiprocessing.active_children():
        process.join()


def serve(test: Connection) -> None:
    """Gather as many people as the test asks for, pass on what they are to do, round by round; until 0."""
    while count := test.recv():
        people = gather_people(count)
        while works := test.recv():
            for line, work in zip(people, works, strict=True):
                line.send_bytes(work)
            test.send([line.recv_bytes() for line in people])
        dismiss(people)
        test.send(count)


def load_product() -> None:
    """As a web process does; but nobody listens, and what would be pushed goes nowhere."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    # Loaded here once instead of in each fork.
    import tests.races.deeds  # noqa: F401
