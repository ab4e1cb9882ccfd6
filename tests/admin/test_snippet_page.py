"""The page about putting the chat on a website (DG-16, DG-18, DG-19)."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.models import Sighting
from chat.services.claims import read_identity
from chat.widget import get_versioned_snippet
from config.installation.admin.identity_examples import NODE, PYTHON
from config.installation.models import Installation
from tests.admin.conftest import SignIn
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("installation")]

Enter = Callable[..., Client]
PAGE = "/admin/installation/snippet/1/change/"
SEEN = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def list_codes(answer: Any) -> list[str]:
    """What can be copied, as a browser would copy it."""
    parts = text_of(answer).split('data-part="code">')[1:]
    return [html.unescape(part.split("</pre>")[0]) for part in parts]


@pytest.mark.req("DG-16")
def test_line_to_copy_has_this_servers_address(client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://chat.example.com"
    codes = list_codes(client.get(PAGE))
    assert codes[0] == '<script src="https://chat.example.com/widget.js" async></script>'
    assert "https://chat.example.com wss://chat.example.com" in codes
    # No guide sends anybody to another server.
    others = [code for code in codes if ".js" in code and "https://chat.example.com/" not in code]
    assert others == []


@pytest.mark.req("DG-16")
def test_policy_names_no_more_than_the_widget_needs(client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://chat.example.com"
    policy = (
        "script-src https://chat.example.com; connect-src https://chat.example.com wss://chat.example.com;"
    )
    assert policy in list_codes(client.get(PAGE))


@pytest.mark.req("DG-16")
def test_pinned_line_is_the_versions_own(client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://chat.example.com"
    path, integrity = get_versioned_snippet()
    pinned = next(code for code in list_codes(client.get(PAGE)) if "integrity=" in code)
    assert f'src="https://chat.example.com{path}"' in pinned
    assert f'integrity="{integrity}" crossorigin="anonymous"' in pinned


@pytest.mark.req("DG-16")
def test_page_says_plainly_that_nothing_was_seen_yet(client: Client) -> None:
    assert "Not seen yet: open your page, then look again here." in text_of(client.get(PAGE))
    assert "Not seen on any page yet" in text_of(client.get(reverse("admin:index")))


@pytest.mark.req("DG-16")
def test_pages_that_loaded_the_snippet_are_told_in_the_readers_own_time(sign_in: SignIn) -> None:
    boss = UserFactory.create(is_superuser=True, time_zone="Asia/Tokyo")
    seen = {"first_seen_at": SEEN, "last_seen_at": SEEN}
    Sighting.objects.create(origin="https://www.example.com", path="/prices/", **seen)
    client = sign_in(boss)
    for url in (PAGE, reverse("admin:installation_sightings")):
        page = text_of(client.get(url))
        assert "It works: seen on 1 page." in page
        assert 'href="https://www.example.com/prices/"' in page
        assert "2026-03-03 08:30" in page
        assert "Asia/Tokyo" in page
    assert "It works: seen on 1 page." in text_of(client.get(reverse("admin:index")))


@pytest.mark.req("DG-16")
@pytest.mark.parametrize("origin", ["javascript:alert(1)//", "httpx://x", "<b>", "data:text/html,x"])
def test_what_claims_to_be_a_page_becomes_no_link_and_no_markup(client: Client, origin: str) -> None:
    Sighting.objects.create(origin=origin, path="/", first_seen_at=SEEN, last_seen_at=SEEN)
    page = text_of(client.get(reverse("admin:installation_sightings")))
    assert "href=" not in page
    assert "<b></td>" not in page


@pytest.mark.req("DG-16")
def test_long_list_is_cut_and_says_so(client: Client) -> None:
    Sighting.objects.bulk_create(
        Sighting(origin="https://a.example", path=f"/{number}", first_seen_at=SEEN, last_seen_at=SEEN)
        for number in range(60)
    )
    page = text_of(client.get(reverse("admin:installation_sightings")))
    assert page.count("<tr>") == 51
    assert "The last 50 of 60 pages are shown." in page


@pytest.mark.req("DG-18")
def test_page_says_which_websites_may_show_the_chat(client: Client) -> None:
    assert "Every website: whoever copies the line" in text_of(client.get(PAGE))
    Installation.objects.update(restrict_domains=True, allowed_domains="www.example.com\n*.shop.example")
    page = text_of(client.get(PAGE))
    assert "<code>www.example.com</code>" in page
    assert "<code>*.shop.example</code>" in page


@pytest.mark.req("DG-19")
def test_secret_is_shown_when_asked_for_and_that_is_kept(client: Client) -> None:
    secret = Installation.objects.get().identity_secret
    assert secret not in text_of(client.get(PAGE))
    answer = client.post(reverse("admin:installation_secret"))
    assert secret in list_codes(answer)
    assert "no-store" in answer["Cache-Control"]
    assert "Looked at the secret" in LogEntry.objects.get().get_change_message()
    # A link to it shows nothing.
    assert client.get(reverse("admin:installation_secret")).status_code == 302


@pytest.mark.req("DG-19")
@pytest.mark.parametrize(("former", "is_kept"), [("keep", True), ("drop", False)])
def test_new_secret_is_made_after_asking_how(client: Client, former: str, is_kept: bool) -> None:
    url = reverse("admin:installation_secret_new")
    before = Installation.objects.get().identity_secret
    assert "counts no more" in text_of(client.get(url))
    assert Installation.objects.get().identity_secret == before
    answer = client.post(url, {"former": former}, follow=True)
    saved = Installation.objects.get()
    assert saved.identity_secret != before
    assert saved.former_identity_secret == (before if is_kept else "")
    assert ("The secret before this one is still taken until" in text_of(answer)) is is_kept
    assert "Made a new secret" in LogEntry.objects.get().get_change_message()
    assert before not in LogEntry.objects.get().change_message


@pytest.mark.req("DG-19", "LC-06")
def test_secret_is_for_who_manages_privacy_and_security(enter: Enter) -> None:
    secret = Installation.objects.get().identity_secret
    allowed, other = enter("manage_privacy_and_security"), enter("manage_chatbot_settings")
    shown, made = reverse("admin:installation_secret"), reverse("admin:installation_secret_new")
    page = text_of(other.get(PAGE))
    assert "Show the secret" not in page
    for answer in (other.post(shown), other.get(made), other.post(made, {"former": "drop"})):
        assert answer.status_code == 403
        assert secret not in text_of(answer)
    assert Installation.objects.get().identity_secret == secret
    assert secret in text_of(allowed.post(shown))


@pytest.mark.req("LC-06")
@pytest.mark.parametrize("codename", ["manage_agents", "manage_dialogues", "view_round_robin"])
def test_page_is_for_who_sets_up_the_chat(enter: Enter, codename: str) -> None:
    client = enter(codename)
    for url in (PAGE, reverse("admin:installation_sightings")):
        assert client.get(url).status_code == 403
    assert "Put the chat on your website" not in text_of(client.get(reverse("admin:index")))


def run_example(*command: str) -> str:
    """What an example in the environment of its server prints."""
    environment = {**os.environ, "SWITCHBOARD_SECRET": Installation.objects.get().identity_secret}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.req("DG-19")
def test_python_example_makes_a_token_that_is_believed() -> None:
    call = f"{PYTHON}\nprint(sign_visitor('u-17', 'vera@example.com'))"
    token = run_example(sys.executable, "-c", call)
    assert read_identity(token) == {"sub": "u-17", "email": "vera@example.com"}


@pytest.mark.req("DG-19")
def test_node_example_makes_a_token_that_is_believed() -> None:
    node = shutil.which("node")
    assert node
    token = run_example(node, "-e", f"{NODE}\nconsole.log(signVisitor('u-17', 'vera@example.com'));")
    assert read_identity(token) == {"sub": "u-17", "email": "vera@example.com"}
