"""Which requirements of the specification have a test: read from the `req` markers.

As a plugin (`python -m pytest -p tests.meta.requirements --requirements`) it lists those without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

RANGE = re.compile(r"(?P<prefix>[A-Z]+)-(?P<first>\d+)\.\.(?P=prefix)-(?P<last>\d+)\s+(?P<title>.+)")


@dataclass(frozen=True)
class Area:
    """A run of requirements under one heading."""

    title: str
    ids: tuple[str, ...]


def read_areas(text: str) -> list[Area]:
    """The areas in a list of ranges; raises ValueError for a line that is neither a range nor a comment."""
    return [_read_area(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _read_area(line: str) -> Area:
    match = RANGE.fullmatch(line.strip())
    if match is None:
        raise ValueError(f"not a range of requirements: {line!r}")
    numbers = range(int(match["first"]), int(match["last"]) + 1)
    return Area(title=match["title"], ids=tuple(f"{match['prefix']}-{number:02}" for number in numbers))


@cache
def get_areas() -> list[Area]:
    """The areas of the specification."""
    return read_areas(Path(__file__).with_name("requirement_ids.txt").read_text())


def list_marked_ids(item: pytest.Item) -> Iterator[str]:
    """The requirements that a test says it holds."""
    for mark in item.iter_markers("req"):
        yield from mark.args


def refuse_unknown_ids(items: Iterable[pytest.Item]) -> None:
    """Raise UsageError for a test that names a requirement the specification doesn't have."""
    known = {name for area in get_areas() for name in area.ids}
    wrong = sorted(
        {f"{item.nodeid}: {name}" for item in items for name in list_marked_ids(item) if name not in known}
    )
    if wrong:
        raise pytest.UsageError("unknown requirements:\n" + "\n".join(wrong))


def list_missing(areas: Iterable[Area], marked: set[str]) -> Iterator[str]:
    """One line for each area: how many requirements have a test, and which have none."""
    for area in areas:
        missing = [name for name in area.ids if name not in marked]
        held = len(area.ids) - len(missing)
        yield f"{area.title}: {held} of {len(area.ids)} have a test" + (
            f"; none: {' '.join(missing)}" if missing else ""
        )


MARKED = pytest.StashKey[set[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", action="store_true", help="list the requirements that no test names")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--requirements", default=False):
        config.stash[MARKED] = {name for item in items for name in list_marked_ids(item)}
        items.clear()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and MARKED in session.config.stash:
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if MARKED in config.stash:
        terminalreporter.section("requirements")
        for line in list_missing(get_areas(), config.stash[MARKED]):
            terminalreporter.line(line)
