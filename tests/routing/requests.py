"""Routing a visitor's request, and reading what was decided."""

from __future__ import annotations

from typing import Any

from agents.models import User
from chat.models import LiveChat
from routing.models import Decision, Offer, Rule
from routing.services.requests import route_live_chat
from tests.factories import RuleFactory
from tests.stage import ask_for_human, at


def route(live_chat: LiveChat | None = None, *, seconds: float = 0, **card: Any) -> Offer | None:
    chat = live_chat or ask_for_human(card=card)
    return route_live_chat(live_chat_id=chat.pk, now=at(seconds))


def from_address(email: str = "", **attributes: str) -> LiveChat:
    return ask_for_human(attributes={"email": email, **attributes})


def asked(offer: Offer | None) -> User | None:
    return offer.agent if offer else None


def away(agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(override_available=False)


def back(agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(override_available=True)


def reload(chat: LiveChat) -> LiveChat:
    return LiveChat.objects.get(pk=chat.pk)


def rule_for(*agents: User, where: dict[str, str] | None = None, **fields: Any) -> Rule:
    items = [{"attribute": name, "operator": "is", "value": value} for name, value in (where or {}).items()]
    rule: Rule = RuleFactory.create(agents=agents, conditions={"match": "all", "items": items}, **fields)
    return rule


def steps_of(chat: LiveChat) -> list[dict[str, Any]]:
    decision = Decision.objects.filter(live_chat=chat).last()
    assert decision is not None
    return list(decision.steps)


def told(step: dict[str, Any]) -> tuple[str, str, list[tuple[int, str]]]:
    return step["step"], step["result"], [(agent["id"], agent["verdict"]) for agent in step["agents"]]
