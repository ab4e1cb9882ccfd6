"""Names of topics, and the wall between visitors and staff."""

from __future__ import annotations

from uuid import UUID

import pytest
from channels.layers import BaseChannelLayer

from chat.delivery.topics import (
    Audience,
    agent_topic,
    conversation_topic,
    staff_room,
    visitor_room,
)

ID = UUID("7f1d1c1e-6a53-4a55-8d0a-0d1f6d0c7a11")
ALL = [conversation_topic(ID), agent_topic(5)]


def test_every_topic_is_a_name_that_the_layer_takes_and_its_own() -> None:
    assert all(BaseChannelLayer().require_valid_group_name(str(topic)) for topic in ALL)
    assert len(set(ALL)) == len(ALL)


@pytest.mark.req("DL-10")
def test_topics_of_the_staff_have_no_room_for_visitors() -> None:
    with pytest.raises(ValueError, match="no room for visitors"):
        visitor_room(agent_topic(5))
    assert staff_room(agent_topic(5)).audience is Audience.STAFF


@pytest.mark.req("DL-10")
def test_visitors_and_staff_never_share_a_room() -> None:
    assert visitor_room(conversation_topic(ID)) != staff_room(conversation_topic(ID))


@pytest.mark.parametrize("key", ["", "a b", "å", "x" * 100, "a\n"])
def test_a_key_that_the_layer_would_refuse_is_refused_at_once(key: str) -> None:
    with pytest.raises(ValueError, match="not a valid topic name"):
        conversation_topic(key)
