"""Faults of a stream in the admin's pages and messages."""

from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from chat.models import Dialogue
from chat.services.dialogues import DialogueNotPublishable
from chat.streams import Fault

MOST_FAULTS = 5


def list_faults(found: list[Fault]) -> SafeString:
    """The faults under the names of their cards, errors before advice."""
    ordered = sorted(found, key=lambda fault: (fault.card_id or "", fault.severity == "advice"))
    cards = (
        (card or gettext("The stream"), _list_card(list(faults)))
        for card, faults in groupby(ordered, key=lambda fault: fault.card_id)
    )
    return format_html('<ul class="faults">{}</ul>', format_html_join("", "<li><b>{}</b>{}</li>", cards))


def say_refused(dialogue: Dialogue, refusal: DialogueNotPublishable) -> SafeString:
    """Why it isn't published, with the first few errors."""
    errors = [fault for fault in refusal.faults if fault.severity == "error"]
    lines = [
        f"{fault.card_id}: {fault.message}" if fault.card_id else fault.message
        for fault in errors[:MOST_FAULTS]
    ]
    if len(errors) > MOST_FAULTS:
        lines.append("…")
    listed = format_html_join("", "<br>{}", ((line,) for line in lines))
    return format_html("“{}”: {}{}", dialogue.name, refusal, listed)


def _list_card(faults: list[Fault]) -> SafeString:
    rows = ((fault.severity, _name_severity(fault), fault.message) for fault in faults)
    return format_html("<ul>{}</ul>", format_html_join("", '<li class="{}"><b>{}</b> {}</li>', rows))


def _name_severity(fault: Fault) -> str:
    return gettext("Fault:") if fault.severity == "error" else gettext("Advice:")
