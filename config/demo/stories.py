"""What the example company's chatbot says."""

from __future__ import annotations

from typing import Any


def make_welcome(*, team_id: int) -> dict[str, Any]:
    """The first dialogue: three ways, of which two lead to a human."""
    return {"start": "hello", "cards": {**_greeting(), **_to_sales(), **_looking(), **_prices(team_id)}}


def make_return() -> dict[str, Any]:
    """For visitors who have been through the first one: what it is about decides who is asked."""
    return {"start": "again", "cards": {**_topics(), **_service(), **_companies()}}


def _topics() -> dict[str, Any]:
    return {
        "again": {
            "type": "message",
            "text": 'Hello again, {{lead.firstName:"there"}}! Good to see you back.',
            "next": "topic",
        },
        "topic": {
            "type": "question",
            "text": "What is it about this time?",
            "attribute": "topic",
            "choices": [
                {"id": "service", "label": "Service or a repair", "value": "service", "next": "contact"},
                {"id": "fleet", "label": "Bikes for my company", "value": "fleet", "next": "firm"},
                {"id": "nothing", "label": "Nothing, thank you", "next": "bye"},
            ],
        },
        "bye": {"type": "message", "text": "Enjoy the ride! 🚲"},
    }


def _service() -> dict[str, Any]:
    return {
        "contact": capture_email("service-chat", text="Where can we reach you if we get cut off?"),
        "service-chat": {"type": "live_chat", "option": "rules", "text": "I'm calling the workshop…"},
    }


def _companies() -> dict[str, Any]:
    return {
        "firm": {
            "type": "capture",
            "text": "Which company is it for?",
            "attribute": "company",
            "kind": "text",
            "skip_if_known": True,
            "next": "firm-chat",
        },
        "firm-chat": {"type": "live_chat", "option": "rules", "text": "I'm calling our fleet team…"},
    }


def _greeting() -> dict[str, Any]:
    return {
        "hello": {
            "type": "message",
            "text": "Hi there! 👋 I'm the Murmel assistant. I know our bikes, and I know who knows more.",
            "next": "what",
        },
        "what": {
            "type": "question",
            "text": "What brings you here today?",
            "attribute": "topic",
            "choices": [
                {"id": "sales", "label": "Talk to sales", "value": "sales", "next": "first-name"},
                {"id": "looking", "label": "Just looking", "value": "looking", "next": "look-around"},
                {"id": "prices", "label": "Prices", "value": "prices", "next": "price-list"},
            ],
        },
    }


def _to_sales() -> dict[str, Any]:
    return {
        "first-name": {
            "type": "capture",
            "text": "Happy to connect you. What's your first name?",
            "attribute": "first_name",
            "kind": "text",
            "next": "email",
        },
        "email": capture_email(
            "wants-sales",
            text='Nice to meet you, {{lead.firstName:"there"}}. And your email, in case we get cut off?',
        ),
        "wants-sales": {"type": "goal", "name": "Asked for sales", "next": "sales-chat"},
        "sales-chat": {
            "type": "live_chat",
            "option": "round_robin",
            "text": 'Thanks, {{lead.firstName:"friend"}}! I\'m asking one of our advisors to join you…',
        },
    }


def _looking() -> dict[str, Any]:
    return {
        "look-around": {
            "type": "message",
            "text": "Lovely, look around as long as you like. The bikes page shows all three models side by "
            "side, and I'm down here if a question comes up.",
        },
    }


def _prices(team_id: int) -> dict[str, Any]:
    return {
        "price-list": {
            "type": "message",
            "text": "Our bikes start at €3,490, with a two-year warranty and the first service included. "
            "From five bikes on there is a fleet price, and leasing from €79 a month.",
            "next": "how-many",
        },
        "how-many": {
            "type": "question",
            "text": "How many bikes are you thinking of?",
            "attribute": "fleet_size",
            "choices": [
                {"id": "one", "label": "Just one", "value": "1", "next": "one-bike"},
                {"id": "few", "label": "Two to ten", "value": "2-10", "next": "quote-email"},
                {"id": "many", "label": "More than ten", "value": "11+", "next": "fleet-chat"},
            ],
        },
        "one-bike": {
            "type": "message",
            "text": "Then the prices page says it all, and a test ride costs nothing. Have fun choosing!",
        },
        "quote-email": capture_email("quote-chat", text="Where may we send the quote?"),
        "quote-chat": ask_team(team_id, "One of our fleet people will be right with you…"),
        "fleet-chat": ask_team(team_id, "That deserves a person. I'm calling our fleet team…"),
    }


def capture_email(next_card: str, *, text: str) -> dict[str, Any]:
    """The card that asks for an address, alike wherever it stands."""
    return {
        "type": "capture",
        "text": text,
        "attribute": "email",
        "kind": "email",
        "skip_if_known": True,
        "invalid_text": "Hm, that doesn't look like an email address. Could you check it?",
        "next": next_card,
    }


def ask_team(team_id: int, text: str) -> dict[str, Any]:
    """The card that calls a team."""
    return {"type": "live_chat", "option": "team", "team_id": team_id, "text": text}
