"""Text as people see it."""

from __future__ import annotations

import pytest

from config.lib.texts import is_blank, without_bidi_controls


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u200b", "\u2060", "\ufeff", "\u202e", "\x00"])
def test_what_nobody_can_see_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " . ", "\U0001f469\u200d\U0001f52c", "\u200bx", "\u0644"])
def test_what_can_be_seen_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_a_name_can_not_turn_its_neighbours_over() -> None:
    assert without_bidi_controls("Ann\u202eevil\u2069 \u0627\u0646") == "Annevil \u0627\u0646"
