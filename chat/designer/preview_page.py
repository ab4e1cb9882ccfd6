"""What the preview's page is told: where its socket is, and how the chat looks."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language_bidi

from chat.models import Dialogue
from chat.views.widget import write_config
from chat.widget import LANGUAGES
from config.installation.selectors import get_installation


def get_preview_config(request: HttpRequest, dialogue: Dialogue) -> dict[str, Any]:
    """Return the configuration of the widget in the preview, as JSON data: one query at most."""
    return {
        "socket": f"/ws/preview/{dialogue.pk}/",
        "language": dialogue.language if dialogue.language in LANGUAGES else "en",
        "widget": json.loads(write_config(request, get_installation())),
        "isRtl": get_language_bidi(),
    }
