from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import storages

from agents.models import User
from tests.agents.conftest import hear
from tests.stage import agent_at_work, configure

__all__ = ["hear"]


@pytest.fixture(autouse=True)
def files_of_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where this test's files are kept."""
    monkeypatch.setitem(vars(storages["private"]), "location", str(tmp_path))
    return tmp_path


@pytest.fixture
def agent(db: None) -> User:
    configure()
    return agent_at_work()
