"""The checks of the catalogue see what is wrong with one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.meta.translations import Entry, Key, list_in_module, list_in_template, read_catalogue

pytestmark = pytest.mark.req("LC-50")

CATALOGUE = r"""
msgid ""
msgstr "Language: xx\n"

#: a.py:1
#, python-format
msgid ""
"Line %(line)s: "
"say \"no\".\n"
msgstr "Rad %(row)s."

#, fuzzy
msgctxt "a door"
msgid "open"
msgstr "öppen"

msgid "%(count)d day"
msgid_plural "%(count)d days"
msgstr[0] "%(count)d dag"
msgstr[1] ""

#~ msgid "gone"
#~ msgstr "borta"
"""


def test_a_catalogue_is_read_as_gettext_reads_it() -> None:
    assert read_catalogue(CATALOGUE) == [
        Entry(Key('Line %(line)s: say "no".\n'), ("Rad %(row)s.",)),
        Entry(Key("open", context="a door"), ("öppen",), is_fuzzy=True),
        Entry(Key("%(count)d day", "%(count)d days"), ("%(count)d dag", "")),
    ]


def test_what_is_guessed_or_left_out_is_not_translated() -> None:
    assert [entry.is_translated for entry in read_catalogue(CATALOGUE)] == [True, False, False]


def test_placeholders_that_differ_are_found() -> None:
    strange = [entry.list_strange_placeholders() for entry in read_catalogue(CATALOGUE)]
    assert strange == [["%(line)s", "%(row)s"], [], ["%(count)d"]]


def test_sentences_are_found_in_every_kind_of_call() -> None:
    module = ast.parse(
        '_("a" "b"); gettext_lazy("c"); ngettext("one", "many", n); pgettext("here", "d"); _(found); say("e")'
    )
    assert set(list_in_module(module)) == {Key("ab"), Key("c"), Key("one", "many"), Key("d", context="here")}


def test_sentences_are_found_in_every_kind_of_tag(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        """{% load i18n %}{% translate "It's" %} {% translate 'b' context 'here' %} {{ c|default:_("d") }}
        {% blocktranslate trimmed with name=who %}
          Dear {{ name }},
          come in
        {% endblocktranslate %}
        {% blocktranslate count n=many %}one{% plural %}{{ n }} more{% endblocktranslate %}"""
    )
    assert set(list_in_template(page)) == {
        Key("It's"),
        Key("b", context="here"),
        Key("d"),
        Key("Dear %(name)s, come in"),
        Key("one", "%(n)s more"),
    }
