"""Who gets what (DG-03)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from .addresses import Address
from .setup import Reach


@dataclass(frozen=True, slots=True)
class Candidate:
    """A published dialogue, as far as the choice is concerned; 1 is the highest priority."""

    dialogue_id: int
    version_id: int
    priority: int
    name: str
    reach: Reach

    @property
    def rank(self) -> tuple[int, str, int]:
        """Two dialogues of one priority come by name, in every process alike."""
        return (self.priority, self.name, self.dialogue_id)


C = TypeVar("C", bound=Candidate)


def list_targeting(candidates: Iterable[C], page: Address | None) -> tuple[C, ...]:
    """Return those whose target has the page, in their order."""
    return tuple(candidate for candidate in candidates if candidate.reach.target.matches(page))


def choose(
    candidates: Iterable[C], *, attributes: Mapping[str, object], completed: Collection[int] = ()
) -> C | None:
    """Return the dialogue that is due: of those that target the page and whose audience has the visitor, the
    one with the highest priority that this visitor hasn't completed.

    ``candidates`` are those that target the page, in the order of their rank.
    """
    fitting = (
        candidate
        for candidate in candidates
        if candidate.dialogue_id not in completed and candidate.reach.has(attributes)
    )
    return next(fitting, None)
