"""The page about what is used of the package, and the banner on everybody's pages (LC-04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.models import Engagement, Visitor
from chat.selectors.usage import Limit, get_next_month, list_limits, list_limits_near
from config.installation.models import Installation
from tests.factories import NOW, AgentFactory, ConversationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-04")]

Enter = Callable[..., Client]
USAGE = "/admin/installation/usagelimits/1/change/"


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def engage(count: int, at: datetime = NOW) -> None:
    made = Visitor.objects.count()
    for number in range(made, made + count):
        visitor = Visitor.objects.create(key_hash=f"{number:064}", session_seen_at=at)
        Engagement.objects.create(
            visitor=visitor, visitor_key=visitor.public_id, session_number=1, created_at=at
        )


def get_limits(installation: Installation) -> dict[str, Limit]:
    return {limit.name: limit for limit in list_limits(installation, now=NOW)}


@pytest.mark.parametrize(
    ("used", "percent", "is_near", "is_reached"),
    [(0, 0, False, False), (17, 85, False, False), (18, 90, True, False), (20, 100, True, True)],
)
def test_limit_is_near_from_ninety_percent_on(
    installation: Installation, used: int, percent: int, is_near: bool, is_reached: bool
) -> None:
    installation.engagement_limit = 20
    engage(used)
    limit = get_limits(installation)["engagements"]
    assert (limit.percent, limit.is_near, limit.is_reached) == (percent, is_near, is_reached)


def test_percentage_is_never_rounded_up_to_a_limit_that_is_not_reached() -> None:
    limit = Limit(name="x", title="", used=1_999, allowed=2_000, consequence="")
    assert (limit.percent, limit.is_reached) == (99, False)
    over = Limit(name="x", title="", used=300, allowed=250, consequence="")
    assert (over.percent, over.is_reached) == (100, True)


@pytest.mark.req("LC-03")
def test_monthly_limit_counts_this_month_and_says_when_it_starts_again(installation: Installation) -> None:
    ConversationFactory.create(engaged_at=NOW)
    ConversationFactory.create(engaged_at=datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    engage(1)
    limit = get_limits(installation)["monthly"]
    assert (limit.used, limit.resets_at) == (2, datetime(2026, 4, 1, tzinfo=UTC))
    assert "2026-04-01" in limit.consequence
    assert get_next_month(datetime(2026, 12, 31, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)


def test_prime_has_no_limit_to_be_near(prime: Installation) -> None:
    prime.engagement_limit = 1
    engage(5)
    assert list_limits(prime) == list_limits_near(prime) == []


def test_page_shows_package_figures_and_the_way_to_raise_them(
    installation: Installation, enter: Enter
) -> None:
    engage(96)
    page = text_of(enter("manage_agents").get(USAGE))
    assert "<b>96</b> of 100 used (96 %)" in page
    assert "Nearly used up." in page
    assert '<progress max="100" value="96"' in page
    assert "Raise a limit or change the package" in page
    assert reverse("admin:installation_installation_changelist") + "#id_package" in page
    page = text_of(enter("view_global_reports").get(USAGE))
    assert "Raise a limit or change the package" not in page
    assert "Somebody who manages agents can" in page


@pytest.mark.usefixtures("prime")
def test_page_shows_figures_on_prime_too(enter: Enter) -> None:
    engage(3)
    page = text_of(enter("manage_agents").get(USAGE))
    assert "It has no limits." in page
    assert "<dd>3</dd>" in page
    assert "<progress" not in page


def test_everybody_who_is_signed_in_sees_the_banner(installation: Installation, enter: Enter) -> None:
    index = reverse("admin:index")
    engage(89)
    assert "limit-banner" not in text_of(enter("view_custom_rules").get(index))
    engage(1)
    page = text_of(enter("view_custom_rules").get(index))
    assert "90 of 100 are used (90 %). At the limit, visitors get the fallback message" in page
    assert "See the usage limits" not in page
    page = text_of(enter("manage_agents").get(index))
    assert f'<a href="{reverse("admin:installation_usagelimits_changelist")}">See the usage limits' in page
    agent = Client()
    agent.force_login(AgentFactory.create(), backend="django.contrib.auth.backends.ModelBackend")
    assert "90 of 100 are used" in text_of(agent.get(reverse("inbox")))
    assert "are used" not in text_of(Client().get(reverse("sign-in")))
    engage(10)
    assert "the limit is reached" in text_of(agent.get(reverse("settings")))


def test_banner_about_the_month_counts_by_todays_month(installation: Installation, enter: Enter) -> None:
    Installation.objects.update(monthly_limit=2)
    ConversationFactory.create_batch(2, engaged_at=timezone.now())
    assert "Engaged conversations this month" in text_of(enter("manage_agents").get(reverse("admin:index")))
