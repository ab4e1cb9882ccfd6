"""What the code says, and what a catalogue has of it: both read without gettext's own tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

from tests.meta.source_tree import PRODUCT, list_files, name_of, parse

# How many leading arguments of each call are sentences, and whether a context comes before them.
_CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (1, False)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (2, False)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (1, True)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (2, True)),
}
_LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL_IN_TEMPLATE = re.compile(rf"\b(?:_|n?p?gettext)\(\s*{_LITERAL}(?:\s*,\s*{_LITERAL})*")
_LINE = re.compile(r'(?:(?P<word>msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) )?(?P<text>".*")')
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!\{)\{\w+\}")


class Key(NamedTuple):
    """What a sentence is looked up by."""

    msgid: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True)
class Entry:
    """One sentence of a catalogue; ``forms`` are its translations, two where it can be plural."""

    key: Key
    forms: tuple[str, ...]
    is_fuzzy: bool = False

    @property
    def is_translated(self) -> bool:
        return all(self.forms) and len(self.forms) == (2 if self.key.plural else 1) and not self.is_fuzzy

    def list_strange_placeholders(self) -> list[str]:
        """Those that only the sentence has, or only its translation."""
        pairs = zip((self.key.msgid, self.key.plural), self.forms, strict=False)
        return sorted(
            {each for source, form in pairs for each in list_placeholders(source) ^ list_placeholders(form)}
        )


def list_placeholders(sentence: str) -> set[str]:
    return set(_PLACEHOLDER.findall(sentence))


def read_catalogue(text: str) -> list[Entry]:
    """The entries of a .po file without its head and without what is commented out."""
    entries = map(_read_entry, re.split(r"\n\s*\n", text))
    return [entry for entry in entries if entry.key.msgid]


def _read_entry(block: str) -> Entry:
    parts: dict[str, str] = {}
    word = ""
    for line in block.splitlines():
        if match := _LINE.fullmatch(line):
            word = match["word"] or word
            parts[word] = parts.get(word, "") + ast.literal_eval(match["text"])
    key = Key(parts.get("msgid", ""), parts.get("msgid_plural", ""), parts.get("msgctxt", ""))
    forms = tuple(text for word, text in sorted(parts.items()) if word.startswith("msgstr"))
    return Entry(key, forms, is_fuzzy=bool(re.search(r"^#,.*\bfuzzy\b", block, re.M)))


def list_used() -> dict[Key, str]:
    """Every sentence of the product that is looked up, with a file that uses it."""
    used: dict[Key, str] = {}
    for path in list_files(*PRODUCT):
        used |= dict.fromkeys(list_in_module(parse(path)), name_of(path))
    for path in list_files("templates", *PRODUCT, suffixes=(".html", ".txt")):
        used |= dict.fromkeys(list_in_template(path), name_of(path))
    return used


def list_in_module(module: ast.AST) -> Iterator[Key]:
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    return _list_keys(calls)


def list_in_template(path: Path) -> Iterator[Key]:
    source = templatize(path.read_text())
    found = (match.group() + ")" for match in _CALL_IN_TEMPLATE.finditer(source))
    return _list_keys(node for each in found for node in [ast.parse(each, mode="eval").body])


def _list_keys(calls: Iterable[ast.AST]) -> Iterator[Key]:
    for call in calls:
        if isinstance(call, ast.Call) and (found := _read_call(call)):
            yield found


def _read_call(call: ast.Call) -> Key | None:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in _CALLS:
        return None
    count, has_context = _CALLS[name]
    texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in call.args[: count + has_context]]
    sentences = [text for text in texts if isinstance(text, str)]
    if len(sentences) < count + has_context:
        return None  # a variable: its sentence is marked where it is written
    context = sentences.pop(0) if has_context else ""
    return Key(sentences[0], sentences[1] if count == 2 else "", context)
