from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from agents.models import User
from agents.services.profiles import setup_profiles
from config.installation.models import Installation
from tests.factories import UserFactory

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path) -> None:
    """Pictures go where nobody looks; static files, which each client would search for anew, stay out."""
    settings.MEDIA_ROOT = tmp_path
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture
def sign_in() -> SignIn:
    """A client in whose browser this user has signed in."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def enter(sign_in: SignIn) -> Callable[..., Client]:
    """A client of somebody with exactly these product permissions."""

    def enter_with(*codenames: str) -> Client:
        return sign_in(UserFactory.create(permissions=codenames))

    return enter_with


@pytest.fixture
def boss(db: None) -> User:
    user: User = UserFactory.create(first_name="Signe", is_superuser=True)
    return user


@pytest.fixture
def profiles(db: None) -> None:
    setup_profiles()


@pytest.fixture
def installation(db: None) -> Installation:
    return Installation.objects.create(pk=1)


@pytest.fixture
def prime(installation: Installation) -> Installation:
    installation.package = Installation.Package.PRIME
    installation.save()
    return installation
