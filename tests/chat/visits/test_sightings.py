"""Where the snippet is seen working: once an hour for each page, bounded, and in batches."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from chat.models import Sighting
from chat.services import sightings as service
from chat.services.sightings import Seen, record_sightings
from chat.visits.batches import get_desk
from chat.visits.sightings import MOST_IN_A_FLUSH, Sightings
from tests.chat.visits.pages import Website
from tests.factories import NOW
from tests.stage import at

SITE = "https://acme.example"


class Book:
    """Takes what is written."""

    def __init__(self) -> None:
        self.writes: list[list[str]] = []
        self.is_broken = False

    async def write(self, pages: list[Seen]) -> None:
        self.writes.append([page.path for page in pages])
        if self.is_broken:
            raise OSError


async def settle(book: Book, writes: int) -> None:
    while len(book.writes) < writes:
        await asyncio.sleep(0)


def make(book: Book, *, noted_for: float = 3_600) -> Sightings:
    return Sightings(book.write, flush_after=0, noted_for=noted_for)


def note(sightings: Sightings, *paths: str, origin: str = SITE, now: datetime = NOW) -> None:
    for path in paths:
        sightings.note(origin, f"{SITE}{path}", now=now)


async def test_pages_that_come_together_are_written_together_and_once() -> None:
    book = Book()
    sightings = make(book)
    note(sightings, "/a", "/b", "/a", "")
    await settle(book, 1)
    note(sightings, "/a", "/c")
    await settle(book, 2)
    assert book.writes == [["/a", "/b", "/"], ["/c"]]


async def test_page_is_written_again_after_its_time() -> None:
    book = Book()
    sightings = make(book, noted_for=0)
    note(sightings, "/a")
    await settle(book, 1)
    note(sightings, "/a")
    await settle(book, 2)


async def test_page_that_could_not_be_written_is_written_when_it_is_seen_again() -> None:
    book = Book()
    book.is_broken = True
    sightings = make(book)
    note(sightings, "/a")
    await settle(book, 1)
    await asyncio.sleep(0)
    note(sightings, "/a")
    await settle(book, 2)


async def test_script_that_makes_up_addresses_is_not_followed() -> None:
    book = Book()
    note(make(book), *[f"/{number}" for number in range(1_000)])
    await settle(book, 1)
    assert [len(write) for write in book.writes] == [MOST_IN_A_FLUSH]


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://acme.example"])
async def test_page_of_another_origin_than_the_browser_names_is_none(origin: str) -> None:
    book = Book()
    sightings = make(book)
    note(sightings, "/evil", origin=origin)
    note(sightings, "/own")
    await settle(book, 1)
    assert book.writes == [["/own"]]


@pytest.mark.django_db
def test_first_time_stays_and_last_time_moves() -> None:
    record_sightings([Seen(SITE, "/a", NOW), Seen(SITE, "/b", NOW), Seen(SITE, "/a", NOW)])
    record_sightings([Seen(SITE, "/a", at(60))])
    rows = Sighting.objects.order_by("path").values_list("path", "first_seen_at", "last_seen_at")
    assert list(rows) == [("/a", NOW, at(60)), ("/b", NOW, NOW)]


@pytest.mark.django_db
def test_of_too_many_pages_those_seen_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_SIGHTINGS", 3)
    for number in range(5):
        record_sightings([Seen(SITE, f"/{number}", at(number))])
    record_sightings([Seen(SITE, "/2", at(9)), Seen("https://" + "a" * 400, "/" + "b" * 900, at(9))])
    kept = Sighting.objects.order_by("last_seen_at", "pk").values_list("path", flat=True)
    assert [path[:3] for path in kept] == ["/4", "/2", "/bb"]


async def test_page_views_leave_their_trace(website: Website) -> None:
    get_desk().sightings._flush_after = 0
    for path in ("/prices?secret=1", "/prices#top", "/jobs"):
        await website.visit(path)
    while await Sighting.objects.acount() < 2:
        await asyncio.sleep(0)
    rows = Sighting.objects.order_by("path").values_list("origin", "path")
    assert [row async for row in rows] == [(SITE, "/jobs"), (SITE, "/prices")]
