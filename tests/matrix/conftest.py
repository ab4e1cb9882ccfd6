from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from chat.models import Attachment
from tests.chat.sockets.conftest import agent, loop_of_server, story, visitor
from tests.matrix.scene import Scene

__all__ = ["agent", "loop_of_server", "story", "visitor"]


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database, in one transaction for all tests of a module: rows are made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def scene(db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One scene for the module; each request is undone."""
    folder = tmp_path_factory.mktemp("media")
    # Static files, which each client would search for anew, stay out.
    middleware = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    with (
        override_settings(MIDDLEWARE=middleware, MEDIA_ROOT=folder),
        # The field's own storage, which outlives a change of settings.
        patch.dict(vars(Attachment.file.field.storage), location=str(folder)),
    ):
        yield Scene()
