"""The sheet of keyboard shortcuts, and the switch that turns them off."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from agents.selectors import get_preferences
from tests.factories import AgentFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-43")]


def is_on(client: Client, page: str) -> bool:
    found = re.search(r'<input[^>]*data-part="shortcuts-on"[^>]*>', client.get(page).content.decode())
    assert found
    return "checked" in found[0]


def test_choice_is_kept_for_the_agent_and_no_other(client: Client) -> None:
    agent, other = AgentFactory(), AgentFactory()
    client.force_login(agent)
    assert is_on(client, reverse("inbox"))
    for value, expected in (("off", False), ("on", True), ("", False)):
        response = client.post(reverse("shortcuts"), {"shortcuts": value})
        assert response.status_code == 204
        assert (is_on(client, reverse("inbox")), is_on(client, reverse("settings"))) == (expected, expected)
    assert get_preferences(other).shortcuts is True


def test_switch_is_for_agents_and_takes_only_posts() -> None:
    client = Client(enforce_csrf_checks=True)
    agent = AgentFactory()
    client.force_login(agent)
    assert client.get(reverse("shortcuts")).status_code == 405
    assert client.post(reverse("shortcuts"), {"shortcuts": "off"}).status_code == 403
    client = Client()
    client.force_login(UserFactory())
    assert client.post(reverse("shortcuts"), {"shortcuts": "off"}).status_code == 403
    assert get_preferences(agent).shortcuts is True


def test_sheet_names_the_board_only_to_those_who_have_one(client: Client) -> None:
    client.force_login(AgentFactory())
    assert "Go to the board" not in client.get(reverse("inbox")).content.decode()
