"""What is said in the preview of the chat's look: the lines of a conversation that nobody has."""

from typing import Any

from django.utils.translation import gettext


def write_talk(name: str) -> dict[str, Any]:
    """The lines in the reader's language: who says what, and the buttons of the question."""
    return {
        "poke": gettext("Hi! Can I help you find something?"),
        "greeting": gettext("Hi! Can I help you find something?"),
        "question": gettext("What brings you here today?"),
        "choices": [gettext("Talk to sales"), gettext("See the prices"), gettext("Just looking")],
        "agent": gettext("Alex Morgan"),
        "visitor": gettext("Do you deliver to Switzerland?"),
        "reply": gettext("We do, within three days. It’s all here: https://example.com/delivery"),
        "thanks": gettext("Great, thank you!"),
        "answered": gettext("This is a preview: here your dialogue would go on."),
        "name": name,
    }
