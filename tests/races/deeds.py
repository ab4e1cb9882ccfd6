"""What somebody does in a race: functions of a module, so that another process can be told to do them."""

from __future__ import annotations

from django.db import transaction

from agents.models import User
from chat.models import Visitor
from chat.protocol.visitor import Page
from chat.services.flows import start_flow
from chat.services.greeting import greet_visitor
from chat.services.leads import change_lists, keep_facts, take_facts
from chat.services.messages import Post
from chat.services.notes import write_note
from chat.services.visitors import lock_visitor
from routing.services.offers import withdraw_from_lost_agent
from routing.services.requests import route_live_chat
from tests.stage import post_message


def lose(agent_id: int, offer_id: int) -> None:
    """What an admin's click does: the access goes, then the offer."""
    User.objects.filter(pk=agent_id).update(is_active=False)
    withdraw_from_lost_agent(offer_id=offer_id)


def route_each(live_chat_ids: list[int]) -> None:
    for live_chat_id in live_chat_ids:
        assert route_live_chat(live_chat_id=live_chat_id) is not None, "somebody has a seat"


def write_lines(conversation_id: int, visitor_id: int, writer: int, count: int) -> list[int]:
    """As a visitor, and the numbers that the lines got."""
    posts = [
        Post(conversation_id, "visitor", visitor_id, f"writer-{writer}-{n}", "Hello?") for n in range(count)
    ]
    return [post_message(post).seq for post in posts]


def open_tab(key: str) -> int:
    """The conversation that a tab of this visitor shows."""
    greeting = greet_visitor(key=key, page=Page(url="https://shop.example/"))
    assert isinstance(greeting.visitor, Visitor)
    assert greeting.conversation is not None
    return greeting.conversation.pk


def start(slug: str, key: str) -> int | None:
    """The conversation that a visitor sees who starts a flow."""
    conversation = start_flow(key=key, slug=slug, page=Page(), session="s").conversation
    return conversation.pk if conversation else None


def say(visitor_id: int, **facts: str) -> None:
    with transaction.atomic():
        take_facts(lock_visitor(visitor_id), facts)


def keep(visitor_id: int, list_id: int, **facts: str) -> None:
    """What a stream does: facts of a visitor, and a list that they are put on."""
    with transaction.atomic():
        visitor = lock_visitor(visitor_id)
        keep_facts(visitor, facts)
        change_lists(visitor, {list_id: True})


def add_note(author_id: int, conversation: str, client_id: str, *mentions: int) -> int:
    """Write a note as this user, that calls these; return its number."""
    author = User.objects.get(pk=author_id)
    return write_note(
        author=author,
        conversation=conversation,
        client_id=client_id,
        text="Mind the gap",
        mentions=mentions,
    ).number


def leave(user_id: int) -> None:
    User.objects.filter(pk=user_id).update(is_active=False)
