"""What every test may count on: the services that `.ci/with-services` started, and processes on them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests.demo.running import Demo
from tests.emptying import empty_after_tests
from tests.meta import requirements
from tests.migrated_database import copy_migrated_database
from tests.processes import Processes, get_test_database_url


def pytest_configure(config: pytest.Config) -> None:
    # The same examples in every run, however slow the machine: what a run finds, the next one finds too.
    hypothesis.settings.register_profile("tests", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("tests")
    # A fast hasher: passwords in tests guard nothing, and a slow one would take most of the time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    copy_migrated_database()
    empty_after_tests()
    part = os.environ.get("PYTEST_XDIST_WORKER")
    if part and os.environ.get("REDIS_URL"):
        keep_apart(part)


def get_layer_options() -> dict[str, Any]:
    """The options of the channel layer, as the settings hold them."""
    layers: dict[str, dict[str, Any]] = settings.CHANNEL_LAYERS
    options: dict[str, Any] = layers["default"].setdefault("CONFIG", {})
    return options


def keep_apart(part: str) -> None:
    """Give this pytest process its own topics and queue: Redis is shared, and ids repeat across databases."""
    get_layer_options()["prefix"] = f"switchboard-{part}"
    database = 1 + int(part.removeprefix("gw")) % 15
    settings.CELERY_BROKER_URL = os.environ["REDIS_URL"].rsplit("/", 1)[0] + f"/{database}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    requirements.refuse_unknown_ids(items)


@pytest.fixture(autouse=True)
def language_of_the_installation() -> Iterator[None]:
    """A page that was asked for in Swedish leaves its thread in Swedish; the next test begins in our own."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's databases; what a killed server left open is closed before they are dropped."""
    yield
    if connections["default"].vendor == "postgresql":
        # The pool first: it would open again what is closed under its hands.
        database: Any = connections["default"]
        database.close()
        database.close_pool()
        with django_db_blocker.unblock(), database._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [database.settings_dict["NAME"]],
            )


@pytest.fixture(scope="session")
def process_environment(django_db_setup: None) -> dict[str, str]:
    """What a process of the product needs in its environment to work on the test database."""
    return {
        "DATABASE_URL": get_test_database_url(),
        "REDIS_URL": str(settings.CELERY_BROKER_URL),
        "REDIS_LAYER_PREFIX": str(get_layer_options().get("prefix", "switchboard")),
    }


@pytest.fixture
def processes(
    transactional_db: None,
    process_environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Processes]:
    """Starts Daphne, workers, beat and Redis as real processes for one test, and stops what is left."""
    started = Processes(folder=tmp_path_factory.mktemp("processes"), environment=process_environment)
    yield started
    started.stop_all()


@pytest.fixture(scope="session")
def example_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """What the demo's first start makes, once for all workers; a test that starts a demo works on a copy."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "example"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            demo = Demo(tmp_path_factory.mktemp("first") / "data").start_and_wait()
            assert demo.stop() == 0
            demo.data_dir.rename(folder)
    return folder
