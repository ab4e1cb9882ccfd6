"""Two Daphnes on one database and one Redis, and a crowd: what processes do to each other is the point."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.processes import Process, Processes
from tests.races.at_once import Crowd
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


@pytest.fixture(scope="session")
def loaded_crowd(
    process_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Crowd]:
    """Started once; the people of each test are forked from it."""
    started = Processes(folder=tmp_path_factory.mktemp("crowd"), environment=process_environment)
    yield Crowd(started)
    started.stop_all()


@pytest.fixture
def crowd(loaded_crowd: Crowd, transactional_db: None, settings: Settings) -> Crowd:
    """For races between services alone: no socket is open, and what would be pushed goes nowhere."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    return loaded_crowd


@pytest.fixture
def stage(transactional_db: None) -> Iterator[Stage]:
    """Clients of the sockets; all leave at the end, and the servers finish what they began."""
    clients = Stage()
    yield clients
    clients.close()
    wait_until_quiet()
