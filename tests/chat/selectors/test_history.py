"""What a visitor has done in the last 90 days, and who may read which of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from agents.models import User
from chat.errors import ConversationNotFound
from chat.models import Conversation, DocumentReading, GoalReached, LiveChat, PageView, Visitor
from chat.protocol.visitor import Page
from chat.selectors import history
from chat.selectors.history import Entry, get_earlier_conversation, get_history
from chat.services.pages import MOST, forget_pages, note_view
from tests.factories import NOW, AgentFactory, ConversationFactory, LiveChatFactory
from tests.stage import agent_at_work, at, start_chat

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-39")]
LATER = at(600)
NUMBERS = count()


@pytest.fixture
def agent() -> User:
    return agent_at_work(first_name="Ann", last_name="Berg")


@pytest.fixture
def chat(agent: User) -> LiveChat:
    return start_chat()


def make_earlier(visitor: Visitor, *, days: float = 1, **fields: Any) -> Conversation:
    then = NOW - timedelta(days=days)
    conversation: Conversation = ConversationFactory(
        visitor=visitor,
        triggered_at=then,
        active_at=then,
        is_open=False,
        closed_at=then,
        **fields,
    )
    return conversation


def make_earlier_chat(visitor: Visitor, agent: User | None, **fields: Any) -> Conversation:
    conversation = make_earlier(visitor, version__dialogue__name=fields.pop("name", f"Chat {next(NUMBERS)}"))
    LiveChatFactory(
        conversation=conversation,
        agent=agent,
        agent_name=agent.display_name if agent else "",
        ended_at=NOW,
        **{"status": LiveChat.Status.ENDED, **fields},
    )
    return conversation


def see(visitor: Visitor, address: str, seconds: float) -> None:
    note_view(visitor_id=visitor.pk, page=Page(address, address.upper()), now=at(seconds))


def read(user: User, chat: LiveChat, **options: Any) -> list[Entry]:
    found = get_history(user=user, conversation=chat.conversation, now=LATER, **options)
    return found.entries


def test_everything_is_told_in_words_with_the_latest_first(agent: User, chat: LiveChat) -> None:
    visitor = chat.conversation.visitor
    make_earlier_chat(visitor, agent, name="Sales")
    make_earlier(visitor, days=2, engaged_at=NOW, version__dialogue__name="Pricing")
    make_earlier(visitor, days=3, version__dialogue__name="Welcome")
    GoalReached.objects.create(conversation=chat.conversation, card_id="g", name="Booked", reached_at=at(5))
    DocumentReading.objects.create(
        conversation=chat.conversation,
        card_id="d",
        name="Prices",
        opened_at=at(6),
        furthest_page=3,
        downloaded_at=at(7),
    )
    see(visitor, "https://a.example/", 8)
    told = [(entry.kind, entry.title, entry.detail) for entry in read(agent, chat)]
    assert told == [
        ("page", "HTTPS://A.EXAMPLE/", ""),
        ("document", "Prices", "Read up to page 3, downloaded"),
        ("goal", "Booked", ""),
        ("chat", "Sales", "With Ann Berg · Ended"),
        ("dialogue", "Pricing", "Answered"),
        ("dialogue", "Welcome", "Shown, not answered"),
    ]


def test_what_is_older_than_90_days_or_anothers_is_not_there(agent: User, chat: LiveChat) -> None:
    make_earlier(chat.conversation.visitor, days=91)
    make_earlier(start_chat().conversation.visitor)
    PageView.objects.create(
        visitor=chat.conversation.visitor, url="https://a.example/", seen_at=NOW - timedelta(days=91)
    )
    assert read(agent, chat) == []


@pytest.mark.req("LC-38")
def test_transcripts_of_other_agents_are_only_for_those_who_may_see_all(agent: User, chat: LiveChat) -> None:
    visitor = chat.conversation.visitor
    mine, bots = make_earlier_chat(visitor, agent), make_earlier(visitor, days=2)
    others = make_earlier_chat(visitor, AgentFactory())
    missed = make_earlier_chat(visitor, None, status=LiveChat.Status.FALLBACK)
    strangers = make_earlier_chat(start_chat().conversation.visitor, agent)
    supervisor = AgentFactory(permissions=["view_all_conversations"])
    for user, readable in ((agent, [mine, bots]), (supervisor, [mine, bots, others, missed])):
        offered = {entry.conversation for entry in read(user, chat)} - {""}
        assert offered == {str(each.public_id) for each in readable}
        for each in (mine, bots, others, missed, strangers, chat.conversation):
            if each in readable:
                found = get_earlier_conversation(
                    user=user, conversation=chat.conversation, public_id=each.public_id
                )
                assert found == each
            else:
                with pytest.raises(ConversationNotFound):
                    get_earlier_conversation(
                        user=user, conversation=chat.conversation, public_id=each.public_id
                    )


def test_pages_join_without_gap_also_where_much_happened_at_once(
    agent: User, chat: LiveChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 4)
    visitor = chat.conversation.visitor
    for number in range(6):
        see(visitor, f"https://a.example/{number}", number // 2)
    for _number in range(5):
        make_earlier(visitor, days=1)
    found: list[str] = []
    page = get_history(user=agent, conversation=chat.conversation, now=LATER)
    while page.older:
        found += [entry.title for entry in page.entries]
        page = get_history(user=agent, conversation=chat.conversation, now=LATER, before=page.older)
    found += [entry.title for entry in page.entries]
    assert len(found) == len(set(found)) == 11


@pytest.mark.parametrize("amount", [1, 15])
def test_history_costs_the_same_queries_however_long(
    agent: User, chat: LiveChat, amount: int, django_assert_num_queries: Any
) -> None:
    visitor = chat.conversation.visitor
    for number in range(amount):
        see(visitor, f"https://a.example/{number}", number)
        make_earlier_chat(visitor, agent)
    agent.has_perm("agents.view_all_conversations")  # cached from here on, as in a request
    with django_assert_num_queries(5):
        read(agent, chat)


def test_view_is_kept_once_for_reloads_and_bounded_for_scripts(
    chat: LiveChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = chat.conversation.visitor
    for seconds in (0, 5, 60):
        see(visitor, "https://a.example/", seconds)
    assert visitor.page_views.count() == 1
    see(visitor, "https://a.example/b", 61)
    see(visitor, "https://a.example/", 62)
    see(visitor, "https://a.example/", 62 + 1800)
    see(visitor, "", 9_000)
    assert visitor.page_views.count() == 4
    monkeypatch.setattr("chat.services.pages.MOST", 3)
    see(visitor, "https://a.example/c", 9_001)
    newest = visitor.page_views.order_by("-seen_at").values_list("url", flat=True)
    assert [url.rsplit("/", 1)[1] for url in newest] == ["c", "", ""]
    assert MOST >= history.PAGE


def test_views_are_forgotten_after_90_days(chat: LiveChat) -> None:
    see(chat.conversation.visitor, "https://a.example/", 0)
    assert forget_pages(now=NOW + timedelta(days=90)) == 0
    assert forget_pages(now=NOW + timedelta(days=90, seconds=1)) == 1
