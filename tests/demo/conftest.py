"""A demo of its own for each module that asks for one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo.running import Demo


@pytest.fixture(scope="module")
def demo(example_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that is running."""
    folder = shutil.copytree(example_data, tmp_path_factory.mktemp("demo") / "data")
    running = Demo(folder).start_and_wait()
    yield running
    running.end()


@pytest.fixture
def make_demo(example_data: Path, tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Makes demos on one folder with what the first start makes, not started yet, and ends them all."""
    made: list[Demo] = []
    folder = shutil.copytree(example_data, tmp_path / "data")

    def make(*options: str, **fields: Any) -> Demo:
        made.append(Demo(**{"data_dir": folder, "options": options, **fields}))
        return made[-1]

    yield make
    for each in made:
        if hasattr(each, "process"):
            each.end()
