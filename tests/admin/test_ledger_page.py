"""The ledger's pages: everybody's counts, one agent's decisions, and a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import User
from routing.models import Decision
from tests.admin.conftest import SignIn
from tests.factories import AgentFactory, DecisionFactory, OfferFactory, TransferFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-56")]

PAGE = "/admin/routing/offer/ledger/"


def offered_to(agent: User, **fields: Any) -> None:
    OfferFactory.create(agent=agent, offered_at=timezone.now() - timedelta(hours=1), **fields)


def passed_over(agent: User, verdict: str) -> Decision:
    found = {"id": agent.pk, "name": agent.display_name, "verdict": verdict}
    step = {"step": "robin", "label": "", "result": "nobody", "agents": [found], "more": {}}
    decision: Decision = DecisionFactory.create(
        steps=[step], made_at=timezone.now() - timedelta(hours=1), reason="no_agent"
    )
    return decision


def test_ledger_is_shown_and_taken_away_as_a_file(boss: User, sign_in: SignIn) -> None:
    client = sign_in(boss)
    ann = AgentFactory.create(first_name="@Ann", last_name="Berg")
    for _number in range(3):
        offered_to(ann)
    offered_to(AgentFactory.create(first_name="Bo"), via="rule")
    page = client.get(PAGE, {"days": "7"}).content.decode()
    assert "@Ann Berg" in page
    assert '<td class="number">75 %</td>' in page
    answer = client.get(PAGE, {"days": "7", "via": "robin", "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[0][:3] == ["agent", "offered", "accepted"]
    assert [(row[0].split()[0], row[1]) for row in rows[1:3]] == [("'@Ann", "3"), ("Bo", "0")]


@pytest.mark.parametrize("via", ["", "robin"])
def test_name_in_the_ledger_leads_to_the_offers_that_are_counted(
    boss: User, sign_in: SignIn, via: str
) -> None:
    client, ann = sign_in(boss), AgentFactory.create(first_name="Ann")
    offered_to(ann)
    offered_to(ann, via="rule")
    offered_to(ann, via="transfer", transfer=TransferFactory.create())
    OfferFactory.create(agent=ann, offered_at=timezone.now() - timedelta(days=7, minutes=1))
    offered_to(AgentFactory.create())
    page = client.get(PAGE, {"days": "7", "via": via})
    counted = next(row.offered for row in page.context["rows"] if row.agent_id == ann.pk)
    link = re.search(rf'/admin/routing/offer/\?agent__id__exact={ann.pk}[^"]*', page.content.decode())
    assert link
    listed = client.get(link[0].replace("&amp;", "&")).context["cl"]
    assert listed.result_count == counted == (1 if via else 2)


def test_what_is_not_a_period_is_the_last_month(boss: User, sign_in: SignIn) -> None:
    answer = sign_in(boss).get(PAGE, {"days": "all", "via": "magic"})
    assert answer.status_code == 200
    assert (timezone.now() - answer.context["since"]).days == 30


def test_page_of_an_agent_says_why_and_why_not(boss: User, sign_in: SignIn) -> None:
    client, ann = sign_in(boss), AgentFactory.create(first_name="Ann", last_name="Berg")
    decision = passed_over(ann, "no_seat")
    passed_over(AgentFactory.create(), "unavailable")
    page = client.get(f"{PAGE}{ann.pk}/").content.decode()
    assert "Why Ann Berg was asked, or not" in page
    assert "Round robin: no free seat" in page
    assert "switched to unavailable" not in page
    assert f"/admin/routing/decision/{decision.pk}/change/" in page
    assert client.get(f"{PAGE}999999/").status_code == 404


def test_pages_cost_the_same_however_much_there_is(boss: User, sign_in: SignIn) -> None:
    client, ann = sign_in(boss), AgentFactory.create()
    counts: dict[str, list[int]] = {PAGE: [], f"{PAGE}{ann.pk}/": []}
    client.get(PAGE)  # what is looked up once per process is
    for _round in range(2):
        for _number in range(5):
            offered_to(AgentFactory.create())
            passed_over(ann, "no_seat")
        for page, seen in counts.items():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            seen.append(len(captured))
    assert {len(set(seen)) for seen in counts.values()} == {1}


def test_ledger_is_for_those_who_see_all_conversations(enter: Callable[..., Client]) -> None:
    pages = (PAGE, f"{PAGE}{AgentFactory.create().pk}/", f"{PAGE}?format=csv")
    allowed, other = enter("view_all_conversations"), enter("view_my_conversations")
    assert [allowed.get(page).status_code for page in pages] == [200] * 3
    assert [other.get(page).status_code for page in pages] == [403] * 3
