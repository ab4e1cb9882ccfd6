"""What is wrong with a draft, saved or not, as the page shows it at its cards (DG-13)."""

from collections.abc import Iterable, Mapping
from typing import Any

from chat.models import Dialogue
from chat.services.dialogues import check_dialogue
from chat.streams import Fault, StreamInvalid
from routing.models import Rule


def has_rules() -> bool:
    """Whether a Live chat card may ask for custom rules."""
    return Rule.objects.filter(is_enabled=True).exists()


def check_draft(dialogue: Dialogue, stream: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return all faults of the draft, or of a stream in its place; what can't be read at all is one too."""
    if stream is not None:
        dialogue.stream = dict(stream)
    try:
        return show_faults(check_dialogue(dialogue=dialogue, has_rules=has_rules()))
    except StreamInvalid as refusal:
        return [show_refusal(refusal)]


def show_faults(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Errors before advice, otherwise in the order of the cards."""
    shown = [
        {
            "card": fault.card_id,
            "field": fault.field,
            "code": fault.code,
            "message": fault.message,
            "severity": fault.severity,
        }
        for fault in faults
    ]
    return sorted(shown, key=lambda fault: fault["severity"] == "advice")


def show_refusal(refusal: StreamInvalid) -> dict[str, Any]:
    return {
        "card": refusal.card_id,
        "field": refusal.field,
        "code": refusal.code,
        "message": str(refusal),
        "severity": "error",
        "unreadable": True,
    }
