"""The visitor's side as it travels: the small modules of ``static/chat/widget`` joined into a few files.

A visitor on a bad network waits a round trip for every level of imports, so the modules are joined on the
server, per language: the snippet (a classic script) with the button, ``chat`` with what it takes to write a
first message, ``more`` with everything that comes later or for a few, and ``events`` for pages on which
something waits for what the visitor does. Joining takes out import lines and `export` words, so each module
imports other modules of ours by their own names, one statement a line, and no two of a file declare the same
name; ``node --check`` in the tests holds that.

What the languages have in common is kept short by ``manage.py build_widget``, which writes ``widget_built``
with local names of one letter. Where a source has changed since, what people wrote is served, without its
comments and spaces: an edit shows at once, and a test asks for the command.

A file's address tells the SHA-256 of its content. The snippet knows those of its chats, and a chat that of
its ``more``: whoever pins the snippet by its integrity has pinned everything that it loads.
"""

import base64
import hashlib
import json
import re
import time
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from django.urls import reverse

from chat.widget_compaction import compact
from chat.widget_look import make_look_styles
from config.installation.look import Look

SOURCE = Path(__file__).resolve().parent / "static" / "chat" / "widget"
LANGUAGES = tuple(sorted(path.stem for path in (SOURCE / "strings").glob("*.js")))
# Part -> the module that it begins with, and what of it is called from outside.
ENTRIES = {
    "loader": ("loader/loader.js", ("startSnippet", "startPinned", "startWhenSeen")),
    "events": ("page_events/page_events.js", ("createPageEvents",)),
    "chat": ("panel/chat.js", ("createChat",)),
    "more": ("more/more.js", ("createMore",)),
}
BUILT = Path(__file__).resolve().parent / "widget_built"
VERSION_CHARACTERS = 16

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[\w./]+\.js)";\n', re.MULTILINE)
_BUTTON = re.compile(r"^  button: (\[.*\]),$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) )", re.MULTILINE)


@dataclass(frozen=True)
class JoinedFile:
    """A file as it is served."""

    body: bytes

    @cached_property
    def digest(self) -> str:
        """Its SHA-256 as it can stand in an address; the snippet makes the integrity of it."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.body).digest()).decode().rstrip("=")

    @cached_property
    def integrity(self) -> str:
        """What a page writes beside the address to accept nothing else (SRI)."""
        return "sha384-" + base64.b64encode(hashlib.sha384(self.body).digest()).decode()

    @cached_property
    def compressed(self) -> bytes:
        """Brotli; made once per process and version."""
        compressed: bytes = brotli.compress(self.body, mode=brotli.MODE_TEXT)
        return compressed


def get_part(part: str, language: str) -> JoinedFile:
    """Return ``chat`` (what is loaded when a visitor is about to open it) or ``more``, an ES module."""
    build = _build_chat if part == "chat" else _build_more
    return build(language, _stamp())


def get_page_events() -> JoinedFile:
    """Return what watches a page, an ES module: loaded where a dialogue has events or the page has flows."""
    code = f"{get_common('events', _stamp())}export{{createPageEvents}};\n"
    return JoinedFile(code.encode())


def get_snippet(config_json: str) -> JoinedFile:
    """Return the script for every page of the website; `config_json` is what the server tells it."""
    return _build_snippet(f"startSnippet({config_json}, source)", _stamp())


def get_pinned_snippet() -> JoinedFile:
    """Return the snippet that knows nothing of this installation: it asks for that, and stays as it is."""
    start = f"startPinned({to_json(_get_digests())},source)"
    return _build_snippet(start, _stamp())


def get_versioned_snippet() -> tuple[str, str]:
    """Return the address (without a host) and the integrity of the snippet as it is now, for a website that
    wants to pin it (DG-16). It is served under that address for good, whatever comes after it.
    """
    snippet = get_pinned_snippet()
    return reverse("widget-pinned", args=[get_version(snippet)]), snippet.integrity


def get_version(snippet: JoinedFile) -> str:
    """Return the name of a snippet's version."""
    return hashlib.sha256(snippet.body).hexdigest()[:VERSION_CHARACTERS]


