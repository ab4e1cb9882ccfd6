from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    """`manage.py` on a machine where nothing is set up."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["migrate", "check", "setup"])
def test_a_command_without_settings_says_what_is_missing_and_nothing_else(
    command: str, tmp_path: Path
) -> None:
    done = manage(command, data_dir=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("SECRET_KEY is not set: ")
    assert len(done.stderr.splitlines()) == 1


def test_models_are_compared_with_their_migrations_where_nothing_is_set_up(tmp_path: Path) -> None:
    done = manage("makemigrations", "--check", "--dry-run", data_dir=tmp_path)
    assert (done.returncode, done.stdout) == (0, "No changes detected\n"), done.stderr


def test_help_is_there_without_settings(tmp_path: Path) -> None:
    assert manage("--version", data_dir=tmp_path).returncode == 0
