"""What bringing in a file did, or would do, line by line."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["added", "updated", "unchanged", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("added", "updated", "unchanged", "refused")


@dataclass(frozen=True, slots=True)
class Line:
    """What an import does with one line of the file, or why it can't; lines count from 1."""

    line: int
    name: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an upload did, or would do; with one refused line, nothing was imported."""

    lines: tuple[Line, ...]
    dry_run: bool

    @property
    def is_imported(self) -> bool:
        return not self.dry_run and not self.refused

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.outcome == "refused"]

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many lines of each outcome."""
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in OUTCOMES}
