"""Files that are none, or mean harm, are refused in words, with the line (RP-08, LC-51)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.configuration.errors import ConfigurationInvalid, FileUnreadable
from config.configuration.policy.files import MOST_BYTES, read_file, write_file

pytestmark = pytest.mark.req("RP-08", "LC-51")

LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
UNREADABLE = {
    "newer format": ("format: 2", "This file has format 2, and this version reads up to 1. Update it first."),
    "no format": ("settings: {}", "This is no configuration: it has to begin with “format: 1”."),
    "format in words": ("format: one", "“format” has to be a number, 1 or more."),
    "format that is true": ("format: true", "“format” has to be a number, 1 or more."),
    "nothing": ("", "This is no configuration: it has to begin with “format: 1”."),
    "a list": ("- 1", "This is no configuration: it has to begin with “format: 1”."),
    "billion laughs": (f"format: 1\n{LAUGHS}", "Line 2: “&” and “*” can't be used"),
    "loop": ("format: 1\na: &a [*a]", "Line 2: “&” and “*” can't be used"),
    "deep": ("format: 1\na: " + "[" * 200 + "]" * 200, "too large or too deep"),
    "very deep": ("format: 1\na: " + "[" * 100_000, "too large or too deep"),
    "wide": ("format: 1\na: [" + "1," * 600_000 + "]", "too large or too deep"),
    "broken": ("format: 1\nrules:\n  - name: [}", "Line 3 isn't YAML"),
    "tab": ("format: 1\nrules:\n\t- name: x", "Line 3 isn't YAML"),
    "two documents": ("format: 1\n---\nformat: 1", "Line 2 isn't YAML"),
    "half a pair": ('format: 1\na: "\\ud800"', "isn't YAML"),
    "control signs": ("format: 1\na: \x07", "This file has signs that YAML doesn't allow."),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_file_that_is_no_configuration_is_refused_in_words(case: str) -> None:
    text, words = UNREADABLE[case]
    with pytest.raises(FileUnreadable) as refused:
        read_file(text.encode())
    assert words in str(refused.value)


def test_other_encodings_are_named_by_line() -> None:
    with pytest.raises(FileUnreadable) as refused:
        read_file("format: 1\nname: Malmö".encode("latin-1"))
    assert "line 2 is in another encoding" in str(refused.value)


def test_file_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(FileUnreadable) as refused:
        read_file(b"a" * (MOST_BYTES + 1))
    assert refused.value.code == "too_large"


PLACES = {
    "twice": ("format: 1\nrules: []\nrules: []", "rules (line 3): “rules” stands here twice."),
    "object": ("format: 1\na: !!python/object:os.system x", "a (line 2): is of the type"),
    "binary": ("format: 1\na: !!binary aGk=", "a (line 2): is of the type"),
    "set": ("format: 1\na: !!set {x}", "a (line 2): is of the type"),
    "name of parts": ("format: 1\na:\n  ? [x]\n  : 1", "a (line 3): has a name that is no text."),
    "long name": (f"format: 1\na:\n  ? {'n' * 201}\n  : 1", "a (line 3): has a name of more than 200 signs."),
    "NUL": ('format: 1\na:\n  - "x\\0"', "a[0] (line 3): has signs that can't be stored."),
    "huge number": (f"format: 1\na: {'9' * 5_000}", "a (line 2): is of the type"),
}


@pytest.mark.parametrize("case", PLACES)
def test_what_cannot_be_is_refused_at_its_place(case: str) -> None:
    text, words = PLACES[case]
    with pytest.raises(ConfigurationInvalid) as refused:
        read_file(text.encode())
    assert str(refused.value).startswith(words)


def test_places_take_no_more_room_than_their_file_whatever_names_they_are_in() -> None:
    names = "".join(f"{' ' * depth}{'n' * 200}:\n" for depth in range(40))
    file = f"format: 1\n{names}{' ' * 40}[{'1, ' * 2_000}]".encode()
    assert sum(map(len, read_file(file).lines)) < len(file)


def test_words_that_old_yaml_takes_for_something_else_are_texts() -> None:
    written = read_file(b"format: 1\na: [no, on, 10:30, 2026-01-31, 010, 1_000, 0x1f, 1e5, .inf, NULL]")
    words = "no, on, 10:30, 2026-01-31, 010, 1_000, 0x1f, 1e5, .inf, NULL"
    assert ", ".join(written.data["a"]) == words


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
@example({"\x85": "a\x85b\u2028c\u2029\n", "\u2028": -(10**17)})
def test_whatever_is_written_is_read_again_as_it_was(value: Any) -> None:
    assert read_file(write_file({"format": 1, "value": value}).encode()).data["value"] == value


@given(st.binary(max_size=300) | st.text("[]{}:-&*!|>'\"#%@`,?\n\t ab1~<.", max_size=120).map(str.encode))
def test_no_file_makes_more_than_a_refusal(file: bytes) -> None:
    with suppress(FileUnreadable, ConfigurationInvalid):
        read_file(b"format: 1\n" + file)
