"""What the embedded mode sets by itself, and that nothing of it exists elsewhere."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse

from config.demo.loading import NotEmbedded, load_demo_data
from tests.demo.running import run_python
from tests.processes import ROOT

KEY = "from django.conf import settings; print(settings.SECRET_KEY)"


def test_outside_the_embedded_mode_there_is_no_demo() -> None:
    assert not apps.is_installed("config.demo")
    with pytest.raises(NoReverseMatch):
        reverse("demo-sign-in", args=["token"])


def test_outside_the_embedded_mode_there_is_no_command() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env={**os.environ, "EMBEDDED": "false"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Unknown command: 'demo'" in done.stderr


@pytest.mark.django_db
def test_outside_the_embedded_mode_no_sample_data_can_be_loaded() -> None:
    with pytest.raises(NotEmbedded):
        load_demo_data()


def test_each_folder_has_a_secret_key_of_its_own_that_only_its_owner_reads(tmp_path: Path) -> None:
    keys = [run_python(KEY, tmp_path / name) for name in ("one", "two", "one")]
    assert keys[0] == keys[2] != keys[1]
    assert min(map(len, keys)) >= 50
    assert stat.S_IMODE((tmp_path / "one" / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["secret_key"]


def test_a_key_in_the_environment_comes_first(tmp_path: Path) -> None:
    assert run_python(KEY, tmp_path / "data", SECRET_KEY="of-my-own") == "of-my-own"
    assert not (tmp_path / "data").exists()


def test_the_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a b+c#d?e%41"
    code = "from django.db import connection; connection.ensure_connection()"
    run_python(code, folder)
    assert (folder / "switchboard.sqlite3").exists()


def test_mail_is_printed_and_kept_as_a_file(tmp_path: Path) -> None:
    code = "from django.core.mail import send_mail; send_mail('Missed', 'Vera waits.', None, ['a@b.example'])"
    printed = run_python(code, tmp_path / "data")
    (kept,) = (tmp_path / "data" / "mail").iterdir()
    for text in (printed, kept.read_text()):
        assert "Subject: Missed" in text
        assert "Vera waits." in text


LINK = """
from agents.models import User
from config.demo.links import make_token, read_token
user = User(username="anna"); user.set_unusable_password(); user.save()
token = make_token(user)
assert read_token(token) == user
user.is_active = False; user.save()
assert read_token(token) is None
user.is_active = True; user.set_password("a password of my own"); user.save()
assert read_token(token) is None
user.set_unusable_password(); user.save()
print(token)
"""


def test_a_link_is_void_for_the_inactive_and_where_there_is_a_password_or_other_data(
    example_data: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        shutil.copytree(example_data, tmp_path / name)
    foreign = run_python(LINK, tmp_path / "one", SECRET_KEY="the same key")
    token = run_python(LINK, tmp_path / "two", SECRET_KEY="the same key")
    assert len(foreign) == len(token) == 45
    assert foreign != token
    code = f"from config.demo.links import read_token; print(read_token({foreign!r}))"
    assert run_python(code, tmp_path / "two", SECRET_KEY="the same key") == "None"


@pytest.mark.req("LC-60")
def test_every_change_of_a_rule_counts_here_too(example_data: Path, tmp_path: Path) -> None:
    """SQLite drops triggers when a migration makes their table anew: it must add them again."""
    folder = shutil.copytree(example_data, tmp_path / "data")
    count = """
from routing.models import Rule, RuleBook

def edition(): return RuleBook.objects.values_list("edition", flat=True).get()

seen = [edition()]
for change in (
    lambda: Rule.objects.filter(pk=Rule.objects.first().pk).update(is_enabled=False),
    lambda: Rule.objects.filter(agents__isnull=False).first().agents.clear(),
    lambda: Rule.objects.create(name="New", priority=99, conditions={}),
    lambda: Rule.objects.get(name="New").delete(),
):
    change()
    seen.append(edition())
print(all(before < after for before, after in zip(seen, seen[1:])), seen)
"""
    assert run_python(count, folder).startswith("True")
