"""PostgreSQL restarted under a web process: whoever asks after its return is answered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import psycopg
import pytest

from tests.kill.postgres import Postgres
from tests.processes import Process, Processes
from tests.waiting import wait_until

PEOPLE = 8
# Seconds from PostgreSQL's return, or from the question if that came later, to the answer.
WITHIN = 2.0


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    own = Postgres()
    yield own
    own.discard()


@pytest.fixture
def web(postgres: Postgres, processes: Processes) -> Process:
    return processes.web(DATABASE_URL=postgres.url, PGAPPNAME="web")


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2 * PEOPLE) as pool:
        yield pool


def ask(web: Process) -> tuple[int, float]:
    """Open a page for which a session is looked up; its status, and when it was there."""
    server = HTTPConnection("127.0.0.1", web.port, timeout=30)
    # Not signed in, and the database must say so.
    server.request("GET", "/sign-in/", headers={"Cookie": f"sessionid={'x' * 32}"})
    with closing(server), server.getresponse() as response:
        response.read()
        return response.status, time.monotonic()


def ask_all(people: ThreadPoolExecutor, web: Process, count: int = PEOPLE) -> list[Future[tuple[int, float]]]:
    """So many people ask at once."""
    return [people.submit(ask, web) for _ in range(count)]


def check_answered(asked: list[Future[tuple[int, float]]], *, since: float) -> None:
    answers = [one.result(60) for one in asked]
    assert {status for status, _at in answers} == {200}
    assert max(at for _status, at in answers) - since <= WITHIN


def count(watching: psycopg.Connection, question: str) -> int:
    row = watching.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def fill_pool(people: ThreadPoolExecutor, web: Process, postgres: Postgres) -> None:
    """Have the web process hold a connection for each of the people, all of them idle."""
    idle = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'web' AND state = 'idle'"
    with psycopg.connect(postgres.url, autocommit=True) as watching, psycopg.connect(postgres.url) as holding:
        holding.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
        asked = ask_all(people, web)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        wait_until(lambda: count(watching, waiting) == PEOPLE, what="everybody waits in the database")
        holding.rollback()
        assert {one.result(30)[0] for one in asked} == {200}
        wait_until(lambda: count(watching, idle) >= PEOPLE, what="every connection is idle")


@pytest.mark.req("DL-01")
@pytest.mark.parametrize("count", [1, 3, PEOPLE])
def test_everybody_is_answered_as_soon_as_postgresql_is_back(
    people: ThreadPoolExecutor, web: Process, postgres: Postgres, count: int
) -> None:
    fill_pool(people, web, postgres)
    postgres.stop()
    postgres.start()
    back_at = time.monotonic()
    check_answered(ask_all(people, web, count), since=back_at)


@pytest.mark.req("DL-01")
def test_who_asked_while_postgresql_was_away_is_answered_on_its_return(
    people: ThreadPoolExecutor, web: Process, postgres: Postgres
) -> None:
    fill_pool(people, web, postgres)
    postgres.stop()
    early = ask_all(people, web)
    # Each connection, and the one by which the pool would grow, has been tried three times: pauses that
    # double would leave four seconds to the next try.
    wait_until(
        lambda: web.log.read_bytes().count(b"error connecting") >= 3 * (PEOPLE + 1),
        what="the web process looks for PostgreSQL",
    )
    postgres.start()
    back_at = time.monotonic()
    check_answered([*early, *ask_all(people, web)], since=back_at)
