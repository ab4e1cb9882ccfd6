"""The product's real processes on the test database: Daphne, Celery worker and beat, and a Redis to break."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A TCP port that nothing on this machine listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get_test_database_url() -> str:
    """The address of the database that the running test uses, for a process outside it."""
    told = connection.settings_dict
    user, password = quote(str(told["USER"])), quote(str(told["PASSWORD"]))
    return f"postgres://{user}:{password}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


def is_listening(port: int) -> bool:
    """Whether something accepts connections on this port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Process:
    """One running process; what it prints is in `log`."""

    name: str
    running: subprocess.Popen[bytes]
    log: Path
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        return self.running.poll() is None

    def wait_until_it_says(self, words: bytes) -> None:
        """Return when it has printed these words; fails with what it did print if it ends instead."""
        wait_until(
            lambda: words in self.log.read_bytes() or not self.is_running,
            what=f"{self.name} says {words.decode().strip()!r}",
            seconds=40,
        )
        printed = self.log.read_bytes()
        assert words in printed, f"{self.name} ended by itself:\n{printed[-4000:].decode()}"

    def kill(self) -> None:
        """End it as a power cut would, with everything it started: kill -9, then wait."""
        if self.is_running:
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def stop(self) -> None:
        """End it in order; after 10 seconds, by force."""
        if self.is_running:
            os.killpg(self.running.pid, signal.SIGTERM)
        try:
            self.running.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Processes:
    """Starts processes, remembers them and stops them all. Each takes further environment variables."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    started: list[Process] = field(default_factory=list)

    def web(
        self, *, port: int | None = None, application: str = "config.asgi:application", **environment: str
    ) -> Process:
        """Daphne with the whole product; returns when it listens. The same `port` again is a restart."""
        port = port or free_port()
        command = [
            sys.executable,
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            application,
        ]
        return self._listening(
            "web", command, port, {"PUBLIC_URL": f"http://127.0.0.1:{port}", **environment}
        )

    def worker(self, **environment: str) -> Process:
        """A Celery worker; what it is to do shows when it is ready."""
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "--concurrency=2",
            "--without-mingle",
        ]
        return self._start("worker", command, environment)

    def beat(self, **environment: str) -> Process:
        """Celery beat; every sweeper's first run shows when it is ready."""
        return self._start("beat", [sys.executable, "-m", "celery", "-A", "config", "beat"], environment)

    def redis(self, *, port: int | None = None) -> Process:
        """A Redis that a test may flush, kill and start again on the same `port`; returns when it listens."""
        port = port or free_port()
        command = [shutil.which("redis-server") or "redis-server", "--bind", "127.0.0.1", "--port", str(port)]
        return self._listening("redis", [*command, "--dir", str(self.folder), "--save", ""], port, {})

    def module(self, name: str, *arguments: str, pass_fds: Sequence[int] = ()) -> Process:
        """One of the tests' own programs; it inherits these file descriptors."""
        return self._start(name, [sys.executable, "-m", name, *arguments], {}, pass_fds=pass_fds)

    def stop_all(self) -> None:
        """Stop everything started here, newest first."""
        for process in reversed(self.started):
            process.stop()

    def _listening(self, name: str, command: list[str], port: int, environment: Mapping[str, str]) -> Process:
        process = self._start(name, command, environment, port=port)
        wait_until(
            lambda: is_listening(port) or not process.is_running,
            what=f"{name} listens on {port}",
            seconds=30,
        )
        assert process.is_running, f"{name} ended by itself:\n{process.log.read_text()[-4000:]}"
        return process

    def _start(
        self,
        name: str,
        command: list[str],
        environment: Mapping[str, str],
        *,
        port: int = 0,
        pass_fds: Sequence[int] = (),
    ) -> Process:
        log = self.folder / f"{name}-{len(self.started) + 1}.log"
        with log.open("wb") as output:
            running = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        process = Process(name=name, running=running, log=log, port=port)
        self.started.append(process)
        return process
