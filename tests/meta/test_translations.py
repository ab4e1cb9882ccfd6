"""Everything the product says is there in Swedish, and what is compiled is what was translated."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from tests.meta.source_tree import ROOT
from tests.meta.translations import Entry, Key, list_used, read_catalogue

# The code itself is English.
TRANSLATED = [code for code, _name in settings.LANGUAGES if code != "en"]

pytestmark = [
    pytest.mark.req("LC-50"),
    pytest.mark.parametrize("language", TRANSLATED),
]


def find(language: str, suffix: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"django{suffix}"


@cache
def read(language: str) -> list[Entry]:
    return read_catalogue(find(language, ".po").read_text())


def test_every_sentence_in_the_code_is_in_the_catalogue(language: str) -> None:
    known = {entry.key for entry in read(language)}
    used = list_used()
    assert len(used) > 500
    assert [f"{place}: {key.msgid}" for key, place in used.items() if key not in known] == []


def test_the_catalogue_has_no_sentence_that_the_code_lost(language: str) -> None:
    used = list_used()
    assert [entry.key.msgid for entry in read(language) if entry.key not in used] == []


def test_every_sentence_is_translated_and_none_by_guess(language: str) -> None:
    assert [entry.key.msgid for entry in read(language) if not entry.is_translated] == []


def test_a_translation_fills_in_exactly_what_the_sentence_does(language: str) -> None:
    strange = {entry.key.msgid: entry.list_strange_placeholders() for entry in read(language)}
    assert {msgid: found for msgid, found in strange.items() if found} == {}


def test_the_compiled_catalogue_says_what_was_translated(language: str) -> None:
    with find(language, ".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert [entry.key.msgid for entry in read(language) if look_up(compiled, entry.key) != entry.forms] == []


def look_up(compiled: gettext.GNUTranslations, key: Key) -> tuple[str, ...]:
    if key.plural:
        return tuple(
            compiled.npgettext(key.context, key.msgid, key.plural, number)
            if key.context
            else compiled.ngettext(key.msgid, key.plural, number)
            for number in (1, 2)
        )
    return (compiled.pgettext(key.context, key.msgid) if key.context else compiled.gettext(key.msgid),)
