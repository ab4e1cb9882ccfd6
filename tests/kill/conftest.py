"""Processes to kill, and clients that live through it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.processes import Processes
from tests.scenes import wait_until_quiet
from tests.stage import Stage


@pytest.fixture
def stage(processes: Processes) -> Iterator[Stage]:
    """Clients of the sockets; all leave while the servers still run."""
    clients = Stage()
    yield clients
    clients.close()
    processes.stop_all()
    wait_until_quiet()
