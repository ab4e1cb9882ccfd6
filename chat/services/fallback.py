"""The message for a visitor whom no human could take."""

import logging
from datetime import datetime

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from chat.models import Conversation, Message
from chat.services.messages import Draft, append_messages
from config.installation.selectors import get_installation
from config.lib.richtext import RichTextInvalid, to_nodes, to_plain_text

logger = logging.getLogger(__name__)


def write_fallback(conversation: Conversation, *, now: datetime) -> None:
    """Write the fallback message into a locked conversation: the admin's, else a standard text (LC-26)."""
    html = get_installation().fallback_html
    html = html if _has_text(html) else _standard_html(conversation)
    payload = {"rich": msgspec.to_builtins(to_nodes(html))}
    draft = Draft(Message.Author.BOT, to_plain_text(html), Message.Kind.FALLBACK, payload)
    append_messages(conversation, [draft], now=now)


def _has_text(html: str) -> bool:
    try:
        return bool(to_plain_text(html).strip())
    except RichTextInvalid:
        # Can't be saved in the admin; from elsewhere it may not keep a visitor waiting for ever.
        logger.warning("fallback message unreadable, standard text used")
        return False


def _standard_html(conversation: Conversation) -> str:
    with translation.override(conversation.version.dialogue.language):
        return (
            "<p>" + _("Sorry, nobody can chat with you right now. Please come back a little later.") + "</p>"
        )
