"""What a customer's website loads: the snippet, and what that brings in."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings

from chat import widget, widget_archive
from chat.views import widget as widget_views
from config.installation.selectors import get_installation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def archive(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = str(tmp_path)
    widget_archive.keep.cache_clear()
    widget_views._announce.cache_clear()
    yield tmp_path / widget_archive.FOLDER
    widget_archive.keep.cache_clear()
    widget_views._announce.cache_clear()


def read_config(script: str) -> dict[str, Any]:
    found = re.search(r"startSnippet\((\{.*\}), source\)", script)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    return config


def address_of(part: str, language: str = "en") -> str:
    return f"/widget/{part}.{language}.{widget.get_part(part, language).digest}.js"


@pytest.mark.req("DG-16")
def test_the_snippet_says_where_the_server_and_the_chats_are(client: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://chat.example.com"
    response = client.get("/widget.js")
    config = read_config(response.text)
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert config["origin"] == "https://chat.example.com"
    assert config["panels"] == {
        language: widget.get_part("chat", language).digest for language in widget.LANGUAGES
    }


@pytest.mark.req("DG-16")
def test_without_a_public_address_the_request_says_where_the_server_is(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = ""
    response = client.get("/widget.js", headers={"host": "chat.example.org:8443"})
    assert read_config(response.text)["origin"] == "http://chat.example.org:8443"


@pytest.mark.req("DG-17")
def test_what_the_admin_set_reaches_the_snippet_as_text(client: Client) -> None:
    installation = get_installation()
    installation.widget_name = 'Bröd & "Co" </script>'
    installation.accent = "#aa0044"
    installation.response_delay_ms = 0
    installation.consent_mode = True
    installation.privacy_url = "https://www.example.com/privacy"
    installation.save()
    config = read_config(client.get("/widget.js").text)
    assert (config["name"], config["delay"], config["consent"]) == ('Bröd & "Co" </script>', 0, True)
    assert config["privacy"] == "https://www.example.com/privacy"
    assert "--accent:#aa0044;" in config["styles"]


@pytest.mark.req("DG-16")
def test_the_snippet_is_asked_for_again_after_five_minutes_and_answered_briefly(client: Client) -> None:
    first = client.get("/widget.js")
    again = client.get("/widget.js", headers={"if-none-match": first["ETag"]})
    assert first["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


@pytest.mark.req("DG-16")
def test_every_website_may_load_it_and_no_cookie_is_set(client: Client) -> None:
    version, _integrity = widget.get_versioned_snippet()
    events = f"/widget/events.{widget.get_page_events().digest}.js"
    for address in ("/widget.js", version, events, address_of("chat", "sv"), address_of("more", "sv")):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not response.cookies


@pytest.mark.req("DG-16")
def test_compressed_where_the_browser_can_read_it(client: Client) -> None:
    plain = client.get("/widget.js")
    packed = client.get("/widget.js", headers={"accept-encoding": "gzip, br"})
    assert brotli.decompress(packed.content) == plain.content
    assert packed["Content-Encoding"] == "br"
    assert "Accept-Encoding" in packed["Vary"]
    assert packed["ETag"] != plain["ETag"]


@pytest.mark.req("DG-16")
@pytest.mark.parametrize("part", ["chat", "more"])
def test_a_part_is_kept_for_good_and_its_address_tells_its_content(client: Client, part: str) -> None:
    address = address_of(part)
    response = client.get(address)
    digest = base64.urlsafe_b64encode(hashlib.sha256(response.content).digest()).decode().rstrip("=")
    assert f".{digest}.js" in address
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.req("DG-16")
def test_a_page_from_before_a_deployment_gets_what_it_knew(
    client: Client, monkeypatch: pytest.MonkeyPatch, archive: Path
) -> None:
    address = address_of("chat")
    version, integrity = widget.get_versioned_snippet()
    client.get("/widget.js")
    assert (archive / address.removeprefix("/widget/")).exists(), "kept as soon as a page may know of it"
    before = (client.get(address).content, client.get(version).content)
    newer = widget.JoinedFile(b"another version")
    monkeypatch.setattr("chat.views.widget.get_part", lambda part, language: newer)
    monkeypatch.setattr("chat.views.widget.get_pinned_snippet", lambda: newer)
    after = (client.get(address), client.get(version))
    assert tuple(response.content for response in after) == before
    assert {response["Cache-Control"] for response in after} == {"public, max-age=31536000, immutable"}
    assert integrity == "sha384-" + base64.b64encode(hashlib.sha384(before[1]).digest()).decode()


@pytest.mark.req("DG-16")
def test_a_version_that_never_was_is_not_found(client: Client) -> None:
    assert client.get(f"/widget/chat.en.{'A' * 43}.js").status_code == 404
    assert client.get("/widget/0123456789abcdef.js").status_code == 404
    assert client.get(f"/widget/chat.xx.{widget.get_part('chat', 'en').digest}.js").status_code == 404
    assert not default_storage.exists(f"{widget_archive.FOLDER}/0123456789abcdef.js")


@pytest.mark.req("DG-16")
def test_a_pinned_snippet_is_the_same_for_every_look_and_asks_for_its_own(client: Client) -> None:
    before = widget.get_versioned_snippet()
    installation = get_installation()
    installation.accent = "#aa0044"
    installation.save()
    assert widget.get_versioned_snippet() == before
    told = client.get("/widget/config.json").json()
    assert "--accent:#aa0044;" in told["styles"]
    assert told == read_config(client.get("/widget.js").text)


@pytest.mark.req("DG-16")
def test_whoever_pins_the_snippet_has_pinned_what_it_loads() -> None:
    pinned = widget.get_pinned_snippet().body.decode()
    for language in widget.LANGUAGES:
        chat = widget.get_part("chat", language)
        assert chat.digest in pinned
        assert widget.get_part("more", language).digest in chat.body.decode()
    assert widget.get_page_events().digest in pinned


@pytest.mark.req("DG-16")
def test_writing_to_it_is_refused(client: Client) -> None:
    assert client.post("/widget.js").status_code == 405
