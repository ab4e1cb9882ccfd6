"""kill -9 while it is counted what was shown: nothing that was confirmed is lost, nothing counts twice."""

from __future__ import annotations

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException

import pytest

from chat.models import Dialogue, Trigger
from chat.services.triggers import hash_session
from tests.processes import Process, Processes
from tests.scenes import publish, set_up
from tests.waiting import wait_until

BROWSERS = 8
SESSIONS_EACH = 40


def tell(server: Process, version: str, session: str) -> bool:
    """Whether the server confirmed that it was counted; no answer is no confirmation."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        body = json.dumps({"session": session, "version": version, "page": {"url": "https://acme.example/"}})
        connection.request("POST", "/widget/shown", body, {"Content-Type": "text/plain"})
        return connection.getresponse().status == 204
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def browse(server: Process, version: str, browser: int) -> list[str]:
    """The sessions that were confirmed; each is told once."""
    sessions = [f"browser-{browser:04}-session-{number:04}" for number in range(SESSIONS_EACH)]
    return [session for session in sessions if tell(server, version, session)]


@pytest.mark.req("DG-04")
@pytest.mark.parametrize("failpoint", ["shown.inserted", "shown.committed"])
def test_what_was_confirmed_survives_the_kill_and_counts_once_when_told_again(
    processes: Processes, failpoint: str
) -> None:
    set_up()
    publish()
    version = f"{Dialogue.objects.get().public_id}.1"
    doomed, safe = processes.web(FAILPOINTS=f"{failpoint}:12"), processes.web()
    with ThreadPoolExecutor(BROWSERS) as browsers:
        confirmed = [
            session
            for sessions in browsers.map(lambda browser: browse(doomed, version, browser), range(BROWSERS))
            for session in sessions
        ]
    wait_until(lambda: not doomed.is_running, what="the server dies at its failpoint", seconds=30)
    assert doomed.running.returncode == -signal.SIGKILL
    kept = set(Trigger.objects.values_list("session_hash", flat=True))
    assert 0 < len(confirmed) < BROWSERS * SESSIONS_EACH, "it was killed in the middle"
    assert kept >= {hash_session(session) for session in confirmed}
    # The browsers tell again what nobody confirmed, and some of them what was.
    with ThreadPoolExecutor(BROWSERS) as browsers:
        told = list(browsers.map(lambda browser: browse(safe, version, browser), range(BROWSERS)))
    assert sum(map(len, told)) == BROWSERS * SESSIONS_EACH
    assert Trigger.objects.count() == BROWSERS * SESSIONS_EACH
