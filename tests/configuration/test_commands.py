"""The two commands, as somebody at a terminal or a script uses them (LC-60, RP-08)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from routing.models import Rule
from tests.configuration.company import clear_out, export, found_company

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60", "RP-08")]


def bring_in(file: Path, *options: str) -> str:
    told = io.StringIO()
    call_command("import_config", str(file), *options, stdout=told)
    return told.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The company's file, of an installation that is empty by now."""
    found_company()
    written = tmp_path / "config.yaml"
    call_command("export_config", "--output", str(written), stderr=io.StringIO())
    clear_out()
    return written


def write(path: Path, **sections: Any) -> Path:
    path.write_text(yaml.safe_dump({"format": 1, **sections}))
    return path


def test_export_to_the_terminal_is_the_file_itself(file: Path, capfdbinary: Any) -> None:
    bring_in(file, "--yes")
    call_command("export_config")
    assert capfdbinary.readouterr().out == file.read_bytes()
    assert [path.name for path in file.parent.iterdir()] == ["config.yaml"]


def test_import_says_what_it_did_and_again_that_nothing_changes(file: Path) -> None:
    assert "Done: " in bring_in(file, "--yes")
    assert export() == file.read_text()
    assert bring_in(file, "--yes") == "Nothing changes.\n"


def test_dry_run_shows_each_change_with_before_and_after(tmp_path: Path) -> None:
    found_company()
    changes = write(
        tmp_path / "c.yaml",
        rules=[{"name": "Norway", "priority": 8}, {"name": "All", "agents": ["ida"]}],
        lists=[],
    )
    told = bring_in(changes, "--dry-run", "--prune").splitlines()
    assert told[0] == "- lists “Customers”"
    assert "~ rules “Norway”" in told
    assert "    priority: 3 → 8" in told
    assert "+ rules “All”" in told
    assert "    agents: ida" in told
    assert told[-1].startswith("Would be: 1 added, ")
    assert told[-1].endswith("This was a dry run: nothing was changed.")
    assert Rule.objects.get().priority == 3


def test_signs_that_a_terminal_would_follow_are_written_out(tmp_path: Path) -> None:
    told = bring_in(write(tmp_path / "c.yaml", lists=[], settings={"widget_name": "\x1b[2JHi"}), "--dry-run")
    assert "\x1b" not in told
    assert "\\x1b[2JHi" in told


def test_faults_end_it_with_their_places_and_change_nothing(file: Path) -> None:
    file.write_text(file.read_text().replace("owner: ida", "owner: nobody"))
    with pytest.raises(CommandError) as refused:
        bring_in(file, "--yes")
    words = str(refused.value).splitlines()
    assert words[0].startswith("accounts[0].owner (line ")
    assert words[0].endswith("There is no user “nobody”.")
    assert words[-1] == "Nothing was changed."
    assert not Rule.objects.exists()


def test_without_yes_a_script_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(CommandError, match="add --yes"):
        bring_in(file)
    assert not Rule.objects.exists()


@pytest.mark.parametrize(("answer", "count"), [("y", 1), ("", 0), ("no", 0)])
def test_somebody_at_a_terminal_is_asked(
    file: Path, monkeypatch: pytest.MonkeyPatch, answer: str, count: int
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda words: answer)
    bring_in(file)
    assert Rule.objects.count() == count


@pytest.mark.parametrize("command", ["import_config", "export_config"])
def test_file_that_cannot_be_reached_is_named(command: str, tmp_path: Path) -> None:
    place = str(tmp_path / "none" / "config.yaml")
    options = [place] if command == "import_config" else ["--output", place]
    with pytest.raises(CommandError, match=r"config\.yaml can't be"):
        call_command(command, *options)
