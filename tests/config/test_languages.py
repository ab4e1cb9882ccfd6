"""Which of the visitors' languages a browser's tag gets."""

import json

import pytest
from django.conf import settings

from chat import widget
from config.lib.languages import pick_language
from tests.meta.source_tree import ROOT

TAGS: dict[str, str] = json.loads((ROOT / "tests/chat/widget/language_tags.json").read_text())

pytestmark = pytest.mark.req("LC-50")


@pytest.mark.parametrize(("tag", "language"), TAGS.items())
def test_the_server_answers_in_the_language_that_the_widget_has_chosen(tag: str, language: str) -> None:
    assert pick_language(tag) == (language or settings.LANGUAGE_CODE)


def test_the_widget_speaks_every_language_of_visitors_and_no_other() -> None:
    assert sorted(widget.LANGUAGES) == sorted(code for code, _name in settings.VISITOR_LANGUAGES)


def test_the_words_of_the_button_are_known_in_every_language_and_in_no_unknown_one() -> None:
    words = {language: widget.get_button_words(language) for language in widget.LANGUAGES}
    assert {len(each) for each in words.values()} == {4}
    assert words["de"][0] == "Chat öffnen"
    assert widget.get_button_words("da") == widget.get_button_words("") == ()
