"""The demo's life: first and later starts, what keeps it from starting, and its ends."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.demo.running import Demo, get
from tests.processes import free_port, is_listening

MakeDemo = Callable[..., Demo]

COUNTS = """
select (select count(*) from agents_user), (select count(*) from agents_scheduleblock),
  (select count(*) from agents_team), (select count(*) from routing_rule),
  (select count(*) from routing_account), (select count(*) from chat_dialogue),
  (select count(*) from chat_dialogueversion)
"""


def listening_after_a_free_port() -> socket.socket:
    """A socket that listens, and nothing does on the port before it."""
    while True:
        other = socket.socket()
        other.bind(("127.0.0.1", 0))
        if not is_listening(other.getsockname()[1] - 1):
            other.listen()
            return other
        other.close()


def test_a_second_run_keeps_the_data_and_the_links(make_demo: MakeDemo, tmp_path: Path) -> None:
    first = make_demo(data_dir=tmp_path / "new").start_and_wait()
    assert "Collected the static files." in first.output
    counts, link = first.query(COUNTS), first.get_link("Mateo")
    first.query("update agents_user set first_name = 'Inga' where username = 'ingrid'")
    first.query("delete from routing_account where domain = 'eastmere.example'")
    assert first.stop() == 0
    second = make_demo(data_dir=tmp_path / "new", port=first.port).start_and_wait()
    assert counts == [(5, 31, 1, 2, 6, 6, 6)]
    assert second.query(COUNTS) == [(5, 31, 1, 2, 5, 6, 6)]
    assert second.get_link("Mateo") == link
    assert get(second.get_link("Inga")).status == 302


def test_it_stops_within_two_seconds_and_frees_its_ports(make_demo: MakeDemo) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        demo = make_demo().start_and_wait()
        began = time.monotonic()
        assert demo.stop(number) == 0
        assert time.monotonic() - began < 2
        assert not is_listening(demo.port)
        assert demo.output.endswith("Stopped. The data stay for the next time.\n")
        assert "Traceback" not in demo.output
        # Nor is anything made again that was there: the folder has moved, its files are the same.
        assert "Collected" not in demo.output


@pytest.mark.req("DL-08")
def test_its_sockets_are_closed_as_for_a_restart(make_demo: MakeDemo) -> None:
    demo = make_demo().start_and_wait()
    with connect(f"ws://127.0.0.1:{demo.port}/ws/visitor/", origin=Origin(demo.website)) as visitor:
        visitor.send('{"type": "hello", "protocol": 1}')
        assert '"welcome"' in str(visitor.recv(timeout=10))
        began = time.monotonic()
        demo.process.terminate()
        frames: list[str | bytes] = []
        with pytest.raises(ConnectionClosed):
            frames.extend(visitor)
        assert '"bye"' in str(frames[-1])
        assert visitor.close_code == 1012
    assert demo.process.wait(timeout=20) == 0
    assert time.monotonic() - began < 2
    assert "Traceback" not in demo.output


def test_a_killed_one_starts_again(make_demo: MakeDemo) -> None:
    first = make_demo().start_and_wait()
    first.process.kill()
    first.process.wait()
    second = make_demo(port=first.port).start_and_wait()
    assert get(second.get_link("Ingrid")).status == 302
    assert get(second.website).status == 200


def test_a_taken_port_is_said_in_words(make_demo: MakeDemo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        output = make_demo(port=port).fail_to_start()
    assert f"Port {port} is taken" in output
    assert "make demo PORT=" in output
    assert "Traceback" not in output


def test_the_website_takes_the_next_port_that_is_free(make_demo: MakeDemo) -> None:
    with listening_after_a_free_port() as other:
        taken = other.getsockname()[1]
        demo = make_demo(port=taken - 1).start_and_wait()
        assert int(demo.website.rpartition(":")[2]) > taken
        assert get(demo.website).status == 200


def test_two_on_one_folder_are_refused(make_demo: MakeDemo) -> None:
    make_demo().start_and_wait()
    output = make_demo(port=free_port()).fail_to_start()
    assert "is running already" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        (("--accept-seconds", "4"), {}, "greater than or equal to 5"),
        ((), {"DATABASE_URL": "postgres://someone@127.0.0.1:1/company"}, "keeps its data in SQLite"),
    ],
)
def test_what_can_not_work_is_refused_in_words(
    make_demo: MakeDemo, options: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    output = make_demo(*options, environment=environment).fail_to_start()
    assert words in output
    assert "Traceback" not in output


@pytest.mark.req("LC-22")
def test_the_time_to_accept_can_be_chosen_and_is_kept(make_demo: MakeDemo) -> None:
    first = make_demo("--accept-seconds", "5").start_and_wait()
    first.stop()
    second = make_demo().start_and_wait()
    assert second.query("select accept_seconds from installation_installation") == [(5,)]
    assert "waits 5 seconds" in get(second.url).text
