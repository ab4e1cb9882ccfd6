"""Every page that takes a file says in the browser already what is too large for it (LC-51)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from agents.models import User
from tests.admin.conftest import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-51"), pytest.mark.usefixtures("prime")]

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("name", "megabytes"),
    [
        ("admin:chat_cannedreply_upload", 5),
        ("admin:routing_account_upload", 5),
        ("admin:chat_document_add", 10),
        ("admin:agents_user_change", 5),
        ("configuration", 10),
        ("settings", 5),
    ],
)
def test_field_knows_its_limit_and_its_page_has_the_script(
    boss: User, sign_in: SignIn, name: str, megabytes: int
) -> None:
    address = reverse(name, args=[boss.pk] if name.endswith("_change") else [])
    page = sign_in(boss).get(address).content.decode()
    (field,) = re.findall(r'<input type="file"[^>]*>', page)
    assert f'data-most-bytes="{megabytes * MEGABYTE}"' in field
    assert f"This file is larger than {megabytes} MB. Choose a smaller one." in field
    (script,) = re.findall(r'<script[^>]*src="[^"]*installation/file_size[^"]*"[^>]*>', page)
    assert 'type="module"' in script


def test_pages_without_a_file_load_no_script_for_it(boss: User, sign_in: SignIn) -> None:
    assert "file_size" not in sign_in(boss).get(reverse("admin:routing_rule_add")).content.decode()
