from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.urls import reverse

from agents.models import User
from agents.views.errors import fail
from agents.views.inbox import go_home
from tests.factories import AgentFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def agent() -> User:
    agent: User = AgentFactory(username="ann")
    agent.set_password(PASSWORD)
    agent.save(update_fields=["password"])
    return agent


def sign_in(client: Client, password: str = PASSWORD, **data: str) -> Any:
    return client.post(reverse("sign-in"), {"username": "ann", "password": password, **data})


@pytest.mark.req("LC-05")
@pytest.mark.parametrize(
    ("target", "leads_to"),
    [("", "/"), ("/settings/", "/settings/"), ("https://evil.example/", "/"), ("//evil.example/", "/")],
)
def test_signing_in_leads_where_one_was_going_on_this_server_only(
    client: Client, agent: User, target: str, leads_to: str
) -> None:
    response = sign_in(client, next=target)
    assert (response.status_code, response["Location"]) == (302, leads_to)


@pytest.mark.req("LC-05")
@pytest.mark.parametrize(
    ("target", "leads_to"), [("", "/"), ("/inbox/", "/inbox/"), ("//evil.example/", "/")]
)
def test_who_is_signed_in_already_is_led_on_at_once(
    client: Client, agent: User, target: str, leads_to: str
) -> None:
    client.force_login(agent)
    response = client.get(reverse("sign-in"), {"next": target})
    assert (response.status_code, response["Location"]) == (302, leads_to)


@pytest.mark.req("LC-05")
def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client: Client, agent: User) -> None:
    response = sign_in(client, "wrong")
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


@pytest.mark.req("LC-05")
def test_too_many_attempts_are_told_in_words(client: Client, agent: User) -> None:
    for _attempt in range(django_settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, "wrong")
    assert response.status_code == 429
    assert "locked for 15 minutes" in response.content.decode()
    assert sign_in(client).status_code == 429


@pytest.mark.req("LC-05")
def test_signing_out_is_a_post(client: Client, agent: User) -> None:
    client.force_login(agent)
    assert client.get(reverse("sign-out")).status_code == 405
    response = client.post(reverse("sign-out"))
    assert response["Location"] == reverse("sign-in")
    assert client.get(reverse("inbox")).status_code == 302


@pytest.mark.req("LC-05")
@pytest.mark.parametrize(
    ("permissions", "leads_to"),
    [(["view_my_conversations"], "/inbox/"), (["manage_dialogues"], "/admin/"), ([], "/inbox/")],
)
def test_the_start_page_leads_agents_to_the_inbox_and_others_to_the_admin(
    permissions: list[str], leads_to: str, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = UserFactory(permissions=permissions)
    assert go_home(request)["Location"] == leads_to


def test_an_unknown_address_is_told_in_words(client: Client) -> None:
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "nothing here" in response.content.decode()


def test_a_failure_is_told_in_words_without_a_database(
    rf: RequestFactory, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = fail(rf.get("/inbox/"))
    assert response.status_code == 500
    assert "Something failed" in response.content.decode()


def test_every_page_keeps_to_the_strict_policy(client: Client, agent: User) -> None:
    client.force_login(agent)
    for name in ("inbox", "settings"):
        policy = client.get(reverse(name))["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_every_module_that_a_page_names_is_there(client: Client, agent: User) -> None:
    folder = Path(django_settings.BASE_DIR) / "agents/static/agents"
    imported = {
        line.split('"')[1].removeprefix("./")
        for path in folder.glob("*.js")
        for line in path.read_text().splitlines()
        if " from " in line and line.rstrip().endswith('.js";')
    }
    assert imported
    assert {name for name in imported if not (folder / name).exists()} == set()
