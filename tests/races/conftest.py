"""Two Daphnes on one database and one Redis: what two processes do to each other is the point."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.processes import Process, Processes
from tests.scenes import wait_until_quiet
from tests.stage import Stage


@pytest.fixture(scope="session")
def two_webs(
    process_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Process, Process]]:
    """Started once; the rows are cleared away between the tests."""
    started = Processes(folder=tmp_path_factory.mktemp("webs"), environment=process_environment)
    yield started.web(), started.web()
    started.stop_all()


@pytest.fixture
def servers(two_webs: tuple[Process, Process], transactional_db: None) -> Iterator[tuple[str, str]]:
    """The addresses of both; whatever they complain of meanwhile fails the test."""
    before = [len(web.log.read_bytes()) for web in two_webs]
    yield two_webs[0].ws_url, two_webs[1].ws_url
    said = [web.log.read_bytes()[start:].decode() for web, start in zip(two_webs, before, strict=True)]
    assert "ERROR" not in "".join(said), "\n".join(said)


@pytest.fixture
def nobody_listens(settings: Settings) -> None:
    """For races between services alone: no socket is open, and what would be pushed goes nowhere."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@pytest.fixture
def stage(transactional_db: None) -> Iterator[Stage]:
    """Clients of the sockets; all leave at the end, and the servers finish what they began."""
    clients = Stage()
    yield clients
    clients.close()
    wait_until_quiet()
