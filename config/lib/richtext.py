"""Rich text that an admin writes and strangers' browsers show: the fallback message (LC-26).

Cleaning happens twice on purpose: when the text is saved, and again whenever it is turned into nodes, so that
nothing that reached the database another way reaches a visitor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import msgspec
import nh3
from django.utils.translation import gettext_lazy as _

from .errors import InvalidInput

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_CHARACTERS = 4_000
# With its tags; also bounds the work of cleaning.
MAX_HTML_LENGTH = 40_000
MAX_DEPTH = 20

_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACE_AT_LINE_END = re.compile(r" +\n")
_BLANK_LINES = re.compile(r"\n{3,}")

_CLEANER = nh3.Cleaner(
    tags={"b", "strong", "i", "em", "a", "ul", "ol", "li", "p", "br"},
    attributes={"a": {"href"}},
    # Not only the tags but what is in them: code and styles are no text.
    clean_content_tags={
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "title",
    },
    url_schemes={"http", "https", "mailto"},
    # A relative link would lead somewhere else on every customer's site.
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


class RichTextInvalid(InvalidInput):
    """The text is too long or its tags too deep."""

    code = "rich_text_invalid"
    message: StrOrPromise = _("This text can't be used.")


class Text(msgspec.Struct, frozen=True, tag_field="type", tag="text"):
    text: str


class Break(msgspec.Struct, frozen=True, tag_field="type", tag="br"):
    pass


class Bold(msgspec.Struct, frozen=True, tag_field="type", tag="b"):
    children: list[Node]


class Italic(msgspec.Struct, frozen=True, tag_field="type", tag="i"):
    children: list[Node]


class Link(msgspec.Struct, frozen=True, tag_field="type", tag="a"):
    href: str
    children: list[Node]


class Bullets(msgspec.Struct, frozen=True, tag_field="type", tag="ul"):
    children: list[Node]


class Numbers(msgspec.Struct, frozen=True, tag_field="type", tag="ol"):
    children: list[Node]


class ListItem(msgspec.Struct, frozen=True, tag_field="type", tag="li"):
    children: list[Node]


class Paragraph(msgspec.Struct, frozen=True, tag_field="type", tag="p"):
    children: list[Node]


Node = Text | Break | Bold | Italic | Link | Bullets | Numbers | ListItem | Paragraph

_ELEMENTS: dict[str, type[Bold | Italic | Bullets | Numbers | ListItem | Paragraph]] = {
    "b": Bold,
    "strong": Bold,
    "i": Italic,
    "em": Italic,
    "ul": Bullets,
    "ol": Numbers,
    "li": ListItem,
    "p": Paragraph,
}


def clean_rich_text(html: str) -> str:
    """Give the HTML with only bold, italic, safe links, lists, paragraphs and breaks left in it (LC-26).

    Raises `RichTextInvalid` beyond 4,000 characters that people read, 40,000 with tags, or 20 tags deep.
    """
    return _clean(html)[0]


def to_nodes(html: str) -> list[Node]:
    """Give the cleaned text as a tree, so that a browser builds it without parsing HTML (LC-26).

    A link that isn't safe is only its text. Raises `RichTextInvalid`.
    """
    return _clean(html)[1]


def to_plain_text(html: str) -> str:
    """Give the text for mails and transcripts: lists with their signs, links with their address (LC-26).

    Raises `RichTextInvalid`.
    """
    return _tidy(_write(to_nodes(html)))


def _clean(html: str) -> tuple[str, list[Node]]:
    _check_length(html)
    # Half a surrogate pair is no character; neither the cleaner nor PostgreSQL takes it.
    storable = html.encode("utf-8", "replace").decode()
    cleaned = _CLEANER.clean(storable).strip()
    # Again: each link has grown by its rel and target, and what is stored must be readable later.
    _check_length(cleaned)
    builder = _TreeBuilder()
    builder.feed(cleaned)
    builder.close()
    return cleaned, builder.nodes


def _check_length(html: str) -> None:
    if len(html) > MAX_HTML_LENGTH:
        raise RichTextInvalid(
            _("This text is too long: with its formatting it can have at most %(limit)d characters."),
            params={"limit": MAX_HTML_LENGTH},
        )


class _TreeBuilder(HTMLParser):
    """Reads what the cleaner wrote, which is well formed and knows no other tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[Node] = []
        self._open: list[tuple[str, list[Node]]] = [("", self.nodes)]
        self._characters = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        siblings = self._open[-1][1]
        if tag == "br":
            siblings.append(Break())
            return
        if len(self._open) > MAX_DEPTH:
            raise RichTextInvalid(_("This text has too many lists or formats inside each other."))
        href = dict(attrs).get("href")
        if tag == "a" and not href:
            # Its unsafe address was taken away; what it says joins the text around it.
            self._open.append((tag, siblings))
            return
        children: list[Node] = []
        siblings.append(Link(href, children) if href else _ELEMENTS[tag](children))
        self._open.append((tag, children))

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        tag, siblings = self._open[-1]
        if tag in ("ul", "ol") and not data.strip():
            return
        self._characters += len(data)
        if self._characters > MAX_CHARACTERS:
            raise RichTextInvalid(
                _("This text is too long: it can have at most %(limit)d characters."),
                params={"limit": MAX_CHARACTERS},
            )
        siblings.append(Text(data))


def _write(nodes: Sequence[Node]) -> str:
    written = ""
    for node in nodes:
        words = _write_node(node)
        at_line_start = not written or written.endswith("\n")
        written += words.lstrip(" ") if at_line_start and isinstance(node, Text) else words
    return written


def _write_node(node: Node) -> str:
    match node:
        case Text():
            return _SPACE.sub(" ", node.text)
        case Break():
            return "\n"
        case Link():
            return _write_link(node)
        case Paragraph():
            return f"\n\n{_write(node.children).strip()}\n\n"
        case Bullets() | Numbers():
            return _write_list(node)
        case Bold() | Italic() | ListItem():
            return _write(node.children)


def _write_link(link: Link) -> str:
    label = _write(link.children).strip()
    address = link.href.removeprefix("mailto:")
    return f"{label} ({address})" if label and label not in (address, link.href) else address


def _write_list(parent: Bullets | Numbers) -> str:
    lines = []
    for number, child in enumerate(parent.children, start=1):
        sign = f"{number}. " if isinstance(parent, Numbers) else "• "
        text = _tidy(_write_node(child))
        lines.append(sign + text.replace("\n", "\n" + " " * len(sign)))
    return "\n" + "\n".join(lines) + "\n"


def _tidy(text: str) -> str:
    """Leave no space at the end of a line and no more than one empty line in a row."""
    return _BLANK_LINES.sub("\n\n", _SPACE_AT_LINE_END.sub("\n", text)).strip()
