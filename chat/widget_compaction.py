"""Taking out of a script what only people need: comments, indentation, spaces and line ends around signs.

No name is changed, so what is served can still be read beside its source. templates and regular
expressions stay as they are, but for templates that are style sheets. It is made for our own modules: a
template within a template is not understood, and refused.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<template>`(?:\\.|[^`\\])*`)
    |(?P<word>[\w$]+)
    |(?P<space>[ \t]+)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*")
# After these a slash begins a regular expression; after anything else it divides.
_BEFORE_REGEX = frozenset("=(,:!&|?{};[\n") | {"return", ""}
_SIGNS = frozenset("=(){}[],;:?<>!&|*%+-\n")
# A line end after the first kind or before the second ends no statement.
_OPENING, _CLOSING = frozenset("\n;{,(["), frozenset("})]")
_STYLES = re.compile(r"\A`\s*(?:[.:@*]|/\*)")
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BESIDE_STYLE_SIGNS = re.compile(r"\s*([{};,])\s*")


def compact(code: str) -> str:
    """Return the script in fewer bytes, with the same meaning. Raises ValueError for nested templates."""
    out = ["\n"]
    is_apart = False
    for kind, piece in _tokenize(code):
        if kind in ("space", "comment"):
            is_apart = True
            continue
        if piece in _CLOSING and out[-1] == "\n":
            out.pop()
        if piece == "\n" and out[-1] in _OPENING:
            continue
        if is_apart and _need_space(out[-1], piece):
            out.append(" ")
        out.append(piece)
        is_apart = False
    return "".join(out[1:])


def _need_space(before: str, after: str) -> bool:
    """Two words must not become one, nor ``a - -b`` a decrement."""
    if before in "+-" and after in "+-":
        return True
    return before not in _SIGNS and after not in _SIGNS


def _tokenize(code: str) -> Iterator[tuple[str, str]]:
    place, before = 0, ""
    while match := _TOKEN.match(code, place):
        kind, piece = str(match.lastgroup), match[0]
        if piece == "/" and before in _BEFORE_REGEX and (found := _REGEX.match(code, place)):
            kind, piece = "regex", found[0]
        place += len(piece)
        if kind == "template":
            piece = _compact_template(piece)
        yield kind, piece
        if kind not in ("space", "comment"):
            before = piece


def _compact_template(template: str) -> str:
    if template.count("${") > template.count("}"):
        raise ValueError(f"a template within a template: {template[:60]}")
    return f"`{compact_styles(template[1:-1])}`" if _STYLES.match(template) else template


def compact_styles(styles: str) -> str:
    """Return a style sheet without comments and needless spaces."""
    bare = " ".join(_STYLE_COMMENT.sub("", styles).split())
    return _BESIDE_STYLE_SIGNS.sub(r"\1", bare).strip().replace(";}", "}").replace(": ", ":")
