from __future__ import annotations

from typing import Any

import pytest

from chat.events import MarksMoved
from chat.models import Conversation
from chat.services.messages import MarkUpdate, save_marks
from tests.agents.conftest import Hear
from tests.factories import ConversationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-30")]


def marks(conversation: Conversation) -> tuple[int, int, int, int]:
    row = Conversation.objects.get(pk=conversation.pk)
    return row.visitor_delivered, row.visitor_read, row.agent_delivered, row.agent_read


def test_each_side_has_its_own_marks() -> None:
    conversation = ConversationFactory.create(last_seq=10)
    save_marks([MarkUpdate(conversation.pk, "visitor", 5, 4), MarkUpdate(conversation.pk, "agent", 3, 2)])
    assert marks(conversation) == (5, 4, 3, 2)


def test_marks_only_grow() -> None:
    conversation = ConversationFactory.create(last_seq=10)
    for delivered, read in ((8, 6), (7, 3), (0, 0)):
        save_marks([MarkUpdate(conversation.pk, "visitor", delivered, read)])
    assert marks(conversation) == (8, 6, 0, 0)


def test_marks_never_pass_the_last_message() -> None:
    conversation = ConversationFactory.create(last_seq=3)
    save_marks([MarkUpdate(conversation.pk, "agent", 2_147_483_647, 2_147_483_647)])
    assert marks(conversation) == (0, 0, 3, 3)


def test_what_is_read_is_delivered_too() -> None:
    conversation = ConversationFactory.create(last_seq=10)
    save_marks([MarkUpdate(conversation.pk, "visitor", delivered=2, read=7)])
    assert marks(conversation) == (7, 7, 0, 0)


def test_many_updates_at_once_count_as_the_furthest() -> None:
    conversation = ConversationFactory.create(last_seq=10)
    updates = [MarkUpdate(conversation.pk, "visitor", n, n - 1) for n in (3, 9, 1)]
    assert save_marks([*updates, MarkUpdate(1_000_000, "visitor", 1, 1)]) == [None] * 4
    assert marks(conversation) == (9, 8, 0, 0)


def test_marks_change_neither_revision_nor_activity() -> None:
    conversation = ConversationFactory.create(last_seq=10)
    save_marks([MarkUpdate(conversation.pk, "visitor", 5, 5)])
    row = Conversation.objects.get(pk=conversation.pk)
    assert (row.revision, row.active_at) == (conversation.revision, conversation.active_at)


def test_marks_are_told_after_the_commit(hear: Hear) -> None:
    conversation = ConversationFactory.create(last_seq=10)
    with hear(MarksMoved) as heard:
        save_marks([MarkUpdate(conversation.pk, "visitor", 5, 5)])
        assert heard == []
    assert heard == [MarksMoved((conversation.pk,))]


def test_one_statement_for_each_side_however_many_updates(django_assert_num_queries: Any) -> None:
    conversation = ConversationFactory.create(last_seq=10)
    updates = [MarkUpdate(conversation.pk, "visitor", n % 10, 0) for n in range(100)]
    with django_assert_num_queries(3):  # with the savepoint of the test's transaction
        save_marks(updates)
