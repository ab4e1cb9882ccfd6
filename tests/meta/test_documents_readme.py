"""The README's tables and commands say what the code says."""

from __future__ import annotations

import ast
import re

from chat.delivery.intake import SERVER_LIMIT
from chat.selectors.messages import PAGE_BYTES
from tests.meta.source_tree import ROOT, parse

README = (ROOT / "README.md").read_text()
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
Default = str | int | bool | None


def list_read_variables() -> dict[str, Default]:
    """Every variable that the settings read, with its default where that is a plain value."""
    calls = [node for node in ast.walk(parse(ROOT / "config" / "settings.py")) if isinstance(node, ast.Call)]
    return {
        str(call.args[0].value): get_default(call)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def get_default(call: ast.Call) -> Default:
    for keyword in call.keywords:
        if keyword.arg == "default" and isinstance(keyword.value, ast.Constant):
            value = keyword.value.value
            return value if isinstance(value, str | int) else None
    return None


def test_configuration_table_names_exactly_what_the_settings_read() -> None:
    assert {name for name, _default, _meaning in ROW.findall(README)} == set(list_read_variables())


def test_configuration_table_gives_the_defaults_of_the_settings() -> None:
    told = {name: default for name, default, _meaning in ROW.findall(README)}
    wrong = {
        name: default
        for name, default in list_read_variables().items()
        if default not in (None, "")
        and f"`{str(default).lower() if default in (True, False) else default}`" not in told[name]
    }
    assert wrong == {}


def test_every_variable_has_a_meaning() -> None:
    assert [name for name, _default, meaning in ROW.findall(README) if len(meaning) < 10] == []


def test_every_make_command_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`(?:PORT=\d+ )?make ([a-z]+)`|^make ([a-z]+)", README, re.MULTILINE))
    named = {
        one or other
        for one, other in re.findall(r"`(?:PORT=\d+ )?make ([a-z]+)`|^make ([a-z]+)", README, re.M)
    }
    assert named <= targets


def test_every_page_that_a_document_links_to_exists() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    missing = [
        f"{page.name}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_server_is_told_no_limit_below_what_is_sent() -> None:
    told = re.findall(r"--websocket-max-(?:message|frame)-size[ =](\d+)", README)
    assert [int(size) for size in told if int(size) < SERVER_LIMIT] == []
    assert PAGE_BYTES < SERVER_LIMIT