def get_button_words(language: str) -> tuple[str, ...]:
    """Return the words of the button in this language; none where we don't have it, and the snippet's own do.

    Read once per process: every page view asks for them.
    """
    return _read_button_words().get(language, ())


@cache
def _read_button_words() -> dict[str, tuple[str, ...]]:
    found = {language: _BUTTON.search(_read_strings(language, "strings")) for language in LANGUAGES}
    return {language: tuple(json.loads(match[1])) for language, match in found.items() if match}


def make_config(look: Look, *, origin: str) -> dict[str, Any]:
    """Return the snippet's configuration: where the server is, how the chat looks and behaves."""
    told = {key: getattr(look, key) for key in ("name", "theme", "font", "avatar", "delay", "sounds")}
    told |= {key: getattr(look, key) for key in ("poke", "privacy", "consent")}
    return {"origin": origin, "styles": make_look_styles(look), **told, **_get_digests()}


def to_json(config: dict[str, Any]) -> str:
    """Write it as a script may hold it."""
    return json.dumps(config, ensure_ascii=False, separators=(",", ":"))


def _get_digests() -> dict[str, Any]:
    chats = {language: get_part("chat", language).digest for language in LANGUAGES}
    return {"panels": chats, "events": get_page_events().digest}


@lru_cache(maxsize=2 * len(LANGUAGES))
def _build_chat(language: str, stamp: int) -> JoinedFile:
    more = reverse("widget-part", args=["more", language, _build_more(language, stamp).digest])
    own = f"{_read_strings(language, 'strings')}const more = {json.dumps(more)};\n"
    return _make_module(get_common("chat", stamp), own, "createChat,strings,more")


@lru_cache(maxsize=2 * len(LANGUAGES))
def _build_more(language: str, stamp: int) -> JoinedFile:
    own = _read_strings(language, "moreStrings")
    return _make_module(get_common("more", stamp), own, "createMore,moreStrings")


def _make_module(common: str, own: str, names: str) -> JoinedFile:
    return JoinedFile(f"{common}{compact(own)}export{{{names}}};\n".encode())


@lru_cache(maxsize=8)
def get_common(part: str, stamp: int) -> str:
    """Return what all languages have in common: as it was built, or from the sources where they are newer."""
    source = join_part(part)
    built = BUILT / f"{part}.js"
    if built.exists():
        head, code = built.read_text(encoding="utf-8").split("\n", 1)
        if head == make_head(source):
            return code
    return compact(source)


def join_part(part: str) -> str:
    """Return the sources of a part as one script, closed in itself."""
    entry, names = ENTRIES[part]
    told = ",".join(names)
    return f"const {{{told}}} = (() => {{\n{join(SOURCE / entry)}\nreturn {{{told}}};\n}})();\n"


def make_head(source: str) -> str:
    """Return the first line of a built file: from which sources it was made."""
    return f"// Built by manage.py build_widget from {hashlib.sha256(source.encode()).hexdigest()}"


@lru_cache(maxsize=8)
def _build_snippet(start: str, stamp: int) -> JoinedFile:
    code = get_common("loader", stamp)
    begin = 'const source=document.currentScript?.src||"";\n'
    end = f"startWhenSeen(()=>{start});\n}})();\n"
    return JoinedFile(f'(()=>{{"use strict";\n{code}{begin}{end}'.encode())


def _stamp() -> int:
    """Return the newest change, so that an edit shows within a second, without a restart."""
    return _read_stamp(int(time.monotonic()))


@lru_cache(maxsize=1)
def _read_stamp(second: int) -> int:
    return max(path.stat().st_mtime_ns for path in SOURCE.rglob("*.js"))


def _read_strings(language: str, name: str) -> str:
    """Return one of the two tables of a language: that of ``chat``, or that of ``more``."""
    code = (SOURCE / "strings" / f"{language}.js").read_text(encoding="utf-8")
    found = re.search(rf"^export (const {name} = \{{\n.*?^\}};\n)", code, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"strings/{language}.js has no table called {name}.")
    return found[1]


def join(*entries: Path) -> str:
    """Return the modules with everything that they import, as one script without imports."""
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
    joined[path] = _EXPORT.sub("", _IMPORT.sub("", code)).strip() + "\n"
