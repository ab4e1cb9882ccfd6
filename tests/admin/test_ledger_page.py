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


def test_file_has_every_count_under_its_name(boss: User, sign_in: SignIn) -> None:
    ann, bo = AgentFactory.create(first_name="Ann"), AgentFactory.create(first_name="Bo")
    for status, count in (("declined", 1), ("expired", 2), ("undelivered", 3), ("withdrawn", 4)):
        for _number in range(count):
            offered_to(ann, status=status, settled_at=timezone.now())
    at = timezone.now() - timedelta(hours=1)
    accepted = {"status": "accepted", "settled_at": at}
    offered_to(ann, status="accepted", settled_at=at + timedelta(seconds=75))
    for sender, receiver in ((ann, bo), (ann, bo), (bo, ann)):
        transfer = TransferFactory.create(sender=sender, agent=receiver, started_at=at, **accepted)
        offered_to(receiver, transfer=transfer, **accepted)
    answer = sign_in(boss).get(PAGE, {"format": "csv"})
    rows = {row["agent"].split()[0]: row for row in read_csv(answer)}
    counts = ("offered", "accepted", "declined", "missed", "undelivered", "withdrawn")
    assert [rows["Ann"][name] for name in counts] == ["11", "1", "1", "2", "3", "4"]
    assert [rows[name]["taken_over"] for name in ("Ann", "Bo")] == ["1", "2"]
    assert [rows[name]["handed_over"] for name in ("Ann", "Bo")] == ["2", "1"]
    assert [rows[name]["share"] for name in ("Ann", "Bo")] == ["1.0", "0.0"]
    assert float(rows["Ann"]["median_seconds_to_accept"]) == pytest.approx(75, abs=1)


@pytest.mark.parametrize(("days", "offers"), [("7", "1"), ("30", "2"), ("90", "3"), ("", "2")])
def test_period_is_the_one_that_was_chosen(boss: User, sign_in: SignIn, days: str, offers: str) -> None:
    client, ann = sign_in(boss), AgentFactory.create()
    found = {"id": ann.pk, "name": "Ann", "verdict": "no_seat"}
    steps = [{"step": "robin", "label": "", "result": "nobody", "agents": [found], "more": {}}]
    for ago in (6, 29, 89, 91):
        at = timezone.now() - timedelta(days=ago)
        OfferFactory.create(agent=ann, offered_at=at)
        DecisionFactory.create(steps=steps, made_at=at, reason="no_agent")
    rows = read_csv(client.get(PAGE, {"format": "csv", "days": days}))
    assert [row["offered"] for row in rows if row["offered"] != "0"] == [offers]
    page = client.get(f"{PAGE}{ann.pk}/", {"days": days})
    assert len(page.context["rows"]) == int(offers)


def read_csv(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


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
