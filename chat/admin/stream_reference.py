"""What somebody who writes a stream needs beside it: every card type, who can be asked, and a beginning."""

import json
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import Team
from agents.selectors import list_agents
from chat.forms import lay_out
from chat.streams import card_form_schema

_KINDS = {
    "line": _("one line of text"),
    "text": _("text"),
    "attribute": _("the name of an attribute"),
    "select": _("one of:"),
    "switch": _("true or false"),
    "lines": _("a list of texts"),
    "rows": _("a list, each with:"),
    "agent": _("an agent's id"),
    "team": _("a team's id"),
    "card": _("a card's id, or null"),
    "document": _("a document's id"),
    "flow": _("a flow's id"),
    "lists": _("a list of lists' ids"),
    "conditions": _("a group of conditions"),
}


def get_stream_reference() -> dict[str, Any]:
    """The context of ``admin/chat/dialogue/stream_reference.html``: two queries."""
    return {
        "cards": [_describe_card(card) for card in card_form_schema()],
        "agents": [(agent.pk, agent.display_name) for agent in list_agents()],
        "teams": list(Team.objects.values_list("pk", "name")),
        "token": '{{first_name:"there"}}',
        "example": lay_out(get_example_stream()),
    }


def get_example_stream() -> dict[str, Any]:
    """A whole small stream to begin with: nothing of it is advised against (LC-14)."""
    cards = {"topic": _get_example_question(), **_get_example_captures(), **_get_example_ends()}
    return {"start": "topic", "cards": cards}


def _get_example_question() -> dict[str, Any]:
    return {
        "type": "question",
        "text": gettext("Hi! What can we help you with?"),
        "attribute": "topic",
        "choices": [
            {"id": "talk", "label": gettext("I'd like to talk with somebody"), "next": "first-name"},
            {"id": "looking", "label": gettext("I'm just looking"), "next": "bye"},
        ],
    }


def _get_example_captures() -> dict[str, Any]:
    return {
        "first-name": {
            "type": "capture",
            "text": gettext("With pleasure. What is your first name?"),
            "attribute": "first_name",
            "next": "email",
        },
        "email": {
            "type": "capture",
            "text": gettext('Thank you, {{first_name:"and welcome"}}. What is your e-mail address?'),
            "attribute": "email",
            "kind": "email",
            "next": "human",
        },
    }


def _get_example_ends() -> dict[str, Any]:
    return {
        "human": {
            "type": "live_chat",
            "text": gettext("One moment, I'm asking a colleague."),
            "option": "round_robin",
        },
        "bye": {"type": "message", "text": gettext("Have a good look around. We are here.")},
    }


def _describe_card(card: dict[str, Any]) -> dict[str, Any]:
    # With an id of its own: it is pasted among the other cards.
    body = json.dumps({"type": card["type"], **card["example"]}, indent=2, ensure_ascii=False)
    return {
        **card,
        "fields": [_describe_field(field) for field in card["fields"]],
        "snippet": f'"{card["type"]}-1": {body}',
    }


def _describe_field(field: dict[str, Any]) -> dict[str, Any]:
    when = field["shown_when"]
    return {
        **field,
        "takes": str(_KINDS[field["kind"]]),
        "only": f'"{when[0]}": "{when[1]}"' if when else "",
        "fields": [_describe_field(inner) for inner in field["fields"]],
    }
