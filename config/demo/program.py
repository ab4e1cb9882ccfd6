"""Which dialogue the example company shows to whom, where and when, and which flows its pages start."""

from __future__ import annotations

from typing import Any

from chat.models import Dialogue
from config.demo.page_stories import make_company_help, make_fleet_plan, make_price_help, make_test_ride
from config.demo.stories import make_return, make_welcome


def list_dialogues(*, team_id: int, document_id: int) -> list[dict[str, Any]]:
    """The dialogues' fields, by priority."""
    return [
        {
            "name": "Help with prices",
            "description": "For who stays on the price list: the guide as a PDF, or a person about leasing.",
            "priority": 4,
            "target_include": "*/prices/*",
            "event_page_seconds": 8,
            "stream": make_price_help(team_id=team_id, document_id=document_id),
        },
        {
            "name": "Companies",
            "description": "On the page for companies: calls the fleet team where somebody is there.",
            "priority": 6,
            "target_include": "*/fleets/*",
            "event_scroll_percent": 30,
            "stream": make_company_help(),
        },
        {
            "name": "Welcome",
            "description": "Greets every new visitor and finds out who can help.",
            "priority": 10,
            "stream": make_welcome(team_id=team_id),
        },
        {
            "name": "Welcome back",
            "description": "For who has completed the first dialogue; custom rules choose the agent.",
            "priority": 20,
            "stream": make_return(),
        },
    ]


def list_flows() -> list[dict[str, Any]]:
    """The flows' fields."""
    return [
        {
            "kind": Dialogue.Kind.FLOW,
            "name": "Test ride",
            "description": "From the button on the page of bikes, and from a page of its own for e-mails.",
            "slug": "test-ride",
            "start_on": Dialogue.Start.CLICK,
            "start_selector": "#test-ride",
            "look": Dialogue.Look.POPUP,
            "has_landing_page": True,
            "landing_title": "Ride one before you buy one",
            "landing_text": "Tell us which one and where to write; we answer with times today.",
            "stream": make_test_ride(),
        },
        {
            "kind": Dialogue.Kind.FLOW,
            "name": "Fleet plan",
            "description": "Inside the page for companies: a first figure at once.",
            "slug": "fleet-plan",
            "start_on": Dialogue.Start.LOAD,
            "start_selector": "#fleet-plan",
            "look": Dialogue.Look.INLINE,
            "stream": make_fleet_plan(),
        },
    ]
