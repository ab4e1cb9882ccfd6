"""People who click in the same instant: processes with their own connections, released by one barrier."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Pipe
from typing import Any

from tests.processes import Processes
from tests.races.crowd import Failed

Work = Callable[[], Any]


class Crowd:
    """The process that people are forked from. Started once; `of` gives as many as a test needs."""

    def __init__(self, processes: Processes) -> None:
        self._line, far = Pipe()
        self._process = processes.module("tests.races", str(far.fileno()), pass_fds=[far.fileno()])
        far.close()

    @contextmanager
    def of(self, count: int) -> Iterator[People]:
        """So many people, who leave at the end."""
        self._line.send(count)
        try:
            yield People(self)
        finally:
            self.ask([])

    def run(self, works: Sequence[Work]) -> list[Any]:
        """One round, by as many people as it needs."""
        with self.of(len(works)) as people:
            return people.run(works)

    def ask(self, message: list[bytes], *, seconds: float = 60.0) -> Any:
        """Tell the process something, and wait for its answer."""
        self._line.send(message)
        assert self._line.poll(seconds), f"no answer within {seconds:g} s:\n{self._read_log()}"
        try:
            return self._line.recv()
        except EOFError:
            raise AssertionError(self._read_log()) from None

    def _read_log(self) -> str:
        return self._process.log.read_text()[-4000:]


class People:
    """As many processes as were asked for; each round needs all of them."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd

    def run(self, works: Sequence[Work]) -> list[Any]:
        """What each returned, or the `Refused` that it met; all began together.

        A work is a function of a module, with its arguments by `partial`: it is sent to another process.
        """
        told = self._crowd.ask([pickle.dumps(work) for work in works])
        answers = [pickle.loads(answer) for answer in told]  # noqa: S301 - from a process that we started
        failed = [answer.text for answer in answers if isinstance(answer, Failed)]
        assert not failed, "\n".join(failed)
        return answers
