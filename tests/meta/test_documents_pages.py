"""docs/architecture.md and docs/operations.md name what is really there."""

from __future__ import annotations

import re
from functools import cache

import pytest
from django.core.management import get_commands

from chat.delivery.close_codes import CloseCode
from config.celery import SWEEPERS
from tests.meta.source_tree import PRODUCT, ROOT, list_files

ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
README = (ROOT / "README.md").read_text()
QUOTED = re.compile(r"`([^`\n]+)`")
FOLDERS = (*PRODUCT, "docs", "templates", "tests")


@cache
def read_code() -> str:
    return "\n".join(path.read_text() for path in list_files(*PRODUCT))


def list_rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    section = page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_every_path_in_the_architecture_exists() -> None:
    named = [name for name in QUOTED.findall(ARCHITECTURE) if name.split("/")[0] in FOLDERS and "/" in name]
    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_table_of_deadlines_is_the_table_of_beat() -> None:
    told = {
        row[0].strip("` "): float(row[1].removesuffix(" s")) for row in list_rows(ARCHITECTURE, "Deadlines")
    }
    assert told == {name: period for name, (_task, period) in SWEEPERS.items()}


def test_every_service_that_moves_a_live_chat_exists() -> None:
    rows = list_rows(ARCHITECTURE, "A live chat")
    named = {name for row in rows if len(row) == 4 for name in QUOTED.findall(row[3])}
    assert len(named) > 5
    assert [name for name in sorted(named) if f"\ndef {name}(" not in read_code()] == []


def test_every_log_line_that_ops_are_told_of_is_in_the_code() -> None:
    lines = [QUOTED.findall(row[0])[0] for row in list_rows(OPERATIONS, "What the log says")]
    # A writer says its own name first.
    parts = [part for line in lines for part in line.removeprefix("messages").split("…") if len(part) > 7]
    assert len(parts) >= len(lines)
    assert [part for part in parts if part.strip() not in read_code()] == []


def test_every_close_code_that_ops_meet_is_explained() -> None:
    told = {int(code) for code in re.findall(r"\b(1012|4\d{3})\b", OPERATIONS)}
    silent = {CloseCode.NORMAL, CloseCode.INTERNAL_ERROR}
    assert told == {code.value for code in CloseCode if code not in silent}


@pytest.mark.parametrize("page", [README, OPERATIONS], ids=["readme", "operations"])
def test_every_command_of_ops_exists(page: str) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    lines = [line for block in blocks for line in re.split(r"\n|&&", block)] + QUOTED.findall(page)
    named = {match[1] for line in lines if (match := re.match(r"\s*switchboard ([a-z_]+)", line))}
    assert named
    assert named <= get_commands().keys()
