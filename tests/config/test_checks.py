"""What would be unsafe in production is refused by name, and the documented set-up is clean."""

from __future__ import annotations

import os
import subprocess
import sys
import zoneinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.core.checks.registry import registry
from django.db import connection
from pytest_django import Settings

from config import checks

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "kR7vQx2mZt9wB4nYc8pLs6hJd3fGa5eU1oTiXyWqVbNzMrKpHg"
PRODUCTION: dict[str, Any] = {
    "EMBEDDED": False,
    "DEBUG": False,
    "SECRET_KEY": KEY,
    "PUBLIC_URL": "https://chat.murmel.test",
    "ALLOWED_HOSTS": ["chat.murmel.test"],
    "HTTPS": True,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "HASHED_STATIC": False,
    "EMAIL_URL": "smtp+tls://chat:pass@mail.murmel.test:587",
    "DEFAULT_FROM_EMAIL": "chat@murmel.test",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "CELERY_TASK_ALWAYS_EAGER": False,
    "CHANNEL_LAYERS": {
        "default": {"BACKEND": "chat.delivery.redis_layer.X", "CONFIG": {"hosts": ["redis://127.0.0.1"]}}
    },
}
IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
NO_HOSTS = {"default": {"BACKEND": "chat.delivery.redis_layer.X", "CONFIG": {"hosts": []}}}


