"""Which state of each conversation a reader has: none follows a later one, and a lost one is noticed (R6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from chat.protocol.state import Marks, State


class Place(NamedTuple):
    """How far a conversation has come: its last message, its state's revision, and the sum of its marks."""

    seq: int
    revision: int = 0
    marks: int = 0


def add_marks(marks: Marks | None) -> int:
    """Marks only grow, so that their sum alone says which of two is the later one."""
    if marks is None:
        return 0
    return marks.visitor_delivered + marks.visitor_read + marks.agent_delivered + marks.agent_read


class Standings:
    """What one socket was told of its conversations' states."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, int]] = {}

    def note(self, state: State) -> None:
        """The reader is given this state."""
        revision, marks = self._told.get(state.conversation, (-1, -1))
        told = max(revision, state.revision), max(marks, add_marks(state.marks))
        self._told[state.conversation] = told

    def is_news(self, hints: Mapping[str, str | int]) -> bool:
        """Whether a push with these hints may go out; one that is neither a state nor marks always may."""
        if "marks" not in hints:
            return True
        conversation, marks = str(hints["conversation"]), int(hints["marks"])
        if "revision" in hints:
            return self.pass_state(conversation, int(hints["revision"]), marks)
        return self.pass_marks(conversation, marks)

    def pass_state(self, conversation: str, revision: int, marks: int) -> bool:
        """Whether a pushed state may go out: not after a later one."""
        told, told_marks = self._told.get(conversation, (-1, -1))
        if revision < told:
            return False
        self._told[conversation] = revision, max(told_marks, marks)
        return True

    def pass_marks(self, conversation: str, marks: int) -> bool:
        """Whether pushed marks may go out: only if they say something new."""
        told, told_marks = self._told.get(conversation, (-1, -1))
        if marks <= told_marks:
            return False
        self._told[conversation] = told, marks
        return True

    def is_behind(self, conversation: str, place: Place) -> bool:
        """The database has a later state than the reader."""
        told, told_marks = self._told.get(conversation, (-1, -1))
        return place.revision > told or place.marks > told_marks
