"""What a customer's website loads: the snippet and the panel."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from django.test import Client
from pytest_django import Settings

from chat import widget
from config.installation.selectors import get_installation

pytestmark = pytest.mark.django_db

# Bytes, brotli: the budgets of the widget (DG-16).
BUTTON_BUDGET = 7_000
USABLE_BUDGET = 25_000


def read_config(script: str) -> dict[str, object]:
    found = re.search(r"startSnippet\((\{.*\}), source\)", script)
    assert found
    config: dict[str, object] = json.loads(found[1])
    return config


@pytest.mark.req("DG-16")
def test_the_snippet_says_where_the_server_and_the_panels_are(client: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://chat.example.com"
    response = client.get("/widget.js")
    config = read_config(response.text)
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert config["origin"] == "https://chat.example.com"
    assert config["socket"] == "/ws/visitor/"
    assert config["panels"] == {
        language: f"/widget/chat.{language}.{widget.get_panel(language).digest}.js"
        for language in ("en", "sv")
    }


@pytest.mark.req("DG-16")
def test_without_a_public_address_the_request_says_where_the_server_is(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = ""
    response = client.get("/widget.js", headers={"host": "chat.example.org:8443"})
    assert read_config(response.text)["origin"] == "http://chat.example.org:8443"


@pytest.mark.req("DG-17")
def test_the_name_in_the_chat_reaches_the_snippet_as_text(client: Client) -> None:
    installation = get_installation()
    installation.widget_name = 'Bröd & "Co" </script>'
    installation.save()
    assert read_config(client.get("/widget.js").text)["name"] == 'Bröd & "Co" </script>'


@pytest.mark.req("DG-16")
def test_the_snippet_is_asked_for_again_after_five_minutes_and_answered_briefly(client: Client) -> None:
    first = client.get("/widget.js")
    again = client.get("/widget.js", headers={"if-none-match": first["ETag"]})
    assert first["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


@pytest.mark.req("DG-16")
def test_every_website_may_load_it_and_no_cookie_is_set(client: Client) -> None:
    panel = f"/widget/chat.sv.{widget.get_panel('sv').digest}.js"
    for address in ("/widget.js", panel):
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
def test_a_panel_is_kept_for_good_under_its_own_digest_only(client: Client) -> None:
    panel = widget.get_panel("en")
    current = client.get(f"/widget/chat.en.{panel.digest}.js")
    former = client.get("/widget/chat.en.0123456789abcdef.js")
    assert current["Cache-Control"] == "public, max-age=31536000, immutable"
    assert former["Cache-Control"] == "no-cache"
    assert current.content == former.content == panel.body


@pytest.mark.req("DG-16")
def test_a_language_that_we_dont_have_is_not_found(client: Client) -> None:
    assert client.get("/widget/chat.xx.0123456789abcdef.js").status_code == 404


@pytest.mark.req("DG-16")
def test_writing_to_it_is_refused(client: Client) -> None:
    assert client.post("/widget.js").status_code == 405


@pytest.mark.req("DG-16")
def test_button_and_chat_stay_within_their_budgets() -> None:
    paths = {language: f"/widget/chat.{language}.{'0' * 16}.js" for language in widget.LANGUAGES}
    snippet = widget.get_snippet(
        widget.make_config(origin="https://chat.example.com", name="Chat", paths=paths)
    )
    for language in widget.LANGUAGES:
        usable = len(snippet.compressed) + len(widget.get_panel(language).compressed)
        assert len(snippet.compressed) <= BUTTON_BUDGET
        assert usable <= USABLE_BUDGET


@pytest.mark.req("DG-16")
@pytest.mark.parametrize("language", widget.LANGUAGES)
def test_the_joined_modules_are_one_valid_module(language: str) -> None:
    code = widget.get_panel(language).body
    assert b"\nimport " not in code
    assert code.count(b"\nexport ") == 1
    check_syntax(code, "module")


@pytest.mark.req("DG-16")
def test_the_snippet_is_a_valid_classic_script() -> None:
    check_syntax(
        widget.get_snippet(widget.make_config(origin="https://c.example", name="C", paths={})).body,
        "commonjs",
    )


def check_syntax(code: bytes, kind: str) -> None:
    node = shutil.which("node")
    assert node, "node is needed to check the widget"
    command = [node, f"--input-type={kind}", "--check", "-"]
    checked = subprocess.run(command, input=code, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()


@pytest.mark.req("DG-16")
def test_an_import_under_another_name_is_refused(tmp_path: Path) -> None:
    module = tmp_path / "one.js"
    module.write_text('import { two as other } from "./two.js";\n')
    with pytest.raises(ValueError, match="another name"):
        widget._join(module)


@pytest.mark.req("LC-50")
def test_every_language_has_every_sentence() -> None:
    keys = [
        set(re.findall(r"^  (\w+):", read_strings(language), re.MULTILINE)) for language in widget.LANGUAGES
    ]
    assert keys[0]
    assert all(found == keys[0] for found in keys)


def read_strings(language: str) -> str:
    return (widget.SOURCE / "strings" / f"{language}.js").read_text()