@pytest.fixture
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as a production server has them."""
    for name, value in PRODUCTION.items():
        setattr(settings, name, value)
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    monkeypatch.setitem(settings.DATABASES["default"], "CONN_MAX_AGE", 0)
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", {"pool": True})
    return settings


def list_ours() -> list[CheckMessage]:
    """What our own checks, as they are registered, say of the settings as they are."""
    ours = [
        each
        for each in registry.get_checks(include_deployment_checks=True)
        if each.__module__ == checks.__name__
    ]
    return [message for check in ours for message in check(app_configs=None, databases=None)]


def list_ids() -> list[str]:
    return [str(message.id) for message in list_ours()]


def test_production_settings_pass_every_check(production: Settings) -> None:
    assert list_ours() == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"EMBEDDED": True}, "switchboard.E001"),
        ({"SECRET_KEY": KEY[:49]}, "switchboard.E002"),
        ({"SECRET_KEY": "ab" * 40}, "switchboard.E002"),
        ({"SECRET_KEY": f"django-insecure-{KEY}"}, "switchboard.E002"),
        ({"SECRET_KEY": f"Change-me-{KEY}"}, "switchboard.E002"),
        ({"PUBLIC_URL": ""}, "switchboard.E003"),
        ({"PUBLIC_URL": "chat.murmel.test"}, "switchboard.E003"),
        ({"PUBLIC_URL": "https://chat.murmel.test/chat"}, "switchboard.E003"),
        ({"PUBLIC_URL": "http://chat.murmel.test"}, "switchboard.E004"),
        ({"PUBLIC_URL": "https://other.murmel.test"}, "switchboard.E005"),
        ({"ALLOWED_HOSTS": ["*"]}, "switchboard.E006"),
        ({"HTTPS": False}, "switchboard.E007"),
        ({"SECURE_PROXY_SSL_HEADER": None}, "switchboard.W008"),
        ({"DEBUG": True}, "switchboard.E009"),
        ({"CHANNEL_LAYERS": IN_MEMORY}, "switchboard.E010"),
        ({"CHANNEL_LAYERS": NO_HOSTS}, "switchboard.E010"),
        ({"CELERY_BROKER_URL": "memory://"}, "switchboard.E011"),
        ({"CELERY_TASK_ALWAYS_EAGER": True}, "switchboard.E011"),
        ({"EMAIL_URL": ""}, "switchboard.W013"),
        ({"DEFAULT_FROM_EMAIL": "switchboard@localhost"}, "switchboard.W013"),
    ],
)
def test_unsafe_setting_is_refused_by_name(
    production: Settings, changed: dict[str, Any], expected: str
) -> None:
    for name, value in changed.items():
        setattr(production, name, value)
    assert list_ids() == [expected]


def test_demo_outside_the_embedded_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    told = SimpleNamespace(EMBEDDED=False, INSTALLED_APPS=["config.demo"])
    monkeypatch.setattr(checks, "settings", told)
    assert [message.id for message in checks.check_demo(None)] == ["switchboard.E018"]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [("ENGINE", "django.db.backends.sqlite3", "switchboard.E012"), ("OPTIONS", {}, "switchboard.E016")],
)
def test_unsafe_database_is_refused_by_name(
    production: Settings, monkeypatch: pytest.MonkeyPatch, key: str, value: object, expected: str
) -> None:
    monkeypatch.setitem(production.DATABASES["default"], key, value)
    assert list_ids() == [expected]


def test_static_files_that_were_never_collected_are_noticed(production: Settings, tmp_path: Path) -> None:
    production.HASHED_STATIC, production.STATIC_ROOT = True, tmp_path
    assert list_ids() == ["switchboard.W014"]
    (tmp_path / "staticfiles.json").write_text("{}")
    assert list_ids() == []


@pytest.mark.parametrize(("installed", "is_refused"), [("4.2.1", True), ("4.1", True), ("4.2.2", False)])
def test_daphne_without_a_limit_for_frames_is_refused(
    production: Settings, monkeypatch: pytest.MonkeyPatch, installed: str, is_refused: bool
) -> None:
    monkeypatch.setattr(checks, "version", lambda name: installed)
    assert list_ids() == (["switchboard.E017"] if is_refused else [])


def test_missing_time_zone_database_is_noticed(production: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr("config.checks.zoneinfo.ZoneInfo", find_nothing)
    assert list_ids() == ["switchboard.E019"]


@pytest.mark.req("DL-01")
@pytest.mark.django_db
@pytest.mark.parametrize(("synchronous", "expected"), [("on", []), ("off", ["switchboard.E015"])])
def test_database_that_does_not_wait_for_the_disk_is_refused(synchronous: str, expected: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL synchronous_commit = {synchronous}")
    assert [message.id for message in checks.check_durability(None, databases=["default"])] == expected


def test_database_is_left_alone_unless_it_is_named() -> None:
    # Without the django_db mark a query would fail the test.
    assert checks.check_durability(None, databases=None) == []


def test_every_refusal_says_how_to_mend_it_and_shows_no_secret(
    production: Settings,
) -> None:
    production.SECRET_KEY = "hunter2"
    (refused,) = list_ours()
    assert refused.hint
    assert "hunter2" not in f"{refused.msg} {refused.hint}"


# --- The whole command, as ops run it -------------------------------------------------------------------


def check_deploy(tmp_path: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` in an environment of its own, without the variables of the tests."""
    (tmp_path / "static").mkdir(exist_ok=True)
    (tmp_path / "static" / "staticfiles.json").write_text('{"paths": {}, "version": "1.1", "hash": ""}')
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": KEY,
        "ALLOWED_HOSTS": "chat.murmel.test",
        "PUBLIC_URL": "https://chat.murmel.test",
        "BEHIND_PROXY": "true",
        "DATABASE_URL": "postgres://switchboard:pass@127.0.0.1/switchboard",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "EMAIL_URL": "smtp+tls://chat:pass@mail.murmel.test:587",
        "DEFAULT_FROM_EMAIL": "chat@murmel.test",
        "DATA_DIR": str(tmp_path),
        **changed,
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_deployment_check_is_clean_with_the_documented_environment(tmp_path: Path) -> None:
    checked = check_deploy(tmp_path)
    assert checked.stderr == ""
    assert checked.returncode == 0


def test_deployment_check_names_everything_that_is_unsafe_at_once(tmp_path: Path) -> None:
    checked = check_deploy(
        tmp_path,
        SECRET_KEY="test",
        ALLOWED_HOSTS="*",
        PUBLIC_URL="",
        HTTPS="false",
        DEBUG="true",
        DATABASE_URL="sqlite://:memory:",
        EMAIL_URL="",
    )
    named = {word.strip("?:()") for word in checked.stderr.split() if "switchboard." in word}
    assert named >= {f"switchboard.{id_}" for id_ in ("E002", "E003", "E006", "E007", "E009", "E012", "W013")}
    assert checked.returncode != 0
