"""The example company itself, without running anything."""

from __future__ import annotations

import zoneinfo
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from chat.streams import CheckContext, RunContext, begin, check_stream, parse_stream, respond
from config.demo.company import ACCOUNTS, FALLBACK_HTML, RULES
from config.demo.greeting import get_shown_host
from config.demo.page_stories import make_company_help, make_fleet_plan, make_price_help, make_test_ride
from config.demo.papers import write_guide
from config.demo.people import PEOPLE, VISITABLE
from config.demo.pictures import draw_initials
from config.demo.stories import make_return, make_welcome
from config.lib.conditions import matches, parse_conditions, to_json
from config.lib.pdfs import read_pdf
from config.lib.pictures import reencode_avatar
from config.lib.richtext import Link, Paragraph, to_nodes

PRIME = CheckContext(
    agent_ids=frozenset(),
    team_ids=frozenset({3}),
    document_ids=frozenset({1}),
    is_prime=True,
    has_rules=True,
)
STREAMS = {
    "welcome": make_welcome(team_id=3),
    "return": make_return(),
    "prices": make_price_help(team_id=3, document_id=1),
    "companies": make_company_help(),
    "ride": make_test_ride(),
    "plan": make_fleet_plan(),
}


def walk(stream: dict[str, Any], *answers: str) -> list[str | None]:
    """Play the stream with these answers: the cards that waited, then the live chat it ended at, if any."""
    parsed = parse_stream(stream)
    known: dict[str, str] = {}
    run = begin(parsed, RunContext(known))
    met = [run.awaiting]
    for answer in answers:
        assert run.awaiting is not None
        run = respond(parsed, run.awaiting, answer, RunContext(known))
        known |= run.attributes
        met.append(run.awaiting)
    assert run.completed
    return [*met[:-1], run.live_chat]


@pytest.mark.req("DG-13")
@pytest.mark.parametrize("stream", list(STREAMS.values()), ids=list(STREAMS))
def test_its_dialogues_can_be_published(stream: dict[str, Any]) -> None:
    faults = check_stream(parse_stream(stream), PRIME)
    assert [fault for fault in faults if fault.severity == "error"] == []


@pytest.mark.parametrize(
    ("answers", "met"),
    [
        (("sales", "Vera", "vera@acme.example"), ["what", "first-name", "email", "sales-chat"]),
        (("looking",), ["what", None]),
        (("prices", "one"), ["what", "how-many", None]),
        (("prices", "few", "vera@acme.example"), ["what", "how-many", "quote-email", "quote-chat"]),
        (("prices", "many"), ["what", "how-many", "fleet-chat"]),
    ],
)
def test_every_way_through_the_welcome_leads_where_it_says(answers: tuple[str, ...], met: list[str]) -> None:
    assert walk(make_welcome(team_id=3), *answers) == met


@pytest.mark.parametrize(
    ("name", "answers", "met"),
    [
        ("prices", ("guide",), ["compare", None]),
        ("prices", ("lease", "vera@acme.example"), ["compare", "lease-email", None]),
        ("companies", ("Acme", "vera@acme.example"), ["firm", "email", None]),
        ("ride", ("post", "Vera", "vera@acme.example"), ["which", "first-name-3", "email-3", None]),
        ("plan", ("some",), ["parcels", None]),
    ],
)
def test_the_pages_own_streams_lead_where_they_say(
    name: str, answers: tuple[str, ...], met: list[str]
) -> None:
    assert walk(STREAMS[name], *answers) == met


def test_its_guide_is_a_pdf_that_visitors_may_get() -> None:
    assert read_pdf(write_guide()).pages == 3


@pytest.mark.req("LC-17")
@pytest.mark.parametrize(
    ("attributes", "rules"),
    [
        ({"topic": "service"}, ["Service and repairs"]),
        ({"topic": "fleet", "company": "Acme"}, ["Companies and fleets"]),
        ({"topic": "sales"}, []),
    ],
)
def test_its_rules_match_whom_they_are_for(attributes: dict[str, str], rules: list[str]) -> None:
    read = {rule.name: parse_conditions(to_json(rule.conditions)) for rule in RULES}
    assert [name for name, conditions in read.items() if matches(conditions, attributes)] == rules


@pytest.mark.req("LC-26")
def test_its_fallback_message_has_a_link_that_survives_cleaning() -> None:
    paragraphs = [node for node in to_nodes(FALLBACK_HTML) if isinstance(node, Paragraph)]
    links = [node.href for paragraph in paragraphs for node in paragraph.children if isinstance(node, Link)]
    assert links == ["mailto:hello@murmel.example", "https://murmel.example/workshops"]


def test_two_agents_sign_in_who_are_there_around_the_clock() -> None:
    agents = [person for person in VISITABLE if not person.is_admin]
    assert len(agents) == 2
    for person in agents:
        assert list(person.days) == list(range(7))
        assert [(starts.hour, ends.hour) for starts, ends in person.hours] == [(0, 0)]
    assert {person.time_zone for person in PEOPLE} <= zoneinfo.available_timezones()


def test_its_accounts_belong_to_its_people() -> None:
    assert {owner for _name, _domain, owner in ACCOUNTS} <= set(PEOPLE)


@pytest.mark.req("LC-08")
def test_a_drawn_picture_shows_its_initials_on_its_colour() -> None:
    picture = draw_initials("IS", "#0f766e")
    with Image.open(BytesIO(picture)) as drawn:
        assert drawn.getpixel((511, 511)) == (15, 118, 110)
        assert (255, 255, 255) in {drawn.getpixel((x, 256)) for x in range(512)}
    assert picture != draw_initials("MR", "#0f766e")
    assert reencode_avatar(picture)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("::", "127.0.0.1"), ("::1", "[::1]"), ("me.local", "me.local")],
)
def test_the_address_shown_is_one_that_a_browser_can_open(host: str, shown: str) -> None:
    assert get_shown_host(host) == shown
