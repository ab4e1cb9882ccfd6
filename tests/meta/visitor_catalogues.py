"""Keeps the catalogues of the visitors' languages: ``python -m tests.meta.visitor_catalogues``.

They hold what visitors read and nothing else, so gettext's own tools, which collect every sentence, can't
keep them. New sentences come in untranslated, and those that nobody says any more go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import to_locale

from tests.meta.source_tree import ROOT
from tests.meta.translations import Entry, Key, read_catalogue
from tests.meta.visitor_sentences import list_for_visitors

HEAD = r"""msgid ""
msgstr ""
"Language: %s\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"""


def list_visitor_languages() -> list[str]:
    """Languages that only visitors have: the pages of agents and admins aren't in them."""
    complete = {code for code, _name in settings.LANGUAGES}
    return [code for code, _name in settings.VISITOR_LANGUAGES if code not in complete]


def find(language: str, suffix: str) -> Path:
    return ROOT / "locale" / to_locale(language) / "LC_MESSAGES" / f"django{suffix}"


def write(language: str) -> None:
    """Bring a catalogue up to date; what is translated stays."""
    path = find(language, ".po")
    known = {entry.key: entry for entry in (read_catalogue(path.read_text()) if path.exists() else [])}
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = {key: known.get(key, Entry(key, ("",))) for key in list_for_visitors()}
    path.write_text(HEAD % to_locale(language) + "".join(_render(list_for_visitors(), entries.values())))


def _render(places: dict[Key, str], entries: Iterable[Entry]) -> Iterable[str]:
    for entry in sorted(entries, key=lambda entry: (places[entry.key], entry.key.msgid)):
        flag = "#, python-format\n" if "%(" in entry.key.msgid else ""
        context = f"msgctxt {_quote(entry.key.context)}\n" if entry.key.context else ""
        words = f"msgid {_quote(entry.key.msgid)}\nmsgstr {_quote(entry.forms[0])}\n"
        yield f"\n#: {places[entry.key]}\n{flag}{context}{words}"


def _quote(sentence: str) -> str:
    return json.dumps(sentence, ensure_ascii=False)


if __name__ == "__main__":
    for each in list_visitor_languages():
        write(each)
