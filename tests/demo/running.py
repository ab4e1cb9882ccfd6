"""The demo as people start it: `manage.py demo` as a process of its own, in an environment without ours."""

from __future__ import annotations

import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.processes import ROOT, free_port
from tests.waiting import wait_until

# What of our own environment a newcomer has too.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
READY = "Press Ctrl-C to stop."


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def get(url: str, *, method: str = "GET", **headers: str) -> Page:
    """One request, without following where it leads; `Host` and `Cookie` may be given."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=20)
    try:
        connection.request(method, parts.path or "/", headers=headers)
        answer = connection.getresponse()
        return Page(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def make_environment(data_dir: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "DATA_DIR": str(data_dir), **more}


def run_python(code: str, data_dir: Path, **environment: str) -> str:
    """Run code in the embedded mode's settings, on this folder's data, and return what it prints."""
    start = "import django; django.setup()\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", start + code],
        cwd=ROOT,
        env=make_environment(
            data_dir, DJANGO_SETTINGS_MODULE="config.settings", EMBEDDED="true", **environment
        ),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _hear_ctrl_c() -> None:
    """A shell that runs the tests in the background lets them ignore it, and whatever they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass
class Demo:
    """One running demo; `output` is what it has printed so far."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> Demo:
        """Start it without waiting."""
        log = self.data_dir.with_name(f"{self.data_dir.name}.log")
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(self.port), *self.options],
                cwd=ROOT,
                env=make_environment(self.data_dir, **self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_hear_ctrl_c,
            )
        self.log = log
        return self

    def start_and_wait(self) -> Demo:
        """Start it and return when it says that it is ready."""
        self.start()
        wait_until(
            lambda: READY in self.output or self.process.poll() is not None,
            what="the demo starts",
            seconds=90,
        )
        assert READY in self.output, self.output
        return self

    def fail_to_start(self) -> str:
        """Start it where it can't run; returns what it says on its way out with exit code 1."""
        self.start()
        assert self.process.wait(timeout=60) == 1, self.output
        return self.output

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=20)

    def end(self) -> None:
        """Make sure that it is gone."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def website(self) -> str:
        found = re.search(r"Demo website\s+(http://\S+)/\n", self.output)
        assert found, self.output
        return found[1]

    def get_link(self, name: str) -> str:
        """The address that the terminal shows for signing in as this person."""
        found = re.search(rf"{name}, \w+\s+(http://\S+)\n", self.output)
        assert found, self.output
        return found[1]

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of its database, read beside it."""
        database = sqlite3.connect(self.data_dir / "switchboard.sqlite3", timeout=20)
        try:
            with database:
                return database.execute(sql).fetchall()
        finally:
            database.close()
