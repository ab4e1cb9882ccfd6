from __future__ import annotations

import pytest
import redis

from tests.processes import Processes, is_listening


@pytest.fixture
def processes(tmp_path_factory: pytest.TempPathFactory) -> Processes:
    return Processes(folder=tmp_path_factory.mktemp("processes"))


def test_killed_process_is_gone_and_starts_again_on_the_same_port(processes: Processes) -> None:
    first = processes.redis()
    first.kill()
    assert not first.is_running
    assert not is_listening(first.port)
    second = processes.redis(port=first.port)
    with redis.Redis(port=second.port) as client:
        assert client.ping()
    processes.stop_all()
    assert not is_listening(second.port)


def test_process_that_ends_by_itself_is_reported_with_what_it_said(processes: Processes) -> None:
    with pytest.raises(AssertionError, match="web ended by itself"):
        processes.web(DJANGO_SETTINGS_MODULE="nowhere")
