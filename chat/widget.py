"""The visitor's side as it travels: the small modules of ``static/chat/widget`` joined into two files.

A visitor on a bad network waits a round trip for every level of imports, so the modules are
joined on the server: the snippet (`/widget.js`, a classic script) and one file per language
with everything else. Joining takes out import lines and `export` words and nothing more, so
each module imports other modules of ours by their own names, one statement a line, and no
two declare the same name; ``node --check`` in the tests holds that.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import brotli  # type: ignore[import-untyped]

SOURCE = Path(__file__).resolve().parent / "static" / "chat" / "widget"
LANGUAGES = ("en", "sv")

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[\w./]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) )", re.MULTILINE)
_COMMENT = re.compile(r"^[ ]*(?://.*\n|/\*\*(?:[^*]|\*(?!/))*\*/\n)", re.MULTILINE)


@dataclass(frozen=True)
class JoinedFile:
    """A file as it is served."""

    body: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:16]

    @cached_property
    def compressed(self) -> bytes:
        """Brotli; made once per process and version."""
        compressed: bytes = brotli.compress(self.body, mode=brotli.MODE_TEXT)
        return compressed


def get_panel(language: str) -> JoinedFile:
    """Return everything that is loaded when a visitor is about to open the chat, an ES module."""
    return _build_panel(language, _stamp())


def get_snippet(config_json: str) -> JoinedFile:
    """Return the script for every page of the website; `config_json` is what the server tells it."""
    return _build_snippet(config_json, _stamp())


def make_config(*, origin: str, name: str, paths: dict[str, str]) -> str:
    """Return the snippet's configuration: where the server
    is, the name in the chat, the panel of each language.
    """
    return json.dumps({"origin": origin, "socket": "/ws/visitor/", "name": name, "panels": paths})


@lru_cache(maxsize=2 * len(LANGUAGES))
def _build_panel(language: str, stamp: int) -> JoinedFile:
    code = _join(SOURCE / "panel" / "chat.js", SOURCE / "strings" / f"{language}.js")
    return JoinedFile(f"{code}\nexport {{ createChat, strings }};\n".encode())


@lru_cache(maxsize=8)
def _build_snippet(config_json: str, stamp: int) -> JoinedFile:
    code = _join(SOURCE / "loader" / "loader.js")
    start = (
        'const source = document.currentScript?.src || "";\n'
        f"startWhenSeen(() => startSnippet({config_json}, source));\n"
    )
    return JoinedFile(f'(() => {{\n"use strict";\n{code}\n{start}}})();\n'.encode())


def _stamp() -> int:
    """Return the newest change, so that an edit shows on the next request without a restart."""
    return max(path.stat().st_mtime_ns for path in SOURCE.rglob("*.js"))


def _join(*entries: Path) -> str:
    joined: dict[Path, str] = {}
    for entry in entries:
        _add(entry.resolve(), joined)
    return "\n".join(joined.values())


def _add(path: Path, joined: dict[Path, str]) -> None:
    """Put a module after everything that it imports."""
    if path in joined:
        return
    code = path.read_text(encoding="utf-8")
    for match in _IMPORT.finditer(code):
        if " as " in match[1]:
            raise ValueError(
                f"{path.name} imports under another name, which joining can't keep: {match[1].strip()}"
            )
        _add((path.parent / match[2]).resolve(), joined)
    joined[path] = _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", code))).strip() + "\n"
