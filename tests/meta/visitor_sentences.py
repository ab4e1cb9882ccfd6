"""Which sentences visitors can get to read: those of the modules that answer them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.meta.source_tree import list_files, name_of, parse
from tests.meta.translations import Key, list_in_module, list_in_template

# Modules and folders all of whose sentences can come to a visitor.
SPOKEN = (
    "chat/browsing_socket.py",
    "chat/consumers.py",
    "chat/conversation_socket.py",
    "chat/delivery/",
    "chat/errors.py",
    "chat/polling/",
    "chat/posting.py",
    "chat/selectors/transcripts.py",
    "chat/services/attachments.py",
    "chat/services/fallback.py",
    "chat/services/flows.py",
    "chat/services/messages.py",
    "chat/services/uploads.py",
    "chat/streams/answers.py",
    "chat/streams/errors.py",
    "chat/views/",
    "config/lib/errors.py",
    "config/lib/pdfs.py",
    "config/lib/photos.py",
)
# Those that speak to staff as well: within these calls and classes it is to visitors.
MIXED = {
    "chat/streams/cards/": {"AnswerInvalid"},
    "chat/services/documents.py": {"DocumentNotShown"},
}
# Modules of the chat whose sentences only staff read.
STAFF = (
    "chat/admin/",
    "chat/apps.py",
    "chat/designer/",
    "chat/forms.py",
    "chat/models/",
    "chat/selectors/canned.py",
    "chat/selectors/history.py",
    "chat/selectors/notes.py",
    "chat/selectors/readers.py",
    "chat/selectors/usage.py",
    "chat/services/canned.py",
    "chat/services/canned_import.py",
    "chat/services/dialogues.py",
    "chat/services/drafts.py",
    "chat/services/live_chats.py",
    "chat/services/mentions.py",
    "chat/services/setups.py",
    "chat/streams/checking.py",
    "chat/streams/expanding.py",
    "chat/streams/parsing.py",
    "chat/streams/unreadable.py",
    "chat/targeting/parsing.py",
)
TEMPLATES = "templates/chat"


def list_for_visitors() -> dict[Key, str]:
    """Every sentence that a visitor can get to read, with a file that says it."""
    found: dict[Key, str] = {}
    for path in list_files("chat", "config/lib"):
        found |= dict.fromkeys(_list_spoken(path), name_of(path))
    for path in list_files(TEMPLATES, suffixes=(".html", ".txt")):
        found |= dict.fromkeys(list_in_template(path), name_of(path))
    return found


def list_unsorted() -> list[str]:
    """Modules of the chat with sentences of which nobody has said who reads them."""
    known = (*SPOKEN, *MIXED, *STAFF)
    paths = (path for path in list_files("chat") if not name_of(path).startswith(known))
    return [name_of(path) for path in paths if any(list_in_module(parse(path)))]


def _list_spoken(path: Path) -> Iterator[Key]:
    name = name_of(path)
    if name.startswith(SPOKEN):
        yield from list_in_module(parse(path))
    for place, names in MIXED.items():
        if name.startswith(place):
            yield from _list_within(parse(path), names)


def _list_within(module: ast.AST, names: set[str]) -> Iterator[Key]:
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef | ast.Call) and _name(node) in names:
            yield from list_in_module(node)


def _name(node: ast.ClassDef | ast.Call) -> str:
    return node.name if isinstance(node, ast.ClassDef) else getattr(node.func, "id", "")
