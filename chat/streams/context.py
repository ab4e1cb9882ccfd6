"""What a stream is told of the world outside, when it is checked and when it is played."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What exists in this installation, so that a stream's references can be checked (DG-13)."""

    agent_ids: Set[int] = frozenset()
    team_ids: Set[int] = frozenset()
    is_prime: bool = False
    has_rules: bool = False


@dataclass(frozen=True, slots=True)
class RunContext:
    """What is known about the visitor: stored attributes by name, where blank means unknown."""

    attributes: Mapping[str, str] = field(default_factory=dict)

    def knows(self, attribute: str) -> bool:
        return bool(self.attributes.get(attribute, "").strip())

    def having(self, changes: Mapping[str, str]) -> "RunContext":
        return RunContext({**self.attributes, **changes})
