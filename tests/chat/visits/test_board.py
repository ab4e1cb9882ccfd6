"""What every page view looks at is read at most once a second, and in constant queries."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from chat.models import DialogueVersion
from chat.selectors.published import get_catalogue
from chat.selectors.visits import get_standings
from chat.services.visitors import hash_key
from chat.targeting import Setup
from chat.visits.batches import get_desk
from chat.visits.board import Board, BoardCache, read_board
from tests.chat.services.talking import answer, ask_then_human, greet, make_dialogue, shown
from tests.chat.visits.pages import Website
from tests.stage import configure


class Reader:
    """Each reading takes a turn of the loop, and says which it was."""

    def __init__(self) -> None:
        self.readings = 0

    async def read(self) -> Any:
        self.readings += 1
        await asyncio.sleep(0)
        return self.readings


def make_cache(*, fresh_for: float) -> Any:
    cache = BoardCache(fresh_for=fresh_for)
    cache._read = Reader().read
    return cache


async def test_page_views_at_once_share_one_reading() -> None:
    cache = make_cache(fresh_for=0)
    assert await asyncio.gather(*[cache.get() for _ in range(50)]) == [1] * 50
    assert await cache.get() == 2


async def test_fresh_board_is_not_read_again() -> None:
    cache = make_cache(fresh_for=3_600)
    assert [await cache.get() for _ in range(5)] == [1] * 5


async def test_who_leaves_takes_the_reading_from_nobody_else() -> None:
    cache = make_cache(fresh_for=0)
    leaving, staying = asyncio.create_task(cache.get()), asyncio.create_task(cache.get())
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 1


@pytest.mark.django_db
def test_board_costs_the_same_queries_however_much_is_published(django_assert_num_queries: Any) -> None:
    for _round in range(2):
        for _number in range(3):
            make_dialogue()
        read_board()
        with django_assert_num_queries(4):
            board = read_board()
    assert len(board.catalogue.dialogues) == 6
    configure(package="prime")
    with django_assert_num_queries(2):
        read_board()


@pytest.mark.django_db
def test_board_is_empty_while_dialogues_are_off() -> None:
    make_dialogue()
    configure(dialogues_enabled=False)
    board: Board = read_board()
    assert (board.is_on, board.catalogue.dialogues) == (False, ())


@pytest.mark.django_db
def test_version_from_before_settings_were_frozen_is_for_everybody() -> None:
    dialogue = make_dialogue()
    DialogueVersion.objects.update(setup={})
    (published,) = get_catalogue().dialogues
    assert (published.dialogue_id, published.version.setup) == (dialogue.pk, Setup())


@pytest.mark.django_db
def test_version_that_cannot_be_read_is_left_out_and_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    make_dialogue(priority=1)
    DialogueVersion.objects.update(setup={"include": ["/prices"]})
    readable = make_dialogue(priority=2)
    for _ in range(3):
        assert [one.dialogue_id for one in get_catalogue().dialogues] == [readable.pk]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.django_db
def test_standings_cost_the_same_queries_however_many_come(django_assert_num_queries: Any) -> None:
    make_dialogue(ask_then_human())
    hashes = []
    for number in range(12):
        key = f"visitor-{number}"
        conversation = shown(greet(key=key))
        answer(conversation, "yes", card="c2")
        answer(conversation, f"{key}@acme.example", card="c3", seconds=5)
        hashes.append(hash_key(key))
    for some in (hashes[:1], hashes):
        with django_assert_num_queries(3):
            found = get_standings(some)
        assert all(one.is_running and "email" in one.known.attributes for one in found.values())
        assert found.keys() == set(some)


async def test_page_view_of_somebody_new_costs_no_query(website: Website, monkeypatch: Any) -> None:
    await sync_to_async(make_dialogue)()
    await website.visit()

    def fail(*args: object) -> None:
        raise AssertionError("asked the database")

    monkeypatch.setattr("chat.visits.board.get_catalogue", fail)
    monkeypatch.setattr("chat.visits.batches.get_standings", fail)
    get_desk().board._fresh_for = 3_600
    assert (await website.visit())["dialogue"] is not None
