"""The sheet of keyboard shortcuts, and the switch that turns them off."""

from __future__ import annotations

import re
from pathlib import Path

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


def test_sheet_lists_every_key_that_means_something(client: Client) -> None:
    script = Path("agents/static/agents/shortcuts.js").read_text()
    table = script.split("SHORTCUTS = {")[1].split("};")[0]
    keys = re.findall(r'^  "?([^":]+)"?: ', table, re.MULTILINE)
    client.force_login(AgentFactory(permissions=["view_all_conversations"]))
    sheet = client.get(reverse("inbox")).content.decode().split('data-part="shortcuts"')[1]
    rows = [re.findall(r"<kbd>(.*?)</kbd>", row) for row in re.findall(r"<dd>(.*?)</dd>", sheet)]
    listed = [row[1] if row[0] == "Shift" else " ".join(row).lower() for row in rows]
    assert set(keys) <= set(listed)
    assert len(keys) >= 12


def test_sheet_lists_what_works_while_somebody_writes_too(client: Client) -> None:
    client.force_login(AgentFactory())
    always = client.get(reverse("inbox")).content.decode().split("<h3>Always</h3>")[1].split("</dl>")[0]
    rows = [" ".join(re.findall(r"<kbd>(.*?)</kbd>", row)) for row in re.findall(r"<dd>(.*?)</dd>", always)]
    assert {"F8", "Alt N", "Enter", "Shift Enter", "Esc"} <= set(rows)


def test_sheet_names_the_board_only_to_those_who_have_one(client: Client) -> None:
    client.force_login(AgentFactory())
    page = client.get(reverse("inbox")).content.decode()
    assert "Go to the board" not in page
    assert "data-board" not in page
    client.force_login(AgentFactory(permissions=["view_all_conversations"]))
    page = client.get(reverse("inbox")).content.decode()
    assert "Go to the board" in page
    assert f'data-board="{reverse("board")}"' in page
