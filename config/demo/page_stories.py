"""What the example company's chatbot says on single pages, and the flows that its pages start."""

from __future__ import annotations

from typing import Any

from config.demo.stories import ask_team, capture_email

_AVAILABLE = {"match": "all", "items": [{"attribute": "agent_available", "operator": "is", "value": "yes"}]}


def make_price_help(*, team_id: int, document_id: int) -> dict[str, Any]:
    """On the price list, for who stays there: the list to take away, or a person if one is there."""
    return {
        "start": "compare",
        "cards": {
            "compare": {
                "type": "question",
                "text": "Comparing prices? I can save you the arithmetic.",
                "attribute": "topic",
                "choices": [
                    {"id": "guide", "label": "The guide as a PDF", "value": "guide", "next": "paper"},
                    {"id": "lease", "label": "What about leasing?", "value": "leasing", "next": "who"},
                    {"id": "no", "label": "No, thank you", "next": "fine"},
                ],
            },
            "paper": {
                "type": "document",
                "document_id": document_id,
                "text": "Here it is, three pages. Read it here or take it with you.",
                "next": "took",
            },
            "took": {"type": "goal", "name": "Got the buyer's guide", "next": "more"},
            "more": {"type": "message", "text": "Anything unclear in it? Ask for sales from any page."},
            "fine": {"type": "message", "text": "Then I'm quiet. Enjoy the ride! 🚲"},
            "who": _if_somebody_is_there("lease-chat", "lease-email"),
            "lease-chat": ask_team(team_id, "Leasing is best told by a person. One moment…"),
            "lease-email": capture_email("lease-goal", text="Nobody is in just now. Where may we write to?"),
            "lease-goal": {"type": "goal", "name": "Asked about leasing", "next": "lease-end"},
            "lease-end": {"type": "message", "text": "Thank you. You have our answer tomorrow morning."},
        },
    }


def make_company_help() -> dict[str, Any]:
    """On the page for companies: who it is for, then the people who look after companies."""
    return {
        "start": "hello",
        "cards": {
            "hello": {
                "type": "message",
                "text": 'Bikes for a company, {{lead.firstName:"then"}}? That is my favourite subject.',
                "next": "firm",
            },
            "firm": {
                "type": "capture",
                "text": "Which company is it for?",
                "attribute": "company",
                "kind": "text",
                "skip_if_known": True,
                "next": "interest",
            },
            "interest": {
                "type": "action",
                "assignments": [{"attribute": "topic", "value": "fleet"}],
                "next": "email",
            },
            "email": capture_email("who", text="And your address, in case we get cut off?"),
            "who": _if_somebody_is_there("chat", "later"),
            "chat": {"type": "live_chat", "option": "rules", "text": "I'm calling our fleet team…"},
            "later": {"type": "message", "text": "Nobody is in just now. We write to you tomorrow morning."},
        },
    }


def make_test_ride() -> dict[str, Any]:
    """A flow: an appointment to ride, asked for from a button or from its landing page."""
    return {
        "start": "which",
        "cards": {
            "which": {
                "type": "question",
                "text": "A test ride, good idea. Which one would you like to try?",
                "attribute": "bike",
                "choices": [
                    {"id": "one", "label": "One", "value": "One", "next": "first-name"},
                    {"id": "long", "label": "Long", "value": "Long", "next": "first-name-2"},
                    {"id": "post", "label": "Post", "value": "Post", "next": "first-name-3"},
                ],
            },
            **_ask_contact("", "the One"),
            **_ask_contact("-2", "the Long"),
            **_ask_contact("-3", "the Post"),
        },
    }


def make_fleet_plan() -> dict[str, Any]:
    """A flow inside the page for companies: a first figure at once."""
    answers = {
        "few": ("Under 20", "Two bikes carry that, with a reserve. From €158 a month, service included."),
        "some": ("20 to 100", "Plan with four to six bikes. From five on you have the fleet price."),
        "many": ("More than 100", "That is a job for ten bikes or more, and for a visit. Ask for sales!"),
    }
    choices = [
        {"id": name, "label": label, "next": f"plan-{name}"} for name, (label, _said) in answers.items()
    ]
    return {
        "start": "parcels",
        "cards": {
            "parcels": {
                "type": "question",
                "text": "How many parcels a day do you deliver?",
                "attribute": "parcels",
                "choices": choices,
            },
            **{f"plan-{name}": {"type": "message", "text": said} for name, (_label, said) in answers.items()},
        },
    }


def _if_somebody_is_there(there: str, otherwise: str) -> dict[str, Any]:
    case = {"id": "available", "label": "Somebody is there", "conditions": _AVAILABLE, "next": there}
    return {"type": "branch", "cases": [case], "otherwise": otherwise}


def _ask_contact(suffix: str, bike: str) -> dict[str, Any]:
    """Each branch has cards of its own: a stream is a tree."""
    return {
        f"first-name{suffix}": {
            "type": "capture",
            "text": f"{bike[0].upper()}{bike[1:]}, fine choice. What's your first name?",
            "attribute": "first_name",
            "kind": "text",
            "skip_if_known": True,
            "next": f"email{suffix}",
        },
        f"email{suffix}": capture_email(f"asked{suffix}", text="Where may we send the times we have?"),
        f"asked{suffix}": {"type": "goal", "name": "Asked for a test ride", "next": f"thanks{suffix}"},
        f"thanks{suffix}": {
            "type": "message",
            "text": f'Thank you, {{{{lead.firstName:"friend"}}}}. We write today about {bike}.',
        },
    }
