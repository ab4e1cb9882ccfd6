"""Whom no agent is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from chat.models import Engagement
from routing.models import Offer
from tests.factories import NOW
from tests.routing.requests import from_address, reload, route
from tests.stage import accept, agent_at_work, ask_for_human, configure, start_chat

pytestmark = pytest.mark.django_db


@pytest.mark.req("LC-36")
@pytest.mark.parametrize("email", ["v@spam.example", "v@SPAM.example", "v@mail.spam.example"])
def test_blocked_domain_is_connected_to_nobody(email: str) -> None:
    configure(block_email_domains=True, blocked_email_domains="other.example\n @Spam.example \n\n")
    agent_at_work()
    chat = from_address(email)
    assert route(chat) is None
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "blocked")
    assert Offer.objects.count() == 0


@pytest.mark.req("LC-36")
@pytest.mark.parametrize(
    ("switch", "email"),
    [(False, "v@spam.example"), (True, "v@notspam.example"), (True, ""), (True, "spam.example")],
)
def test_others_are_not_blocked(switch: bool, email: str) -> None:
    configure(block_email_domains=switch, blocked_email_domains="spam.example")
    agent_at_work()
    assert route(from_address(email)) is not None


def engage(visitors: int) -> None:
    for chat in (ask_for_human() for _number in range(visitors)):
        visitor = chat.conversation.visitor
        Engagement.objects.create(
            visitor=visitor, visitor_key=visitor.public_id, session_number=1, created_at=NOW
        )


@pytest.mark.req("LC-01")
def test_visitor_at_the_lifetime_limit_gets_the_fallback() -> None:
    configure(engagement_limit=2)
    agent_at_work()
    engage(2)
    chat = ask_for_human()
    assert route(chat) is None
    assert (reload(chat).status, reload(chat).end_reason) == ("fallback", "limit")


@pytest.mark.req("LC-01")
@pytest.mark.parametrize("settings", [{"engagement_limit": 3}, {"engagement_limit": 2, "package": "prime"}])
def test_raised_limit_or_prime_connects_again(settings: dict[str, Any]) -> None:
    configure(engagement_limit=2)
    agent_at_work()
    engage(2)
    configure(**settings)
    assert route() is not None


@pytest.mark.req("LC-02")
def test_second_chat_of_a_counted_session_is_free() -> None:
    configure(engagement_limit=1)
    agent_at_work()
    first = start_chat()
    again = ask_for_human(visitor=first.conversation.visitor, is_open=False, closed_at=NOW)
    offer = route(again)
    assert offer is not None
    accept(offer)
    assert Engagement.objects.count() == 1
