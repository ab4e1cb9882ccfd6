from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from config.lib import events
from config.lib.events import Event

Hear = Callable[[type[Event]], AbstractContextManager[list[Any]]]


@pytest.fixture
def hear(django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch) -> Hear:
    """`with hear(EventType) as heard:` collects these events; they arrive as the block, the commit, ends."""

    @contextmanager
    def listen(event_type: type[Event]) -> Iterator[list[Any]]:
        heard: list[Any] = []
        monkeypatch.setitem(events._receivers, event_type, [heard.append])
        with django_capture_on_commit_callbacks(execute=True):
            yield heard

    return listen
