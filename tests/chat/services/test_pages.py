"""Which page a visitor is on."""

from __future__ import annotations

import pytest

from chat.events import VisitorChanged
from chat.models import Conversation
from chat.protocol.visitor import Hello, Page, PageNow
from chat.services.arrivals import receive_visitor
from chat.services.pages import note_page
from tests.agents.conftest import Hear
from tests.chat.services.talking import PAGE, greet, make_dialogue, shown
from tests.stage import at

pytestmark = pytest.mark.django_db
NEXT = PageNow("https://acme.example/about", "About\0 us", "https://acme.example/pricing")


@pytest.mark.req("LC-39", "DG-16")
def test_another_page_is_stored_once_and_where_the_visit_came_from_stays(hear: Hear) -> None:
    make_dialogue()
    conversation = shown(greet())
    with hear(VisitorChanged) as changes:
        note_page(conversation_id=conversation.pk, page=NEXT)
        note_page(conversation_id=conversation.pk, page=NEXT)
    conversation.refresh_from_db()
    assert (conversation.page_url, conversation.page_title) == (NEXT.url, "About us")
    assert conversation.referrer == PAGE.referrer
    assert changes == [VisitorChanged(conversation.visitor_id)]


@pytest.mark.req("LC-39")
def test_page_of_a_conversation_that_is_over_stays() -> None:
    make_dialogue()
    conversation = shown(greet())
    Conversation.objects.filter(pk=conversation.pk).update(is_open=False, closed_at=at(1))
    note_page(conversation_id=conversation.pk, page=NEXT)
    conversation.refresh_from_db()
    assert conversation.page_url == PAGE.url


@pytest.mark.req("LC-39")
@pytest.mark.parametrize("show", [True, False])
def test_hello_from_another_page_brings_the_page_along(show: bool) -> None:
    make_dialogue()
    conversation = shown(greet())
    hello = Hello(protocol=1, show=show, page=Page("https://acme.example/about", "About us"))
    receive_visitor(key="vera", hello=hello, now=at(5))
    conversation.refresh_from_db()
    assert conversation.page_title == "About us"
