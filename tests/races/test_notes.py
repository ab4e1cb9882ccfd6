"""Colleagues who write notes in the same instant, beside a visitor who goes on talking."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from agents.models import User
from chat.models import Message, Note
from chat.services.messages import Post, post_message
from tests.invariants import check_invariants
from tests.races.at_once import Crowd, Work
from tests.races.deeds import add_note
from tests.scenes import make_agent, make_offer, set_up
from tests.stage import accept

pytestmark = pytest.mark.req("LC-42", "DL-02")


def test_notes_written_at_once_are_each_there_once_and_numbered_without_gaps(crowd: Crowd) -> None:
    set_up()
    agent: User = make_agent()
    chat = accept(make_offer(), now=timezone.now())
    boss = make_agent(is_superuser=True, is_present=False)
    public_id = str(chat.conversation.public_id)
    visitor = chat.conversation.visitor_id
    writers = [(agent, "note-0001"), (agent, "note-0001"), (agent, "note-0002"), (boss, "note-0001")]
    works: list[Work] = [partial(add_note, author.pk, public_id, client_id) for author, client_id in writers]
    works += [
        partial(post_message, Post(chat.conversation_id, "visitor", visitor, f"said-000{n}", "Hello?"))
        for n in range(3)
    ]
    crowd.run(works)
    notes = Note.objects.order_by("number")
    assert [note.number for note in notes] == [1, 2, 3]
    assert len({(note.author_id, note.client_id) for note in notes}) == 3
    last = Message.objects.filter(conversation=chat.conversation_id).count()
    places = [note.after_seq for note in notes]
    assert places == sorted(places)
    assert max(places) <= last
    check_invariants()
