"""The project's own source files, as the checks beside this module read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ("config", "agents", "chat", "routing", "notifications")
NOT_OURS = {"migrations", "vendor", "__pycache__"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def list_files(*folders: str, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    """The files under these folders that people wrote, by suffix."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)
    return sorted(path for path in found if NOT_OURS.isdisjoint(path.parts) and path.is_file())


def name_of(path: Path) -> str:
    """How a failure names a file."""
    return str(path.relative_to(ROOT))


def count_lines(path: Path) -> int:
    return len(path.read_text().splitlines())


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def list_functions(path: Path) -> Iterator[Function]:
    """Every function and method of a module, nested ones too."""
    return (node for node in ast.walk(parse(path)) if isinstance(node, Function))


def count_body_lines(function: Function) -> int:
    """The lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
