"""Signing somebody out everywhere, for a laptop that was lost (S9)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from agents.models import User
from tests.admin.conftest import SignIn
from tests.factories import UserFactory
from tests.scenes import sign_in as start_session

pytestmark = [pytest.mark.django_db, pytest.mark.req("DL-10")]


def sign_out(client: Client, *users: User) -> Any:
    data = {"action": "sign_out", "_selected_action": [user.pk for user in users]}
    return client.post(reverse("admin:agents_user_changelist"), data, follow=True)


def is_alive(key: str) -> bool:
    return Session.objects.filter(session_key=key).exists()


def test_a_manager_signs_others_out_everywhere_and_stays_signed_in(sign_in: SignIn) -> None:
    manager = UserFactory.create(permissions=["manage_agents"])
    finn, bystander = UserFactory.create(), UserFactory.create()
    keys = [start_session(finn), start_session(finn), start_session(manager)]
    other = start_session(bystander)
    page = sign_out(sign_in(manager), finn, manager)
    assert page.status_code == 200
    assert "3 devices are signed out." in page.content.decode()
    assert [is_alive(key) for key in keys] == [False] * 3
    assert is_alive(other)


def test_who_may_do_more_is_not_signed_out_by_a_manager(sign_in: SignIn) -> None:
    boss = UserFactory.create(is_superuser=True)
    key = start_session(boss)
    page = sign_out(sign_in(UserFactory.create(permissions=["manage_agents"])), boss)
    assert "0 devices are signed out." in page.content.decode()
    assert is_alive(key)


def test_without_the_permission_nobody_is_signed_out(sign_in: SignIn) -> None:
    finn = UserFactory.create()
    key = start_session(finn)
    assert sign_out(sign_in(UserFactory.create(permissions=["view_dialogues"])), finn).status_code == 403
    assert is_alive(key)
