"""Fields in the cells of a table say themselves what they are (LC-52)."""

from __future__ import annotations

import re
from datetime import time

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import ScheduleBlock, User
from tests.admin.conftest import SignIn
from tests.factories import AgentFactory, RuleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-52"), pytest.mark.usefixtures("installation")]


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def read_names(page: str, prefix: str) -> dict[str, str]:
    """The names of the fields whose own name begins so."""
    tags = re.findall(rf'<(?:input|select)[^>]* name="{prefix}-[^>]*>', page)
    named = (re.search(r'name="([^"]+)".* aria-label="([^"]+)"', tag) for tag in tags)
    return {found[1].removeprefix(f"{prefix}-"): found[2] for found in named if found}


def test_a_list_edited_in_place_names_its_fields_by_column_and_row(client: Client) -> None:
    RuleFactory.create(name="Nordics")
    page = client.get(reverse("admin:routing_rule_changelist")).content.decode()
    assert read_names(page, "form") == {
        "0-priority": "Priority, Nordics",
        "0-is_enabled": "On, Nordics",
    }


def test_the_rows_of_an_inline_name_theirs_and_a_new_row_its_columns(client: Client) -> None:
    agent = AgentFactory.create()
    block = ScheduleBlock.objects.create(agent=agent, weekday=0, starts=time(9), ends=time(12))
    page = client.get(reverse("admin:agents_user_change", args=[agent.pk])).content.decode()
    names = read_names(page, "schedule_blocks")
    assert names["0-starts"] == f"From, {block}"
    assert names["0-DELETE"] == f"Delete, {block}"
    assert names["__prefix__-weekday"] == "Weekday"
    assert not re.search(r"<th[^>]*>\s*</th>", page)
