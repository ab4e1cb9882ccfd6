from __future__ import annotations

from pathlib import Path

import pytest

from agents.models import User
from chat.models import Attachment
from tests.agents.conftest import hear
from tests.stage import agent_at_work, configure

__all__ = ["hear"]


@pytest.fixture(autouse=True)
def files_of_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where this test's files are kept: the field's own storage, which outlives a change of ``STORAGES``."""
    monkeypatch.setitem(vars(Attachment.file.field.storage), "location", str(tmp_path))
    return tmp_path


@pytest.fixture
def agent(db: None) -> User:
    configure()
    return agent_at_work()
