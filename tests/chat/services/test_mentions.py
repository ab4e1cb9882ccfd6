"""Mentions in notes: who can be called, who is told, and what is left when somebody may no longer see it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agents.heartbeats import _Holdings
from agents.models import User
from chat.events import MentionsChanged
from chat.models import LiveChat, Mention, Note
from chat.protocol import agent as frames
from chat.selectors.mentions import MOST as LISTED
from chat.selectors.mentions import get_mention_places, get_places, list_mentions
from chat.selectors.notes import list_notes
from chat.selectors.transcripts import render_text
from chat.services.live_chats import end_by_agent
from chat.services.mentions import MOST, MentionRefused, MentionsTooMany, see_mentions
from chat.services.notes import write_note
from config.lib.errors import DomainError
from routing.services.transfers import start_transfer
from tests.agents.conftest import Hear
from tests.factories import AgentFactory, UserFactory, as_agent
from tests.routing.steps import pending
from tests.stage import accept, agent_at_work, ask_for_human, at, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-42", "LC-38")]

SUPERVISOR = ["view_my_conversations", "view_all_conversations"]
SECRET = "She haggles, @Sue Lind: 10 % at most."


@pytest.fixture
def chat() -> LiveChat:
    agent_at_work(first_name="Ann", last_name="Berg")
    return start_chat(ask_for_human(attributes={"first_name": "Vera"}))


@pytest.fixture
def ann(chat: LiveChat) -> User:
    assert chat.agent is not None
    return chat.agent


@pytest.fixture
def sue() -> User:
    return make_supervisor("Sue", "Lind")


def make_supervisor(first_name: str = "Sue", last_name: str = "Lind") -> User:
    made: User = AgentFactory.create(first_name=first_name, last_name=last_name, permissions=SUPERVISOR)
    return made


def note(
    chat: LiveChat, *people: User | int, text: str = SECRET, client_id: str = "note-0001", **given: Any
) -> Note:
    return write_note(
        author=given.pop("author", chat.agent),
        conversation=str(chat.conversation.public_id),
        client_id=client_id,
        text=text,
        mentions=[each if isinstance(each, int) else each.pk for each in people],
        now=at(61),
        **given,
    )


def told(person: User) -> list[tuple[int, str, str, str]]:
    person = User.objects.get(pk=person.pk)  # permissions are remembered by the object
    return [(each.number, each.name, each.visitor, each.text) for each in list_mentions(person=person)]


def test_the_colleague_is_told_where_and_by_whom(chat: LiveChat, sue: User, hear: Hear) -> None:
    with hear(MentionsChanged) as heard:
        note(chat, sue)
    assert heard == [MentionsChanged((sue.pk,))]
    assert told(sue) == [(1, "Ann Berg", "Vera", SECRET)]
    (mention,) = list_mentions(person=sue)
    assert (mention.conversation, mention.at) == (str(chat.conversation.public_id), at(61))
    (row,) = list_notes(conversation=chat.conversation)
    assert row.mentions == [frames.Mentioned(sue.pk, "Sue Lind")]
    assert SECRET in render_text(conversation=chat.conversation, audience="staff")


def test_a_note_that_calls_nobody_tells_nobody(chat: LiveChat, sue: User, hear: Hear) -> None:
    with hear(MentionsChanged) as heard:
        note(chat)
    assert (heard, told(sue)) == ([], [])


def test_the_mention_is_of_the_person_whatever_their_name(chat: LiveChat, sue: User) -> None:
    """Somebody else has the name by now, and the one who was picked another."""
    note(chat, sue)
    User.objects.filter(pk=sue.pk).update(first_name="Susanne")
    namesake = make_supervisor("Sue", "Lind")
    assert told(namesake) == []
    assert told(sue) == [(1, "Ann Berg", "Vera", SECRET)]
    (row,) = list_notes(conversation=chat.conversation)
    assert row.mentions == [frames.Mentioned(sue.pk, "Sue Lind")]


def test_each_is_called_once_and_the_author_never(chat: LiveChat, ann: User, sue: User) -> None:
    max_ = make_supervisor("Max", "Ek")
    note(chat, sue, ann, max_, sue)
    assert list(Mention.objects.order_by("pk").values_list("person", flat=True)) == [sue.pk, max_.pk]


def refuse(chat: LiveChat, *people: User | int) -> DomainError:
    with pytest.raises(DomainError) as refused:
        note(chat, *people)
    assert not Note.objects.exists()
    assert not Mention.objects.exists()
    return refused.value


def test_who_cannot_open_the_chat_is_not_called_and_the_error_says_who(chat: LiveChat, sue: User) -> None:
    stranger, gone = AgentFactory.create(), make_supervisor("Max", "Ek")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    dismissed = UserFactory.create(permissions=["view_all_conversations"])
    for wrong in (stranger.pk, gone.pk, dismissed.pk, 987_654, 2**53, 0):
        error = refuse(chat, sue, sue, wrong)
        assert isinstance(error, MentionRefused)
        assert error.field == "mentions[2]"
    # Without that one it is kept, under the same id.
    assert note(chat, sue).number == 1


def test_so_many_and_no_more(chat: LiveChat, ann: User) -> None:
    people = [make_supervisor() for _each in range(MOST + 1)]
    error = refuse(chat, *people)
    assert isinstance(error, MentionsTooMany)
    assert str(MOST) in str(error)
    note(chat, ann, *people[:MOST], people[0])
    assert Mention.objects.count() == MOST


@pytest.mark.req("DL-02")
def test_a_note_sent_again_calls_nobody_again(chat: LiveChat, sue: User, hear: Hear) -> None:
    note(chat, sue)
    see(sue, chat, 1)
    stranger = AgentFactory.create()
    with hear(MentionsChanged) as heard:
        assert note(chat, sue, stranger).number == 1
    assert (heard, told(sue), Mention.objects.count()) == ([], [], 1)


def see(person: User, chat: LiveChat, *numbers: int) -> None:
    see_mentions(person=person, conversation=str(chat.conversation.public_id), numbers=numbers, now=at(70))


def test_what_was_looked_at_is_told_no_more(chat: LiveChat, sue: User, hear: Hear) -> None:
    note(chat, sue)
    note(chat, sue, client_id="note-0002", text="And again, @Sue Lind")
    with hear(MentionsChanged) as heard:
        see(sue, chat, 1, 7)
        see(sue, chat, 1)
    assert heard == [MentionsChanged((sue.pk,))]
    assert [number for number, *_rest in told(sue)] == [2]
    assert Mention.objects.get(note__number=1).seen_at == at(70)


def test_nobody_sees_for_somebody_else(chat: LiveChat, ann: User, sue: User, hear: Hear) -> None:
    note(chat, sue)
    with hear(MentionsChanged) as heard:
        see(ann, chat, 1)
        for rubbish in ("", "not-an-id", "\0", "6f1c1f6e-9d2b-4f0a-8f5e-2b7a9c3d4e10"):
            see_mentions(person=sue, conversation=rubbish, numbers=[1])
    assert (heard, len(told(sue))) == ([], 1)


@pytest.mark.req("DL-10")
def test_who_may_no_longer_open_the_chat_is_told_nothing_of_it(chat: LiveChat, sue: User) -> None:
    note(chat, sue)
    codes = list(sue.user_permissions.all())
    for change in ({"is_active": False}, {"is_active": True}):
        User.objects.filter(pk=sue.pk).update(**change)
        assert bool(told(sue)) is change["is_active"]
        assert bool(get_mention_places([sue.pk])) is change["is_active"]
    sue.user_permissions.remove(*[each for each in codes if each.codename == "view_all_conversations"])
    assert told(sue) == []
    assert get_mention_places([sue.pk]) == {}
    sue.user_permissions.add(*codes)
    assert len(told(sue)) == 1


@pytest.mark.req("DL-10", "LC-34")
def test_a_chat_that_went_to_somebody_else_takes_the_mention_with_it_until_it_ends(
    chat: LiveChat, ann: User, sue: User
) -> None:
    note(chat, ann, author=sue, text="Ask her, @Ann Berg")
    assert len(told(ann)) == 1
    bo = agent_at_work()
    start_transfer(conversation_id=chat.conversation_id, sender_id=ann.pk, agent_id=bo.pk, now=at(62))
    accept(pending(chat), now=at(63))
    assert told(ann) == told(bo) == []
    end_by_agent(conversation_id=chat.conversation_id, agent_id=bo.pk, now=at(64))
    assert len(told(ann)) == 1


def test_mentions_cost_the_same_however_many_there_are(
    chat: LiveChat, ann: User, sue: User, django_assert_num_queries: Any
) -> None:
    max_ = make_supervisor("Max", "Ek")
    for count in range(LISTED + 2):
        note(chat, sue, max_, client_id=f"note-{count:04}")
        if count in (0, LISTED + 1):
            with django_assert_num_queries(1):
                listed = list_mentions(person=sue)
            with django_assert_num_queries(1):
                places = get_mention_places([ann.pk, sue.pk, max_.pk])
            with django_assert_num_queries(2):
                list_notes(conversation=chat.conversation)
    assert [mention.number for mention in listed] == list(range(LISTED + 2, 2, -1))
    assert places == {sue.pk: get_places(listed), max_.pk: get_places(listed)}


def test_a_heartbeat_finds_the_mentions_of_everybody_at_once(chat: LiveChat, ann: User, sue: User) -> None:
    note(chat, sue)
    holdings = _Holdings([ann.pk, sue.pk], at(62))
    assert holdings.show(as_agent(sue), "en").mentions == {(str(chat.conversation.public_id), 1)}
    assert holdings.show(as_agent(ann), "en").mentions == frozenset()


@pytest.mark.req("DL-07")
def test_fullest_list_of_mentions_fits_a_frame_beside_a_full_inbox() -> None:
    one = frames.Mention("x" * 36, 2**31, "\u0001" * 301, "\u0001" * 400, "\u0001" * 200, at(0))
    assert len(msgspec.json.encode(frames.Mentions([one] * LISTED))) < 200_000


def test_mentions_go_with_their_conversation_and_with_the_person(chat: LiveChat, sue: User) -> None:
    max_ = make_supervisor("Max", "Ek")
    note(chat, sue, max_)
    max_.delete()
    assert list(Mention.objects.values_list("person", flat=True)) == [sue.pk]
    LiveChat.objects.filter(pk=chat.pk).delete()
    chat.conversation.delete()
    assert not Mention.objects.exists()
