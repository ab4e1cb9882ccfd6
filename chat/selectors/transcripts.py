"""A conversation as a text to keep (LC-40)."""

from datetime import datetime
from operator import itemgetter
from typing import Literal

import msgspec
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Message, Note
from chat.selectors.notes import label_note
from chat.selectors.states import Audience

# In the inbox the browser fills in the name, so it is marked in a way that both can.
_NOTICES = {
    "joined": _("{name} joined"),
    "transferred": _("{name} took over the chat"),
    "agent_left": _("{name} had to leave"),
    "idle_warning": _("Nobody has written for a while. A message keeps the chat open."),
    "cancelled": _("The visitor stopped waiting"),
    "contact_left": _("The visitor left an e-mail address"),
    "ended_by_agent": _("{name} ended the chat"),
    "ended_by_visitor": _("The visitor ended the chat"),
    "ended_by_idle": _("The chat ended because nobody wrote"),
}


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was said, happened, or was noted for colleagues; ``text`` is in words."""

    at: datetime
    kind: Literal["message", "notice", "note"]
    text: str
    # visitor, agent, bot; empty for a notice.
    author: str = ""
    name: str = ""
    # What a card showed, and that the text is the name of a file that was sent.
    document: str = ""
    is_file: bool = False


def list_lines(*, conversation: Conversation, audience: Audience = "visitor") -> list[Line]:
    """Return everything in order, for staff with their notes: one query, or two."""
    visitor = name_on_one_line(conversation)
    rows = Message.objects.filter(conversation=conversation).order_by("seq")
    lines = [(message.seq, _read_message(message, visitor)) for message in rows]
    if audience == "staff":
        notes = Note.objects.filter(conversation=conversation).order_by("number")
        lines += [(note.after_seq, _read_note(note)) for note in notes]
        # A stable sort: each note comes below the message that was there when it was written.
        lines.sort(key=itemgetter(0))
    return [line for _seq, line in lines]


def name_on_one_line(conversation: Conversation) -> str:
    """Return what the visitor is called, without the line breaks that whoever chose the name may have put."""
    return " ".join(conversation.visitor.display_name.split())


def render_text(*, conversation: Conversation, audience: Audience = "visitor") -> str:
    """Return the transcript as plain text: times in UTC, one message a paragraph; for staff with notes."""
    visitor = name_on_one_line(conversation)
    head = f"{conversation.version.dialogue.name}\n{visitor}\n{conversation.triggered_at:%Y-%m-%d} (UTC)\n"
    lines = list_lines(conversation=conversation, audience=audience)
    return head + "\n" + "\n".join(_write(line) for line in lines) + "\n"


def _write(line: Line) -> str:
    at = f"[{line.at:%Y-%m-%d %H:%M:%S}]"
    if line.kind == "notice":
        return f"{at} — {line.text}"
    # Further lines are indented: none that a visitor wrote can pass for a line of somebody else's.
    document = [gettext("[Document: %(name)s]") % {"name": line.document}] if line.document else []
    text = "\n    ".join([*line.text.splitlines(), *document])
    if line.is_file:
        text = gettext("(file) %(name)s") % {"name": text}
    name = line.name
    if line.kind == "note":
        name = label_note(line.name)
    return f"{at} {name}: {text}"


def _read_note(note: Note) -> Line:
    return Line(note.created_at, "note", note.text, author="agent", name=note.author_name)


def _read_message(message: Message, visitor: str) -> Line:
    if message.kind == Message.Kind.NOTICE:
        return Line(message.created_at, "notice", describe_notice(message.payload))
    return Line(
        at=message.created_at,
        kind="message",
        text=message.text,
        author=message.author,
        name=_get_author(message, visitor),
        document=message.payload.get("document", {}).get("name", ""),
        is_file="file" in message.payload,
    )


def _get_author(message: Message, visitor: str) -> str:
    if message.author == Message.Author.VISITOR:
        return visitor
    return str(message.payload.get("name") or message.get_author_display())


def describe_notice(payload: dict[str, str]) -> str:
    """Return a notice in words, in the reader's language."""
    sentence = _NOTICES.get(payload.get("notice", ""), payload.get("notice", ""))
    return str(sentence).replace("{name}", payload.get("name", ""))


def get_notice_words() -> dict[str, str]:
    """Return the sentence of every notice, in the reader's language; ``{name}`` is to be filled in."""
    return {notice: str(sentence) for notice, sentence in _NOTICES.items()}
