"""Colleagues who write notes in the same instant, beside a visitor who goes on talking."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from agents.models import User
from chat.models import Mention, Message, Note
from chat.selectors.mentions import list_mentions
from chat.services.messages import Post
from tests.invariants import check_invariants
from tests.races.at_once import Crowd, Work
from tests.races.deeds import add_note, leave
from tests.scenes import make_agent, make_offer, set_up
from tests.stage import accept, post_message

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


@pytest.mark.req("DL-10")
def test_a_note_that_calls_somebody_who_is_leaving_is_there_once_with_the_mention_or_not_at_all(
    crowd: Crowd,
) -> None:
    set_up()
    agent: User = make_agent()
    chat = accept(make_offer(), now=timezone.now())
    public_id = str(chat.conversation.public_id)
    boss = make_agent(is_superuser=True, is_present=False)
    write = partial(add_note, agent.pk, public_id, "note-0001", boss.pk)
    for answer in crowd.run([write, partial(leave, boss.pk), write, write]):
        assert answer in (None, 1) or answer.code == "mention_refused"
    notes, mentions = Note.objects.count(), Mention.objects.count()
    assert notes == mentions <= 1
    # Whichever was first: who has left is told nothing.
    assert list_mentions(person=boss) == []
