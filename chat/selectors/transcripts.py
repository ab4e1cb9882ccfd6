"""A conversation as a text to keep (LC-40)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Message, Note
from chat.selectors.states import Audience

# In the inbox the browser fills in the name, so it is marked in a way that both can.
_NOTICES = {
    "joined": _("{name} joined"),
    "agent_left": _("{name} had to leave"),
    "idle_warning": _("Nobody has written for a while. A message keeps the chat open."),
    "cancelled": _("The visitor stopped waiting"),
    "contact_left": _("The visitor left an e-mail address"),
    "ended_by_agent": _("{name} ended the chat"),
    "ended_by_visitor": _("The visitor ended the chat"),
    "ended_by_idle": _("The chat ended because nobody wrote"),
}


def render_text(*, conversation: Conversation, audience: Audience = "visitor") -> str:
    """Return the transcript as plain text: times in UTC, one message a paragraph; for staff with notes."""
    visitor = " ".join(conversation.visitor.display_name.split())
    head = f"{conversation.version.dialogue.name}\n{visitor}\n{conversation.triggered_at:%Y-%m-%d} (UTC)\n"
    rows = Message.objects.filter(conversation=conversation).order_by("seq")
    lines = [(message.seq, _line(message, visitor)) for message in rows]
    if audience == "staff":
        notes = Note.objects.filter(conversation=conversation).order_by("number")
        # A stable sort: each note comes below the message that was there when it was written.
        lines += [(note.after_seq, _note_line(note)) for note in notes]
        lines.sort(key=lambda line: line[0])
    return head + "\n" + "\n".join(text for _seq, text in lines) + "\n"


def _note_line(note: Note) -> str:
    text = "\n    ".join(note.text.splitlines())
    words = gettext("(note to colleagues) %(name)s") % {"name": note.author_name}
    return f"[{note.created_at:%Y-%m-%d %H:%M:%S}] {words}: {text}"


def _line(message: Message, visitor: str) -> str:
    at = f"[{message.created_at:%Y-%m-%d %H:%M:%S}]"
    if message.kind == Message.Kind.NOTICE:
        return f"{at} — {describe_notice(message.payload)}"
    # Further lines are indented: none that a visitor wrote can pass for a line of somebody else's.
    text = "\n    ".join([*message.text.splitlines(), *_name_document(message.payload)])
    if "file" in message.payload:
        text = gettext("(file) %(name)s") % {"name": text}
    return f"{at} {_get_author(message, visitor)}: {text}"


def _name_document(payload: dict[str, Any]) -> list[str]:
    """The document that a card shows stands below what is said about it."""
    if "document" not in payload:
        return []
    return [gettext("[Document: %(name)s]") % {"name": payload["document"]["name"]}]


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
