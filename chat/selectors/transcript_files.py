"""A conversation as a file to keep, as people or programs read it (LC-40)."""

from pathlib import Path
from typing import Final

import msgspec
from django.template.loader import render_to_string
from django.utils.html import format_html

from chat.models import Conversation
from chat.selectors.states import Audience
from chat.selectors.transcripts import list_lines, name_on_one_line

# Without <, >, & and quotes, so that it stays as it is where it is put into the page.
_STYLE: Final = Path(__file__).parents[1] / "static/chat/transcript/transcript.css"
VERSION = 1  # of the JSON; grows when a member changes its meaning or goes


def render_html(*, conversation: Conversation, audience: Audience = "visitor") -> str:
    """Return the transcript as one page that needs nothing else, runs no script and loads nothing."""
    context = {
        "conversation": conversation,
        "visitor": name_on_one_line(conversation),
        "lines": list_lines(conversation=conversation, audience=audience),
        "style": format_html("<style>{}</style>", _STYLE.read_text()),
    }
    return render_to_string("agents/transcript_file.html", context)


def render_json(*, conversation: Conversation, audience: Audience = "visitor") -> bytes:
    """Return the transcript for programs: ``lines`` in order, times in RFC 3339 and UTC."""
    content = {
        "transcript": VERSION,
        "conversation": str(conversation.public_id),
        "dialogue": conversation.version.dialogue.name,
        "visitor": name_on_one_line(conversation),
        "page": conversation.page_url,
        "began_at": conversation.triggered_at,
        "ended_at": conversation.closed_at,
        "lines": list_lines(conversation=conversation, audience=audience),
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2)
