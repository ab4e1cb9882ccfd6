from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chat.models import Engagement
from chat.selectors.usage import (
    count_engagements,
    count_monthly_engagements,
    is_engagement_limit_reached,
    is_monthly_limit_reached,
)
from tests.factories import NOW, ConversationFactory, VisitorFactory
from tests.stage import configure

pytestmark = pytest.mark.django_db


def engage(created_at: datetime = NOW) -> None:
    visitor = VisitorFactory.create()
    Engagement.objects.create(
        visitor=visitor, visitor_key=visitor.public_id, session_number=1, created_at=created_at
    )


@pytest.mark.req("LC-03")
def test_month_counts_engaged_conversations_and_the_live_chats_in_them() -> None:
    ConversationFactory.create(engaged_at=NOW)
    ConversationFactory.create(engaged_at=NOW, is_open=False, closed_at=NOW)
    ConversationFactory.create()  # only seen
    engage()
    assert count_monthly_engagements(NOW) == 3


@pytest.mark.req("LC-03")
def test_month_begins_on_the_first_in_utc() -> None:
    first = datetime(2026, 3, 1, tzinfo=UTC)
    for moment in (first, first.replace(month=2, day=28, hour=23, minute=59, second=59)):
        ConversationFactory.create(engaged_at=moment)
        engage(moment)
    assert count_monthly_engagements(NOW) == 2
    assert count_monthly_engagements(NOW.replace(month=4)) == 0


@pytest.mark.req("LC-03")
def test_monthly_limit_is_reached_at_the_number_and_resets() -> None:
    installation = configure(monthly_limit=2)
    ConversationFactory.create(engaged_at=NOW)
    assert not is_monthly_limit_reached(installation, NOW)
    ConversationFactory.create(engaged_at=NOW)
    assert is_monthly_limit_reached(installation, NOW)
    assert not is_monthly_limit_reached(installation, datetime(2026, 4, 1, tzinfo=UTC))
    assert not is_monthly_limit_reached(configure(monthly_limit=3), NOW)
    assert not is_monthly_limit_reached(configure(monthly_limit=2, package="prime"), NOW)


@pytest.mark.req("LC-01")
def test_lifetime_limit_never_resets_and_is_not_primes() -> None:
    installation = configure(engagement_limit=2)
    engage(NOW.replace(year=2020))
    assert not is_engagement_limit_reached(installation)
    engage()
    assert count_engagements() == 2
    assert is_engagement_limit_reached(installation)
    assert not is_engagement_limit_reached(configure(engagement_limit=3))
    assert not is_engagement_limit_reached(configure(engagement_limit=2, package="prime"))


@pytest.mark.req("LC-01", "LC-03")
def test_new_installation_is_select_with_100_and_250() -> None:
    installation = configure()
    assert (installation.package, installation.engagement_limit, installation.monthly_limit) == (
        "select",
        100,
        250,
    )
