"""The names of everything that can be listened to; no other module builds one.

A *topic* is a channel that processes join through the channel layer. A *room* is a topic for one audience,
and is what sockets join: visitors and staff never share a room, so a frame for staff has no way to a
visitor's socket (DL-10).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple, NewType
from uuid import UUID

Topic = NewType("Topic", str)

# What the channel layer accepts as a group name.
_VALID = re.compile(r"[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-]")
_STAFF_ONLY = "agent."


class Audience(StrEnum):
    VISITOR = "visitor"
    STAFF = "staff"


class Room(NamedTuple):
    """One audience of one topic."""

    topic: Topic
    audience: Audience


def conversation_topic(public_id: UUID | str) -> Topic:
    """Everything about one conversation, for its visitor and for the staff who look at it."""
    return _topic(f"conversation.{public_id}")


def agent_topic(agent_id: int) -> Topic:
    """What concerns one agent: offers, own chats, availability. Staff only."""
    return _topic(f"agent.{agent_id}")


def visitor_room(topic: Topic) -> Room:
    """The visitors' side of a topic. Raises ValueError for a topic that is for staff only."""
    if topic.startswith(_STAFF_ONLY):
        raise ValueError("this topic has no room for visitors")
    return Room(topic, Audience.VISITOR)


def staff_room(topic: Topic) -> Room:
    """The staff's side of a topic."""
    return Room(topic, Audience.STAFF)


def _topic(name: str) -> Topic:
    if not _VALID.fullmatch(name):
        raise ValueError("not a valid topic name")
    return Topic(name)
