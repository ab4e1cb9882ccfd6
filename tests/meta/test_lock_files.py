"""The lock files name exact files by their hashes, and no place to get them from."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.meta.source_tree import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
ENTRY = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}.*\n)+)",
    re.M,
)
COMMENT_OR_ENTRY = re.compile(
    r"^(\s*#.*|[A-Za-z0-9._-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|)$"
)


def read_pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return {canonicalize_name(match["name"]): match["version"] for match in ENTRY.finditer(text)}


def list_wanted(extra: str | None) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return [Requirement(line) for line in named]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_has_only_pins_hashes_and_comments(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    assert [line for line in lines if not COMMENT_OR_ENTRY.match(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_names_no_index_and_no_place(lock: str) -> None:
    assert (
        re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|\s@\s", (ROOT / lock).read_text())
        is None
    )


@pytest.mark.parametrize(("lock", "extra"), [("requirements.lock", None), ("requirements-dev.lock", "dev")])
def test_lock_file_pins_every_declared_dependency_at_an_allowed_version(lock: str, extra: str | None) -> None:
    pins = read_pins(lock)
    assert [
        str(wanted)
        for wanted in list_wanted(extra)
        if pins.get(canonicalize_name(wanted.name), "0") not in wanted.specifier
    ] == []


def test_development_lock_contains_the_runtime_lock_unchanged() -> None:
    assert read_pins("requirements.lock").items() <= read_pins("requirements-dev.lock").items()
