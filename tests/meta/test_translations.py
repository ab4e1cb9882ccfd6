"""What staff read is there in every language of their pages, what visitors read in every one of theirs, and
what is compiled is what was translated.
"""

from __future__ import annotations

import gettext
from functools import cache

import pytest
from django.conf import settings

from tests.meta.translations import Entry, Key, list_used, read_catalogue
from tests.meta.visitor_catalogues import find, list_visitor_languages
from tests.meta.visitor_sentences import list_for_visitors, list_unsorted

# The code itself is English.
COMPLETE = [code for code, _name in settings.LANGUAGES if code != "en"]
VISITORS = list_visitor_languages()

pytestmark = pytest.mark.req("LC-50")
each_language = pytest.mark.parametrize("language", COMPLETE + VISITORS)


def list_wanted(language: str) -> dict[Key, str]:
    return list_used() if language in COMPLETE else list_for_visitors()


@cache
def read(language: str) -> list[Entry]:
    return read_catalogue(find(language, ".po").read_text())


@each_language
def test_every_sentence_in_the_code_is_in_the_catalogue(language: str) -> None:
    known = {entry.key for entry in read(language)}
    wanted = list_wanted(language)
    assert len(wanted) > (500 if language in COMPLETE else 50)
    assert [f"{place}: {key.msgid}" for key, place in wanted.items() if key not in known] == []


@each_language
def test_the_catalogue_has_no_sentence_that_the_code_lost(language: str) -> None:
    wanted = list_wanted(language)
    assert [entry.key.msgid for entry in read(language) if entry.key not in wanted] == []


@each_language
def test_every_sentence_is_translated_and_none_by_guess(language: str) -> None:
    assert [entry.key.msgid for entry in read(language) if not entry.is_translated] == []


@each_language
def test_a_translation_fills_in_exactly_what_the_sentence_does(language: str) -> None:
    strange = {entry.key.msgid: entry.list_strange_placeholders() for entry in read(language)}
    assert {msgid: found for msgid, found in strange.items() if found} == {}


@each_language
def test_the_compiled_catalogue_says_what_was_translated(language: str) -> None:
    with find(language, ".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert [entry.key.msgid for entry in read(language) if look_up(compiled, entry.key) != entry.forms] == []


def test_every_module_of_the_chat_with_sentences_says_who_reads_them() -> None:
    assert list_unsorted() == []


def test_no_sentence_of_the_server_to_visitors_counts() -> None:
    """The widget counts, by the browser's own rules; a catalogue of visitors has one form a sentence."""
    assert [key.msgid for key in list_for_visitors() if key.plural] == []


def look_up(compiled: gettext.GNUTranslations, key: Key) -> tuple[str, ...]:
    if key.plural:
        return tuple(
            compiled.npgettext(key.context, key.msgid, key.plural, number)
            if key.context
            else compiled.ngettext(key.msgid, key.plural, number)
            for number in (1, 2)
        )
    return (compiled.pgettext(key.context, key.msgid) if key.context else compiled.gettext(key.msgid),)
