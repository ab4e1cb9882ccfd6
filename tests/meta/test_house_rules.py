"""The rules of the house that no off-the-shelf linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.meta.source_tree import (
    PRODUCT,
    count_body_lines,
    count_lines,
    list_files,
    list_functions,
    name_of,
    parse,
)

MOST_LINES = 400
MOST_CONSUMER_LINES = 150
MOST_FUNCTION_LINES = 30
EMPTY_NAMES = {"utils", "helpers", "common", "misc"}

# Strict CSP: nothing inline. Text from people goes into a page as text.
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[\s>]|<style[\s>]|\sstyle=|\son[a-z]+=", re.IGNORECASE)
UNSAFE_SCRIPT = re.compile(
    r"\.(inner|outer)HTML\s*\+?=|insertAdjacentHTML|document\.write|\beval\(|new Function\("
)
IDLE_TEST = re.compile(
    r"\btime\.sleep\(|asyncio\.sleep\((?!0\))|wait_for_timeout\(|pytest\.skip\(|mark\.(skip|xfail)"
)


def matching(pattern: re.Pattern[str], paths: Iterable[Path]) -> list[str]:
    """Every line that the pattern is found in, as file:line."""
    return [
        f"{name_of(path)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]


def listed(found: list[str]) -> str:
    """What a failure shows: every place, one on a line."""
    return "\n".join(["", *found])


def longer_than(most: int, paths: Iterable[Path]) -> list[str]:
    """Every file with more lines than that."""
    counted = ((path, count_lines(path)) for path in paths)
    return [f"{name_of(path)}: {lines} lines" for path, lines in counted if lines > most]


def test_no_source_file_is_longer_than_allowed() -> None:
    files = list_files(*PRODUCT, "tests", "templates", suffixes=(".py", ".js", ".css", ".html"))
    long = longer_than(MOST_LINES, files)
    assert not long, listed(long)


def test_no_consumer_is_longer_than_allowed() -> None:
    consumers = [path for path in list_files(*PRODUCT) if "consumers" in (path.stem, path.parent.name)]
    long = longer_than(MOST_CONSUMER_LINES, consumers)
    assert not long, listed(long)


def test_no_function_is_longer_than_allowed() -> None:
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}: {count_body_lines(function)} lines"
        for path in list_files(*PRODUCT)
        for function in list_functions(path)
        if count_body_lines(function) > MOST_FUNCTION_LINES
    ]
    assert not long, listed(long)


def test_no_module_has_a_name_that_says_nothing() -> None:
    files = list_files(*PRODUCT, "tests", suffixes=(".py", ".js", ".css"))
    named = [name_of(path) for path in files if {path.stem, path.parent.name} & EMPTY_NAMES]
    assert not named, listed(named)


def test_only_the_app_is_called_routing() -> None:
    assert [name_of(path) for path in list_files(*PRODUCT) if path.name == "routing.py"] == []


def is_layer(path: Path, names: set[str]) -> bool:
    return path.stem in names or path.parent.name in names


def list_public_functions(module: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [function for function in functions if not function.name.startswith("_")]


def test_every_public_service_selector_and_task_says_its_contract() -> None:
    silent = [
        f"{name_of(path)}:{function.lineno} {function.name}"
        for path in list_files(*PRODUCT)
        if is_layer(path, {"services", "selectors", "policy", "tasks"})
        for function in list_public_functions(parse(path))
        if ast.get_docstring(function) is None
    ]
    assert not silent, listed(silent)


def test_templates_hold_nothing_inline() -> None:
    inline = matching(INLINE, list_files("templates", suffixes=(".html",)))
    assert not inline, listed(inline)


def test_scripts_never_turn_text_into_markup_or_code() -> None:
    unsafe = matching(UNSAFE_SCRIPT, list_files(*PRODUCT, suffixes=(".js",)))
    assert not unsafe, listed(unsafe)


def test_no_test_sleeps_or_is_skipped() -> None:
    tests = [
        path for path in list_files("tests") if "bench" not in path.parts
    ]  # load has a pace; tests have none
    idle = matching(IDLE_TEST, [path for path in tests if path.stem not in {"waiting", "test_house_rules"}])
    assert not idle, listed(idle)


@pytest.mark.parametrize(
    "line",
    ["<script>", '<p style="color: red">', '<a onclick="go()">', '<script type="module">', "<style>"],
)
def test_inline_code_and_style_is_recognised(line: str) -> None:
    assert INLINE.search(line)


@pytest.mark.parametrize(
    "line", ['<script type="module" src="{% static "a.js" %}"></script>', '<p class="style">']
)
def test_linked_scripts_and_classes_are_no_inline_code(line: str) -> None:
    assert INLINE.search(line) is None
