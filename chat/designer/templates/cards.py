"""Cards as the templates write them."""

from typing import Any

Card = dict[str, Any]


def message(text: str, next: str | None = None) -> Card:
    return {"type": "message", "text": text, "next": next}


def question(text: str, attribute: str, *choices: Card) -> Card:
    return {"type": "question", "text": text, "attribute": attribute, "choices": list(choices)}


def choice(id: str, label: str, next: str | None = None) -> Card:
    return {"id": id, "label": label, "next": next}


def capture(text: str, attribute: str, next: str | None = None, *, kind: str = "text", **more: Any) -> Card:
    return {"type": "capture", "text": text, "attribute": attribute, "kind": kind, "next": next, **more}


def first_name(text: str, next: str | None) -> Card:
    return capture(text, "first_name", next, skip_if_known=True)


def email(text: str, next: str | None) -> Card:
    return capture(text, "email", next, kind="email", skip_if_known=True)


def goal(name: str, next: str | None = None) -> Card:
    return {"type": "goal", "name": name, "next": next}


def live_chat(text: str) -> Card:
    return {"type": "live_chat", "text": text, "option": "round_robin"}


def stream(start: str, **cards: Card) -> dict[str, Any]:
    """The cards under their names, with - for _: ``first_name`` is the card first-name."""
    return {"start": start, "cards": {name.replace("_", "-"): card for name, card in cards.items()}}
