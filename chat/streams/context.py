"""What a stream is told of the world outside, when it is checked and when it is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chat.streams.outputs import DocumentFacts
from config.lib.conditions import AGENT_AVAILABLE, LISTS

if TYPE_CHECKING:
    from chat.streams.parsing import Stream


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What exists in this installation, so that a stream's references can be checked (DG-13).

    `flows` are the published flows' frozen streams by id; `flow_id` is the own id of the flow whose stream is
    checked, since it may not run itself.
    """

    agent_ids: Set[int] = frozenset()
    team_ids: Set[int] = frozenset()
    is_prime: bool = False
    has_rules: bool = False
    document_ids: Set[int] = frozenset()
    list_ids: Set[int] = frozenset()
    flows: Mapping[int, Stream] = field(default_factory=dict)
    flow_id: int | None = None


@dataclass(frozen=True, slots=True)
class RunContext:
    """What is known about the visitor: stored attributes by name, where blank means unknown.

    `lists` are the ids of the lists they are on. `documents` and `is_agent_available` are only asked when a
    card needs them, so either may look it up.
    """

    attributes: Mapping[str, str] = field(default_factory=dict)
    lists: frozenset[int] = frozenset()
    documents: Mapping[int, DocumentFacts] = field(default_factory=dict)
    is_agent_available: Callable[[], bool] = lambda: False

    def knows(self, attribute: str) -> bool:
        return bool(self.attributes.get(attribute, "").strip())

    def having(self, changes: Mapping[str, str], memberships: Mapping[int, bool] | None = None) -> RunContext:
        """The same with changed attributes, and on (True) or off (False) some lists."""
        joined = {list_id for list_id, is_on in (memberships or {}).items() if is_on}
        lists = (self.lists - (memberships or {}).keys()) | joined
        return replace(self, attributes={**self.attributes, **changes}, lists=lists)

    def facts(self) -> Mapping[str, object]:
        """What conditions can be about; whether an agent is available is found out when it is asked."""
        return _Facts(self)


class _Facts(Mapping[str, object]):
    def __init__(self, context: RunContext) -> None:
        self._context = context

    def __getitem__(self, name: str) -> object:
        if name == AGENT_AVAILABLE:
            return "yes" if self._context.is_agent_available() else "no"
        if name == LISTS:
            return tuple(str(list_id) for list_id in sorted(self._context.lists))
        return self._context.attributes[name]

    def __iter__(self) -> Iterator[str]:
        yield from {**self._context.attributes, LISTS: "", AGENT_AVAILABLE: ""}

    def __len__(self) -> int:
        return sum(1 for _name in self)
